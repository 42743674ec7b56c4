"""Streams of what was recorded, each ordered by member, through cursors that the server keeps: memory stays flat."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import count
from typing import Any, Final, NamedTuple

from loyalty.cases import stored_purchase
from loyalty.rehearsal.events import Back, Judged, Moved, Stood
from loyalty.rehearsal.remembered import Remembered
from loyalty.rehearsal.stage import Stage
from loyalty.returns import stored_return
from loyalty.rules import Event
from loyalty.rules.member import MemberFacts
from loyalty.versions import Connection

ROWS: Final = 2000
"""Rows that a cursor fetches at a time."""

_RANGE: Final = "BETWEEN %(first)s AND %(last)s"
_ONLY: Final = "= ANY(%(only)s::bigint[])"
_WHO: Final = f"club_id = %(club)s AND member_id {_RANGE}"
MEMBERS: Final = f"""
    SELECT member.id, status, joined_at, birthday, nullif(attributes, '{{}}'),
        (SELECT json_agg(json_build_array(at, from_status, to_status, by LIKE 'bylaws:%%') ORDER BY at, id)
            FROM standing_change WHERE member_id = member.id),
        profile.referred_by IS NOT NULL
    FROM member LEFT JOIN profile ON profile.member_id = member.id
    WHERE member.club_id = %(club)s AND member.id {_RANGE} AND member.joined_at < %(until)s
        AND NOT member.id = ANY(%(without)s::bigint[])
    ORDER BY member.id
"""  # noqa: S608 - constants
_PURCHASES: Final = f"""
    SELECT member_id, coalesce(claimed_as, id), recorded_at, id, store_id, receipt, occurred_at, gross, net, lines,
        nullif(extra, '{{}}'), version, CASE WHEN occurred_at < %(since)s THEN ruling END,
        ARRAY(SELECT DISTINCT its ->> 0 FROM jsonb_array_elements(ruling -> 'awards') its),
        ruling #> '{{facts,values}}', kept IS NOT NULL
    FROM purchase WHERE {_WHO} AND occurred_at < %(until)s AND recorded_at <= %(asked)s
"""  # noqa: S608 - constants
BY_MEMBER: Final = f"{_PURCHASES} ORDER BY member_id, id"
BY_NUMBER: Final = f"{_PURCHASES} ORDER BY coalesce(claimed_as, id)"
_EVENTS: Final = f"""
    SELECT member_id, coalesce(claimed_as, id), recorded_at, id, store_id, type, occurred_at, data, version,
        CASE WHEN occurred_at < %(since)s THEN ruling END,
        ARRAY(SELECT DISTINCT its ->> 0 FROM jsonb_array_elements(ruling -> 'awards') its),
        ruling #> '{{facts,values}}', root, key
    FROM event WHERE {_WHO} AND occurred_at < %(until)s AND recorded_at <= %(asked)s
"""  # noqa: S608 - constants
EVENTS_BY_MEMBER: Final = f"{_EVENTS} ORDER BY member_id, id"
EVENTS_BY_NUMBER: Final = f"{_EVENTS} ORDER BY coalesce(claimed_as, id)"
_RETURNS: Final = f"""
    SELECT member_id, greatest(id, (SELECT claimed_as FROM purchase WHERE id = purchase_id)) AS number, recorded_at, id,
        purchase_id, key, kind, occurred_at, content
    FROM purchase_return WHERE {_WHO} AND occurred_at < %(until)s AND recorded_at <= %(asked)s
"""  # noqa: S608 - constants
"""One that came before its purchase was claimed came back when that was."""
RETURNS: Final = f"{_RETURNS} ORDER BY member_id, id"
RETURNS_BY_NUMBER: Final = f"{_RETURNS} ORDER BY number"
_GRANTS: Final = f"""
    SELECT member_id, id, recorded_at, tier, until FROM tier_grant
    WHERE {_WHO} AND recorded_at < %(until)s AND recorded_at <= %(asked)s
