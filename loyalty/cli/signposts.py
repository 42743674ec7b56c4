"""What `loyalty up` says when it is up: what to open."""

from __future__ import annotations

from collections.abc import Mapping
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
    """Print what to open."""
    with application(environment):
        signs: list[Sign] = [
            (
                Text("Member's page: {club}", "صفحهٔ عضو: {club}").with_(club=Text(**club.name._asdict())),
                f"{base}/m/{club.code}/",
            )
            for club in all_clubs()[:MANY]
        ]
        signs += [(Text("Admin", "مدیریت"), f"{base}/admin/")]
        signs += [(Text("A shop with widgets", "فروشگاهی با ابزارک‌ها"), f"{shop}/")] if shop else []
        signs += [(Text("API", "API"), f"{base}/api/docs")]
        for found in entry_points(group=GROUP):
            signs += found.load()(base, shop)
    click.echo()
    click.secho("  " + Text("The club is open.", "باشگاه باز است.").to(lang()), bold=True)
    width = max(len(label.to(lang())) for label, _ in signs)
    for label, target in signs:
        click.echo(f"    {label.to(lang()):<{width}}  {target}")
    click.echo("\n  " + Text("Ctrl-C stops everything.", "با Ctrl-C همه‌چیز بسته می‌شود.").to(lang()) + "\n")
