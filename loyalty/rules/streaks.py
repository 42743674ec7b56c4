"""Streaks: periods in a row in which a counter is high enough; a freeze bridges a gap, a milestone gives once. Pure.

Nothing of a streak is kept but the milestones reached: it is read off the counter's days, so a late sale may mend one.
"""

from __future__ import annotations

from collections import Counter as Counts
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

from loyalty.calendars import Calendar, Period
from loyalty.rules.counters import Counter
from loyalty.rules.facts import Facts
from loyalty.rules.gifts import GIFTS
from loyalty.rules.giving import give
from loyalty.rules.kinds import Award
from loyalty.rules.occasions import OF_TIERS
from loyalty.rules.reading import Bad, Node
from loyalty.rules.ruling import Reached, Ruling
from loyalty.rules.types import bilingual, integer, ratio
from loyalty.values import QUANTITY_SCALE, Text

if TYPE_CHECKING:
    from loyalty.rules.bylaws import Bylaws
    from loyalty.rules.history import ByDay

EVERY: Final = ("day", "week", "month")
_LEAST: Final[dict[tuple[str, str], int]] = {
    ("day", "week"): 7,
    ("day", "month"): 28,
    ("day", "quarter"): 89,
    ("day", "year"): 365,
    ("week", "month"): 4,
    ("week", "quarter"): 12,
    ("week", "year"): 52,
    ("month", "quarter"): 3,
    ("month", "year"): 12,
}
"""How many periods begin in a longer one at least."""
_DAY: Final = timedelta(days=1)
ByPeriod = dict[date, dict[str, int]]
"""What was counted in each period, by its first day and by label (empty where there is none)."""


class Milestone(NamedTuple):
    """A length at which something is given, once."""

    at: int
    give: tuple[Award, ...]


