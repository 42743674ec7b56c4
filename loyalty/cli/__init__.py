"""`loyalty`: everything an operator does, on one instance named by `--data` or the environment."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, Final

import click
from sqlalchemy.exc import OperationalError

from loyalty.cli.instance import Instance, in_app
from loyalty.cli.terminal import refuse
from loyalty.errors import Problem, Unavailable
from loyalty.values import Text

OURS: Final = {
    "audit": "loyalty.cli.audit:audit",
    "backup": "loyalty.cli.backup:backup",
    "bench": "loyalty.bench.command:bench",
    "bylaws": "loyalty.cli.rules:bylaws",
    "club": "loyalty.cli.club:club",
    "codes": "loyalty.cli.codes:codes",
    "import": "loyalty.cli.imports:import_",
    "key": "loyalty.cli.key:key",
    "leaderboards": "loyalty.cli.leaderboards:leaderboards",
    "migrate": "loyalty.cli.migrate:migrate",
    "person": "loyalty.cli.person:person",
    "points": "loyalty.cli.rules:points",
    "rewards": "loyalty.cli.rewards:rewards",
    "recount": "loyalty.cli.rules:recount",
    "restore": "loyalty.cli.backup:restore",
    "tiers": "loyalty.cli.rules:tiers",
    "up": "loyalty.cli.up:up",
}
"""Our own commands; each module is imported when its command is called."""
AWAY: Final = Text("The database went away, or refused: {error}", "پایگاه داده از دسترس رفت یا نپذیرفت: {error}")
COMMANDS: Final = "loyalty.commands"
"""Entry points of commands that live above the engine; they run inside the application context."""
PROCESSES: Final = "loyalty.processes"
"""Entry points of functions that run for as long as the instance does, inside the application context too; each is a
command, of which `loyalty up` keeps one alive."""


@cache
def _find(name: str) -> click.Command | None:
    command: click.Command | None = None
    if place := OURS.get(name):
        module, _, attribute = place.partition(":")
        command = getattr(import_module(module), attribute)
    for found in entry_points(group=COMMANDS, name=name):
        command = found.load()
        if command and command.callback:
            command.callback = in_app(command.callback)
    for found in entry_points(group=PROCESSES, name=name):
        process = found.load()
        command = click.Command(name, callback=in_app(process), help=process.__doc__)
    if command:
        _take_data(command)
    return command


def _take_data(command: click.Command) -> None:
    """Let `--data` stand behind a command's name as well as before it."""
    for inner in command.commands.values() if isinstance(command, click.Group) else ():
        _take_data(inner)
    command.params.append(
        click.Option(
            ["--data"],
            type=click.Path(file_okay=False, path_type=Path),
            expose_value=False,
            callback=_choose,
            help="The instance's folder.",
        )
    )


def _choose(ctx: click.Context, _: click.Parameter, data: Path | None) -> None:
    if data:
        ctx.find_root().obj = Instance(data)


class Commands(click.Group):
    """A group whose commands are found by name, here or in whatever is installed beside us."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Every command's name."""
        return sorted({*OURS, *(found.name for group in (COMMANDS, PROCESSES) for found in entry_points(group=group))})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command, imported now."""
        return _find(cmd_name)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; a problem, or a database that goes away, becomes a sentence and exit code 1."""
        try:
            return super().invoke(ctx)
        except Problem as problem:
            found = problem
        except OperationalError as error:
            found = Unavailable(AWAY.with_(error=str(error.orig).strip()))
        refuse(found)
        return ctx.exit(1)


@click.group(cls=Commands)
@click.version_option(package_name="shamseh")
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    envvar="LOYALTY_DATA",
    help="The instance's folder (.data unless LOYALTY_DATA says otherwise).",
)
@click.pass_context
def main(ctx: click.Context, data: Path | None) -> None:
    """Run a customer club and look after it."""
    ctx.obj = Instance(data)
