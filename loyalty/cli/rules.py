"""`loyalty bylaws`, `tiers`, `points`, `recount`: what the bylaws say, what falls due, and whether the books agree."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from loyalty.actions.expire_points import expire_points
from loyalty.actions.fill_counters import fill_counters
from loyalty.actions.publish_bylaws import publish_bylaws
from loyalty.actions.review_tiers import review_tiers
from loyalty.cli.instance import in_app
from loyalty.cli.rehearse import rehearse
from loyalty.cli.terminal import answer, json_option, lang
from loyalty.config import now
from loyalty.documents import parse, written
from loyalty.errors import Invalid
from loyalty.formats import number
from loyalty.ledger.proofs import Difference
from loyalty.ledger.recount import recount as count_again
from loyalty.queries import bylaws as documents
from loyalty.queries import drafts
from loyalty.queries.clubs import ClubView, all_clubs, by_code
from loyalty.queries.filling import filling
from loyalty.rules import load
from loyalty.rules.findings import findings
from loyalty.values import Text

SOUND = Text("The bylaws are sound.", "متن آیین‌نامه درست است.")
AGREED = Text("Everything agrees.", "همه چیز با هم می‌خواند.")
IN_FORCE = Text("Version {n} is in force.", "نسخهٔ {n} به اجرا درآمد.")
COUNTS = Text("Counting what happened so far", "شمارش آنچه تاکنون رخ داده")
SETTLED = Text("{club}: {n} members had something due", "{club}: برای {n} عضو کاری سررسید شده بود")
MOVED = Text("{club}: {n} tier moves", "{club}: {n} جابه‌جایی سطح")


def _clubs(code: str | None) -> list[ClubView]:
    return [by_code(code)] if code else all_clubs()


@click.group
def bylaws() -> None:
    """Look after the bylaws."""


@bylaws.command
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
def check(file: Path, as_json: bool) -> None:
    """Name every fault of a document with its place, and what is odd about it; exit 1 if it cannot be published."""
    try:
        read = load(parse(file.read_text("utf-8")))
    except Invalid as problem:
        if as_json:
            faults = [{"path": fault.path, "message": fault.message._asdict()} for fault in problem.faults]
            click.echo(json.dumps({"errors": faults, "warnings": [], "publishable": False}, ensure_ascii=False))
        else:
            click.echo(problem.detail.to(lang()), err=True)
            for fault in problem.faults:
                click.echo(f"{fault.path or '/'}: {fault.message.to(lang())}", err=True)
        sys.exit(1)
    odd = findings(read, read.club.calendar.moment(datetime.now(UTC)).day)
    if not as_json:
        for its in odd:
            click.echo(f"{its.path}: {its.message.to(lang())}", err=True)
    warnings = [{"code": its.code, "path": its.path, "message": its.message._asdict()} for its in odd]
    found = {"errors": [], "warnings": warnings, "publishable": True}
    answer(found, SOUND, as_json=as_json)


@bylaws.command
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--club", "code", required=True, help="The club, by its code.")
@click.option("--note", default="", help="Why, for the history of versions.")
@json_option
@in_app
def publish(file: Path, code: str, note: str, as_json: bool) -> None:
    """Publish a document as the club's next version, in force from now; it never changes again.

    What it counts anew is filled from history first, while sales go on; broken off, the worker goes on with it.
    """
    club = by_code(code)
    published = publish_bylaws(club.id, parse(file.read_text("utf-8")), now(), note=note)
    if published.filling:
        _fill(club.id)
    version = published.version
    answer({"version": version}, IN_FORCE.with_(n=number(version, lang())), as_json=as_json)


def _fill(club_id: int) -> None:
    """Fill the counters of the version that waits for them, with a progress bar on the terminal."""
    done, of = filling(club_id)
    console = Console(stderr=True)
    with Progress(console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task(COUNTS.to(lang()), total=of, completed=done)
        fill_counters(club_id, now, told=lambda members: bar.advance(task, members))


@bylaws.command
@click.option("--club", "code", required=True, help="The club, by its code.")
@click.option("--version", "number_", type=click.IntRange(1), help="Which version; the one in force, if none.")
@click.option("--draft", is_flag=True, help="The draft instead of a version.")
@in_app
def export(code: str, number_: int | None, draft: bool) -> None:
    """Print a version as a file that `check` and `publish` read back to the same document."""
    club = by_code(code)
    if draft:
        document = drafts.draft(club.id).document
    else:
        document = (documents.version(club.id, number_) if number_ else documents.view(club.id, now())).document
    click.echo(written(document), nl=False)


bylaws.add_command(rehearse)


@click.group
def tiers() -> None:
    """Look after the tiers."""


@tiers.command
@click.option("--club", "code", help="One club only, by its code.")
@click.option("--at", type=click.DateTime(["%Y-%m-%dT%H:%M:%S%z"]), help="As of an instant with offset; now, if none.")
@json_option
@in_app
def review(code: str | None, at: datetime | None, as_json: bool) -> None:
    """Move the members whose windows have moved on without them; the timer does it every local midnight."""
    moves = {club.code: review_tiers(club.id, at or now(), everybody=True) for club in _clubs(code)}
    lines = [MOVED.with_(club=club, n=number(made, lang())).to(lang()) for club, made in moves.items()]
    answer(moves, "\n".join(lines), as_json=as_json)


@click.group
def points() -> None:
    """Look after what members have."""


@points.command
@click.option("--club", "code", help="One club only, by its code.")
@click.option("--at", type=click.DateTime(["%Y-%m-%dT%H:%M:%S%z"]), help="As of an instant with offset; now, if none.")
@json_option
@in_app
def expire(code: str | None, at: datetime | None, as_json: bool) -> None:
    """Let lots mature and expire, idle wallets lapse and holds end; the timer does it every minute."""
    done = {club.code: expire_points(club.id, at or now(), now()) for club in _clubs(code)}
    lines = [SETTLED.with_(club=club, n=number(members, lang())).to(lang()) for club, members in done.items()]
    answer(done, "\n".join(lines), as_json=as_json)


@click.command
@click.option("--club", "code", help="One club only, by its code.")
@json_option
@in_app
def recount(code: str | None, as_json: bool) -> None:
    """Prove balances, lots, holds, counters, limits from what was recorded; exit 1 and a table if anything differs."""
    found = {club.code: count_again(club.id) for club in _clubs(code)}
    differences = [(club, difference) for club, its in found.items() for difference in its]
    if not differences:
        answer({club: [] for club in found}, AGREED, as_json=as_json)
        return
    if as_json:
        click.echo(json.dumps({club: [its._asdict() for its in all_] for club, all_ in found.items()}))
    else:
        _print(differences)
    sys.exit(1)


def _print(differences: list[tuple[str, Difference]]) -> None:
    heads = Text("Club,What,Member,Name,Kept,Proven", "باشگاه,چه,عضو,نام,ثبت‌شده,اثبات‌شده").to(lang())
    table = Table(*heads.split(","))
    for club, its in differences:
        member = "" if its.member is None else str(its.member)
        table.add_row(club, its.what, member, its.name, str(its.kept), str(its.proven))
    Console().print(table)
