"""Record a file in chunks, each of which moves the import's position in its own transaction.

So an import that was killed at any moment goes on where it stood, and one that is finished records nothing twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, Final, Generic, NamedTuple, TypeVar

import psycopg

from loyalty.calendars import Calendar
from loyalty.db import retried, transaction
from loyalty.errors import Conflict
from loyalty.outbox import wake
from loyalty.phones import region_of
from loyalty.readers.rejects import Reject, RejectsFile
from loyalty.readers.source import BROKEN, digest, opened
from loyalty.values import Text
from loyalty.versions import Connection

CHUNK: Final = 500
"""Items of a file per transaction."""

_UNDER_WAY = Text("Another import of this file is under way.", "همین فایل هم‌اکنون در جای دیگری وارد می‌شود.")


class Counts(NamedTuple):
    """How far an import has come: `position` counts the items of the file that are done, the others how they ended."""

    position: int = 0
    recorded: int = 0
    unclaimed: int = 0
    repeated: int = 0
    """Purchases or cancellations that were known already."""
    refused: int = 0
    returned: int = 0
    """Cancellations of which every line ended as a return."""
    returned_partly: int = 0
    unmatched: int = 0
    """Cancellations that took nothing back."""

    def plus(self, other: Counts) -> Counts:
        """The sum, field by field."""
        return Counts(*(a + b for a, b in zip(self, other, strict=True)))


_FIELDS: Final = ", ".join(Counts._fields)


class Step(NamedTuple):
    """What a progress bar shows."""

    counts: Counts
    read: int
    """Bytes of the file (as it is, perhaps compressed) that have been read."""
    skipping: bool
    """Still passing over what an interrupted run had done."""


class Imported(NamedTuple):
    """What came of an import."""

    format: str
    counts: Counts
    began_at: int
    """The position that an earlier, interrupted run had reached; 0 for a fresh start."""
    already: bool
    """The file had been imported to its end before; nothing was done now."""
    damaged: bool
    """The file could not be read to its end; what was read is recorded, and the import is not finished."""
    rejects: Path | None
    """The file of what was refused, if anything was."""


class Run(NamedTuple):
    """A row of import_run."""

    club_id: int
    source: str
    calendar: Calendar
    region: str
    """The country whose phone numbers need no prefix."""
    counts: Counts
    finished: bool


class Done(NamedTuple):
    """How many items ended how, by the names of an import's counts, and what is handed back to the person."""

    counts: Counter[str]
    rejects: list[Reject]


T = TypeVar("T")
Work = Callable[[Run, list[tuple[int, T]], datetime], Callable[[Connection], Done]]
"""Takes up some items with their positions, and answers what records them: in a transaction, after a deadlock anew."""


class Format(NamedTuple, Generic[T]):
    """In which format a file is read."""

    name: str
    rows: Callable[[BinaryIO, Calendar], Iterator[T]]
    """The same bytes always yield the same items in the same order."""
    run: str
    """What the import of this file in this format is known by, beside the file's digest."""


def import_file(
    club_id: int,
    path: Path,
    clock: Callable[[], datetime],
    form: Format[T],
    work: Work[T],
    *,
    rejects_at: Callable[[str], Path],
    progress: Callable[[Step], None],
) -> Imported:
    """Record all of a file that isn't recorded yet. `rejects_at` places the file of refusals, by the digest.

    The clock is read for every chunk: an import may take hours.

    Raises:
        Invalid: the header is wrong.
        Conflict: another process is importing the same file.
    """
    found = digest(path)
    run = _begun(club_id, f"{found}:{form.run}", clock())
    rejects = RejectsFile(rejects_at(found), run.counts.position)
    if run.finished:
        at = run.counts.position
        return Imported(form.name, run.counts, at, True, False, rejects.path if rejects.written else None)
    counts, chunk = run.counts, list[tuple[int, T]]()
    with opened(path) as file:
        items = _Numbered(form.rows(file.stream, run.calendar))
        for position, item in items:
            if position > run.counts.position:
                chunk.append((position, item))
            if position % CHUNK == 0:
                counts = _record(run, counts, chunk, rejects, clock(), work)
                chunk = []
                progress(Step(counts, file.raw.tell(), skipping=position <= run.counts.position))
        counts = _record(run, counts, chunk, rejects, clock(), work)
        progress(Step(counts, file.raw.tell(), skipping=False))
    if not items.damaged:
        _finish(run, clock())
    written = rejects.path if rejects.written else None
    return Imported(form.name, counts, run.counts.position, False, items.damaged, written)


class _Numbered(Generic[T]):
    """A file's items with their positions, up to where it can be read."""

    def __init__(self, items: Iterable[T]) -> None:
        self._items = items
        self.damaged = False

    def __iter__(self) -> Iterator[tuple[int, T]]:
        try:
            yield from enumerate(self._items, start=1)
        except BROKEN:
            self.damaged = True


def _record(
    run: Run, before: Counts, items: list[tuple[int, T]], rejects: RejectsFile, now: datetime, work: Work[T]
) -> Counts:
    """Record one chunk and move the run behind it, in one transaction."""
    if not items:
        return before
    record = work(run, items, now)

    @retried
    def recorded() -> tuple[Counts, int]:
        with transaction() as conn:
            done = record(conn)
            after = before.plus(Counts(**done.counts, position=len(items)))
            _move(conn, run, before, after, now)
            return after, rejects.write(done.rejects)

    after, size = recorded()
    rejects.confirm(size)
    wake()
    return after


def _begun(club_id: int, source: str, now: datetime) -> Run:
    """The run of this file, begun now if it never was."""
    with transaction() as conn:
        conn.execute(
            f"INSERT INTO import_run (club_id, source, {_FIELDS}, started_at, updated_at)"  # noqa: S608 - constants
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
            (club_id, source, *Counts(), now, now),
        )
        row = conn.execute(
            f"SELECT timezone, calendar, finished_at, {_FIELDS}"  # noqa: S608 - constants
            " FROM import_run JOIN club ON club.id = club_id WHERE club_id = %s AND source = %s",
            (club_id, source),
        ).fetchone()
    assert row is not None
    zone, system, finished_at, *counts = row
    return Run(club_id, source, Calendar(zone, system), region_of(zone), Counts(*counts), finished_at is not None)


def _move(conn: psycopg.Connection[Any], run: Run, before: Counts, after: Counts, now: datetime) -> None:
    """Save the counts; nobody else may have moved them meanwhile."""
    moved = conn.execute(
        f"UPDATE import_run SET ({_FIELDS}, updated_at) = (%s, %s, %s, %s, %s, %s, %s, %s, %s)"  # noqa: S608 - constants
        " WHERE club_id = %s AND source = %s AND position = %s",
        (*after, now, run.club_id, run.source, before.position),
    )
    if not moved.rowcount:
        raise Conflict(_UNDER_WAY)


def _finish(run: Run, now: datetime) -> None:
    with transaction() as conn:
        conn.execute(
            "UPDATE import_run SET finished_at = %s WHERE club_id = %s AND source = %s", (now, run.club_id, run.source)
        )
