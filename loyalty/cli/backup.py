"""`loyalty backup` and `loyalty restore`."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from loyalty import backups, migrations
from loyalty.cli.instance import Instance, application, in_app, pass_instance
from loyalty.cli.leaderboards import refill
from loyalty.cli.terminal import answer, json_option, lang
from loyalty.config import now, settings
from loyalty.db import db
from loyalty.formats import number
from loyalty.queries.clubs import all_clubs
from loyalty.valkey import valkey
from loyalty.values import Text

BACKED_UP: Final = Text(
    "Backed up into {file} (clubs: {clubs}, members: {members}, purchases: {purchases}).",
    "پشتیبان در {file} نوشته شد ({clubs} باشگاه، {members} عضو، {purchases} خرید).",
)
RESTORED: Final = Text(
    "Restored from {file} (clubs: {clubs}, members: {members}, purchases: {purchases}).",
    "از {file} بازگردانده شد ({clubs} باشگاه، {members} عضو، {purchases} خرید).",
)


@click.command
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@json_option
@in_app
def backup(file: Path, as_json: bool) -> None:
    """Write the whole instance into one file, while it goes on working.

    The file holds personal data and the instance's secret: keep it as safe as the instance itself.
    """
    manifest = backups.write(file, settings().database_url, settings().secret_key, now())
    answer(manifest, _summary(BACKED_UP, file, manifest), as_json=as_json)


@click.command
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Replace what is in the database.")
@json_option
@pass_instance
def restore(instance: Instance, file: Path, force: bool, as_json: bool) -> None:
    """Make the instance what it was when FILE was written. Nobody else may be using it meanwhile."""
    with backups.opened(file) as found, instance.servers("loyalty restore", alone=True) as addresses:
        if not force:
            backups.check_empty(addresses.database_url)
        instance.check_secret(found.secret)
        backups.replace_database(addresses.database_url, found.database)
        instance.keep_secret(found.secret)
        with application(instance.environment(addresses)):
            migrations.upgrade()
            if instance.given is None:
                valkey().flushdb()  # jobs and boards of what was here before
            for club in all_clubs():
                refill(club.id)
            db.session.rollback()
        answer(
            found.manifest,
            _summary(RESTORED, file, found.manifest),
            as_json=as_json,
        )


def _summary(text: Text, file: Path, manifest: dict[str, dict[str, int]]) -> Text:
    rows = manifest["rows"]
    return text.with_(
        file=str(file),
        clubs=number(rows["club"], lang()),
        members=number(rows["member"], lang()),
        purchases=number(rows["purchase"], lang()),
    )
