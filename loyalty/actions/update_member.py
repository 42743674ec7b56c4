"""Change what is known of a member, or the member's standing in the club."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import psycopg
from psycopg.types.json import Jsonb

from loyalty import absent, outbox
from loyalty.actions.enrol_members import TAKEN
from loyalty.db import retried, transaction
from loyalty.errors import Conflict, Fault
from loyalty.formats import search_key
from loyalty.values import Text

Connection = psycopg.Connection[tuple[Any, ...]]

_IDENTIFIERS: Final = ("card", "phone", "external_id")
_PLAIN: Final = ("email", "birthday", "lang", "alias", "on_boards")
_MERGED: Final = ("attributes", "consents")


@retried
def update_member(club_id: int, member_id: int, changes: Mapping[str, Any], now: datetime) -> None:
    """Change what `changes` names: fields of `Enrolment` and `status`; None takes a value away.

    Attributes and consents are merged: those named change, a None among them goes. A new card, phone or external id
    replaces the old one. Who leaves the leaderboards, or comes back to them, does so in every period.

    Raises:
        NotFound: the club has no such member.
        Conflict: a card, phone or external id is another member's.
    """
    with transaction() as conn:
        # The lock of every write about a member; also tells whoever polls that something changed.
        locked = conn.execute(
            "UPDATE member SET seq = seq + 1, status = coalesce(%s, status) WHERE club_id = %s AND id = %s",
            [changes.get("status"), club_id, member_id],
        )
        if not locked.rowcount:
            raise absent.member()
        for kind in _IDENTIFIERS:
            if kind in changes:
                _replace(conn, club_id, member_id, kind, changes[kind])
        _update_profile(conn, club_id, member_id, changes)
        if "status" in changes or "on_boards" in changes:
            # Without days: every period is concerned.
            outbox.send("member.changed", club_id, [(member_id, {})], now)
    outbox.wake()


def _replace(conn: Connection, club_id: int, member_id: int, kind: str, value: str | None) -> None:
    conn.execute(
        "DELETE FROM identifier WHERE club_id = %s AND kind = %s AND member_id = %s", [club_id, kind, member_id]
    )
    if value is None:
        return
    done = conn.execute(
        "INSERT INTO identifier (club_id, kind, value, member_id) VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING",
        [club_id, kind, value, member_id],
    )
    if not done.rowcount:
        detail = Text("Somebody is known by this already.", "کسی پیش‌تر با این مشخصات ثبت شده است.")
        raise Conflict(detail, [Fault(f"/{kind}", TAKEN)])


def _update_profile(conn: Connection, club_id: int, member_id: int, changes: Mapping[str, Any]) -> None:
    values = {name: changes[name] for name in _PLAIN if name in changes}
    sets = [f"{name} = %({name})s" for name in values]
    if "name" in changes:
        values |= {"name": changes["name"], "sort_key": search_key(changes["name"] or "")}
        sets += ["name = %(name)s", "sort_key = %(sort_key)s"]
    for name in _MERGED:
        if name in changes:
            values[name] = Jsonb(changes[name] or {})
            sets.append(
                f"{name} = '{{}}'" if changes[name] is None else f"{name} = jsonb_strip_nulls({name} || %({name})s)"
            )
    if not sets:
        return
    params = {"club": club_id, "member": member_id}
    conn.execute(
        "INSERT INTO profile (member_id, club_id) VALUES (%(member)s, %(club)s) ON CONFLICT DO NOTHING", params
    )
    conn.execute(
        f"UPDATE profile SET {', '.join(sets)} WHERE member_id = %(member)s AND club_id = %(club)s",  # noqa: S608 - names of ours
        params | values,
    )
