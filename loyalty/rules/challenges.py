"""Challenges: what a member is asked to do within the window of a run, and what that gives. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final, Literal, NamedTuple

from loyalty.calendars import PERIODS, Calendar, Period
from loyalty.rules.counters import Counter
from loyalty.rules.facts import Facts
from loyalty.rules.gifts import GIFTS
from loyalty.rules.goals import Counted, Measure, Named, Tally, Test, read_goal
from loyalty.rules.kinds import Award, Condition
from loyalty.rules.reading import Bad, Node
from loyalty.rules.ruling import Given
from loyalty.rules.terms import Term, read_end
from loyalty.rules.types import BOOLEAN, bilingual, read_date
from loyalty.values import Text

Start = Literal["automatic", "chosen", "handed_out"]
STARTS: Final = ("automatic", "chosen", "handed_out")
_INSTANT: Final = timedelta(microseconds=1)


class Window(NamedTuple):
    """When a run lasts, both instants included (None: without end on that side), and its key among a member's."""

    key: str
    from_at: datetime | None
    until_at: datetime | None

    def holds(self, at: datetime) -> bool:
        """Whether an instant lies within."""
        return (self.from_at is None or self.from_at <= at) and (self.until_at is None or at <= self.until_at)


@dataclass(frozen=True, slots=True)
class Challenge:
    """A challenge: runs of it begin by themselves, are chosen by the member, or handed out."""

    code: str
    title: Text
    start: Start
    from_: date | None
    until: date | None
    """Both days included: of the run that begins by itself, else of all runs."""
    each: Period | None
    """A run begins by itself with each such period."""
    lasts: Term | None
    """How long a run lasts that was chosen or handed out."""
    steps: tuple[Condition, ...]
    """What is to be done, over the sums of a run; a goal is the only step."""
    stepwise: bool
    """Whether it was written as steps."""
    in_order: bool
    """Whether a step looks only at what happens after the one before it was done."""
    give: tuple[Award, ...]
    measures: tuple[Measure, ...]
    """What is added up over a run."""
    step_of: tuple[int, ...]
    """For each measure, the step that reads it."""
    by: str = "member"
    """Who does it: each `member`, or each `team`."""

    def whole(self, calendar: Calendar) -> Window:
        """From the first instant of its first day to the last of its last."""
        return Window(
            "",
            calendar.instant(self.from_) if self.from_ else None,
            _last_instant(self.until, calendar) if self.until else None,
        )

    def run_at(self, at: datetime, calendar: Calendar) -> Window | None:
        """The run that is under way by itself at an instant."""
        if self.start != "automatic":
            return None
        whole = self.whole(calendar)
        if not whole.holds(at):
            return None
        if self.each is None:
            return whole
        first, last = calendar.start_of(self.each, day := calendar.moment(at).day), calendar.span(self.each, day).end
        return Window(
            first.isoformat(),
            max(calendar.instant(first), whole.from_at) if whole.from_at else calendar.instant(first),
            min(_last_instant(last, calendar), whole.until_at) if whole.until_at else _last_instant(last, calendar),
        )

    def adds(self, facts: Facts, awards: Sequence[Given]) -> tuple[Tally, ...]:
        """What an event, and what articles gave for it, adds to each measure of a run."""
        return tuple([_added(measure, facts, awards) for measure in self.measures])

    @property
    def basis(self) -> tuple[Any, ...]:
        """What makes two versions of a challenge count alike."""
        return self.in_order, self.step_of, self.measures


def _last_instant(day: date, calendar: Calendar) -> datetime:
    return calendar.instant(day + timedelta(days=1)) - _INSTANT


def _added(measure: Measure, facts: Facts, awards: Sequence[Given]) -> Tally:
    if isinstance(measure, Test):
        return int(measure.met(facts))
    counter, label = measure.counter, measure.label
    if not counter.by:
        value = _value(counter, facts, awards)
    else:
        labels = _by_label(counter, facts, awards)
        if counter.distinct and label is None:
            return {its: value for its, value in labels.items() if its}
        value = sum(labels.values()) if label is None else labels.get(label, 0)
    return {facts.moment.day.isoformat(): value} if value and measure.of_things else value


def _by_label(counter: Counter, facts: Facts, awards: Sequence[Given]) -> dict[str, int]:
    if counter.type is not None:
        return counter.feeds(facts) if counter.type == facts.event.type else {}
    value = _value(counter, facts, awards)
    return {counter.label(facts): value} if value else {}


