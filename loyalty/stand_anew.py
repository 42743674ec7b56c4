"""After returns: runs and badges that are no longer reached go, with what they gave, and the tier is reviewed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from loyalty.arrays import array, columns
from loyalty.calendars import Moment
from loyalty.gather import KNOWN, Locked, member_facts
from loyalty.ledger.lots import Cause
from loyalty.ledger.purses import Chest, add_lots
from loyalty.recall import Recall
from loyalty.rules import Bylaws, Facts
from loyalty.rules.bylaws import Ask
from loyalty.rules.evaluate import lost_levels
from loyalty.rules.history import History, MemberFacts
from loyalty.rules.reviewing import after_return
from loyalty.sold import Sold, read_sold
from loyalty.streaks import undo_milestones
from loyalty.sums import Sums
from loyalty.take_back import Posting, Taken
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
) -> None:
    """Look at the runs, badges and tiers of locked members whose counters are written already; notes what they lost.

    Adds the purchases whose gifts went to `sold`: their state, the purses and heads are left to the caller to write.
    """
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
    looked_at: list[Moved] = []
    levels: dict[int, dict[Level, int]] = {id_: {} for id_ in asked}
    for member_id, code, level, event_id in conn.execute(_BADGES, [array(asked)]):
        levels[member_id][code, level] = event_id
    for id_, its in asked.items():
        bylaws, member = terms.at(its.at, id_), found[id_]
        facts = member.standing(bylaws, moments[id_])
        its.lost = with_gifts(lost(bylaws, facts, levels[id_], its.returned), id_, levels[id_], came, went)
        its.tier = facts.tier, facts.tier
        if bylaws.membership[members[id_].status].earns:
            stands, moves = after_return(bylaws, member, moments[id_], its.at)
            if moves:
                its.tier = facts.tier, moves[0].after
            if stands is not member:
                looked_at.append(Moved(stands, moves, its.event_id))
    gifts = [(id_, levels[id_][level], badge_gift(level)) for id_, its in asked.items() for level in its.lost]
    gifts += [(its.member_id, its.event_id, its.run.article) for its in runs.undone]
    gifts += [(its.member_id, its.event_id, its.article) for its in past]
    _take_gifts(conn, terms, chests, asked, gifts, sold)
    gone = [(id_, code, level) for id_, its in asked.items() for code, level in its.lost]
    if gone:
        conn.execute(_LOSE, columns(gone))
    write(conn, terms.club_id, looked_at)


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


def _take_gifts(
    conn: Connection,
    terms: Programme,
    chests: dict[int, Chest],
    asked: Mapping[int, Anew],
    gifts: Sequence[tuple[int, int, str]],
    sold: dict[int, Sold],
) -> None:
    """Take back what lost badges and runs gave: (member, event with which it was given, name)."""
    unread = {event for _, event, _ in gifts} - sold.keys()
    if unread:
        sold |= read_sold(conn, terms, unread)
        add_lots(conn, chests, {(id_, event): None for id_, event, _ in gifts if event in unread})
    for id_, event, gift in gifts:
        its = asked[id_]
        take_gift(sold[event], gift, chests[id_], terms.at(its.at, id_), its)


def badge_gift(level: Level) -> str:
    """Under what name a badge's level gives."""
    return f"badge:{level[0]}:{level[1]}"


def take_gift(source: Sold, gift: str, chest: Chest, now: Bylaws, its: Anew) -> None:
    """Take back what a lost badge or run gave, from the event with which it had been given."""
    before = source.awards
    source.awards = tuple(given for given in before if given.article != gift)
    posting = Posting(source, chest, now, allow_debt=True, taken=its.taken)
    posting.changes(before, source.awards, Cause(source.id, its.at, source.bylaws.version))
