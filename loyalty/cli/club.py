"""`loyalty club`."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Final

import click

from loyalty import documents
from loyalty.actions import create_club
from loyalty.actions.require_approval import require_approval
from loyalty.calendars import parse_date
from loyalty.cli.instance import Instance, in_app, pass_instance
from loyalty.cli.terminal import answer, json_option, lang
from loyalty.config import now
from loyalty.errors import Invalid
from loyalty.queries.clubs import by_code
from loyalty.rules import load
from loyalty.values import Text

MADE: Final = Text("The club “{code}” is open.", "باشگاه «{code}» باز شد.")
LINK: Final = Text(
    "Its owner, {email}, sets a password here, once:\n  {link}",
    "مالک آن، {email}، گذرواژه‌اش را یک بار این‌جا می‌گذارد:\n  {link}",
)

WANTED: Final = Text("Publishing bylaws takes two people.", "انتشار آیین‌نامه دو نفر می‌خواهد.")
NOT_WANTED: Final = Text("Publishing bylaws takes one person.", "انتشار آیین‌نامه یک نفر می‌خواهد.")


@click.group
def club() -> None:
    """Look after clubs."""


@club.command
@click.option("--code", required=True, help="Small letters, digits and hyphens; it stands in addresses.")
@click.option("--name", help="The club's name; the one in the bylaws, if none.")
@click.option("--name-fa", help="The name in Persian, where it is another.")
@click.option(
    "--bylaws",
    "file",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The first version of the bylaws, YAML or JSON.",
)
@click.option("--from", "since", metavar="DATE", help="The day from which the first version is in force; now, if none.")
@click.option(
    "--owner-email", metavar="EMAIL", help="Who may sign in to the admin; a link to set a password is printed."
)
@json_option
@pass_instance
@in_app
def create(
    instance: Instance,
    code: str,
    name: str | None,
    name_fa: str | None,
    file: Path,
    since: str | None,
    owner_email: str | None,
    as_json: bool,
) -> None:
    """Open a club with its first bylaws."""
    document = documents.parse(file.read_text("utf-8"))
    made = create_club.create_club(
        code,
        document,
        now(),
        name=Text(name or name_fa or "", name_fa or name or "") if name or name_fa else None,
        from_at=load(document).club.calendar.instant(_day(since)) if since else None,
        owner_email=owner_email,
    )
    base = instance.env.get("LOYALTY_BASE_URL", "http://localhost:8000")
    link = f"{base}/admin/set-password/{made.set_password_token}" if made.set_password_token else None
    sentences = [MADE.with_(code=code)] + ([LINK.with_(email=owner_email or "", link=link)] if link else [])
    answer(
        {"id": made.id, "code": code, "set_password": link},
        "\n".join(sentence.to(lang()) for sentence in sentences),
        as_json=as_json,
    )


@club.command
@click.option("--club", "code", required=True, help="The club's code.")
@click.option("--wanted/--not-wanted", required=True, help="Whether somebody else must agree.")
@json_option
@in_app
def approval(code: str, wanted: bool, as_json: bool) -> None:
    """Say whether a second person must agree before bylaws are published."""
    require_approval(by_code(code).id, wanted, now())
    answer({"club": code, "approval": wanted}, WANTED if wanted else NOT_WANTED, as_json=as_json)


def _day(text: str) -> date:
    try:
        return parse_date(text)
    except ValueError as error:
        raise Invalid.at(
            "--from",
            Text(
                "{text} is not a day. Write it as 2026-03-21 or 1405-01-01.",
                "{text} روزی از تقویم نیست. به شکل 2026-03-21 یا 1405-01-01 بنویسید.",
            ).with_(text=text),
        ) from error
