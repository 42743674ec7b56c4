"""The version in force, and what people read of it."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from loyalty.db import connection
from loyalty.errors import NotFound
from loyalty.queries.views import ArticleText, BylawsView, Section
from loyalty.rules import Bylaws
from loyalty.rules.sentences import sections
from loyalty.values import Text
from loyalty.versions import programme


class InForce(NamedTuple):
    """A version and since when it is in force."""

    version: int
    bylaws: Bylaws
    from_at: datetime


def in_force(club_id: int, at: datetime, member_id: int | None = None) -> InForce:
    """The version in force at an instant, for a member also a pilot's; raises NotFound for an unknown club."""
    terms = programme(connection(), club_id)
    bylaws = terms.at(at, member_id)
    return InForce(bylaws.version, bylaws, terms.from_at[bylaws.version - 1])


def view(club_id: int, at: datetime, member_id: int | None = None) -> BylawsView:
    """The version in force at an instant, for a member also a pilot's: its document, and its sentences."""
    found = in_force(club_id, at, member_id)
    return _view(club_id, found.version)


def version(club_id: int, number: int) -> BylawsView:
    """A published version by its number.

    Raises:
        NotFound: there is no such version.
    """
    if not 1 <= number <= len(programme(connection(), club_id).versions):
        raise NotFound(Text("There is no such version.", "چنین نسخه‌ای نیست."))
    return _view(club_id, number)


def _view(club_id: int, number: int) -> BylawsView:
    bylaws = programme(connection(), club_id).version(number)
    row = (
        connection()
        .execute("SELECT document, from_at FROM bylaws WHERE club_id = %s AND version = %s", [club_id, number])
        .fetchone()
    )
    assert row
    parts = tuple(
        Section(part.code, part.title, tuple(ArticleText(*said) for said in part.said)) for part in sections(bylaws)
    )
    return BylawsView(number, row[1], row[0], parts)
