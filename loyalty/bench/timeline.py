"""The benchmarks' purchases judged in memory: what floors post and write, and the facts that judging is timed on."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from loyalty.bench.baskets import people
from loyalty.calendars import Calendar
from loyalty.cases import Case
from loyalty.judge import Budget, judge
from loyalty.rules import Bylaws, Purchase
from loyalty.rules.bylaws import Ask
from loyalty.rules.history import Counted, History
from loyalty.rules.member import MemberFacts
from loyalty.schemas import load_purchase

NOW = datetime(2026, 1, 1, tzinfo=UTC)
"""After every purchase."""


class Judged(NamedTuple):
    """A purchase with its ruling, and its member as it leaves it. Members and purchases go by their place."""

    sale: Case
    member: MemberFacts


class _Nothing(dict[Ask, int]):
    """What was recorded before the first purchase: nothing, whatever is asked."""

    def __missing__(self, ask: Ask) -> int:
        return 0


class _Past(NamedTuple):
    """One version since ever; the figures of `_Nothing` answer for any day."""

    bylaws: Bylaws
    calendar: Calendar

    def at(self, instant: datetime, member_id: int | None = None) -> Bylaws:  # noqa: ARG002 - the only one
        return self.bylaws

    def days(self, _: Collection[int]) -> Mapping[int, Counted]:
        return {}


class _Unshared:
    """The bylaws that are measured have no limit that all members share."""

    def reserve(self, wanted: Budget, _most: Budget) -> Budget:
        return wanted

    def release(self, unused: Budget) -> None:
        """Nothing was taken."""


def timeline(bylaws: Bylaws, bodies: Iterable[tuple[int, dict[str, object]]], members: int) -> Iterator[Judged]:
    """Every purchase (member's place, body as sent) judged after the ones before it."""
    calendar = bylaws.club.calendar
    past = _Past(bylaws, calendar)
    known = {
        place: MemberFacts(
            place, "active", None, None, person.joined_at or NOW, None, {}, History(_Nothing()), person.birthday,
            person.attributes,
        )
        for place, person in enumerate(people(members))
    }  # fmt: skip
    for n, (place, body) in enumerate(bodies):
        purchase: Purchase = load_purchase(body, now=NOW)
        sale = Case(purchase, 0, place, bylaws, calendar.moment(purchase.occurred_at), n)
        known |= judge([sale], {place: known[place]}, past, _Unshared())
        yield Judged(sale, known[place])
