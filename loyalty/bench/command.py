"""`loyalty bench`: measures what `measure` of each module measures, and shows the table."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from functools import partial
from typing import Final

import click
from rich.console import Console

from loyalty.bench import batches, coding, engines, judging, ranks, rehearsing, tills
from loyalty.bench.instance import Running, running
from loyalty.bench.machine import describe
from loyalty.bench.report import Row, show
from loyalty.cli.terminal import json_option

WIDE: Final = 150
"""Columns of a table that is not shown on a terminal."""
ROWS: Final[dict[str, Callable[[Running, float], Row]]] = {
    "tills": tills.measure,
    "upload": batches.upload,
    "import": batches.history,
    "judging": judging.measure,
    **{name: partial(engines.measure, name) for name in engines.PACKAGES},
    "rehearsal": rehearsing.measure,
    "codes": coding.measure,
    "board-around": ranks.around,
    "board-top": ranks.top,
    "board-set": ranks.setting,
}


@click.command
@click.option("--only", type=click.Choice(list(ROWS)), multiple=True, help="Only this row; may be given again.")
@click.option(
    "--seconds",
    type=click.FloatRange(1, 600),
    default=12.0,
    show_default=True,
    help="How long ours is measured for each row; the floors do the same work.",
)
@json_option
def bench(only: tuple[str, ...], seconds: float, as_json: bool) -> None:
    """Measure our speed against floors that are written for speed and leave the same rows.

    Everything happens in a temporary folder, on engines of its own. A machine that does nothing else gives the best
    figures; the load when the run began is told with them.
    """
    console = Console(stderr=True)
    rows: list[Row] = []
    with running() as instance:
        machine = describe(instance.data, instance.environment["DATABASE_URL"])
        for key in only or tuple(ROWS):
            if key in engines.PACKAGES and not engines.installed(key):
                console.print(f"{key} is not installed and left out; `make bench` installs it.")
                continue
            with console.status(key):
                rows.append(ROWS[key](instance, seconds))
    if as_json:
        click.echo(json.dumps({"machine": machine._asdict(), "rows": [row.data() for row in rows]}, indent=2))
    else:
        show(Console(width=None if sys.stdout.isatty() else WIDE), machine, rows)
