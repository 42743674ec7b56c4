"""Rehearsals as tests ask for them: of a document, over a span, in one go and without a job."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from loyalty.actions.expire_points import expire_points
from loyalty.actions.review_tiers import review_tiers
from loyalty.db import connection, db, transaction
from loyalty.rehearsal.reading import Range
from loyalty.rehearsal.report import Form, finished
from loyalty.rehearsal.run import rehearse
from loyalty.rehearsal.stage import EVER, stage
from tests.story import Story

LAST = 2**62


def report(
    story: Story, document: Mapping[str, Any], since: datetime | None = None, until: datetime | None = None
) -> Form:
    """What a rehearsal of a document finds."""
    db.session.rollback()
    conn = connection()
    conn.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
    asked = story.now + timedelta(days=4000)
    end = until or story.now + timedelta(seconds=1)
    set_up = stage(conn, story.club_id, document, since, end)
    its = Range(story.club_id, 0, LAST, since or EVER, end, asked)
    found = finished(rehearse(conn, set_up, its, lambda _: None), set_up.draft, set_up.terms.at(its.until), {})
    db.session.rollback()
    return found


def everything_due_is_done(story: Story) -> None:
    """The timer's work until now."""
    at = story.now + timedelta(seconds=1)
    review_tiers(story.club_id, at)
    expire_points(story.club_id, at, at)
    with transaction() as conn:
        conn.execute(
            "INSERT INTO duty (club_id, name, done_until) VALUES (%s, 'review_tiers', %s)", [story.club_id, at]
        )
        conn.execute("UPDATE club SET created_at = %s WHERE id = %s", [at - timedelta(days=1), story.club_id])


def differences(form: Any, path: str = "") -> dict[str, int]:
    """Every figure of a report's difference that is not nothing, by its path."""
    if isinstance(form, dict):
        return {key: its for name, value in form.items() for key, its in differences(value, f"{path}/{name}").items()}
    return {path: form} if form else {}
