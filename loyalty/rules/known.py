"""What a version reads besides counters: of the member (age, attributes …) and of the event (store, fields …).

It is found out once, when an event is judged, and kept with the ruling. So explanations and returns see what was seen
then, and what was not asked for is not kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from loyalty.calendars import Calendar, parse_date
from loyalty.rules.yearly import of_date

if TYPE_CHECKING:
    from loyalty.rules.facts import Happening
    from loyalty.rules.member import MemberFacts

ATTRIBUTE: Final = "attribute:"
NEAR: Final = "near:"
FIELD: Final = "field:"
COMPLETED: Final = "completed:"
STREAK: Final = "streak:"


def member_values(names: Iterable[str], member: MemberFacts, calendar: Calendar, day: date) -> dict[str, Any]:
    """Values of a member by their names as seen from a day; what is not known is left out."""
    found = ((name, _of_member(name, member, calendar, day)) for name in names)
    return {name: value for name, value in found if value is not None}


def event_values(names: Iterable[str], event: Happening) -> dict[str, Any]:
    """Values of an event by their names; what the till did not tell is left out."""
    found = (
        (name, event.attributes.get(name[len(FIELD) :]) if name.startswith(FIELD) else _OF_EVENT[name](event))
        for name in names
    )
    return {name: value for name, value in found if value is not None}


_OF_EVENT: Final[dict[str, Callable[[Happening], Any]]] = {
    "store": lambda event: event.store or None,
    "channel": lambda event: event.channel,
    "cashier": lambda event: event.cashier,
}


def _of_member(name: str, member: MemberFacts, calendar: Calendar, day: date) -> Any:
    if name.startswith(ATTRIBUTE):
        return member.attributes.get(name[len(ATTRIBUTE) :])
    if name.startswith(NEAR):
        yearly = _day_of(name[len(NEAR) :], member, calendar)
        return of_date(yearly, calendar).away(day, calendar) if yearly else None
    if name == "member":
        return member.id
    if name == "referred":
        return member.referred or None
    if name.startswith(COMPLETED):
        return member.completed.get(name[len(COMPLETED) :])
    if name.startswith(STREAK):
        return None  # it is read off the counter's days, see `history`
    if name == "years":
        return max(0, calendar.age(_joined(member, calendar), day))
    return calendar.age(member.birthday, day) if member.birthday else None


def _day_of(name: str, member: MemberFacts, calendar: Calendar) -> date | None:
    """A day of the member's life that comes again each year."""
    if name == "birthday":
        return member.birthday
    if name == "joining":
        return _joined(member, calendar)
    written = member.attributes.get(name[len(ATTRIBUTE) :])
    try:
        return parse_date(written) if isinstance(written, str) else None
    except ValueError:
        return None  # some other text: then no such day is known


def _joined(member: MemberFacts, calendar: Calendar) -> date:
    return calendar.moment(member.joined_at).day
