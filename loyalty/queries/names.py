"""What the parts of the bylaws in force are called, for screens that show only their codes' names."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from loyalty.db import connection
from loyalty.values import Text


class WalletName(NamedTuple):
    """A wallet's name, and whether it holds `points` or `money`."""

    name: Text
    unit: str


class Names(NamedTuple):
    """Names by code, each in the document's order: tiers lowest first."""

    version: int
    wallets: dict[str, WalletName]
    tiers: dict[str, Text]
    badges: dict[str, Text]
    boards: dict[str, Text]
    first: str | None
    """The tier of whoever has done nothing yet; None where the first step asks for something, or there is no ladder."""

    def wallet(self, code: str) -> WalletName:
        """A wallet's name; one of an older version, or of tickets and rewards, is called by its code."""
        return self.wallets.get(code) or WalletName(Text(code, code), "points")

    def tier(self, code: str | None) -> Text:
        """A tier's title; one of an older version is called by its code. None is where everybody begins."""
        code = code or self.first
        if code is None:
            return Text("No tier yet", "هنوز بدون سطح")
        return self.tiers.get(code) or Text(code, code)

    def badge(self, code: str) -> Text:
        """A badge's title; one of an older version is called by its code."""
        return self.badges.get(code) or Text(code, code)


def names(club_id: int, at: datetime) -> Names | None:
    """The names in the version in force at an instant; None in a club without bylaws."""
    row = (
        connection()
        .execute(
            "SELECT version, document->'wallets', document->'tiers'->'ladder', document->'badges', "
            "document->'leaderboards' FROM bylaws WHERE club_id = %(club)s AND NOT filling AND pilot IS NULL "
            "ORDER BY from_at <= %(at)s DESC, CASE WHEN from_at <= %(at)s THEN version ELSE -version END DESC LIMIT 1",
            {"club": club_id, "at": at},
        )
        .fetchone()
    )
    if row is None:
        return None
    version, wallets, ladder, badges, boards = row
    first = ladder[0]["code"] if ladder and "needs" not in ladder[0] else None
    return Names(
        version,
        {code: WalletName(Text(**w["name"]), w.get("unit", "points")) for code, w in (wallets or {}).items()},
        {step["code"]: Text(**step["title"]) for step in ladder or ()},
        _titles(badges),
        _titles(boards),
        first,
    )


def _titles(parts: dict[str, Any] | None) -> dict[str, Text]:
    return {code: Text(**part["title"]) for code, part in (parts or {}).items()}