def _value(counter: Counter, facts: Facts, awards: Sequence[Given]) -> int:
    if counter.type is not None:
        return counter.feed(facts) if counter.type == facts.event.type else 0
    value = 0
    for given in awards:
        counts = not counter.articles or given.article in counter.articles
        if counts and counter.wallet in (None, given.wallet):
            value = 1 if counter.takes is None else value + given[counter.takes]  # type: ignore[operator]
    return value if value and counter.counts(facts) else 0


_FIELDS: Final = ("start", "from", "until", "each", "lasts", "goal", "steps", "in_order", "give", "by")


def read_challenge(code: str, node: Node, counters: Mapping[str, Counter]) -> Challenge:
    """A challenge; `counters` are those that its goal may count."""
    found, attempt = node.fields(["title"], _FIELDS), node.reading.attempt
    title = attempt(bilingual, found["title"])
    start = attempt(lambda n: n.choice(STARTS), found["start"]) if "start" in found else "automatic"
    from_, until = (attempt(read_date, found[name]) if name in found else None for name in ("from", "until"))
    each = attempt(lambda n: n.choice(PERIODS), found["each"]) if "each" in found else None
    lasts = attempt(read_end, found["lasts"]) if "lasts" in found else None
    in_order = BOOLEAN.read(found["in_order"]) if "in_order" in found else False
    give = attempt(GIFTS.read, found["give"]) if "give" in found else ()
    if from_ and until and from_ > until:
        raise found["until"].bad(Text("The last day comes before the first.", "روز پایان پیش از روز آغاز است."))
    _fits(found, start)
    if ("goal" in found) == ("steps" in found):
        raise node.bad(Text("Either “goal” or “steps” is expected.", "یا «goal» لازم است یا «steps»."))
    if in_order and "steps" not in found:
        raise found["in_order"].bad(Text("Only steps have an order.", "تنها گام‌ها (steps) ترتیب دارند."))
    measures: list[Named | Test] = []
    step_of: list[int] = []
    steps = []
    for place, step in enumerate(found["steps"].items() if "steps" in found else [found["goal"]]):
        steps.append(attempt(lambda n: read_goal(n, measures), step))
        step_of += [place] * (len(measures) - len(step_of))
    if not steps:
        raise found["steps"].bad(Text("At least one step is needed.", "دست‌کم یک گام لازم است."))
    by = attempt(_by, found["by"]) if "by" in found else "member"
    if title is None or start is None or give is None or by is None or None in steps:
        raise Bad
    challenge = Challenge(
        code,
        title,
        start,  # type: ignore[arg-type]
        from_,
        until,
        each,  # type: ignore[arg-type]
        lasts,
        tuple(steps),  # type: ignore[arg-type]
        "steps" in found,
        in_order,
        give,
        tuple(its if isinstance(its, Test) else Counted(counters[its[0]], its[1]) for its in measures),
        tuple(step_of),
        by,
    )
    if by == "team":
        _of_team(node, found, challenge)
    return challenge


def _by(node: Node) -> str:
    """Who does it: members, or the teams that the document declares."""
    by = node.choice(("member", "team"))
    if by == "team" and "teams" not in node.reading.names["sections"]:
        raise node.bad(Text("No teams are declared.", "تیمی تعریف نشده است."))
    return by


def _of_team(node: Node, found: Mapping[str, Node], challenge: Challenge) -> None:
    """Refuse what cannot be added up over the members of a team, day by day."""
    if challenge.start != "automatic":
        raise found["start"].bad(Text("A challenge of teams begins by itself.", "چالش تیمی خودبه‌خود آغاز می‌شود."))
    added = all(isinstance(its, Counted) and not its.counter.by and its.label is None for its in challenge.measures)
    if challenge.in_order or not added:
        raise node.bad(
            Text(
                "A team adds up counters: its goal is of counters that are not kept by a label, and has no order.",
                "تیم شمارنده‌ها را با هم جمع می‌کند: هدفش از شمارنده‌های بی‌برچسب است و ترتیب ندارد.",
            )
        )


def _fits(found: Mapping[str, Node], start: str | None) -> None:
    """Refuse what a way of starting cannot have."""
    if start == "automatic" and "lasts" in found:
        raise found["lasts"].bad(
            Text(
                "A run that begins by itself ends with “until” or with its period.",
                "دوری که خودبه‌خود آغاز می‌شود با «until» یا با پایان دوره‌اش تمام می‌شود.",
            )
        )
    if start != "automatic" and "each" in found:
        raise found["each"].bad(
            Text(
                "Only runs that begin by themselves come again with each period.",
                "تنها دورهایی که خودبه‌خود آغاز می‌شوند با هر دوره تکرار می‌شوند.",
            )
        )
