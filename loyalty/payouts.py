"""Payouts as they are kept, with the account that is only read again for the bank."""

from __future__ import annotations

from datetime import datetime
from typing import Final, NamedTuple

from loyalty import absent, ibans, keys
from loyalty.versions import Connection

_INSERT: Final = """
    INSERT INTO payout (member_id, id, club_id, status, sealed, hint, asked_at)
    VALUES (%s, %s, %s, 'waiting', %s, %s, %s)
"""
_STATUS: Final = "SELECT status FROM payout WHERE club_id = %s AND id = %s"
_END: Final = "UPDATE payout SET status = %s, reason = %s, ended_at = %s WHERE member_id = %s AND id = %s"


class PayoutNow(NamedTuple):
    """Where a payout stands."""

    id: int
    member_id: int
    status: str
    wallet: str
    amount: int
    account: str
    """The last characters of its IBAN."""
    reason: str | None
    asked_at: datetime
    ended_at: datetime | None
    file: int | None


def _owner(club_id: int, payout_id: int) -> bytes:
    return f"club:{club_id}:payout:{payout_id}".encode()


def write(
    conn: Connection, club_id: int, member_id: int, payout_id: int, iban: str, instance_key: str, now: datetime
) -> None:
    """Write down that what a hold of the same number keeps is to be paid out."""
    sealed = keys.seal(iban.encode(), _owner(club_id, payout_id), instance_key, "payout")
    conn.execute(_INSERT, [member_id, payout_id, club_id, sealed, ibans.hint(iban), now])


def iban(club_id: int, payout_id: int, sealed: bytes, instance_key: str) -> str:
    """The account, read again."""
    return keys.unseal(bytes(sealed), _owner(club_id, payout_id), instance_key, "payout").decode()


def status(conn: Connection, club_id: int, payout_id: int) -> str:
    """Where a payout stands.

    Raises:
        NotFound: the club has no such payout.
    """
    row = conn.execute(_STATUS, [club_id, payout_id]).fetchone()
    if row is None:
        raise absent.payout()
    return str(row[0])


def end(conn: Connection, member_id: int, payout_id: int, status: str, reason: str | None, now: datetime) -> None:
    """Note that it was paid, or failed."""
    conn.execute(_END, [status, reason, now, member_id, payout_id])
