"""`loyalty migrate`."""

from __future__ import annotations

import click

from loyalty import migrations
from loyalty.cli.instance import Instance, application, pass_instance
from loyalty.cli.terminal import answer, json_option
from loyalty.values import Text


@click.command
@json_option
@pass_instance
def migrate(instance: Instance, as_json: bool) -> None:
    """Bring the database to this version's step.

    `loyalty up` does so by itself where it started the database.
    """
    with instance.servers("loyalty migrate") as addresses, application(instance.environment(addresses)):
        before = migrations.current()
        migrations.upgrade()
        answer(
            {"from": before, "to": migrations.head()},
            Text("The database stands at step {step}.", "پایگاه داده در گام {step} است.").with_(step=migrations.head()),
            as_json=as_json,
        )
