"""What merging and unmerging members have in common: whose rows count for whom, and what moves between two members."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, Final

from loyalty import outbox, tiers
from loyalty.apply import COUNTERS
from loyalty.arrays import array, columns
from loyalty.gather import Locked, heads
from loyalty.hands import expired
from loyalty.ledger import purses
from loyalty.ledger.lots import PLACES, Order, Purse
from loyalty.ledger.purses import Chest, open_purses
from loyalty.recall import up_to
from loyalty.rules import Bylaws
from loyalty.rules.member import MemberFacts, known_tier
from loyalty.rules.reviewing import Move, Reviewed, after_return
from loyalty.rules.tenure import Stand, better, earn, rises_to, take_away
from loyalty.runs import count_all, has_challenges
from loyalty.sums import DAY
from loyalty.versions import Connection, Programme

_FAMILY: Final = """
    WITH RECURSIVE family AS (
        SELECT id FROM member WHERE id = %s
        UNION ALL
        SELECT member.id FROM family JOIN member ON member.merged_into = family.id
    )
    SELECT id FROM family ORDER BY id
"""
_DAYS: Final = """
    SELECT theirs.counter_id, theirs.label, theirs.start, theirs.value, coalesce(own.value, 0), theirs.reached_at
    FROM counter_sum theirs LEFT JOIN counter_sum own ON own.member_id = %s AND own.counter_id = theirs.counter_id
        AND own.grain = theirs.grain AND own.start = theirs.start AND own.label = theirs.label
    WHERE theirs.member_id = %s AND theirs.grain = %s AND theirs.value <> 0
"""
_ADJUSTMENTS: Final = """
    INSERT INTO adjustment (member_id, id, club_id, kind, wallet, amount, reason, other_id, recorded_at)
    SELECT member_id, %s, %s, %s, wallet, amount, %s, other_id, %s
    FROM unnest(%s::bigint[], %s::text[], %s::bigint[], %s::bigint[]) AS moved (member_id, wallet, amount, other_id)
"""
_JOIN_RUNS: Final = """
    INSERT INTO challenge_run (member_id, challenge, key, club_id, from_at, until_at, version, state, completed_at,
        completed_by, completed_version)
    SELECT %s, challenge, key, club_id, from_at, until_at, version, state, completed_at, completed_by, completed_version
    FROM challenge_run WHERE member_id = %s
    ON CONFLICT (member_id, challenge, key) DO UPDATE SET
        completed_at = coalesce(challenge_run.completed_at, excluded.completed_at),
        completed_by = coalesce(challenge_run.completed_by, excluded.completed_by),
        completed_version = coalesce(challenge_run.completed_version, excluded.completed_version)
"""
_JOIN_STREAKS: Final = """
    INSERT INTO streak_milestone (member_id, streak, at, club_id, event_id, version, reached_at)
    SELECT %s, streak, at, club_id, event_id, version, reached_at FROM streak_milestone WHERE member_id = %s
    ON CONFLICT DO NOTHING
"""
_PART_STREAKS: Final = """
    DELETE FROM streak_milestone own USING streak_milestone theirs
    WHERE own.member_id = %s AND theirs.member_id = %s
        AND own.streak = theirs.streak AND own.at = theirs.at AND own.event_id = theirs.event_id
"""
_PART_RUNS: Final = """
    WITH gone AS (
        DELETE FROM challenge_run own USING challenge_run theirs
        WHERE own.member_id = %(survivor)s AND theirs.member_id = %(member)s
            AND own.challenge = theirs.challenge AND own.key = theirs.key AND own.key ~ '^[0-9]+$'
    )
    UPDATE challenge_run own SET completed_at = NULL, completed_by = NULL, completed_version = NULL
    FROM challenge_run theirs
    WHERE own.member_id = %(survivor)s AND theirs.member_id = %(member)s
        AND own.challenge = theirs.challenge AND own.key = theirs.key AND own.key !~ '^[0-9]+$'
        AND own.completed_by = theirs.completed_by
