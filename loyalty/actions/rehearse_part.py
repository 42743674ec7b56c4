"""Do a part of a rehearsal, unless somebody is at it; whoever does the last one adds them up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import reduce
from typing import Any, Final

import structlog
from flask import current_app
from psycopg.types.json import Json

from loyalty.arrays import array
from loyalty.db import connection, transaction
from loyalty.rehearsal.families import families
from loyalty.rehearsal.reading import Range
from loyalty.rehearsal.report import Form, added, finished
from loyalty.rehearsal.run import rehearse
from loyalty.rehearsal.stage import EVER, stage
from loyalty.rules import load
from loyalty.versions import Connection, programme

log = structlog.get_logger()

TRIES: Final = 3
"""How often a part is begun before the rehearsal counts as failed: a worker that was killed is no reason to give up."""

_CLAIM: Final = "SELECT pg_try_advisory_xact_lock(hashtextextended('rehearsal:' || %s || ':' || %s, 0))"
"""Goes with whoever holds it, and leaves the part's row free for telling how far it is."""
_PART: Final = """
    SELECT first_id, last_id, club_id, document, from_at, until_at, asked_at
    FROM rehearsal_part JOIN rehearsal ON rehearsal.id = rehearsal_id
    WHERE rehearsal_id = %s AND n = %s AND rehearsal_part.finished_at IS NULL AND status = 'running'
"""
_BEGUN: Final = (
    "UPDATE rehearsal_part SET attempts = attempts + 1 WHERE rehearsal_id = %s AND n = %s RETURNING attempts"
)
_DONE: Final = """
    UPDATE rehearsal_part SET done = %s FROM rehearsal
    WHERE rehearsal_id = %s AND n = %s AND rehearsal.id = rehearsal_id RETURNING status
"""
_FOUND: Final = """
    UPDATE rehearsal_part SET report = %s, done = members, finished_at = %s WHERE rehearsal_id = %s AND n = %s
"""
_WHOLE: Final = """
    SELECT club_id, document, from_at, until_at, asked_at FROM rehearsal
    WHERE id = %s AND status = 'running' FOR UPDATE
"""
_PARTS: Final = "SELECT report, finished_at IS NULL FROM rehearsal_part WHERE rehearsal_id = %s ORDER BY n"
_LEFT_OUT: Final = """
    SELECT because, count(*) FROM set_aside
    WHERE club_id = %(club)s AND occurred_at >= %(since)s AND occurred_at < %(until)s GROUP BY because
    UNION ALL
    SELECT 'unmerged', count(*) FROM (
        SELECT member_id, club_id, occurred_at FROM purchase UNION ALL SELECT member_id, club_id, occurred_at FROM event
    ) judged WHERE club_id = %(club)s AND occurred_at >= %(since)s AND occurred_at < %(until)s
        AND member_id = ANY(%(apart)s::bigint[])
"""


class Cancelled(Exception):
    """Nobody wants to know any more."""


def rehearse_part(
    rehearsal_id: int, n: int, clock: Callable[[], datetime], watch: Callable[[], None] = lambda: None
) -> bool:
    """Do a part of a rehearsal; False if it is done, somebody is at it, or nobody wants it any more.

    `watch` is called whenever it has been told how far the part is.

    The part is read in one snapshot that cannot write; done again, also after a crash, it finds the same.
    """
    with transaction() as claim:
        row = claim.execute(_CLAIM, [str(rehearsal_id), str(n)]).fetchone()
        part = claim.execute(_PART, [rehearsal_id, n]).fetchone() if row and row[0] else None
        if part is None:
            return False
        # Another context has another session: what is told there does not end the claim.
        with current_app.app_context():
            if not _begin(rehearsal_id, n, clock):
                return False
        try:
            with current_app.app_context():
                report = _fold(part, lambda done: _tell(rehearsal_id, n, done, watch))
        except Cancelled:
            return False
        claim.execute(_FOUND, [Json(report), clock(), rehearsal_id, n])
    _add_up(rehearsal_id, clock())
    return True


def _begin(rehearsal_id: int, n: int, clock: Callable[[], datetime]) -> bool:
    with transaction() as conn:
        row = conn.execute(_BEGUN, [rehearsal_id, n]).fetchone()
        if row and row[0] <= TRIES:
            return True
        conn.execute(
            "UPDATE rehearsal SET status = 'failed', finished_at = %s WHERE id = %s AND status = 'running'",
            [clock(), rehearsal_id],
        )
    log.error("rehearsal.failed", rehearsal=rehearsal_id, part=n)
    return False


def _fold(part: tuple[Any, ...], progress: Callable[[int], None]) -> Form:
    first, last, club_id, document, since, until, asked = part
    conn = connection()
    conn.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
    its = Range(club_id, first, last, since or EVER, until, asked)
    return rehearse(conn, stage(conn, club_id, document, since, until), its, progress)


def _tell(rehearsal_id: int, n: int, done: int, watch: Callable[[], None]) -> None:
    """Say how far a part is.

    Raises:
        Cancelled: the rehearsal is not wanted any more.
    """
    with current_app.app_context(), transaction() as conn:
        row = conn.execute(_DONE, [done, rehearsal_id, n]).fetchone()
    if row != ("running",):
        raise Cancelled
    watch()


def _add_up(rehearsal_id: int, now: datetime) -> None:
    with transaction() as conn:
        whole = conn.execute(_WHOLE, [rehearsal_id]).fetchone()
        parts = conn.execute(_PARTS, [rehearsal_id]).fetchall()
        if whole is None or any(unfinished for _, unfinished in parts):
            return
        club_id, document, since, until, asked = whole
        its = Range(club_id, 0, 0, since or EVER, until, asked)
        form = reduce(added, (report for report, _ in parts))
        force = programme(conn, club_id).at(until)
        report = finished(form, load(document), force, _left_out(conn, its))
        conn.execute(
            "UPDATE rehearsal SET status = 'done', report = %s, finished_at = %s WHERE id = %s",
            [Json(report), now, rehearsal_id],
        )
    log.info("rehearsal.done", rehearsal=rehearsal_id, members=report["members"])


def _left_out(conn: Connection, its: Range) -> dict[str, int]:
    """Purchases and events that were not judged, by the reason."""
    rows = conn.execute(_LEFT_OUT, {**its._asdict(), "apart": array(families(conn, its).apart)}).fetchall()
    return {because: count for because, count in rows if count}
