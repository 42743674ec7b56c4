"""What a version must be like to be in force for a pilot group beside the version of everybody else."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from loyalty.errors import Conflict, Fault, Invalid
from loyalty.values import Text
from loyalty.versions import Connection, programme

SHARED: Final = ("wallets", "tiers", "membership", "leaderboards", "raffles")
"""What members of both groups have in common: they change tiers, give each other points, are ranked together, and
their tickets are drawn from one drum."""
NAMED: Final = ("counters", "audiences")
"""What both groups stand on: a pilot may add to it, and leaves what there is as it is."""


def check_pilot(conn: Connection, club_id: int, document: Mapping[str, Any], from_at: datetime) -> None:
    """Refuse a document that can't be tried beside the version that is in force then.

    Raises:
        Conflict: another pilot goes on.
        Invalid: it changes what both groups share.
    """
    on = "SELECT 1 FROM bylaws WHERE club_id = %s AND pilot IS NOT NULL AND (pilot_until IS NULL OR pilot_until > %s)"
    if conn.execute(on, [club_id, from_at]).fetchone():
        raise Conflict(
            Text(
                "Another pilot goes on; end it first, or publish to everyone.",
                "آزمایش دیگری در جریان است؛ نخست آن را پایان دهید، یا برای همه منتشر کنید.",
            )
        )
    version = programme(conn, club_id).at(from_at).version
    row = conn.execute("SELECT document FROM bylaws WHERE club_id = %s AND version = %s", [club_id, version]).fetchone()
    assert row
    beside: dict[str, Any] = row[0]
    names = [f"/{name}" for name in SHARED if document.get(name) != beside.get(name)]
    for section in NAMED:
        own = document.get(section, {})
        names += [f"/{section}/{name}" for name, its in beside.get(section, {}).items() if own.get(name) != its]
    if names:
        said = Text(
            "In a pilot this stays as it is in the version for everybody else: both groups share it.",
            "در آزمایش، این بخش همان می‌ماند که در نسخهٔ دیگران است؛ هر دو گروه در آن شریک‌اند.",
        )
        raise Invalid([Fault(name, said) for name in names])
