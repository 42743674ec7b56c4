"""A club as every screen and the API need it: its name, money, zone and calendar."""

from __future__ import annotations

from typing import NamedTuple, cast

from psycopg.rows import TupleRow

from loyalty.calendars import Calendar, System
from loyalty.db import connection
from loyalty.errors import NotFound
from loyalty.formats import Unit, unit
from loyalty.values import Text

_SELECT = "SELECT id, code, name, currency, display, timezone, calendar FROM club"


class ClubView(NamedTuple):
    """A club and how its money and days are written."""

    id: int
    code: str
    name: Text
    currency: str
    display: str | None
    calendar: Calendar
    unit: Unit


def one(club_id: int) -> ClubView:
    """The club with that id.

    Raises:
        NotFound: there is none.
    """
    row = connection().execute(f"{_SELECT} WHERE id = %s", [club_id]).fetchone()
    return _view(row)


def by_code(code: str) -> ClubView:
    """The club with that code.

    Raises:
        NotFound: there is none.
    """
    row = connection().execute(f"{_SELECT} WHERE code = %s", [code]).fetchone()
    return _view(row)


def all_clubs() -> list[ClubView]:
    """Every club of the instance, by code."""
    return [_view(row) for row in connection().execute(f"{_SELECT} ORDER BY code")]


def _view(row: TupleRow | None) -> ClubView:
    if row is None:
        raise NotFound(Text("There is no such club.", "چنین باشگاهی نیست."))
    club_id, code, name, currency, display, zone, system = row
    return ClubView(
        club_id,
        code,
        Text(name["en"], name["fa"]),
        currency,
        display,
        Calendar(zone, cast(System, system)),
        unit(currency, display),
    )
