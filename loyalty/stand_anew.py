"""After returns: runs and badges that are no longer reached go, with what they gave, and the tier is reviewed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final, NamedTuple

from loyalty.arrays import array, columns
from loyalty.calendars import Moment
from loyalty.counted_back import Uncounted, count_back
from loyalty.followers import Losses, any_follow, followers
from loyalty.gather import KNOWN, Locked, member_facts
from loyalty.gifts_back import Gift, badge_gift, owners, take_carried, take_gifts
from loyalty.ledger.purses import Chest
from loyalty.recall import Recall
from loyalty.rules import Bylaws, Facts
from loyalty.rules.bylaws import Ask
from loyalty.rules.evaluate import lost_levels
from loyalty.rules.history import History
from loyalty.rules.member import MemberFacts, known_tier
from loyalty.rules.reviewing import Move, after_return, lapsed, step_taken
from loyalty.rules.running import DEPTH
from loyalty.rules.tenure import take_away
from loyalty.sold import Sold
from loyalty.streaks import undo_milestones
from loyalty.sums import Sums
from loyalty.take_back import Taken
from loyalty.tiers import Moved, write
from loyalty.undo_runs import undo_runs
from loyalty.versions import Connection, Programme

_BADGES: Final = "SELECT member_id, code, level, event_id FROM badge_level WHERE member_id = ANY(%s::bigint[])"
_LOSE: Final = """
    DELETE FROM badge_level USING unnest(%s::bigint[], %s::text[], %s::int[]) AS lost (member_id, code, level)
    WHERE badge_level.member_id = lost.member_id AND badge_level.code = lost.code AND badge_level.level = lost.level
"""

Level = tuple[str, int]
"""A badge's code and a level of it."""


@dataclass(slots=True)
class Anew:
    """A member whose standing is looked at: as of when, for which event, and which purchases came back."""

    at: datetime
    event_id: int | None
    returned: list[Sold] = field(default_factory=list)
    tier: tuple[str | None, str | None] = (None, None)
    """Before and after."""
    lost: list[Level] = field(default_factory=list)
    undone: list[tuple[str, str]] = field(default_factory=list)
    """Runs of challenges, by code and key, that are open again."""
    taken: Taken = field(default_factory=Taken)
    """What went with the runs and badges."""


def stand_anew(
    conn: Connection,
    terms: Programme,
    members: Mapping[int, Locked],
    chests: dict[int, Chest],
    asked: Mapping[int, Anew],
    sold: dict[int, Sold],
) -> list[Moved]:
    """Look at the runs, badges and tiers of locked members whose counters are written already; notes what they lost.

    What they gave goes with them, off the counters too, and then once more what hung on these. Adds the events whose
    gifts went to `sold`: their state, the purses and heads are left to the caller to write. Answers the tiers' moves.
    """
    rows, looked_at = dict(members), list[Moved]()
    for _ in range(DEPTH):
        moved = _look(conn, terms, rows, chests, asked, sold)
        write(conn, terms.club_id, moved.tiers)
        looked_at += moved.tiers
        if not moved.counted:
            break
        count_back(conn, terms, rows, moved.counted, {its.id: its.present() for its in sold.values()})
        for its in moved.tiers:
            rows[its.member.id] = standing_now(rows[its.member.id], its.member)
    return looked_at


class _Looked(NamedTuple):
    """What one look has found: tiers that moved, and what is not counted any more, by event."""

    tiers: list[Moved]
    counted: list[Uncounted]


def _look(
    conn: Connection,
    terms: Programme,
    members: Mapping[int, Locked],
    chests: dict[int, Chest],
    asked: Mapping[int, Anew],
    sold: dict[int, Sold],
) -> _Looked:
    runs = undo_runs(conn, terms, asked, sold)
    past, stand = undo_milestones(conn, terms, asked)
    came, went = (
        [
            *((its.member_id, its.event_id, its.badges) for its in some),
            *((its.member_id, its.event_id, its.badges(terms)) for its in others),
        ]
        for some, others in ((runs.standing, stand), (runs.undone, past))
    )
    found, moments = _members(conn, terms, members, asked)
    tiers: list[Moved] = []
    losses = {id_: Losses() for id_ in asked}
    gone: dict[int, list[Level]] = {}
    levels = _levels(conn, asked)
    for id_, its in asked.items():
        bylaws, member = terms.at(its.at, id_), without_lift(found[id_], its)
        facts = member.standing(bylaws, moments[id_])
        gone[id_] = with_gifts(lost(bylaws, facts, levels[id_], its.returned), id_, levels[id_], came, went)
        if its.tier == (None, None):
            its.tier = (known_tier(bylaws, found[id_].tier),) * 2
        if bylaws.membership[members[id_].status].earns:
            stands = stands_now(bylaws, found[id_], moments[id_], its)
            losses[id_].steps = stands.steps
            if stands.moves:
                its.tier = its.tier[0], stands.moves[-1].after
            if stands.member is not found[id_]:
                tiers.append(Moved(stands.member, stands.moves, its.event_id))
        losses[id_].badges = [(code, level, levels[id_][code, level]) for code, level in gone[id_]]
    gifts: list[Gift] = [(done.member_id, done.event_id, done.run.article) for done in runs.undone]
    gifts += [(its.member_id, its.event_id, its.article) for its in past]
    for done in runs.undone:
        losses[done.member_id].challenges.append((done.run.challenge, done.event_id))
    for id_, events in followers(conn, losses, owners(asked)).items() if any_follow(terms) else ():
        gifts += [(id_, event, None) for event in events]
        gone[id_] += [level for level, event in levels[id_].items() if event in events and level not in gone[id_]]
    gifts += [(id_, levels[id_][level], badge_gift(level)) for id_ in asked for level in gone[id_]]
    counted = take_gifts(conn, terms, chests, asked, gifts, sold)
    counted += take_carried(conn, terms, members, chests, asked, sold)
    rows = [(id_, code, level) for id_ in asked for code, level in gone[id_]]
    if rows:
        conn.execute(_LOSE, columns(rows))
    for id_, its in asked.items():
        its.lost += gone[id_]
    return _Looked(tiers, counted)


