"""The draft of a club's bylaws, and what is wrong or odd about it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from loyalty.actions.publish_bylaws import missing_rewards, what_is_fixed
from loyalty.db import connection
from loyalty.errors import Fault, Invalid, NotFound
from loyalty.rules import load
from loyalty.rules.differences import Difference, differences
from loyalty.rules.finding import Finding
from loyalty.rules.findings import findings
from loyalty.values import Text
from loyalty.versions import programme

DRAFT = "draft"
"""What the draft is called where a version's number may stand."""


class DraftView(NamedTuple):
    """The draft as it was saved last."""

    document: dict[str, Any]
    based_on: int | None
    saved_at: datetime
    by: str


class Checked(NamedTuple):
    """The faults of a document, which keep it from being published, and what somebody should look at."""

    errors: list[Fault]
    warnings: list[Finding]

    @property
    def publishable(self) -> bool:
        """Whether nothing keeps it from being published."""
        return not self.errors


def draft(club_id: int) -> DraftView:
    """The club's draft.

    Raises:
        NotFound: nothing is drafted.
    """
    found = draft_if_any(club_id)
    if found is None:
        raise NotFound(Text("There is no draft of the bylaws.", "پیش‌نویسی از آیین‌نامه نیست."))
    return found


def draft_if_any(club_id: int) -> DraftView | None:
    """The club's draft, or None."""
    row = (
        connection()
        .execute("SELECT document, based_on, saved_at, by FROM bylaws_draft WHERE club_id = %s", [club_id])
        .fetchone()
    )
    return DraftView(*row) if row else None


def check(club_id: int, document: Mapping[str, Any], now: datetime) -> Checked:
    """Every fault and everything odd of a document, each with place and sentence."""
    try:
        bylaws = load(document)
    except Invalid as invalid:
        return Checked(invalid.faults, [])
    conn = connection()
    errors = [*what_is_fixed(conn, club_id, bylaws), *missing_rewards(conn, club_id, bylaws)]
    return Checked(errors, findings(bylaws, bylaws.club.calendar.moment(now).day))


def difference(club_id: int, one: str, other: str) -> list[Difference]:
    """What the other version says otherwise than the one; each is a number, or `draft`.

    Raises:
        NotFound: there is no such version or no draft.
        Invalid: the draft has faults.
    """
    before, after = (_document(club_id, its) for its in (one, other))
    return differences(load(before), load(after))


def _document(club_id: int, which: str) -> dict[str, Any]:
    if which == DRAFT:
        return draft(club_id).document
    row = None
    if which.isascii() and which.isdecimal() and len(which) < 10:
        row = (
            connection()
            .execute("SELECT document FROM bylaws WHERE club_id = %s AND version = %s", [club_id, int(which)])
            .fetchone()
        )
    if row is None:
        programme(connection(), club_id)
        raise NotFound(Text("There is no such version.", "چنین نسخه‌ای نیست."))
    return dict(row[0])
