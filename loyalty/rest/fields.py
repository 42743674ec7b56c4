"""Fields of query strings and answers that only the API has."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any, Final

from marshmallow import ValidationError, fields

from loyalty.calendars import Calendar
from loyalty.queries.paging import DEFAULT_LIMIT, MAX_LIMIT
from loyalty.schemas.fields import Base, Figure, Words, says
from loyalty.schemas.moments import Day, Instant
from loyalty.schemas.said import Said, told

_SPACE_FOR_PLUS: Final = re.compile(r" (?=\d\d:\d\d$)")


class Bound(fields.Field[date | datetime]):
    """An end of a period, in a query string or a body: an instant, or a local day in either calendar."""

    default_error_messages = says(
        invalid=Said(
            "This must be a day (2026-11-01 or 1405-08-10) or an instant with an offset.",
            "این باید یک روز (۱۴۰۵-۰۸-۱۰ یا ۲۰۲۶-۱۱-۰۱) یا زمانی با اختلاف از UTC باشد.",
        )
    )

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(metadata={"type": "string"} | kwargs.pop("metadata", {}), **kwargs)

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> date | datetime:
        if type(value) is not str:
            raise self.make_error("invalid")
        for kind in (Day(), Instant()):
            try:
                # A plus sign that nobody encoded arrives as a space.
                return kind.deserialize(_SPACE_FOR_PLUS.sub("+", value))
            except ValidationError:
                continue
        raise self.make_error("invalid")


class At(Instant):
    """An instant in a query string."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> datetime:
        # A plus sign that nobody encoded arrives as a space.
        written = _SPACE_FOR_PLUS.sub("+", value) if isinstance(value, str) else value
        return super()._deserialize(written, *args, **kwargs)


class PageQuery(Base):
    """A page of a list."""

    limit = Figure(1, MAX_LIMIT, load_default=DEFAULT_LIMIT, metadata=told("Items on a page.", "شمار موارد هر صفحه."))
    cursor = Words(64, metadata=told("The `next` of the page before.", "مقدار next صفحهٔ پیش."))


class PeriodQuery(Base):
    """A period: both days included; of instants the first only."""

    since = Bound(data_key="from", metadata={"example": "1405-08-01"})
    until = Bound(metadata={"example": "1405-08-30"})


def period(query: dict[str, Any], zone: str) -> tuple[datetime | None, datetime | None]:
    """A query's period as instants, the first included and the last not; days are of the club's zone."""
    calendar = Calendar(zone, "gregorian")
    since, until = query.get("since"), query.get("until")
    if since is not None and not isinstance(since, datetime):
        since = calendar.instant(since)
    if until is not None and not isinstance(until, datetime):
        until = calendar.instant(calendar.next_start("day", until))
    return since, until