@dataclass(frozen=True, slots=True)
class Streak:
    """A streak of a counter."""

    code: str
    title: Text
    counter: str
    definition: Counter
    every: Period
    at_least: int
    freezes: int
    """How many gaps are bridged in each `each`."""
    each: Period
    milestones: tuple[Milestone, ...]
    most: int
    """The longest that anything of the version asks about."""

    def first_day(self, day: date, calendar: Calendar) -> date:
        """The first day that must be known to see on a day whatever the version asks about."""
        start = calendar.start_of(self.every, day)
        match self.every:
            case "day":
                return start - self._reach() * _DAY
            case "week":
                return start - 7 * self._reach() * _DAY
            case _:
                return calendar.add_months(start, -self._reach())

    def _reach(self) -> int:
        """How many periods back its longest may reach, with all the gaps that freezes bridge."""
        if not self.freezes:
            return self.most + 1
        room = _LEAST[self.every, self.each] - self.freezes
        return self.most + 2 + self.freezes * (self.most // room + 2)


class Chain(NamedTuple):
    """A streak as it stands on a day."""

    length: int
    freezes_left: int


def by_period(streak: Streak, days: ByDay, calendar: Calendar) -> ByPeriod:
    """What was counted in each period under each label; `days` are raw events or amounts."""
    of_days = streak.definition.measure == "days"
    found: ByPeriod = {}
    for (day, label), value in days.items():
        labels = found.setdefault(calendar.start_of(streak.every, day), {})
        labels[label] = labels.get(label, 0) + (int(value > 0) if of_days else value)
    return found


def periods(streak: Streak, found: ByPeriod) -> dict[date, int]:
    """The figure of each period, by its first day; of different things, how many there were."""
    if streak.definition.distinct:
        return {start: sum(its > 0 for label, its in labels.items() if label) for start, labels in found.items()}
    return {start: sum(labels.values()) for start, labels in found.items()}


def ending(streak: Streak, found: Mapping[date, int], day: date, calendar: Calendar) -> Chain:
    """The streak that ends with the period of a day, or with the one before."""
    today = calendar.start_of(streak.every, day)
    length, frozen = _walk(streak, found, today, calendar, back=True, gap_first=False)
    used = frozen.get(calendar.start_of(streak.each, day), 0)
    return Chain(length, max(0, streak.freezes - used) if streak.freezes else 0)


def around(streak: Streak, found: Mapping[date, int], day: date, calendar: Calendar) -> int:
    """How long the streak is that the period of a day belongs to, later periods too; 0 where that one is a gap."""
    start = calendar.start_of(streak.every, day)
    if found.get(start, 0) < streak.at_least:
        return 0
    before, frozen = _walk(streak, found, start, calendar, back=True, gap_first=True)
    after, _ = _walk(
        streak, found, calendar.next_start(streak.every, start), calendar, back=False, gap_first=True, frozen=frozen
    )
    return before + after


def best(streak: Streak, found: Mapping[date, int], calendar: Calendar) -> int:
    """The longest streak there ever was."""
    held = [start for start, its in found.items() if its >= streak.at_least]
    window: deque[date] = deque()
    gaps: Counts[date] = Counts()
    length = longest = 0
    start, end = min(held, default=date.max), max(held, default=date.min)
    while start <= end:
        window.append(start)
        if found.get(start, 0) >= streak.at_least:
            length += 1
        else:
            each = calendar.start_of(streak.each, start)
            gaps[each] += 1
            while gaps[each] > streak.freezes:  # begin after the gap that is one too many
                first = window.popleft()
                if found.get(first, 0) >= streak.at_least:
                    length -= 1
                else:
                    gaps[calendar.start_of(streak.each, first)] -= 1
        longest = max(longest, length)
        start = calendar.next_start(streak.every, start)
    return longest


def _walk(
    streak: Streak,
    found: Mapping[date, int],
    start: date,
    calendar: Calendar,
    *,
    back: bool,
    gap_first: bool,
    frozen: Mapping[date, int] | None = None,
) -> tuple[int, dict[date, int]]:
    """Periods in a row from one on, and the freezes that bridged gaps between them, by the period that has these.

    `gap_first` False: that the first is not full yet is no gap.
    """
    used, bridging = dict(frozen or {}), dict(frozen or {})
    held = [start for start, its in found.items() if its >= streak.at_least]
    if not held:
        return 0, used
    end, length, first = (min(held) if back else max(held)), 0, True
    while start >= end if back else start <= end:
        if found.get(start, 0) >= streak.at_least:
            length += 1
            used = dict(bridging)
        elif gap_first or not first:
            each = calendar.start_of(streak.each, start)
            if bridging.get(each, 0) >= streak.freezes:
                break
            bridging[each] = bridging.get(each, 0) + 1
        first = False
        start = calendar.start_of(streak.every, start - _DAY) if back else calendar.next_start(streak.every, start)
    return length, used


def reach(bylaws: Bylaws, facts: Facts, ruling: Ruling) -> None:
    """Let an event lengthen the streaks whose counters it has fed, and give what they reach."""
    calendar, day = bylaws.club.calendar, facts.moment.day
    for streak, place in bylaws.streaks_fed if facts.event.type not in OF_TIERS else ():
        fed = _fed(streak, place, facts, ruling)
        if not fed or not streak.milestones:
            continue
        found, start = dict(facts.streaks[streak.code]), calendar.start_of(streak.every, day)
        before = found.get(start, {})
        found[start] = before | {label: before.get(label, 0) + its for label, its in fed.items()}
        length = around(streak, periods(streak, found), day, calendar)
        reached = {*facts.milestones.get(streak.code, ())}
        reached |= {its.at for its in ruling.milestones if its.streak == streak.code}
        for milestone in streak.milestones:
            if milestone.at <= length and milestone.at not in reached:
                ruling.milestones.append(Reached(streak.code, milestone.at))
                give(milestone.give, f"streak:{streak.code}:{milestone.at}", facts, ruling)


def _fed(streak: Streak, place: int, facts: Facts, ruling: Ruling) -> dict[str, int]:
    """What an event adds to a streak's period, by label; a day that is active already adds no second day."""
    if not streak.definition.by:
        plain = ruling.feeds[place]
        once = streak.definition.measure == "days" and plain
        return {"": 0 if facts.active_days & (1 << place) else 1} if once else {"": plain} if plain else {}
    labels = ruling.labels.get(place, {})
    if streak.definition.measure == "days":
        return {label: int((place, label) not in facts.active_labels) for label in labels}
    return labels


def read_streak(code: str, node: Node, counters: Mapping[str, Counter]) -> Streak:
    """A streak: `{title, counter, every, at_least?, freezes?: {each, of}, milestones?: [{at, give}]}`."""
    found = node.fields(["title", "counter", "every"], ["at_least", "freezes", "milestones"])
    attempt = node.reading.attempt
    title = attempt(bilingual, found["title"])
    name = attempt(lambda n: n.name("counters"), found["counter"])
    every = attempt(lambda n: n.choice(EVERY), found["every"])
    if title is None or name is None or every is None:
        raise Bad
    at_least = _figure(found["at_least"], counters[name].unit) if "at_least" in found else 1
    freezes, each = _freezes(found["freezes"], every) if "freezes" in found else (0, "year")
    milestones = found["milestones"].every(_milestone) if "milestones" in found else ()
    if any(low.at >= high.at for low, high in pairwise(milestones)):
        raise found["milestones"].bad(
            Text("Each milestone asks more than the one before.", "هر منزل باید بیش از منزل پیشین بخواهد.")
        )
    most = max([its.at for its in milestones] + [node.reading.streaks_asked.get(code, 1)])
    return Streak(code, title, name, counters[name], every, at_least, freezes, each, milestones, most)  # type: ignore[arg-type]


def _figure(node: Node, unit: str) -> int:
    if unit != "quantity":
        return integer(node, least=1)
    exact = ratio(node) * QUANTITY_SCALE
    if exact.denominator != 1 or exact <= 0:
        raise node.bad(Text("A quantity above zero is expected.", "اینجا تعدادی بزرگ‌تر از صفر لازم است."))
    return int(exact)


def _freezes(node: Node, every: str) -> tuple[int, str]:
    found = node.fields(["each", "of"])
    longer = [each for short, each in _LEAST if short == every]
    each = found["each"].choice(longer)
    return integer(found["of"], least=1, most=_LEAST[every, each] - 1), each


def _milestone(node: Node) -> Milestone:
    found = node.fields(["at"], ["give"])
    return Milestone(integer(found["at"], least=2, most=1000), GIFTS.read(found["give"]) if "give" in found else ())