"""  # noqa: S608 - constants
GRANTS: Final = f"{_GRANTS} ORDER BY member_id, id"
GRANTS_BY_NUMBER: Final = f"{_GRANTS} ORDER BY id"
_MOVES: Final = f"""
    WITH other AS (
        SELECT member_id, id, 'hold' AS kind, recorded_at FROM hold WHERE {_WHO}
        UNION SELECT member_id, id, kind, recorded_at FROM adjustment
            WHERE {_WHO} AND kind NOT IN ('merge', 'unmerge') AND because_of IS NULL
    ), moved AS (
        SELECT other.member_id, other.id, entry.posted_at, min(entry.n) AS n,
            other.kind = 'hold' AND (entry.source <> 'available' OR entry.posted_at > other.recorded_at) AS follows,
            other.kind, entry.wallet, entry.source, entry.target, sum(entry.amount)::bigint, entry.occurred_at,
            lot.earned_at, lot.expires_at
        FROM other JOIN entry ON entry.member_id = other.member_id AND entry.event_id = other.id
        LEFT JOIN lot ON lot.member_id = entry.member_id AND lot.id = entry.lot AND lot.wallet = entry.wallet
            AND entry.target IN ('available', 'pending') AND entry.source NOT IN ('held', 'spent', 'pending')
        WHERE 'debt' NOT IN (entry.source, entry.target) AND (entry.target <> 'expired' OR other.kind = 'forfeit')
            AND entry.occurred_at < %(until)s AND entry.posted_at <= %(asked)s
        GROUP BY other.member_id, other.id, other.kind, other.recorded_at, entry.wallet, entry.source, entry.target,
            entry.occurred_at, entry.posted_at, lot.earned_at, lot.expires_at
    )
    SELECT * FROM moved
"""  # noqa: S608 - constants
"""What paying debts and ending lots moved follows by itself."""
MOVES: Final = f"{_MOVES} ORDER BY member_id, n"
MOVES_BY_NUMBER: Final = f"{_MOVES} WHERE NOT follows ORDER BY id, n"
FOLLOWING_BY_TIME: Final = f"{_MOVES} WHERE follows ORDER BY posted_at, n"
_IN: Final = "IN ('pending', 'available', 'held')"
ENTRIES: Final = f"""
    SELECT member_id, wallet, sum(issued)::bigint, sum(taken)::bigint, sum(expired)::bigint, sum(spent)::bigint,
        sum(outstanding)::bigint, sum(debt)::bigint,
        json_object_agg(coalesce(article, ''), issued - taken) FILTER (WHERE issued <> 0 OR taken <> 0)
    FROM (
        SELECT member_id, wallet, article,
            coalesce(sum(amount) FILTER (WHERE source = 'issued' AND occurred_at >= %(since)s), 0) AS issued,
            coalesce(sum(amount) FILTER (WHERE target = 'issued' AND occurred_at >= %(since)s), 0) AS taken,
            coalesce(sum(CASE 'expired' WHEN target THEN amount WHEN source THEN -amount END)
                FILTER (WHERE occurred_at >= %(since)s), 0) AS expired,
            coalesce(sum(CASE 'spent' WHEN target THEN amount WHEN source THEN -amount END)
                FILTER (WHERE occurred_at >= %(since)s), 0) AS spent,
            coalesce(sum(amount) FILTER (WHERE target {_IN}), 0)
                - coalesce(sum(amount) FILTER (WHERE source {_IN}), 0) AS outstanding,
            coalesce(sum(CASE 'debt' WHEN source THEN amount WHEN target THEN -amount END), 0) AS debt
        FROM entry WHERE {_WHO} AND occurred_at < %(until)s AND posted_at <= %(asked)s
        GROUP BY member_id, wallet, article
    ) told
    GROUP BY member_id, wallet ORDER BY member_id
"""  # noqa: S608 - constants
TIERS: Final = f"""
    SELECT member_id, at, from_tier, to_tier, version FROM tier_move WHERE {_WHO} AND at < %(until)s
    ORDER BY member_id, at, id
