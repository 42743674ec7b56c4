"""Rehearsals on the workers: their parts are put into the queue, and again for as long as they are not done."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from loyalty import config
from loyalty.actions.rehearse_part import rehearse_part
from loyalty.jobs.queue import put, queue
from loyalty.outbox import Message
from loyalty.queries import rehearsals

SECONDS: Final = 6 * 3600
"""How long one part may take."""
AHEAD: Final = 20
"""Jobs that may wait in the queue before parts are put there once more."""
PAUSE: Final = timedelta(minutes=1)
"""After which parts are put into the queue again: it may have forgotten them, or their worker was killed."""


def queue_parts(club_id: int, _: datetime) -> None:
    """Put every part that is still to be done into the queue; one that somebody is at is left alone by whoever asks."""
    for rehearsal_id, n in rehearsals.waiting(club_id):
        put("loyalty.jobs.rehearsals.perform", rehearsal_id, n, seconds=SECONDS)


def begin(club_id: int, _: list[Message], now: datetime) -> None:
    """A rehearsal was asked for."""
    queue_parts(club_id, now)


def any_left(club_id: int, done_until: datetime, now: datetime) -> datetime | None:
    """When parts of the club's rehearsals wait, and were not put into the queue just now."""
    if now - done_until < PAUSE or not rehearsals.waiting(club_id) or len(queue()) >= AHEAD:
        return None
    return now


def perform(rehearsal_id: int, n: int) -> None:
    """The job: do a part, unless somebody is at it."""
    rehearse_part(rehearsal_id, n, config.now)
