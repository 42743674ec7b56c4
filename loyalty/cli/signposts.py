"""What `loyalty up` says when it is up: what to open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.metadata import entry_points
from typing import Final

import click

from loyalty.cli.instance import application
from loyalty.cli.terminal import lang
from loyalty.queries.clubs import all_clubs
from loyalty.values import Text

GROUP: Final = "loyalty.signposts"
"""Entry points of functions that know more to open or to type: called with the addresses of the club's server and of
the demo shop (or None), inside the application context, they answer pairs of a label and what stands beside it."""
MANY: Final = 5

Sign = tuple[Text, str]


def show(environment: Mapping[str, str], base: str, shop: str | None) -> None:
    """Print what to open, and under it what to type there."""
    with application(environment):
        places: list[Sign] = [
            (Text("Member's page of {club}", "صفحهٔ عضو {club}").with_(club=club.name), f"{base}/m/{club.code}/")
            for club in all_clubs()[:MANY]
        ]
        keys: list[Sign] = [sign for found in entry_points(group=GROUP) for sign in found.load()(base, shop)]
    places.append((Text("Admin", "مدیریت"), f"{base}/admin/"))
    if shop:
        places.append((Text("A shop with the club's widgets", "فروشگاهی با ابزارک‌های باشگاه"), f"{shop}/"))
    places.append((Text("API documentation", "مستندات API"), f"{base}/api/docs"))
    click.secho("\n  " + Text("The club is open.", "باشگاه باز است.").to(lang()), bold=True)
    _table(places)
    _table(keys)
    click.echo("\n  " + Text("Ctrl-C stops everything.", "با Ctrl-C همه‌چیز بسته می‌شود.").to(lang()) + "\n")


def _table(signs: Sequence[Sign]) -> None:
    if signs:
        click.echo()
        width = max(len(label.to(lang())) for label, _ in signs)
        for label, target in signs:
            click.echo(f"    {label.to(lang()):<{width}}  {target}")
