"""`loyalty person`."""

from __future__ import annotations

from typing import Final, cast

import click

from loyalty.actions.create_person import create_person
from loyalty.cli.instance import Instance, in_app, pass_instance
from loyalty.cli.terminal import answer, json_option, lang
from loyalty.config import now
from loyalty.queries import clubs
from loyalty.roles import ROLES, Role
from loyalty.values import Text

ADDED: Final = Text("{email} works for the club as {role}.", "{email} در باشگاه {role} است.")
LINK: Final = Text("A password is set here, once:\n  {link}", "گذرواژه را یک بار این‌جا بگذارند:\n  {link}")


@click.group
def person() -> None:
    """Look after the people of clubs."""


@person.command
@click.option("--club", "code", required=True, help="The club's code.")
@click.option("--email", required=True, help="Who.")
@click.option("--role", required=True, type=click.Choice(list(ROLES)), help="As what; in place of an earlier role.")
@click.option("--name", default="", help="What they are called.")
@json_option
@pass_instance
@in_app
def add(instance: Instance, code: str, email: str, role: str, name: str, as_json: bool) -> None:
    """Let somebody work for a club in a role; prints a one-time link to set a password, if they have none."""
    made = create_person(clubs.by_code(code).id, email, now(), role=cast(Role, role), name=name)
    base = instance.env.get("LOYALTY_BASE_URL", "http://localhost:8000")
    link = f"{base}/admin/set-password/{made.token}" if made.token else None
    said = [ADDED.with_(email=email, role=ROLES[cast(Role, role)])] + ([LINK.with_(link=link)] if link else [])
    told = {"id": made.id, "email": email, "role": role, "set_password": link}
    answer(told, "\n".join(its.to(lang()) for its in said), as_json=as_json)
