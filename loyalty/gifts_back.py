"""What is taken back of events that did not come back themselves: gifts of badges and runs, what was carried over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from loyalty.carried import any_carry, given_since, too_much
from loyalty.counted_back import Uncounted
from loyalty.gather import Locked
from loyalty.ledger.lots import Cause
from loyalty.ledger.purses import Chest, add_lots
from loyalty.recall import Recall
from loyalty.rules import Bylaws
from loyalty.rules.ruling import Given
from loyalty.sold import Sold, read_sold
from loyalty.take_back import Posting
from loyalty.versions import Connection, Programme

if TYPE_CHECKING:
    from loyalty.stand_anew import Anew

Gift = tuple[int, int, str | None]
"""(member, event with which it was given, name); None: all that it gave."""


def take_gifts(
    conn: Connection,
    terms: Programme,
    chests: dict[int, Chest],
    asked: Mapping[int, Anew],
    gifts: Sequence[Gift],
    sold: dict[int, Sold],
) -> list[Uncounted]:
    """Take back what lost badges and runs gave; what is not counted any more with it."""
    unread = {event for _, event, _ in gifts} - sold.keys()
    if unread:
        sold |= read_sold(conn, terms, unread)
        add_lots(conn, chests, {(id_, event): None for id_, event, _ in gifts if event in unread})
    before = {event: sold[event].stands() for _, event, _ in gifts}
    for id_, event, gift in gifts:
        its = asked[id_]
        take_gift(sold[event], gift, chests[id_], terms.at(its.at, id_), its)
    found = [
        Uncounted(id_, sold[event], asked[id_].at, before[event]) for id_, event in {gift[:2]: None for gift in gifts}
    ]
    return [its for its in found if its.moved]


def take_carried(
    conn: Connection,
    terms: Programme,
    members: Mapping[int, Locked],
    chests: dict[int, Chest],
    asked: Mapping[int, Anew],
    sold: dict[int, Sold],
) -> list[Uncounted]:
    """Take back what was carried over from a period of which something came back; what is not counted any more."""
    if not any_carry(terms):
        return []
    firsts = {id_: min(one.at for one in its.returned) for id_, its in asked.items() if its.returned}
    events = given_since(conn, terms, firsts, owners(asked))
    unread = {event for some in events.values() for event in some} - sold.keys()
    if unread:
        sold |= read_sold(conn, terms, unread)
        add_lots(conn, chests, {(id_, event): None for id_, some in events.items() for event in some})
    histories = Recall(conn, terms).days(list(events)) if events else {}
    uncounted = []
    for id_, some in events.items():
        given = [sold[event] for event in some]
        for its in too_much(id_, members[id_].joined_at, given, histories[id_]):
            source, before = sold[its.event_id], sold[its.event_id].stands()
            give_only(source, its.stands, chests[id_], terms.at(asked[id_].at, id_), asked[id_])
            uncounted.append(Uncounted(id_, source, asked[id_].at, before))
    return [its for its in uncounted if its.moved]


def badge_gift(level: tuple[str, int]) -> str:
    """Under what name a badge's level gives."""
    return f"badge:{level[0]}:{level[1]}"


def take_gift(source: Sold, gift: str | None, chest: Chest, now: Bylaws, its: Anew) -> None:
    """Take back what a lost badge or run gave, from the event with which it had been given; None: all it gave."""
    rest = tuple(given for given in source.awards if gift is not None and given.article != gift)
    give_only(source, rest, chest, now, its)


def give_only(source: Sold, awards: tuple[Given, ...], chest: Chest, now: Bylaws, its: Anew) -> None:
    """Let an event give no more than some awards; what it gave beside them is taken back."""
    before, source.awards = source.awards, awards
    posting = Posting(source, chest, now, allow_debt=True, taken=its.taken)
    posting.changes(before, source.awards, Cause(source.id, its.at, source.bylaws.version))


def owners(asked: Mapping[int, Anew]) -> dict[int, set[int]]:
    """By member: those whose purchases came back."""
    return {id_: {one.owner for one in its.returned} for id_, its in asked.items()}
