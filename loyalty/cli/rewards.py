"""`loyalty rewards`."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import click

from loyalty.actions.load_provider_codes import load_provider_codes
from loyalty.actions.load_rewards import load_rewards
from loyalty.acts import By
from loyalty.cli.instance import in_app
from loyalty.cli.terminal import answer, json_option
from loyalty.config import now, settings
from loyalty.documents import parse
from loyalty.queries import clubs
from loyalty.schemas.gift_card import MOST_CODES, PROVIDERS_CODE, PROVIDERS_PIN


@click.group
def rewards() -> None:
    """Look after the catalogue of rewards."""


@rewards.command
@click.option("--club", "code", required=True, help="The club's code.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
@in_app
def load(code: str, file: Path, as_json: bool) -> None:
    """Offer the rewards of FILE: a list under `rewards`, each as POST /rewards takes it. Those that are there stay."""
    club = clubs.by_code(code)
    made = load_rewards(club.id, parse(file.read_text("utf-8")), By(), now())
    answer({"made": made}, f"{len(made)} rewards: {', '.join(made)}" if made else "nothing new", as_json=as_json)


@rewards.command("codes")
@click.option("--club", "club_code", required=True, help="The club's code.")
@click.option("--reward", required=True, help="The reward that gives them out: a gift card of a provider.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
@in_app
def load_codes(club_code: str, reward: str, file: Path, as_json: bool) -> None:
    """Load a provider's codes from FILE: CSV without a heading, a code in each line and, where it has one, its PIN.

    The whole file is looked at first. Loaded again, no code is there twice.
    """
    club, lines = clubs.by_code(club_code), list(_codes(file))
    added = known = left = 0
    for start in range(0, len(lines), MOST_CODES):
        some = lines[start : start + MOST_CODES]
        done = load_provider_codes(club.id, reward, some, settings().secret_key, By(), now())
        added, known, left = added + done.added, known + done.known, done.left
    said = f"{added:,} codes loaded, {known:,} known before; {left:,} to give out"
    answer({"added": added, "known": known, "left": left}, said, as_json=as_json)


def _codes(file: Path) -> Iterator[tuple[str, str | None]]:
    with file.open(encoding="utf-8-sig", newline="") as rows:
        reader = csv.reader(rows)
        for row in reader:
            code, pin, *more = [*(its.strip() for its in row), "", ""][: max(len(row), 2)]
            if not any((code, pin, *more)):
                continue
            if more or not code or len(code) > PROVIDERS_CODE or len(pin) > PROVIDERS_PIN:
                raise click.ClickException(f"{file}, line {reader.line_num}: a code, and a PIN after a comma, is all.")
            yield code, pin or None
