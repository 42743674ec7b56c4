"""`loyalty codes`."""

from __future__ import annotations

from pathlib import Path

import click

from loyalty.actions.make_codes import make_codes
from loyalty.acts import By
from loyalty.cli.instance import in_app
from loyalty.cli.terminal import answer, json_option
from loyalty.config import now, settings
from loyalty.queries import clubs


@click.group
def codes() -> None:
    """Make codes of a series, as many as you like."""


@codes.command
@click.option("--club", "code", required=True, help="The club's code.")
@click.option("--series", required=True, help="The series that they belong to.")
@click.option("--count", required=True, type=click.IntRange(1, 100_000_000), help="How many.")
@click.option("--prefix", default="", help="What each begins with.")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@json_option
@in_app
def make(code: str, series: str, count: int, prefix: str, file: Path, as_json: bool) -> None:
    """Write codes to FILE, one a line. They are told this once: what is kept finds them, and cannot tell them."""
    club = clubs.by_code(code)
    made = 0
    with file.open("x", encoding="utf-8") as out:
        file.chmod(0o600)
        for chunk in make_codes(club.id, series, count, By(), settings().secret_key, now(), prefix=prefix):
            out.write("\n".join(chunk) + "\n")
            out.flush()
            made += len(chunk)
    answer({"made": made, "file": str(file)}, f"{made:,} codes in {file}", as_json=as_json)
