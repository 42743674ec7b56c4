"""The versions of a club's bylaws, without their text."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, NamedTuple

from loyalty.db import connection

Status = Literal["filling", "scheduled", "pilot", "in_force", "superseded"]


class VersionView(NamedTuple):
    """A published version; in force from `from_at`, or since ever if it is the first."""

    version: int
    from_at: datetime
    published_at: datetime
    note: str
    filling: bool
    """Whether what it counts is still filled from history: then it is in force from `from_at` at the earliest."""
    pilot: int | None
    """Of a version for a pilot group: the share of the members, in percent."""
    pilot_until: datetime | None


def versions(club_id: int) -> list[VersionView]:
    """Every version, the newest first."""
    rows = connection().execute(
        "SELECT version, from_at, published_at, note, filling, pilot, pilot_until FROM bylaws WHERE club_id = %s"
        " ORDER BY version DESC",
        [club_id],
    )
    return [VersionView(*row) for row in rows]


def statuses(views: Sequence[VersionView], at: datetime) -> dict[int, Status]:
    """What each version is at an instant, by number."""
    for_all = [view for view in views if not view.filling and view.pilot is None]
    in_force = max((view.version for view in for_all if view.from_at <= at or view.version == 1), default=0)
    return {view.version: _status(view, in_force, at) for view in views}


def _status(view: VersionView, in_force: int, at: datetime) -> Status:
    if view.filling:
        return "filling"
    if view.pilot is not None:
        if view.pilot_until is not None and view.pilot_until <= at:
            return "superseded"
        return "pilot" if view.from_at <= at else "scheduled"
    if view.version == in_force:
        return "in_force"
    return "superseded" if view.version < in_force else "scheduled"
