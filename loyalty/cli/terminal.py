"""How the command line speaks: in the language of the terminal, to people on stderr, to scripts on stdout."""

from __future__ import annotations

import json
import os
import sys
from typing import Any

import click

from loyalty.errors import Problem
from loyalty.values import Lang, Text


def lang() -> Lang:
    """Persian where `LOYALTY_LANG` or the terminal's locale says so, else English."""
    names = (os.environ.get(name) for name in ("LOYALTY_LANG", "LC_ALL", "LC_MESSAGES", "LANG"))
    return "fa" if next((name for name in names if name), "").startswith("fa") else "en"


def tell(text: Text) -> None:
    """Say something to the person at the terminal."""
    click.echo(text.to(lang()), err=True)


def answer(value: Any, text: Text | str, *, as_json: bool) -> None:
    """Print what was asked for: as JSON for a script, else as the sentence or word for a person."""
    if as_json:
        click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))
    else:
        click.echo(text.to(lang()) if isinstance(text, Text) else text)


def refuse(problem: Problem) -> None:
    """Say a problem and every fault with its place."""
    label = Text("Error", "خطا").to(lang())
    click.secho(f"{label}: {problem.detail.to(lang())}", err=True, fg="red" if sys.stderr.isatty() else None)
    for fault in problem.faults:
        click.echo(f"  {fault.path or '/'}: {fault.message.to(lang())}", err=True)


json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for a script.")
