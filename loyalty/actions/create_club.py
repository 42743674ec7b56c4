"""Create a club with its first version of the bylaws and its owner."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

from psycopg.types.json import Jsonb

from loyalty.actions.create_person import add_person
from loyalty.actions.publish_bylaws import publish
from loyalty.db import transaction
from loyalty.errors import Conflict, Fault, Invalid
from loyalty.rules import load
from loyalty.values import Text

CODE: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,62}", re.ASCII)


class CreatedClub(NamedTuple):
    """A new club; the token makes the owner's one-time link to set a password."""

    id: int
    set_password_token: str | None


def create_club(
    code: str,
    document: Mapping[str, Any],
    now: datetime,
    *,
    name: Text | None = None,
    from_at: datetime | None = None,
    owner_email: str | None = None,
) -> CreatedClub:
    """Create a club; currency, zone and calendar come from the document and stay. `from_at` dates the first version.

    Raises:
        Invalid: the document has faults or parts without effect yet, or the code is none.
        Conflict: the code is taken.
    """
    if not CODE.fullmatch(code):
        raise Invalid.at(
            "/code",
            Text(
                "A club's code is made of small letters a–z, digits and hyphens, 63 at most.",
                "کد باشگاه از حروف کوچک a تا z، رقم و خط تیره است، حداکثر ۶۳ نویسه.",
            ),
        )
    bylaws = load(document)
    terms = bylaws.club
    called = name or terms.name
    with transaction() as conn:
        row = conn.execute(
            "INSERT INTO club (code, name, currency, display, timezone, calendar, created_at)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (code) DO NOTHING RETURNING id",
            [
                code,
                Jsonb(called._asdict()),
                terms.currency,
                terms.display,
                terms.calendar.zone.key,
                terms.calendar.system,
                now,
            ],
        ).fetchone()
        if row is None:
            taken = Text("There is a club with this code already.", "باشگاهی با این کد هست.")
            raise Conflict(taken, [Fault("/code", taken)])
        club_id: int = row[0]
        publish(conn, club_id, document, bylaws, now, from_at or now, "")
        owner = add_person(conn, club_id, owner_email, now) if owner_email else None
    return CreatedClub(club_id, owner.token if owner else None)
