"""Payouts as they stand, and the file for the bank."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from loyalty import absent, payouts
from loyalty.db import connection
from loyalty.payouts import PayoutNow
from loyalty.queries.paging import Page, cut, id_after

_SELECT: Final = """
    SELECT payout.id, payout.member_id, payout.status, wallet, amount, hint, reason, asked_at, ended_at, file_id
    FROM payout JOIN hold ON hold.member_id = payout.member_id AND hold.id = payout.id
    WHERE payout.club_id = %(club)s AND (%(after)s::bigint IS NULL OR payout.id < %(after)s)
        AND (%(member)s::bigint IS NULL OR payout.member_id = %(member)s)
        AND (%(status)s::text IS NULL OR payout.status = %(status)s)
    ORDER BY payout.id DESC LIMIT %(limit)s
"""
_ONE: Final = """
    SELECT payout.id, payout.member_id, payout.status, wallet, amount, hint, reason, asked_at, ended_at, file_id
    FROM payout JOIN hold ON hold.member_id = payout.member_id AND hold.id = payout.id
    WHERE payout.club_id = %s AND payout.id = %s
"""
_FILE: Final = "SELECT id, payouts, amount, made_at, made_by FROM payout_file WHERE club_id = %s AND id = %s"
_FILES: Final = """
    SELECT id, payouts, amount, made_at, made_by FROM payout_file
    WHERE club_id = %s AND (%s::bigint IS NULL OR id < %s) ORDER BY id DESC LIMIT %s
"""
_LINES: Final = """
    SELECT payout.id, amount, sealed, name
    FROM payout JOIN hold ON hold.member_id = payout.member_id AND hold.id = payout.id
    LEFT JOIN profile ON profile.member_id = payout.member_id
    WHERE payout.club_id = %s AND file_id = %s AND sealed IS NOT NULL ORDER BY payout.id
"""
HEAD: Final = ("amount", "iban", "name", "reference")
_FORMULAS: Final = "=+-@\t\r"
"""What a spreadsheet would take for a formula at the beginning of a name."""


class FileView(NamedTuple):
    """A file for the bank."""

    id: int
    payouts: int
    amount: int
    made_at: datetime
    made_by: str


def page(
    club_id: int, limit: int, cursor: str | None = None, *, member_id: int | None = None, status: str | None = None
) -> Page[PayoutNow]:
    """Payouts, the newest first; of a member, or of a status."""
    asked = {"club": club_id, "after": id_after(cursor), "member": member_id, "status": status, "limit": limit + 1}
    return cut([PayoutNow(*row) for row in connection().execute(_SELECT, asked)], limit, lambda its: str(its.id))


def one(club_id: int, payout_id: int) -> PayoutNow:
    """A payout.

    Raises:
        NotFound: the club has none of that number.
    """
    row = connection().execute(_ONE, [club_id, payout_id]).fetchone()
    if row is None:
        raise absent.payout()
    return PayoutNow(*row)


def files(club_id: int, limit: int, cursor: str | None = None) -> Page[FileView]:
    """The files for the bank, the newest first."""
    after = id_after(cursor)
    rows = connection().execute(_FILES, [club_id, after, after, limit + 1])
    return cut([FileView(*row) for row in rows], limit, lambda its: str(its.id))


def file(club_id: int, file_id: int) -> FileView:
    """A file for the bank.

    Raises:
        NotFound: the club has made none of that number.
    """
    row = connection().execute(_FILE, [club_id, file_id]).fetchone()
    if row is None:
        raise absent.payout_file()
    return FileView(*row)


def written(club_id: int, file_id: int, instance_key: str) -> bytes:
    """The file itself: a line for each payout, amounts in minor units, UTF-8. Whoever was erased since is left out.

    Raises:
        NotFound: the club has made none of that number.
    """
    file(club_id, file_id)
    text = io.StringIO()
    sheet = csv.writer(text, lineterminator="\r\n")
    sheet.writerow(HEAD)
    sheet.writerows(_line(club_id, row, instance_key) for row in connection().execute(_LINES, [club_id, file_id]))
    return text.getvalue().encode()


def _line(club_id: int, row: Sequence[Any], instance_key: str) -> tuple[int, str, str, int]:
    payout_id, amount, sealed, name = row
    return amount, payouts.iban(club_id, payout_id, sealed, instance_key), (name or "").lstrip(_FORMULAS), payout_id
