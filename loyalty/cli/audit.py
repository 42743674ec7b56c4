"""`loyalty audit`: whether the ledger is the one that was written, and the lines to keep outside that prove it."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import click
from rich.console import Console
from rich.table import Table

from loyalty.actions.seal_club import seal_club
from loyalty.cli.instance import in_app
from loyalty.cli.terminal import answer, json_option, lang, tell
from loyalty.config import now
from loyalty.db import connection
from loyalty.errors import Invalid
from loyalty.formats import number
from loyalty.ledger.audit import Audited
from loyalty.ledger.audit import audit as audit_club
from loyalty.ledger.flaws import FLAWS, Flaw
from loyalty.ledger.outside import Line, missing, read_lines, written
from loyalty.ledger.seals import Seal, seals_of
from loyalty.queries.clubs import ClubView, all_clubs, by_code
from loyalty.values import Text

AGREED: Final = Text(
    "{club}: {chains} chains of {entries} entries, {seals} seals, {outside} lines kept outside. Everything agrees.",
    "{club}: {chains} زنجیره با {entries} ردیف، {seals} مهر، {outside} سطر از بیرون. همه چیز با هم می‌خواند.",
)
NO_LINE: Final = Text(
    "The file holds no seal of what is verified, so that it proves nothing.",
    "در این فایل مهری از آنچه وارسی می‌شود نیست، پس چیزی را اثبات نمی‌کند.",
)
NO_SEAL: Final = Text("There is no seal yet.", "هنوز مهری نیست.")
HEADS: Final = Text("Club,What,Member,Entry,Seal,Kept,Proven", "باشگاه,چه,عضو,ردیف,مهر,ثبت‌شده,اثبات‌شده")
SHOWN: Final = 8
"""Of a digest's 64 figures, how many a table shows; `--json` has them all."""

club_option = click.option("--club", "code", help="One club only, by its code.")


@click.group
def audit() -> None:
    """Prove that the ledger is the one that was written, and seal it."""


@audit.command
@club_option
@click.option(
    "--against",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Lines of `audit seals` that were kept outside, to be found here unchanged.",
)
@json_option
@in_app
def verify(code: str | None, file: Path | None, as_json: bool) -> None:
    """Verify every member's chain of entries and every seal; exit 1 and a table if anything differs.

    Whoever rewrites the ledger, its chains and its seals consistently is found out by --against alone.
    """
    clubs = _clubs(code)
    outside = _outside(file, clubs, every=code is None)
    audited: dict[str, Audited] = {}
    flaws: dict[str, list[Flaw]] = {}
    for club in clubs:
        done = audited[club.code] = Audited()
        lines = outside.pop(club.code, [])
        flaws[club.code] = list(audit_club(connection(), club.id, club.calendar, done, lines))
    for gone, lines in outside.items():
        audited[gone] = Audited(outside=len(lines))
        flaws[gone] = [missing(line) for line in lines]
    if as_json:
        answer({club: _form(done, flaws[club]) for club, done in audited.items()}, "", as_json=True)
    else:
        _say(audited, flaws)
    if any(flaws.values()):
        sys.exit(1)


@audit.command
@club_option
@json_option
@in_app
def seal(code: str | None, as_json: bool) -> None:
    """Seal now, and print the line to keep outside; the timer seals every local midnight."""
    clubs = _clubs(code)
    _print_seals([(club, [seal_club(club.id, now())]) for club in clubs], as_json=as_json)


@audit.command
@club_option
@json_option
@in_app
def seals(code: str | None, as_json: bool) -> None:
    """Print every seal as a line to keep outside: club, day, number, members whose chains had grown, digest."""
    found = [(club, seals_of(connection(), club.id)) for club in _clubs(code)]
    if not as_json and not any(its for _, its in found):
        tell(NO_SEAL)
        return
    _print_seals(found, as_json=as_json)


def _clubs(code: str | None) -> list[ClubView]:
    return [by_code(code)] if code else all_clubs()


def _outside(file: Path | None, clubs: Iterable[ClubView], *, every: bool) -> dict[str, list[Line]]:
    """The lines kept outside, by club: of clubs that are verified, and where that is `every` one, of clubs now gone."""
    if file is None:
        return {}
    codes = {club.code for club in clubs}
    found: dict[str, list[Line]] = {}
    for line in read_lines(file.name, file.read_text("utf-8-sig", errors="replace")):
        if every or line.club in codes:
            found.setdefault(line.club, []).append(line)
    if not found:
        raise Invalid.at("--against", NO_LINE)
    return found


def _print_seals(found: list[tuple[ClubView, list[Seal]]], *, as_json: bool) -> None:
    lines = [written(club.code, club.calendar, seal) for club, its in found for seal in its]
    answer({club.code: [_seal_form(seal) for seal in its] for club, its in found}, "\n".join(lines), as_json=as_json)


def _seal_form(seal: Seal) -> dict[str, Any]:
    return {**seal._asdict(), "digest": seal.digest.hex(), "sealed_at": seal.sealed_at.isoformat()}


def _form(done: Audited, flaws: list[Flaw]) -> dict[str, Any]:
    return {**asdict(done), "differences": [flaw._asdict() for flaw in flaws]}


def _say(audited: dict[str, Audited], flaws: dict[str, list[Flaw]]) -> None:
    """A sentence for every club that is sound, and a table of what is not."""
    table = Table(*HEADS.to(lang()).split(","))
    for club, done in audited.items():
        if not flaws[club]:
            figures = {name: number(value, lang()) for name, value in asdict(done).items()}
            click.echo(AGREED.with_(club=club, **figures).to(lang()))
        for flaw in flaws[club]:
            places = ("" if place is None else str(place) for place in (flaw.member, flaw.n, flaw.seal))
            what = FLAWS[flaw.what].to(lang())
            table.add_row(club, what, *places, _short(flaw.kept), _short(flaw.proven))
    if table.row_count:
        Console().print(table)


def _short(text: str) -> str:
    return re.sub(f"([0-9a-f]{{{SHOWN}}})[0-9a-f]{{{64 - SHOWN}}}", r"\1…", text)
