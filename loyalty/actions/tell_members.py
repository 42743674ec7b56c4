"""Tell members what happened: a handler of the outbox, which may call it again with what it has seen."""

from __future__ import annotations

from datetime import datetime

from loyalty import outbox
from loyalty.db import transaction
from loyalty.notices import causes, shelf
from loyalty.outbox import Message
from loyalty.versions import programme


def tell_members(club_id: int, messages: list[Message], now: datetime) -> None:
    """Enter what these messages mean to members into their feeds, once each, and set it on its way."""
    with transaction() as conn:
        terms = programme(conn, club_id)
        told = causes.told_of(conn, terms, messages)
        new = shelf.note(conn, club_id, terms.calendar, told, now) if told else 0
    if new:
        outbox.wake()