"""  # noqa: S608 - constants
BADGES: Final = f"""
    SELECT member_id, code, level FROM badge_level
    WHERE {_WHO} AND earned_at >= %(since)s AND earned_at < %(until)s ORDER BY member_id
"""  # noqa: S608 - constants

RUNS: Final = f"""
    SELECT member_id, challenge, key, from_at, until_at FROM challenge_run WHERE {_WHO} AND key ~ '^[0-9]+$'
    ORDER BY member_id
"""  # noqa: S608 - constants
"""Those that were handed out."""

_names = count(1)


class Range(NamedTuple):
    """Whose history is read, and what of it: recorded by `asked`, so that a part done again reads the same."""

    club: int
    first: int
    last: int
    since: datetime
    until: datetime
    asked: datetime
    only: list[int] | None = None
    """Instead of the range, these."""
    without: list[int] = []  # noqa: RUF012 - never changed
    """Of the range, not these."""


def stream(conn: Connection, statement: str, its: Range) -> Iterator[tuple[Any, ...]]:
    """The rows of a statement, some at a time."""
    with conn.cursor(f"rehearsal_{next(_names)}") as cursor:
        cursor.itersize = ROWS
        whose = statement if its.only is None else statement.replace(_RANGE, _ONLY)
        cursor.execute(whose, its._asdict(), binary=True)
        yield from cursor


class ByMember:
    """Rows in the order of their members (their first column), handed out member by member."""

    def __init__(self, rows: Iterable[tuple[Any, ...]]) -> None:
        self._rows = iter(rows)
        self._next = next(self._rows, None)

    def of(self, member_id: int) -> list[tuple[Any, ...]]:
        """The rows of one member; whoever is passed over had their turn."""
        found: list[tuple[Any, ...]] = []
        row = self._next
        while row is not None and row[0] <= member_id:
            if row[0] == member_id:
                found.append(row)
            row = next(self._rows, None)
        self._next = row
        return found


def member(stage: Stage, row: tuple[Any, ...]) -> tuple[MemberFacts, list[Stood]]:
    """A member before anything happened, and how people, and not articles, changed its standing since."""
    id_, status, joined_at, born, attributes, stood, referred = row
    changes = stood or ()
    first = changes[0][1] if changes else status
    later = [Stood(datetime.fromisoformat(at), to) for at, _, to, by_bylaws in changes if not by_bylaws]
    history = Remembered(place for place, its in enumerate(stage.draft.live) if its.measure == "days")
    facts = MemberFacts(id_, first, None, None, joined_at, None, {}, history, born, attributes or {}, referred=referred)
    return facts, later


def bought(stage: Stage, row: tuple[Any, ...]) -> Judged:
    """A purchase."""
    _, number, recorded_at, id_, store_id, receipt, at, gross, net, lines, extra, version, ruling, gave, *rest = row
    values, kept = rest
    currency, store = stage.terms.currency, stage.stores[store_id]
    purchase = stored_purchase(receipt, store, at, currency, gross, net, lines, extra or {})
    return Judged(number, recorded_at, id_, store_id, purchase, version, ruling, gave, values or {}, kept)


def told(stage: Stage, row: tuple[Any, ...]) -> Judged:
    """An event other than a purchase."""
    _, number, recorded_at, id_, store_id, type_, at, data, version, ruling, gave, *rest = row
    values, root, key = rest
    event = Event(type_, at, key, store=stage.stores.get(store_id, ""), attributes=data)
    return Judged(number, recorded_at, id_, store_id, event, version, ruling, gave, values or {}, False, root)


def back(row: tuple[Any, ...]) -> Back:
    """A return."""
    _, number, recorded_at, id_, purchase_id, key, kind, at, content = row
    return Back(number, recorded_at, id_, purchase_id, stored_return(key, kind, at, content))


def move(row: tuple[Any, ...]) -> Moved:
    """What else moved."""
    return Moved(*row[1:])
