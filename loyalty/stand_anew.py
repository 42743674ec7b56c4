"""After returns: badges that are no longer reached go, with what they gave, and the tier is reviewed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
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
from loyalty.sums import Sums
from loyalty.take_back import Posting, Taken
from loyalty.tiers import Moved, write
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
    taken: Taken = field(default_factory=Taken)
    """What went with the badges."""


def stand_anew(
    conn: Connection,
    terms: Programme,
    members: Mapping[int, Locked],
    chests: dict[int, Chest],
    asked: Mapping[int, Anew],
    sold: dict[int, Sold],
) -> None:
    """Look at the badges and tiers of locked members whose counters are written already; notes what they lost.

    Adds the purchases whose badges went to `sold`: their state, the purses and heads are left to the caller to write.
    """
    found, moments = _members(conn, terms, members, asked)
    looked_at: list[Moved] = []
    levels: dict[int, dict[Level, int]] = {id_: {} for id_ in asked}
    for member_id, code, level, event_id in conn.execute(_BADGES, [array(asked)]):
        levels[member_id][code, level] = event_id
    for id_, its in asked.items():
        bylaws, member = terms.at(its.at, id_), found[id_]
        facts = member.standing(bylaws, moments[id_])
        its.lost = lost(bylaws, facts, levels[id_], its.returned)
        its.tier = facts.tier, facts.tier
        if bylaws.membership[members[id_].status].earns:
            stands, moves = after_return(bylaws, member, moments[id_], its.at)
            if moves:
                its.tier = facts.tier, moves[0].after
            if stands is not member:
                looked_at.append(Moved(stands, moves, its.event_id))
    _take_gifts(conn, terms, chests, asked, levels, sold)
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
    found = {
        id_: member_facts(members[id_], histories[id_], badges, (born, attributes))
        for id_, born, attributes, badges, *_ in conn.execute(KNOWN, [terms.club_id, array(asked)])
    }
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


def _take_gifts(
    conn: Connection,
    terms: Programme,
    chests: dict[int, Chest],
    asked: Mapping[int, Anew],
    levels: Mapping[int, Mapping[Level, int]],
    sold: dict[int, Sold],
) -> None:
    """Take back what lost badges gave, from the purchases with which they had been earned."""
    events = {(id_, levels[id_][level]) for id_, its in asked.items() for level in its.lost}
    unread = {event for _, event in events} - sold.keys()
    if unread:
        sold |= read_sold(conn, terms, unread)
        add_lots(conn, chests, [(id_, event) for id_, event in events if event in unread])
    for id_, its in asked.items():
        for level in its.lost:
            take_gift(sold[levels[id_][level]], level, chests[id_], terms.at(its.at, id_), its)


def take_gift(source: Sold, level: Level, chest: Chest, now: Bylaws, its: Anew) -> None:
    """Take back what a lost badge gave, from the purchase with which it had been earned."""
    code, n = level
    before = source.awards
    source.awards = tuple(given for given in before if given.article != f"badge:{code}:{n}")
    posting = Posting(source, chest, now, allow_debt=True, taken=its.taken)
    posting.changes(before, source.awards, Cause(source.id, its.at, source.bylaws.version))