"""
"""A run that was handed out has a number as its key: it goes as a whole. Of others, what completed theirs goes."""


def family(conn: Connection, member_id: int) -> list[int]:
    """A member and everybody who was merged into them, also by way of others."""
    return [row[0] for row in conn.execute(_FAMILY, [member_id])]


def order_of(bylaws: Bylaws, wallet: str) -> Order:
    """In which order a wallet spends; one that the version no longer has, as most do."""
    terms = bylaws.wallets.get(wallet)
    return terms.spend if terms else "soonest_expiry"


def opened(conn: Connection, locked: Locked, now: datetime, lots: Iterable[int] = ()) -> Chest:
    """The purses of a locked member with all open lots, and some by their numbers; settled up to now."""
    events = {lot // PLACES for lot in lots}
    both = {locked.id: locked}
    chest = open_purses(conn, {locked.id: now}, heads(both), [(locked.id, event) for event in events])[locked.id]
    chest.settle(now)
    return chest


def move_purses(
    conn: Connection,
    club_id: int,
    chests: tuple[Chest, Chest],
    act: Callable[[str, Purse, Purse], None],
    noted: tuple[str, int, str],
    now: datetime,
) -> None:
    """Let `act` move between the purses of two members, wallet by wallet, and write what it moved.

    `noted` is kind, event and reason of the adjustment that each of the two gets for each wallet.
    """
    one, other = chests
    kind, event, reason = noted
    rows: list[tuple[int, str, int, int]] = []
    for wallet in sorted(one.purses.keys() | other.purses.keys()):
        pair = one.purse(wallet), other.purse(wallet)
        before = [purse.other for purse in pair]
        act(wallet, *pair)
        for chest, opposite, purse, was in zip(chests, (other, one), pair, before, strict=True):
            if purse.other != was:
                rows.append((chest.member_id, wallet, purse.other - was, opposite.member_id))
    told = [(chest.member_id, said) for chest in chests for said in expired(chest)]
    with conn.pipeline():
        purses.write(conn, club_id, chests, now)
        purses.write_heads(conn, chests)
        if rows:
            conn.execute(_ADJUSTMENTS, [event, club_id, kind, reason, now, *columns(rows)])
    if told:
        outbox.send("points.expired", club_id, told, now)


def add_counters(conn: Connection, terms: Programme, to: int, of: int, sign: int) -> None:
    """Raise a member's counters by another's as they are, or lower them again; a day counts once for both.

    The other's rows stay: they are the record of where it came from.
    """
    days = {id_ for id_, counter in zip(terms.counter_ids, terms.live, strict=True) if counter.measure == "days"}
    rows: list[tuple[Any, ...]] = []
    for counter_id, label, day, events, own, at in conn.execute(_DAYS, [to, of, DAY]):
        change = sign * events
        value = int(own + change > 0) - int(own > 0) if counter_id in days else change
        rows.append((to, counter_id, label, day, terms.calendar.start_of("month", day), value, change, at))
    if rows:
        conn.execute(COUNTERS, columns(rows))


def join_runs(conn: Connection, terms: Programme, survivor: int, member_id: int) -> None:
    """Let a member have another's runs and milestones too, and count in all runs what counts for both."""
    conn.execute(_JOIN_STREAKS, [survivor, member_id])
    if has_challenges(terms):
        conn.execute(_JOIN_RUNS, [survivor, member_id])
        count_all(conn, terms, survivor)


def part_runs(conn: Connection, terms: Programme, survivor: int, member_id: int) -> None:
    """Undo `join_runs`, once the other's purchases count for the survivor no longer."""
    conn.execute(_PART_STREAKS, [survivor, member_id])
    if has_challenges(terms):
        conn.execute(_PART_RUNS, {"survivor": survivor, "member": member_id})
        count_all(conn, terms, survivor)
        count_all(conn, terms, member_id)


def stand_merged(conn: Connection, terms: Programme, row: Locked, other: Locked, event: int, now: datetime) -> None:
    """Let a survivor stand at once where both have come to together, or where the other stood for a term; only up."""
    _stand(conn, terms, row, event, now, lambda member: _together(terms.at(now, row.id), member, other, now))


def stand_alone(conn: Connection, terms: Programme, row: Locked, event: int, now: datetime, without: Locked) -> None:
    """Let a member stand where they have come to without another, who takes along what was given them by hand."""

    def part(member: MemberFacts) -> Reviewed:
        given, theirs = (member.tenure.floor, member.tenure.floor_until), (without.floor, without.floor_until)
        if row is not without and given == theirs:
            member = member.on_tier(take_away(member.stand), now)
        return after_return(terms.at(now, row.id), member, terms.calendar.moment(now), now)

    _stand(conn, terms, row, event, now, part)


def _together(bylaws: Bylaws, member: MemberFacts, other: Locked, now: datetime) -> Reviewed:
    stand = better(bylaws, member.stand, Stand(other.tier, other.tenure))
    member = member.on_tier(stand, now)
    facts = member.standing(bylaws, bylaws.club.calendar.moment(now))
    rank = rises_to(bylaws, facts, facts.earned_rank)
    if rank > facts.earned_rank:
        member = member.on_tier(earn(bylaws, member.tenure, rank, now), now)
    return Reviewed(member, ())


def _stand(
    conn: Connection,
    terms: Programme,
    row: Locked,
    event: int,
    now: datetime,
    act: Callable[[MemberFacts], Reviewed],
) -> None:
    """Do what was due of a locked member's tier, then what a merge does to it."""
    bylaws = terms.at(now, row.id)
    if not bylaws.tiers or not bylaws.membership[row.status].earns:
        return
    before, due = up_to(conn, terms, row, now)
    after = act(before).member
    was, now_on = known_tier(bylaws, before.tier), known_tier(bylaws, after.tier)
    moves = (Move(now, was, now_on, bylaws.version),) if was != now_on else ()
    looked_at = [tiers.Moved(before, due), tiers.Moved(after, moves, event)]
    tiers.write(conn, terms.club_id, looked_at)
    tiers.tell(terms, looked_at, now)


def latest(conn: Connection, member_id: int) -> datetime | None:
    """When the latest purchase happened that counts for a member: their own, or of one who was merged into them."""
    row = conn.execute(
        "SELECT max(occurred_at) FROM (SELECT member_id, occurred_at FROM purchase UNION ALL"
        " SELECT member_id, occurred_at FROM event) happened WHERE member_id = ANY(%s::bigint[])",
        [array(family(conn, member_id))],
    ).fetchone()
    return row[0] if row else None


def tell(club_id: int, what: str, member_id: int, other: tuple[str, int], event: int, now: datetime) -> None:
    """Let those know who show either of the two, and those who want to know of merges."""
    role, other_id = other
    # Without days: every period is concerned.
    outbox.send("member.changed", club_id, [(member_id, {}), (other_id, {})], now)
    outbox.send(what, club_id, [(member_id, {role: other_id, "event": event})], now)
