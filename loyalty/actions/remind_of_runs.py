"""Remind members of runs of challenges that end soon and are not done."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from loyalty import outbox
from loyalty.db import transaction
from loyalty.ledger.runs import COLUMNS, Asked, count, key_of, stored_run
from loyalty.notices import shelf
from loyalty.notices.base import Words
from loyalty.notices.near import RunEnding
from loyalty.notices.shelf import Told
from loyalty.notices.terms import RUN_ENDS
from loyalty.runs import emptied
from loyalty.versions import Connection, Programme, programme

BATCH: Final = 500
"""Runs that are looked at in one transaction."""
_DONE: Final = 100

_SOON: Final = f"""
    SELECT {COLUMNS} FROM challenge_run run JOIN member ON member.id = run.member_id
    WHERE run.club_id = %(club)s AND completed_at IS NULL AND until_at > %(now)s AND until_at <= %(soon)s
        AND until_at - least(%(soon)s - %(now)s, (until_at - from_at) / 10) <= %(now)s
        AND (until_at, run.member_id, challenge, key) > (%(end)s, %(member)s, %(challenge)s, %(key)s)
        AND member.status = 'active' AND member.merged_into IS NULL
        AND NOT EXISTS (
            SELECT FROM notice WHERE notice.member_id = run.member_id
                AND notice.key = %(kind)s || ':' || challenge || ':' || run.key
        )
    ORDER BY until_at, run.member_id, challenge, key LIMIT %(most)s
"""  # noqa: S608 - constants
"""Two days before the end, or in the last tenth of a run where that is shorter."""


def remind_of_runs(club_id: int, now: datetime) -> int:
    """Remind of every run that ends soon; answers how many notices were new. May be done again."""
    total = 0
    place: tuple[Any, ...] = (now, 0, "", "")
    while True:
        with transaction() as conn:
            terms = programme(conn, club_id)
            if not shelf.settings_of(conn, club_id).kinds[RunEnding.kind]:
                return 0
            rows = _soon(conn, club_id, now, place)
            told = list(_told(conn, terms, rows, now))
            total += shelf.note(conn, club_id, terms.calendar, told, now) if told else 0
        if len(rows) < BATCH:
            break
        member_id, challenge, key, _, until_at, *_ = rows[-1]
        place = until_at, member_id, challenge, key
    if total:
        outbox.wake()
    return total


def _soon(conn: Connection, club_id: int, now: datetime, place: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    asked = {"club": club_id, "now": now, "soon": now + RUN_ENDS, "kind": RunEnding.kind, "most": BATCH}
    after = dict(zip(("end", "member", "challenge", "key"), place, strict=True))
    return conn.execute(_SOON, asked | after).fetchall()


def _told(conn: Connection, terms: Programme, rows: Sequence[tuple[Any, ...]], now: datetime) -> Iterator[Told]:
    """Of challenges that the version in force still has; runs that were never counted are counted now."""
    stored = {
        key_of(row[0], run): run
        for row in rows
        if (run := stored_run(terms, row)).challenge in terms.at(now, row[0]).challenges
    }
    anew = {
        key: Asked(key[0], emptied(bylaws := terms.at(now, key[0]), run), bylaws)
        for key, run in stored.items()
        if not run.basis
    }
    for (member_id, *_), run in (stored | count(conn, terms, anew)).items():
        bylaws, ends_at = terms.version(run.version), run.window.until_at
        share = run.share(bylaws.challenges[run.challenge])
        if share < _DONE and ends_at is not None:
            notice = RunEnding(run.challenge, run.window.key, share, ends_at)
            words = Words(bylaws, terms.unit, terms.calendar)
            yield Told(member_id, notice, notice.slots(words), now, ends_at)
