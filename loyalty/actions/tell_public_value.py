"""Say which value nobody can know before is mixed into a draw; once it is known, tell it, and it is drawn."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from loyalty import absent, outbox
from loyalty.actions.draw_raffles import close_and_draw
from loyalty.db import retried, transaction
from loyalty.errors import Conflict, Fault
from loyalty.rewards import draws
from loyalty.rewards.draws import Draw
from loyalty.values import Text
from loyalty.versions import Connection

_OVER: Final = Text(
    "The draw is closed: what is mixed in can't be changed any more.",
    "مهلت این قرعه‌کشی پایان یافته است؛ دیگر نمی‌توان گفت چه مقداری در آن به کار رود.",
)
_TOO_SOON: Final = Text(
    "The value can be told once the draw is closed, so that nobody can choose entries by it.",
    "مقدار را پس از بسته شدن قرعه‌کشی می‌توان گفت تا کسی نتواند بلیت‌ها را بر پایهٔ آن بچیند.",
)
_NOT_AWAITED: Final = Text("No value was announced for this draw.", "برای این قرعه‌کشی مقداری اعلام نشده بود.")
_TOLD: Final = Text("Another value was told already.", "پیش‌تر مقدار دیگری گفته شده است.")


@retried
def tell_public_source(club_id: int, raffle: str, day: date, source: Text, now: datetime) -> None:
    """Say which value is mixed in: it must come from outside, after the closing. The draw then waits for it.

    Raises:
        NotFound: there is no such draw.
        Conflict: its last instant has passed.
    """
    with transaction() as conn:
        its = _locked(conn, club_id, raffle, day)
        if its.closed_at is not None or its.ends_at < now:
            raise Conflict(_OVER, [Fault("/source", _OVER)])
        draws.tell_source(conn, its, source)


def tell_public_value(club_id: int, raffle: str, day: date, value: str, now: datetime) -> None:
    """Tell the value that a closed draw waits for, and draw it. The same value again changes nothing.

    Raises:
        NotFound: there is no such draw.
        Conflict: it awaits no value, is not closed yet, or was told another one.
    """
    draw_id = _tell(club_id, raffle, day, value)
    if close_and_draw(club_id, draw_id, now):
        outbox.wake()


@retried
def _tell(club_id: int, raffle: str, day: date, value: str) -> int:
    with transaction() as conn:
        its = _locked(conn, club_id, raffle, day)
        why = _refused(its, value)
        if why is not None:
            raise Conflict(why, [Fault("/value", why)])
        if its.public_value is None:
            draws.tell_value(conn, its, value)
        return its.id


def _refused(its: Draw, value: str) -> Text | None:
    if its.public_source is None:
        return _NOT_AWAITED
    if its.closed_at is None:
        return _TOO_SOON
    return None if its.public_value in (None, value) else _TOLD


def _locked(conn: Connection, club_id: int, raffle: str, day: date) -> Draw:
    found = draws.of_day(conn, club_id, raffle, day)
    if found is None:
        raise absent.draw()
    return draws.locked(conn, club_id, found.id)
