"""Take back what a foreign file cancels without naming the purchase: the newest earlier ones that fit are found."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import islice
from typing import Final, Literal, NamedTuple

from loyalty.actions.return_purchases import take_back
from loyalty.arrays import array, columns
from loyalty.cancellations import Bought, Cancellation, LineOf, Match, match, returns
from loyalty.readers.rejects import reason_of
from loyalty.returning import Answer
from loyalty.rules import Line, MemberRef
from loyalty.values import Text
from loyalty.versions import Connection
from loyalty.whose import resolve

Status = Literal["returned", "returned_partly", "unmatched", "repeated"]
Key = tuple[str, str]
"""A store's code and the key of a return there."""


class Outcome(NamedTuple):
    """What became of one cancellation."""

    status: Status
    left: tuple[tuple[int, Text], ...] = ()
    """(line's place in the cancellation, why it, or a part of it, took nothing back), by place."""


_KNOWN: Final = """
    SELECT store.code, purchase_return.key FROM unnest(%s::text[], %s::text[]) AS asked (store, key)
    JOIN store ON store.club_id = %s AND store.code = asked.store
    JOIN purchase_return ON purchase_return.store_id = store.id AND purchase_return.key = asked.key
        AND purchase_return.kind = 'return'
"""
_LOCK: Final = "UPDATE member SET seq = seq + 1 WHERE id = ANY(%s::bigint[]) AND club_id = %s"
"""Nobody else returns or records anything of theirs between finding lines and taking them back."""
_LINE: Final = {name: Line._fields.index(name) for name in ("line", "sku", "quantity", "net")}
_BOUGHT: Final = f"""
    SELECT p.member_id, p.id, p.occurred_at, line->>{_LINE["line"]}, line->>{_LINE["sku"]},
        (line->>{_LINE["quantity"]})::bigint, (line->>{_LINE["net"]})::bigint,
        (p.kept->'lines'->>(line->>{_LINE["line"]}))::bigint
    FROM purchase p CROSS JOIN LATERAL jsonb_array_elements(p.lines) WITH ORDINALITY AS l (line, place)
    JOIN unnest(%s::bigint[], %s::text[]) AS asked (member_id, sku)
        ON asked.member_id = p.member_id AND asked.sku = line->>{_LINE["sku"]}
    WHERE p.member_id = ANY(%s::bigint[]) AND p.voided_at IS NULL
    ORDER BY p.member_id, p.id, place
"""  # noqa: S608 - constants


def take_back_cancelled(
    conn: Connection, club_id: int, cancellations: Sequence[Cancellation], now: datetime
) -> list[Outcome]:
    """Find and record what cancellations take back, in order, in a fixed number of statements.

    One whose key is recorded in its store already, or came before in the same call, is repeated: nothing is sought.
    """
    keys = [(each.store, each.key) for each in cancellations]
    known = {(store, key) for store, key in conn.execute(_KNOWN, [*columns(keys), club_id])}
    fresh: dict[Key, Cancellation] = {}
    for each in cancellations:
        if (each.store, each.key) not in known:
            fresh.setdefault((each.store, each.key), each)
    matches = _matches(conn, club_id, list(fresh.values()))
    pieces = [returns(*each) for each in zip(fresh.values(), matches, strict=True)]
    together = [piece for its in pieces for piece in its]
    answers = iter(take_back(conn, club_id, together, now) if together else ())
    outcomes = {
        key: _outcome(matched, list(islice(answers, len(matched.pieces))))
        for key, matched in zip(fresh, matches, strict=True)
    }
    return [outcomes.pop((each.store, each.key), Outcome("repeated")) for each in cancellations]


def _matches(conn: Connection, club_id: int, cancellations: Sequence[Cancellation]) -> list[Match]:
    """What each cancellation takes back, the earlier ones counted in."""
    ids = resolve(conn, club_id, {each.member for each in cancellations if each.member})
    bought, taken = _bought(conn, club_id, cancellations, ids)
    found = []
    for each in cancellations:
        its = bought.get(ids[each.member], []) if each.member in ids else []
        found.append(match(each, its, taken))
        for line, quantity in found[-1].taken().items():
            taken[line] = taken.get(line, 0) + quantity
    return found


def _bought(
    conn: Connection, club_id: int, cancellations: Sequence[Cancellation], ids: dict[MemberRef, int]
) -> tuple[dict[int, list[Bought]], dict[LineOf, int]]:
    """The lines with a code that its member cancels, by member, and what came back of them so far.

    The members are locked.
    """
    wanted = {(ids[each.member], line.sku): None for each in cancellations if each.member in ids for line in each.lines}
    bought: dict[int, list[Bought]] = {}
    taken: dict[LineOf, int] = {}
    if wanted:
        members = array({member_id: None for member_id, _ in wanted})
        conn.execute(_LOCK, [members, club_id])
        for member_id, *line, left in conn.execute(_BOUGHT, [*columns(list(wanted)), members]):
            its = Bought(*line)
            bought.setdefault(member_id, []).append(its)
            if left is not None:
                taken[its.purchase_id, its.line] = its.quantity - left
    return bought, taken


def _outcome(matched: Match, answers: Sequence[Answer]) -> Outcome:
    """What a match comes to, once each of its pieces was recorded or refused."""
    left = [(each.place, each.reason.value) for each in matched.left]
    for piece, answer in zip(matched.pieces, answers, strict=True):
        if answer.problem:
            left += [(place, reason_of(answer.problem)) for place in piece.places]
    left.sort(key=lambda each: each[0])
    if not left:
        return Outcome("returned")
    recorded = any(answer.problem is None for answer in answers)
    return Outcome("returned_partly" if recorded else "unmatched", tuple(left))
