"""Change what is known of a member, or the member's standing in the club."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from psycopg.types.json import Jsonb

from loyalty import absent, outbox
from loyalty.actions.change_standings import note_standing
from loyalty.actions.enrol_members import TAKEN
from loyalty.actions.forfeit_points import forfeit
from loyalty.db import retried, transaction
from loyalty.errors import Conflict, Fault
from loyalty.formats import search_key
from loyalty.gather import Locked, lock
from loyalty.hands import refuse_gone
from loyalty.values import Text
from loyalty.versions import Connection, programme

_IDENTIFIERS: Final = ("card", "phone", "external_id")
_PLAIN: Final = ("email", "birthday", "lang", "alias", "avatar", "mode", "on_boards")
_MERGED: Final = ("attributes", "consents")
_MOVES_BOARDS: Final = {"status", "on_boards", "attributes", "birthday"}
"""What decides whether a member is listed, or in which audience's board."""


@retried
def update_member(
    club_id: int, member_id: int, changes: Mapping[str, Any], now: datetime, by: str | None = None
) -> None:
    """Change what `changes` names: fields of `Enrolment` and `status`; None takes a value away.

    Attributes and consents are merged: those named change, a None among them goes. A new card, phone or external id
    replaces the member's old one; None takes away those that came with merges as well. Who leaves the leaderboards, or
    comes back to them, does so in every period. A new standing is noted, with `reason` and who did it; where the bylaws
    say that wallets are forfeited with it, all that the member has expires at once.

    Raises:
        NotFound: the club has no such member.
        Conflict: a card, phone or external id is another member's; or the member was merged or erased.
    """
    with transaction() as conn:
        member = present(conn, club_id, member_id)
        if changes.get("status", member.status) != member.status:
            _move_standing(conn, club_id, member, changes["status"], changes.get("reason"), by, now)
        for kind in _IDENTIFIERS:
            if kind in changes:
                _replace(conn, club_id, member_id, kind, changes[kind])
        _update_profile(conn, club_id, member_id, changes)
        if _MOVES_BOARDS & changes.keys():
            # Without days: every period is concerned.
            outbox.send("member.changed", club_id, [(member_id, {})], now)
    outbox.wake()


def present(conn: Connection, club_id: int, member_id: int) -> Locked:
    """A member, locked; whoever polls is told that something changed.

    Raises:
        NotFound: the club has no such member.
        Conflict: the member was merged into another, or erased.
    """
    member = lock(conn, club_id, [member_id]).get(member_id)
    if member is None:
        raise absent.member()
    refuse_gone(conn, member)
    return member


def _move_standing(
    conn: Connection, club_id: int, member: Locked, status: str, reason: str | None, by: str | None, now: datetime
) -> None:
    note_standing(conn, club_id, member, status, reason, by, now)
    if programme(conn, club_id).at(now).membership[status].wallets == "forfeit":
        lost = forfeit(conn, club_id, {member.id: member}, reason or "", now)
        if lost:
            outbox.send("points.expired", club_id, lost, now)


def _replace(conn: Connection, club_id: int, member_id: int, kind: str, value: str | None) -> None:
    conn.execute(
        "DELETE FROM identifier WHERE club_id = %s AND kind = %s AND member_id = %s AND (%s OR origin IS NULL)",
        [club_id, kind, member_id, value is None],
    )
    if value is None:
        return
    done = conn.execute(
        "INSERT INTO identifier (club_id, kind, value, member_id) VALUES (%s, %s, %s, %s)"
        " ON CONFLICT (club_id, kind, value) DO UPDATE SET origin = NULL"
        " WHERE identifier.member_id = excluded.member_id",
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
