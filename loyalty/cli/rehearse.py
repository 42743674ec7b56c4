"""`loyalty bylaws rehearse`: what a document would have given over a span of a club's history."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import click
from flask import current_app
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn
from rich.table import Table

from loyalty.actions.ask_rehearsal import ask_rehearsal
from loyalty.actions.cancel_rehearsal import cancel_rehearsal
from loyalty.actions.rehearse_part import rehearse_part
from loyalty.calendars import parse_date
from loyalty.cli.instance import in_app
from loyalty.cli.terminal import answer, json_option, lang
from loyalty.config import now
from loyalty.db import db
from loyalty.documents import parse
from loyalty.errors import Conflict
from loyalty.formats import number
from loyalty.queries import rehearsals
from loyalty.queries.clubs import ClubView, by_code
from loyalty.queries.rehearsals import RehearsalView
from loyalty.values import Text

PAUSE: Final = 0.2
"""Seconds between two looks at parts that workers are doing."""

_ENDED: Final = Text("The rehearsal was cancelled, or failed.", "اجرای آزمایشی لغو شد یا شکست خورد.")
_SUMMARY: Final = Text(
    "{purchases} purchases judged; for {affected} of {members} members something differs.",
    "{purchases} خرید داوری شد؛ برای {affected} عضو از {members} عضو چیزی فرق می‌کند.",
)
_HEADS: Final = Text("What,Recorded,Rehearsed,Difference", "چه,ثبت‌شده,آزمایشی,تفاوت")
_WORDS: Final = {
    "issued": Text("issued", "داده‌شده"),
    "taken_back": Text("taken back", "پس‌گرفته"),
    "spent": Text("spent", "خرج‌شده"),
    "expired": Text("expired", "منقضی"),
    "outstanding": Text("outstanding", "مانده"),
    "debt": Text("owed by members", "بدهی اعضا"),
    "short": Text("spent but not there", "خرج‌شدهٔ ناموجود"),
    "article": Text("article", "مادهٔ"),
    "up": Text("tier moves up", "صعود سطح"),
    "down": Text("tier moves down", "نزول سطح"),
    "tier": Text("tier", "سطح"),
    "badge": Text("badge", "نشان"),
    "liability": Text("liability in money", "تعهد پولی"),
}


class DayOrInstant(click.ParamType[Any]):
    """A local day of either calendar, or an instant with an offset."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The day or instant."""
        for read in (parse_date, datetime.fromisoformat):
            try:
                found = read(value)
            except ValueError:
                continue
            if not isinstance(found, datetime) or found.tzinfo:
                return found
        return self.fail(f"{value} is neither a day (2026-11-01, 1405-08-10) nor an instant with an offset", param, ctx)


@click.command
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--club", "code", required=True, help="The club, by its code.")
@click.option("--from", "since", type=DayOrInstant(), help="The first local day, or an instant; since ever, if none.")
@click.option("--until", type=DayOrInstant(), help="The last local day, or an instant not included; now, if none.")
@json_option
@in_app
def rehearse(file: Path, code: str, since: Any, until: Any, as_json: bool) -> None:
    """Show what FILE would have given over a club's real history; nothing of the club changes.

    The parts are done here, and by any workers of the instance as well. Interrupted, it is cancelled.
    """
    club = by_code(code)
    begins, ends = _span(club, since, until)
    id_ = ask_rehearsal(club.id, parse(file.read_text("utf-8")), begins, ends, now())
    try:
        found = _done(club.id, id_)
    except KeyboardInterrupt:
        cancel_rehearsal(club.id, id_, now())
        raise
    if found.report is None:
        raise Conflict(_ENDED)
    if as_json:
        answer(found.report, "", as_json=True)
        return
    _print(found.report)
    said = {name: number(found.report[name], lang()) for name in ("purchases", "affected", "members")}
    answer(None, _SUMMARY.with_(**said), as_json=False)


def _span(club: ClubView, since: Any, until: Any) -> tuple[datetime | None, datetime | None]:
    """Local days as instants, the last one to its end."""
    calendar = club.calendar
    if since is not None and not isinstance(since, datetime):
        since = calendar.instant(since)
    if until is not None and not isinstance(until, datetime):
        until = calendar.instant(calendar.next_start("day", until))
    return since, until


def _done(club_id: int, id_: int) -> RehearsalView:
    """Do the parts that nobody does, wait for the others, and show how far it all is."""
    with _bar() as show:
        while True:
            db.session.rollback()
            found = rehearsals.one(club_id, id_)
            show(found)
            if found.status != "running":
                return found
            parts = [n for rehearsal, n in rehearsals.waiting(club_id) if rehearsal == id_]
            db.session.rollback()
            if not any(rehearse_part(id_, n, now, lambda: _look(show, club_id, id_)) for n in parts):
                time.sleep(PAUSE)


def _look(show: Callable[[RehearsalView], None], club_id: int, id_: int) -> None:
    """Show how far it is while a part is being done, whose own session is in the midst of reading."""
    with current_app.app_context():
        show(rehearsals.one(club_id, id_))


@contextmanager
def _bar() -> Iterator[Callable[[RehearsalView], None]]:
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(elapsed_when_finished=True))
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("", total=None)
        yield lambda found: bar.update(task, completed=found.done, total=found.of)


def _print(report: dict[str, Any]) -> None:
    table = Table(*_HEADS.to(lang()).split(","))
    sides = [report[name] for name in ("recorded", "rehearsed", "difference")]
    for label, path in _lines(report["difference"]):
        values = [_at(side, path) for side in sides]
        table.add_row(label, *("–" if value is None else number(value, lang()) for value in values))
    Console().print(table)


def _lines(form: dict[str, Any]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What is told, in its order: a label and the place of its figure on every side."""
    for wallet, figures in form["wallets"].items():
        yield from ((f"{wallet}: {_word(name)}", ("wallets", wallet, name)) for name in figures)
    for no, article in form["articles"].items():
        for wallet in article["amounts"]:
            yield f"{_word('article')} {no}: {wallet}", ("articles", no, "amounts", wallet)
    yield from ((_word(name), ("tiers", name)) for name in ("up", "down"))
    for tier in form["tiers"]["members"]:
        yield f"{_word('tier')} {tier or '–'}", ("tiers", "members", tier)
    for code, levels in form["badges"].items():
        yield from ((f"{_word('badge')} {code} {level}", ("badges", code, level)) for level in levels)
    yield _word("liability"), ("liability",)


def _word(name: str) -> str:
    return _WORDS[name].to(lang())


def _at(form: Any, path: tuple[str, ...]) -> int | None:
    for name in path:
        form = (form or {}).get(name)
    return form  # type: ignore[no-any-return]
