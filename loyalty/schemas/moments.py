"""Instants and days in a request."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from marshmallow import fields

from loyalty.calendars import parse_date
from loyalty.errors import Invalid
from loyalty.formats import latin_digits
from loyalty.schemas.fields import says
from loyalty.schemas.said import Said
from loyalty.values import Text

EARLIEST: Final = 1900
"""No event and no birthday is older than this year."""
SKEW: Final = timedelta(minutes=5)
"""How far a till's clock may run ahead."""

_INSTANT = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt ]([01]\d|2[0-3])(:[0-5]\d:[0-5]\d)(\.\d{1,9})?([Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)", re.ASCII
)


def not_ahead(at: datetime, now: datetime, path: str) -> None:
    """Refuse an instant that lies ahead of the clock by more than a till's may.

    Raises:
        Invalid: naming the field at `path`.
    """
    if at > now + SKEW:
        raise Invalid.at(path, Text("This lies in the future.", "این در آینده است."))


class Instant(fields.DateTime):
    """RFC 3339 with an offset, in digits of three scripts; loaded in UTC."""

    default_error_messages = says(
        invalid=Said(
            "This must be a date and time with an offset, as in 2026-11-12T18:30:00+03:30.",
            "این باید تاریخ و ساعت با اختلاف از UTC باشد، مانند 2026-11-12T18:30:00+03:30.",
        ),
        early=Said("This lies too far back.", "این بیش از اندازه در گذشته است."),
    )

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> datetime:
        match = _INSTANT.fullmatch(latin_digits(value)) if type(value) is str else None
        if not match:
            raise self.make_error("invalid")
        day, hour, rest, fraction, offset = match.groups(default="")
        try:
            # A leap second or a day that no month has is refused here; digits beyond microseconds are dropped.
            found = datetime.fromisoformat(f"{day}T{hour}{rest}{fraction[:7]}{offset.upper()}").astimezone(UTC)
        except (ValueError, OverflowError):
            raise self.make_error("invalid") from None
        if found.year < EARLIEST:
            raise self.make_error("early")
        return found


class Day(fields.Date):
    """A date of either calendar (`1371-05-21`, `1992-08-12`), in digits of three scripts; loaded as Gregorian."""

    default_error_messages = says(
        invalid=Said(
            "This must be a date, as in 1992-08-12 or 1371-05-21.",
            "این باید تاریخ باشد، مانند ۱۳۷۱-۰۵-۲۱ یا ۱۹۹۲-۰۸-۱۲.",
        ),
        early=Said("This lies too far back.", "این بیش از اندازه در گذشته است."),
    )

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> date:
        try:
            if type(value) is not str:
                raise ValueError(value)
            found = parse_date(latin_digits(value))
        except (ValueError, OverflowError):
            raise self.make_error("invalid") from None
        if found.year < EARLIEST:
            raise self.make_error("early")
        return found
