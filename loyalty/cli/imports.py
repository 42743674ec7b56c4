"""`loyalty import`: history and daily files from elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from loyalty.actions.import_balances import import_balances
from loyalty.actions.import_file import Imported, Step
from loyalty.actions.import_purchases import import_purchases
from loyalty.cli.instance import in_app
from loyalty.cli.terminal import answer, json_option, lang, tell
from loyalty.config import now, settings
from loyalty.formats import number
from loyalty.queries.clubs import by_code
from loyalty.values import Text

PAUSE: Final = 5.0
"""Seconds between two lines of progress where there is no terminal to draw a bar on."""

_SKIPPING = Text("Passing over what is done: {done}", "گذشتن از آنچه انجام شده: {done}")
_DONE = Text("{done} done, {rate} a second", "{done} انجام شد، {rate} در ثانیه")
_SHARE = Text("{share}% of the file: ", "{share}٪ فایل: ")
_RESUMING = Text(
    "An earlier run stopped after {done}; going on from there.",
    "اجرای پیشین پس از {done} ایستاد؛ از همان‌جا ادامه می‌یابد.",
)
_ALREADY = Text(
    "This file has been imported already; nothing was recorded again.",
    "این فایل پیش‌تر وارد شده است؛ چیزی دوباره ثبت نشد.",
)
_DAMAGED = Text(
    "The file is cut off or damaged and could not be read to its end. What came before is recorded.",
    "فایل ناقص یا خراب است و تا پایان خوانده نشد. آنچه پیش از آن بود ثبت شده است.",
)
_SUMMARY = Text(
    "Recorded {recorded}, without a member {unclaimed}, known already {repeated}, refused {refused}.",
    "ثبت‌شده {recorded}، بدون عضو {unclaimed}، از پیش ثبت‌شده {repeated}، ردشده {refused}.",
)
_CANCELLATIONS = Text(
    "Cancellations: returned {returned}, in part {returned_partly}, matching no purchase {unmatched}.",
    "ابطال‌ها: مرجوع‌شده {returned}، بخشی مرجوع‌شده {returned_partly}، بی‌خرید متناظر {unmatched}.",
)
_REJECTS = Text("Refused rows and their reasons: {path}", "سطرهای ردشده و دلیل هر یک: {path}")


_rejects_option: Final = click.option(
    "--rejects",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where refused rows go (a file in the data folder if left out).",
)


@click.group("import")
def import_() -> None:
    """Bring purchases and balances in from files."""


@import_.command
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--club", "club_code", required=True, help="The club's code.")
@click.option("--format", "format_name", help="csv, jsonl, cdnow, online-retail; told from the file if left out.")
@_rejects_option
@json_option
@click.pass_context
@in_app
def purchases(
    ctx: click.Context, file: Path, club_code: str, format_name: str | None, rejects: Path | None, as_json: bool
) -> None:
    """Record every purchase and cancellation of FILE that isn't recorded yet.

    FILE is CSV or JSON lines in the fields of the API, or in another known format; .gz and .xz are read as they are.
    An import that was interrupted goes on where it stopped. What can't be taken is written to a file with its line and
    reason; the rest is recorded.
    """
    _run(ctx, partial(import_purchases, format_name=format_name), file, club_code, rejects, as_json=as_json)


@import_.command
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--club", "club_code", required=True, help="The club's code.")
@click.option("--format", "format_name", help="csv or jsonl; told from the file if left out.")
@_rejects_option
@json_option
@click.pass_context
@in_app
def balances(
    ctx: click.Context, file: Path, club_code: str, format_name: str | None, rejects: Path | None, as_json: bool
) -> None:
    """Open wallets with the balances of an older programme.

    FILE is CSV or JSON lines: external_id, phone or card, then wallet, amount, and where known earned_at, expires_at
    and reason. Every row becomes a lot with its own end; an unknown external_id is enrolled. An import that was
    interrupted goes on where it stopped, and the same file is never counted twice.
    """
    _run(ctx, partial(import_balances, format_name=format_name), file, club_code, rejects, as_json=as_json)


def _run(
    ctx: click.Context,
    bring: Callable[..., Imported],
    file: Path,
    club_code: str,
    rejects: Path | None,
    *,
    as_json: bool,
) -> None:
    """Import a file, showing how far it is, and say what came of it."""
    club = by_code(club_code)
    began = time.monotonic()
    with _shown(file) as progress:
        done = bring(club.id, file, now, rejects_at=lambda digest: rejects or _place(file, digest), progress=progress)
    _say(done)
    answer(_summary(done, club_code, file, time.monotonic() - began), _sentence(done), as_json=as_json)
    if done.damaged:
        ctx.exit(1)


commands: Final[list[click.Command]] = [import_]


def _place(file: Path, digest: str) -> Path:
    """A file's refused rows: in the data folder, one per content."""
    return settings().data / "imports" / f"{file.name}.{digest[:8]}.rejects.jsonl"


@contextmanager
def _shown(file: Path) -> Iterator[Callable[[Step], None]]:
    """A progress bar on a terminal, a line now and then elsewhere."""
    if not sys.stderr.isatty():
        yield _lines(file.stat().st_size)
        return
    columns = (
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.description}"),
        TimeRemainingColumn(elapsed_when_finished=True),
    )
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("", total=file.stat().st_size)
        pace = _Pace()
        yield lambda step: bar.update(task, completed=step.read, description=pace.said(step))


def _lines(size: int) -> Callable[[Step], None]:
    said_at, pace = time.monotonic(), _Pace()

    def show(step: Step) -> None:
        nonlocal said_at
        words = pace.said(step)
        if time.monotonic() - said_at >= PAUSE:
            said_at = time.monotonic()
            share = number(step.read * 100 // max(size, 1), lang())
            click.echo(_SHARE.with_(share=share).to(lang()) + words, err=True)

    return show


class _Pace:
    """How fast items are recorded, not counting what is passed over."""

    def __init__(self) -> None:
        self._since, self._before = time.monotonic(), 0

    def said(self, step: Step) -> str:
        position = step.counts.position
        done = number(position, lang())
        if step.skipping:
            if not self._before:
                tell(_RESUMING.with_(done=done))
            self._since, self._before = time.monotonic(), position
            return _SKIPPING.with_(done=done).to(lang())
        rate = round((position - self._before) / max(time.monotonic() - self._since, 0.001))
        return _DONE.with_(done=done, rate=number(rate, lang())).to(lang())


def _say(done: Imported) -> None:
    if done.already:
        tell(_ALREADY)
    if done.damaged:
        tell(_DAMAGED)
    if done.rejects:
        tell(_REJECTS.with_(path=str(done.rejects)))


def _sentence(done: Imported) -> str:
    shown = {name: number(count, lang()) for name, count in done.counts._asdict().items()}
    said = _SUMMARY.with_(**shown).to(lang())
    if done.counts.returned + done.counts.returned_partly + done.counts.unmatched:
        said += " " + _CANCELLATIONS.with_(**shown).to(lang())
    return said


def _summary(done: Imported, club: str, file: Path, seconds: float) -> dict[str, Any]:
    counts = done.counts._asdict()
    return {
        "club": club,
        "file": str(file),
        "format": done.format,
        "read": counts.pop("position"),
        **counts,
        "resumed_at": None if done.already else done.began_at or None,
        "already": done.already,
        "damaged": done.damaged,
        "rejects": str(done.rejects) if done.rejects else None,
        "seconds": round(seconds, 3),
    }
