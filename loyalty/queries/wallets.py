"""What a member has: every wallet as it is now, or as it was shown at an earlier instant."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from loyalty import absent
from loyalty.db import connection
from loyalty.errors import Invalid
from loyalty.ledger.lots import Purse
from loyalty.queries.purses import Found, purses_now, purses_then
from loyalty.queries.views import Expiring, WalletView
from loyalty.rules.bylaws import Wallet
from loyalty.values import Text
from loyalty.versions import Programme, programme

_AHEAD = Text("Nobody knows yet what will be.", "هنوز کسی نمی‌داند چه خواهد شد.")


def wallets(club_id: int, member_id: int, now: datetime, *, as_of: datetime | None = None) -> list[WalletView]:
    """Every wallet of the version in force, empty ones too, and those of other versions that were ever used.

    A lot past its end is not available and one past its maturing is, whether or not the timer has come; a hold past
    its end is available again. With `as_of`: from what had been posted by then.

    Raises:
        NotFound: no such member in the club.
        Invalid: `as_of` lies ahead.
    """
    if as_of is not None and as_of > now:
        raise Invalid.at("/as_of", _AHEAD)
    conn = connection()
    terms = programme(conn, club_id)
    if not conn.execute("SELECT id FROM member WHERE id = %s AND club_id = %s", [member_id, club_id]).fetchone():
        raise absent.member()
    if as_of is None:
        found = purses_now(club_id, [member_id], now).get(member_id, {})
    else:
        found = purses_then(club_id, member_id, as_of)
    return [
        _view(code, wallet, found.get(code) or Found(Purse(code, []), ()))
        for code, wallet in _listed(terms, as_of or now, found).items()
    ]


def _listed(terms: Programme, at: datetime, found: Mapping[str, Found]) -> dict[str, Wallet]:
    """The wallets of the version in force, then those of the newest other version for which there is something."""
    listed = dict(terms.at(at).wallets)
    for bylaws in reversed(terms.versions):
        for code, wallet in bylaws.wallets.items():
            if code in found:
                listed.setdefault(code, wallet)
    return listed


def _view(code: str, wallet: Wallet, found: Found) -> WalletView:
    purse = found.purse
    return WalletView(
        code,
        wallet.name,
        wallet.unit,
        available=purse.available,
        pending=purse.pending,
        held=purse.held,
        debt=purse.debt,
        expiring=tuple(Expiring(at, amount) for at, amount in found.expiring()),
        lapses_at=purse.lapses_at,
        earned=purse.earned,
        spent=purse.spent,
        expired=purse.expired,
        forgiven=purse.forgiven,
        other=purse.other,
    )
