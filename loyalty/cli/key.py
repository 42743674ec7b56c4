"""`loyalty key`."""

from __future__ import annotations

from typing import cast

import click

from loyalty import keys
from loyalty.actions import create_key
from loyalty.cli.instance import in_app
from loyalty.cli.terminal import answer, json_option
from loyalty.config import now
from loyalty.errors import NotFound
from loyalty.queries import clubs
from loyalty.queries import keys as key_queries
from loyalty.values import Text


@click.group
def key() -> None:
    """Look after the keys of the HTTP API."""


@key.command
@click.option("--club", "code", required=True, help="The club's code.")
@click.option("--kind", required=True, type=click.Choice(list(keys.KINDS)), help="Whose key it is.")
@click.option("--store", help="Of a till's key: the code of its store.")
@click.option(
    "--origin", "origins", multiple=True, help="Of a publishable key: an origin of its pages; may be repeated."
)
@json_option
@in_app
def create(code: str, kind: str, store: str | None, origins: tuple[str, ...], as_json: bool) -> None:
    """Make a key and print it alone. It is shown this once."""
    club = clubs.by_code(code)
    made = create_key.create_key(club.id, cast(keys.Kind, kind), now(), store, origins)
    answer({"key": made, "kind": kind, "club": code}, made, as_json=as_json)


@key.command
@click.argument("publishable")
@json_option
@in_app
def secret(publishable: str, as_json: bool) -> None:
    """Print the secret that signs members' tokens for a publishable key; it belongs on the shop's server alone."""
    found = key_queries.caller(publishable)
    if found is None or found.kind != "publishable":
        raise NotFound(Text("There is no such publishable key.", "چنین کلید منتشرشدنی‌ای نیست."))
    kept = keys.shown(key_queries.signing_secret(found))
    answer({"secret": kept}, kept, as_json=as_json)
