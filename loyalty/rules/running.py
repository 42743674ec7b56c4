"""Running totals: after any event or return an article has given, for a window, what its counter is worth.

(10,000 at 40 nights and at every further 10 is one article.) An event gives the difference to what was given before,
and never takes; what a return lowers is taken back with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from typing import Final, NamedTuple

from loyalty.calendars import Span
from loyalty.rules.bylaws import Ask, Bylaws
from loyalty.rules.facts import Facts
from loyalty.rules.history import Counted, Fed, History
from loyalty.rules.parts import Article, Running
from loyalty.rules.ruling import Given, Ruling

DEPTH: Final = 3
"""How often what is given goes round from counters."""


class Moved(NamedTuple):
    """A change of a live counter on an event's day, by its place; of one kept by label, under that."""

    place: int
    label: str
    change: int


def grown(bylaws: Bylaws, facts: Facts, ruling: Ruling, read: int) -> int:
    """By how much a ruling's feeds raise a figure that the version reads, on a day that its window holds."""
    place = bylaws.feeds[read]
    if place in ruling.labels:
        return of_labels(bylaws, facts, read, ruling.labels[place])
    fed = ruling.feeds[place]
    if fed and place in bylaws.of_days:
        return 0 if facts.active_days & (1 << place) else 1  # a day that is counted already counts no more
    return fed


def of_labels(bylaws: Bylaws, facts: Facts, read: int, labels: dict[str, int]) -> int:
    """The same of a counter that is kept by label."""
    counter, _, _, only = bylaws.reads[read]
    if counter.distinct and only is None:
        return sum(bool(label and fed and (read, label) not in facts.present) for label, fed in labels.items())
    own = labels if only is None else {only: labels.get(only, 0)}
    if counter.measure == "days":
        place = bylaws.feeds[read]
        return sum(bool(fed and (place, label) not in facts.active_labels) for label, fed in own.items())
    return sum(own.values())


def totals(bylaws: Bylaws, facts: Facts, ruling: Ruling) -> bool:
    """Let the running totals give what they come to after what was fed so far; whether any gave something."""
    gave = False
    for article in bylaws.articles:
        if article.totals and looked_at(bylaws, article, facts, ruling):
            for total in article.totals:
                gave |= _give(bylaws, article, total, facts, ruling)
    return gave


def looked_at(bylaws: Bylaws, article: Article, facts: Facts, ruling: Ruling) -> bool:
    """Whether an event is one after which an article's totals are reckoned: its occasion, or it moves their counter."""
    if not article.in_force(facts.moment.day):
        return False
    if article.on.type != facts.event.type and not moves(bylaws, article, facts, ruling):
        return False
    return article.condition is None or article.condition.holds(facts)


def moves(bylaws: Bylaws, article: Article, facts: Facts, ruling: Ruling) -> bool:
    """Whether an event moves what an article's totals count."""
    return any(grown(bylaws, facts, ruling, its.counts) for its in article.totals)


def figure(bylaws: Bylaws, facts: Facts, ruling: Ruling, read: int) -> int:
    """What a running total reads, after the event."""
    over = bylaws.reads[read].over
    inside = over.kind != "since" or over.day is None or over.day <= facts.moment.day
    return facts.counts[read] + (grown(bylaws, facts, ruling, read) if inside else 0)


def _give(bylaws: Bylaws, article: Article, total: Running, facts: Facts, ruling: Ruling) -> bool:
    base = total.award.reached(figure(bylaws, facts, ruling, total.counts))
    asked = total.award.amount(base) - figure(bylaws, facts, ruling, total.gave)
    if asked <= 0:
        return False
    wallet = total.award.wallet
    amount = asked
    own = sum(given.amount for given in ruling.awards if (given.article, given.wallet) == (total.no, wallet))
    for limit in article.limits:
        amount = min(amount, limit.room(facts, own))
    for limit in bylaws.capped.get(wallet, ()):
        if not limit.shared:
            took = [its.amount for its in ruling.awards if its.wallet == wallet and limit.limits(its)]
            amount = min(amount, limit.room(facts, sum(took)))
    if amount <= 0:
        return False
    ruling.awards = added(ruling.awards, Given(total.no, total.place, wallet, amount, base, asked))
    return True


def added(awards: Sequence[Given], more: Given) -> list[Given]:
    """Awards with one more amount of a running total, which stands among them once."""
    key = more[:3]
    before = next((its for its in awards if its[:3] == key), None)
    rest = [its for its in awards if its is not before]
    if before:
        more = more._replace(amount=before.amount + more.amount, asked=before.asked + more.asked)
    return [*rest, more] if more.amount else rest


def kept_totals(
    bylaws: Bylaws,
    asks: Sequence[Ask],
    day: date,
    counted: Counted,
    stands: Callable[[tuple[Given, ...]], list[Moved]],
    awards: tuple[Given, ...],
    sold: Sequence[Given],
) -> tuple[Given, ...]:
    """What a purchase's share of the running totals is when a return has changed what it counts for.

    `asks` are what its version reads as of its day, `counted` tells these as they were before the return, and `stands`
    what the return changes if the purchase gives some awards. A purchase never comes to give more than when it was
    `sold`; it gives less than nothing where what others gave hung on it.
    """
    most = {its[:2]: its.amount for its in sold if bylaws.is_total(its)}
    for _ in range(DEPTH):
        after = History(_Asked(counted)).plus(_fed(bylaws, counted, day, stands(awards)))
        changed = awards
        for total in bylaws.running:
            reads = asks[total.counts], asks[total.gave]
            value, gave = map(after.over, reads)
            if (value, gave) == tuple(map(counted.over, reads)):
                continue
            base = total.award.reached(value)
            own = next((its.amount for its in awards if its[:2] == (total.no, total.place)), 0)
            room = max(0, most.get((total.no, total.place), 0) - own)
            change = min(total.award.amount(base) - gave, room)
            if change:
                given = Given(total.no, total.place, total.award.wallet, change, base, change)
                changed = tuple(added(changed, given))
        if changed == awards:
            break
        awards = changed
    return awards


def _fed(bylaws: Bylaws, counted: Counted, day: date, moved: Iterable[Moved]) -> Iterator[Fed]:
    for place, label, change in moved:
        value = change
        if (counter := bylaws.live[place]).measure == "days":
            before = counted.over(Ask(place, Span(day, day), True, label if counter.by else None))
            value = int(before + change > 0) - int(before > 0)
        yield Fed(place, day, value, change, label)


class _Asked(dict[Ask, int]):
    """Figures as they are counted somewhere else."""

    def __init__(self, counted: Counted) -> None:
        super().__init__()
        self.counted = counted

    def __missing__(self, ask: Ask) -> int:
        return self.counted.over(ask)