def _levels(conn: Connection, ids: Iterable[int]) -> dict[int, dict[Level, int]]:
    """By member: the levels of badges that are reached, and with which event."""
    levels: dict[int, dict[Level, int]] = {id_: {} for id_ in ids}
    for member_id, code, level, event_id in conn.execute(_BADGES, [array(levels)]):
        levels[member_id][code, level] = event_id
    return levels


def without_lift(member: MemberFacts, its: Anew) -> MemberFacts:
    """The member without a tier that something gave which came back."""
    tenure = member.tenure
    for sold in its.returned:
        if sold.floor and (tenure.floor, tenure.floor_until) == sold.floor and not sold.lifts():
            return member.on_tier(take_away(member.stand), its.at)
    return member


class Stands(NamedTuple):
    """How a member stands once something came back."""

    member: MemberFacts
    moves: tuple[Move, ...]
    steps: tuple[str, ...]
    """The steps that went with what came back; one whose time was over has been there all the same."""


def stands_now(bylaws: Bylaws, member: MemberFacts, moment: Moment, its: Anew) -> Stands:
    """What was due of a given tier is done first, then what came back is looked at."""
    due = lapsed(bylaws, member, its.at)
    own = without_lift(due.member, its)
    after, moves = after_return(bylaws, own, moment, its.at)
    if own is not due.member:
        moves = step_taken(bylaws, due.member.tier, after.tier, its.at)
    steps = bylaws.passed(moves[-1].after, moves[0].before) if moves else ()
    return Stands(after, (*due.moves, *moves), steps)


def standing_now(row: Locked, member: MemberFacts) -> Locked:
    """A member's row, as a move of the tier leaves it."""
    earned_at, until, grace, floor, floor_until, under, looked = member.tenure
    return row._replace(
        tier=member.tier,
        tier_since=member.tier_since,
        earned_at=earned_at,
        until=until,
        grace=grace,
        floor=floor,
        floor_until=floor_until,
        under=under,
        looked=looked,
    )


def _members(
    conn: Connection, terms: Programme, members: Mapping[int, Locked], asked: Mapping[int, Anew]
) -> tuple[dict[int, MemberFacts], dict[int, Moment]]:
    """Each member, and the latest day on which anything happened: from there one is seen."""
    moments = {id_: terms.calendar.moment(max(its.at, members[id_].latest_at or its.at)) for id_, its in asked.items()}
    wanted: dict[int, dict[Ask, None]] = {}
    for id_, its in asked.items():
        bylaws, row = terms.at(its.at, id_), members[id_]
        wanted[id_] = dict.fromkeys(bylaws.asks(moments[id_].day, bylaws.since(row.tier_since, row.joined_at)))
    sums = Sums(terms, wanted, members)
    figures = sums.answered(sums.send(conn))
    held = [id_ for id_ in asked if members[id_].until]
    histories = {id_: History(its) for id_, its in figures.items()} | (Recall(conn, terms).days(held) if held else {})
    found = {}
    for id_, born, attributes, badges, *_, completed in conn.execute(KNOWN, [terms.club_id, array(asked)]):
        member = member_facts(members[id_], histories[id_], badges, (born, attributes))
        found[id_] = replace(member, completed=completed) if completed else member
    return found, moments


def lost(bylaws: Bylaws, facts: Facts, levels: Mapping[Level, int], returned: Sequence[Sold]) -> list[Level]:
    """What is no longer reached: by the counters as they are now, or by the purchase that earned it by itself."""
    came_back = {its.id: its for its in returned}
    gone: list[Level] = []
    for code, badge in bylaws.badges.items():
        if badge.counter is not None:
            level = facts.badges.get(code, 0)
            gone += [(code, n) for n in lost_levels(badge, level, facts.counts[badge.index])]
        elif (code, 1) in levels and (its := came_back.get(levels[code, 1])) and not its.earns(code):
            gone.append((code, 1))
    return [level for level in gone if level in levels]


Came = tuple[int, int, tuple[str, ...]]
"""Badges that came to a member with a run or a milestone: member, event, their codes."""


def with_gifts(
    gone: list[Level], member_id: int, levels: Mapping[Level, int], came: Sequence[Came], went: Sequence[Came]
) -> list[Level]:
    """What is lost, less the badges that came with what still stands, and those that came with what does not."""
    stand, undone = (
        {level for level, event in levels.items() if (member_id, event, level[0]) in named}
        for named in ({(id_, event, code) for id_, event, codes in some for code in codes} for some in (came, went))
    )
    rest = [level for level in levels if level in undone and level not in stand and level not in gone]
    return [level for level in gone if level not in stand] + rest
