"""Set an amount of a wallet in money apart, to be paid out to the member's bank account."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from loyalty import ibans, payouts
from loyalty.config import settings
from loyalty.db import retried
from loyalty.errors import Invalid
from loyalty.hands import opened
from loyalty.holding import UNTIL_ENDED, HoldNow, place
from loyalty.rewards.content import money_wallet
from loyalty.values import Text

_NO_IBAN: Final = Text("This is no IBAN: check its digits.", "این شمارهٔ شبا درست نیست؛ رقم‌هایش را دوباره ببینید.")


@retried
def ask_payout(club_id: int, member_id: int, wallet: str, amount: int, iban: str, now: datetime) -> HoldNow:
    """Hold an amount until the bank has paid it out, or failed to; it does not lapse by itself.

    Raises:
        NotFound: the club has no such member.
        Invalid: no such wallet in money, or no IBAN.
        Conflict: the member's standing does not allow spending.
        InsufficientBalance: there is too little.
    """
    try:
        account = ibans.normal(iban)
    except ibans.NoIban:
        raise Invalid.at("/iban", _NO_IBAN) from None
    with opened(club_id, [member_id], now, now) as hands:
        held = place(hands, member_id, money_wallet(hands.bylaws, wallet, "/wallet"), amount, UNTIL_ENDED)
        payouts.write(hands.conn, club_id, member_id, held.id, account, settings().secret_key, now)
        return held
