"""Record a file of purchases and cancellations that isn't recorded yet."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path

from loyalty.actions.import_chunk import load_chunk, record_chunk
from loyalty.actions.import_file import Done, Format, Imported, Run, Step, import_file
from loyalty.actions.prepare_import import prepare_import
from loyalty.readers import Item
from loyalty.readers.source import reader_for
from loyalty.versions import Connection


def import_purchases(
    club_id: int,
    path: Path,
    clock: Callable[[], datetime],
    *,
    rejects_at: Callable[[str], Path],
    format_name: str | None = None,
    progress: Callable[[Step], None] = lambda _: None,
) -> Imported:
    """Record all of a file that isn't recorded yet, as `import_file` does.

    Raises:
        Invalid: the format can't be told or is unknown, or the header is wrong.
        Conflict: another process is importing the same file.
    """
    name, reader = reader_for(path, format_name)

    def take_up(run: Run, items: list[tuple[int, Item]], now: datetime) -> Callable[[Connection], Done]:
        chunk = load_chunk(items, run.region, now)
        if chunk.purchases:
            prepare_import(run.club_id, chunk.purchases, now)
        return partial(record_chunk, club_id=run.club_id, chunk=chunk, now=now)

    form = Format(name, reader.rows, name)
    return import_file(club_id, path, clock, form, take_up, rejects_at=rejects_at, progress=progress)
