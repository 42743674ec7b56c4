"""What a redemption turns into, by the kind of the reward: money in a wallet, a card, a code; and back again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from loyalty.errors import Conflict
from loyalty.hands import Open
from loyalty.ledger.lots import Cause
from loyalty.rewards import codes, gift_cards, provider_codes
from loyalty.rewards.codes import NewCode
from loyalty.rewards.gift_cards import NewCard
from loyalty.rewards.redemptions import Kept
from loyalty.rules.things import TICKETS
from loyalty.values import Text

_USED: Final = Text(
    "Some of it was used already: it cannot be taken back.", "بخشی از آن پیش‌تر استفاده شده است و پس گرفته نمی‌شود."
)
_SHOWN: Final = Text(
    "A provider's code was given out, and may have been used: it cannot be taken back.",
    "کد یک صادرکننده داده شده و شاید به کار رفته باشد؛ پس گرفته نمی‌شود.",
)
_CODES_USED: Final = """
    SELECT EXISTS (SELECT FROM code WHERE member_id = %s AND redemption_id = %s AND used > 0)
"""


class Issued(NamedTuple):
    """A code that is shown for what was issued; a gift card has a PIN too."""

    code: str
    pin: str | None = None


@dataclass(frozen=True, slots=True)
class Issuer:
    """Issues what was promised; with the key under which codes are kept."""

    instance_key: str

    def issue(self, hands: Open, kept: Kept) -> list[Issued]:
        """Let the member have what a redemption promises; answers the codes by which it is used."""
        return _KINDS.get(kept.promise["kind"], _codes)(self, hands, kept)

    def codes(self, kept: Kept) -> list[NewCode]:
        """A code for each of a redemption whose kind is shown by codes."""
        return [
            NewCode(
                codes.make(),
                member_id=kept.member_id,
                redemption_id=kept.id,
                uses=kept.promise["uses"],
                until_at=kept.expires_at,
            )
            for _ in range(kept.quantity)
        ]


def take_back(hands: Open, kept: Kept) -> None:
    """Take back what was issued.

    Raises:
        Conflict: it was used, in part or whole.
    """
    if kept.promise["kind"] in _INTO:
        _take_amount(hands, kept)
    if provider_codes.given_out(hands.conn, kept.member_id, kept.id):
        raise Conflict(_SHOWN)
    gift_cards.block_untouched(hands.conn, hands.terms.club_id, kept.member_id, kept.id, hands.now)
    if hands.conn.execute(_CODES_USED, [kept.member_id, kept.id]).fetchone() == (True,):
        raise Conflict(_USED)
    codes.block(hands.conn, kept.member_id, kept.id, hands.now)


def _nothing(*_: object) -> list[Issued]:
    """A donation is done with being paid."""
    return []


def _codes(issuer: Issuer, hands: Open, kept: Kept) -> list[Issued]:
    """A code for each that was asked for."""
    made = issuer.codes(kept)
    codes.write(hands.conn, hands.terms.club_id, made, issuer.instance_key, hands.now)
    return [Issued(its.text) for its in made]


def _gift_cards(issuer: Issuer, hands: Open, kept: Kept) -> list[Issued]:
    """A card for each that was asked for, or a code of the provider's list."""
    if kept.promise.get("provider"):
        reward, whose = kept.choice_id or kept.reward_id, (kept.member_id, kept.id)
        found = provider_codes.take(hands.conn, reward, kept.quantity, whose, issuer.instance_key, hands.now)
        return [Issued(*its) for its in found]
    new = NewCard(kept.promise["value"], kept.expires_at, kept.member_id, kept.id)
    made = gift_cards.issue(
        hands.conn, hands.terms.club_id, [new] * kept.quantity, issuer.instance_key, f"redemption:{kept.id}", hands.now
    )
    return [Issued(its.code, its.pin) for its in made]


def _amount(_: Issuer, hands: Open, kept: Kept) -> list[Issued]:
    """Money into a wallet, or tickets into a drum: in a lot of its own with the ends that the bylaws say."""
    wallet, amount = _into(kept)
    purse = hands.purse(kept.member_id, wallet)
    lot = purse.new_lot(kept.id, hands.at, None, hands.lot_end(wallet, hands.at, "by_terms"))
    hands.deposit(purse, Cause(kept.id, hands.at), "adjusted", amount, lot)
    hands.wake(purse)
    _note(hands, kept, kept.id, wallet, amount)
    return []


def _take_amount(hands: Open, kept: Kept) -> None:
    wallet, amount = _into(kept)
    purse = hands.purse(kept.member_id, wallet)
    lots = purse.of_event(kept.id)
    if sum(lot.available for lot in lots) < amount:
        raise Conflict(_USED)
    (id_,) = hands.numbers(1)
    for lot in lots:
        purse.move(Cause(id_, hands.at), "available", "adjusted", lot.available, lot)
    _note(hands, kept, id_, wallet, -amount)


def _into(kept: Kept) -> tuple[str, int]:
    """The wallet and the amount."""
    wallet, each = _INTO[kept.promise["kind"]](kept.promise)
    return wallet, each * kept.quantity


def _note(hands: Open, kept: Kept, event_id: int, wallet: str, amount: int) -> None:
    """Write down what came in or went out as a change of its own, whose reason is the reward."""
    row = (kept.member_id, event_id, "reward", wallet, amount, kept.promise["reward"], None, False)
    hands.note([row])


_KINDS: Final[dict[str, Callable[[Issuer, Open, Kept], list[Issued]]]] = {
    "cashback": _amount,
    "raffle": _amount,
    "donation": _nothing,
    "gift_card": _gift_cards,
}
_INTO: Final[dict[str, Callable[[dict[str, Any]], tuple[str, int]]]] = {
    "cashback": lambda promise: (promise["into"], promise["value"]),
    "raffle": lambda promise: (TICKETS + promise["raffle"], promise["tickets"]),
}
"""Kinds that are an amount in a wallet: into which, and how much each is."""
BY_CODE: Final = frozenset({"discount", "goods", "experience", "certificate", "mixed"})
"""Kinds that are used by showing a code."""
