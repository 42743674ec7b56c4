"""A redemption in hand, under its member's lock: captured, voided, reversed, used on a sale."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from loyalty import absent, outbox
from loyalty.db import transaction
from loyalty.errors import Conflict
from loyalty.hands import Open, close, locked, open_up, refuse_gone
from loyalty.holding import Sold, Taken, of_redemption, place_own
from loyalty.issuing import Issuer, take_back
from loyalty.ledger.lots import PLACES
from loyalty.redeeming import Redeemed, told
from loyalty.rewards import catalogue
from loyalty.rewards.redemptions import Kept, Status, change, read, use
from loyalty.rules.things import REWARD
from loyalty.values import Text

_LAPSED: Final = Text("The hold has lapsed by itself.", "زمان این نگهداشت گذشته و خودبه‌خود آزاد شده است.")
_IS: Final[dict[str, Text]] = {
    "held": Text("It is still held: capture or void it.", "هنوز نگه داشته شده است؛ آن را نهایی یا لغو کنید."),
    "issued": Text(
        "It was issued already; what is issued can be reversed.", "پیش‌تر صادر شده است؛ می‌توان آن را برگرداند."
    ),
    "used": Text("It was used already.", "پیش‌تر استفاده شده است."),
    "voided": Text("It was voided already.", "پیش‌تر لغو شده است."),
    "lapsed": _LAPSED,
    "reversed": Text("It was reversed already.", "پیش‌تر برگردانده شده است."),
}
_ENDED: Final = Text("Its time is over.", "زمان استفاده از آن گذشته است.")
_PAYS: Final = """
    UPDATE hold SET store_id = %s, receipt = %s FROM (
        SELECT member_id, min(id) AS id FROM hold WHERE member_id = %s AND redemption_id = %s AND receipt IS NULL
        GROUP BY member_id, wallet
    ) one
    WHERE hold.member_id = one.member_id AND hold.id = one.id
"""
"""Each unit has a hold of its own, so that a return brings back the price of what was used on that sale alone."""
_FREES: Final = """
    UPDATE hold SET store_id = NULL, receipt = NULL WHERE member_id = %s AND redemption_id = %s AND receipt = %s
"""
_OWNER: Final = "SELECT member_id FROM redemption WHERE club_id = %s AND id = %s"


@dataclass(slots=True)
class InHand:
    """A redemption under its member's lock, with the holds that pay it."""

    hands: Open
    kept: Kept
    holds: list[Taken]

    def capture(self, issuer: Issuer) -> Redeemed:
        """Spend what is held, and issue what was promised."""
        for hold in self.holds:
            hold.capture()
        found = catalogue.by_id(self.hands.conn, self.hands.terms.club_id, [self.kept.choice_id or self.kept.reward_id])
        (reward,) = found.values()
        ends = reward.ends(self.hands.at, self.hands.terms.calendar)
        self._set("issued", ends)
        return told(self.hands, self.kept, issuer.issue(self.hands, self.kept))

    def void(self) -> Redeemed:
        """Set free what is held."""
        return self._undo("voided", "released")

    def reverse(self) -> Redeemed:
        """Take back what was issued and not used, and bring back what was paid for it.

        Raises:
            Conflict: it was used, in part or whole.
        """
        take_back(self.hands, self.kept)
        return self._undo("reversed", "reversed")

    def use(self, sold: Sold, *, whole: bool = True) -> Redeemed:
        """Use it on a sale: returns of that bring its price back in proportion. `whole`: nothing of it is left.

        Raises:
            Conflict: it has ended.
        """
        hands, kept = self.hands, self.kept
        if kept.expires_at is not None and kept.expires_at < hands.at:
            raise Conflict(_ENDED)
        if kept.given_by is not None:
            wallet = REWARD + kept.promise["reward"]
            given = [lot for lot in hands.purse(kept.member_id, wallet).of_event(kept.given_by) if lot.available]
            if given:
                place_own(hands, kept.member_id, wallet, 1, given[0], Sold(redemption_id=kept.id))
        hands.conn.execute(_PAYS, [sold.store_id, sold.receipt, kept.member_id, kept.id])
        self.kept = kept._replace(status="used" if whole else "issued", receipt=sold.receipt)
        use(hands.conn, self.kept, sold.store_id, hands.at)
        return told(hands, self.kept, [])

    def unuse(self, receipt: str) -> None:
        """Let it not be used on a sale that was never made.

        Raises:
            Conflict: it is not used on that sale.
        """
        hands, kept = self.hands, self.kept
        if kept.receipt != receipt or kept.status not in ("used", "issued"):
            raise Conflict(_IS[kept.status])
        for held in self.holds:
            if held.hold.wallet.startswith(REWARD):
                held.give_back("reversed")
        hands.conn.execute(_FREES, [kept.member_id, kept.id, receipt])
        self.kept = kept._replace(status="issued", receipt=None)
        use(hands.conn, self.kept, None, None)

    def _undo(self, status: Status, hold_status: str) -> Redeemed:
        refuse_gone(self.hands.conn, self.hands.members[self.kept.member_id])
        for hold in self.holds:
            hold.give_back(hold_status)
        catalogue.give_back(self.hands.conn, self.kept.stocks)
        self._set(status, self.kept.expires_at)
        return told(self.hands, self.kept, [])

    def _set(self, status: Status, expires_at: datetime | None) -> None:
        self.kept = self.kept._replace(status=status, expires_at=expires_at, until=None)
        change(self.hands.conn, self.kept)


@contextmanager
def opened_redemption(club_id: int, redemption_id: int, now: datetime, status: Status | None) -> Iterator[InHand]:
    """One transaction with a redemption's member under lock and the holds that pay it at hand; None: of any status.

    Raises:
        NotFound: the club has no such redemption.
        Conflict: it does not have the `status` that is asked for, or has lapsed.
    """
    with transaction() as conn:
        owner = conn.execute(_OWNER, [club_id, redemption_id]).fetchone()
        if owner is None:
            raise absent.redemption()
        members = locked(conn, club_id, owner)
        kept = read(conn, owner[0], redemption_id)
        if status is not None and kept.status != status:
            raise Conflict(_IS[kept.status])
        if kept.until is not None and kept.until <= now:
            raise Conflict(_LAPSED)
        holds = of_redemption(conn, kept.member_id, kept.id)
        events = [(kept.member_id, lot // PLACES) for _, parts in holds for lot, _ in parts]
        events += [(kept.member_id, kept.given_by)] if kept.given_by else []
        hands = open_up(conn, club_id, members, now, now, [*events, (kept.member_id, kept.id)])
        yield InHand(hands, kept, [Taken(hands, hold, parts) for hold, parts in holds])
        close(hands)
    outbox.wake()
