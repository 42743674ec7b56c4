"""Rewards that change hands: checked and paid under the member's lock, held, issued, and brought back.

The price lies in holds that name the redemption; what is issued is by the kind of the reward (`rewards/issuing.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from loyalty import absent, outbox
from loyalty.eligibility import look
from loyalty.errors import Invalid
from loyalty.hands import Open
from loyalty.holding import Sold, place
from loyalty.issuing import Issued, Issuer
from loyalty.rewards import catalogue
from loyalty.rewards.catalogue import Reward
from loyalty.rewards.content import money_wallet
from loyalty.rewards.lapsing import lapse
from loyalty.rewards.redemptions import Kept, Status, write
from loyalty.rewards.refusals import out_of_stock, refusals
from loyalty.values import Shown, Text
from loyalty.versions import Connection

_CHOOSE: Final = Text("Choose one of: {codes}.", "یکی از این‌ها را برگزینید: {codes}.")
_NO_CHOICE: Final = Text("There is nothing to choose for this reward.", "این پاداش انتخابی ندارد.")


class Asked(NamedTuple):
    """What a member asks for."""

    reward: str
    quantity: int = 1
    choice: str | None = None
    """Of a mixed reward: the code of the one that is chosen."""
    pay_from: str | None = None
    """The wallet in money that pays the price in money; None: it is paid at the till."""


class Redeemed(NamedTuple):
    """Where a redemption stands after something was done with it, and what its member has."""

    id: int
    member_id: int
    reward: str
    title: Text
    kind: str
    quantity: int
    status: Status
    points: int
    money: int
    codes: list[Issued]
    until: datetime | None
    expires_at: datetime | None
    wallets: dict[str, Shown]


@dataclass(frozen=True, slots=True)
class Terms:
    """How a reward is to change hands: held until an instant, issued at once, or used on a sale."""

    until: datetime | None = None
    sold: Sold | None = None

    @property
    def status(self) -> Status:
        """What the redemption is at first."""
        return "held" if self.until else "used" if self.sold else "issued"


def redeem(hands: Open, member_id: int, asked: Asked, terms: Terms, issuer: Issuer) -> Redeemed:
    """Let a locked member have a reward.

    Raises:
        NotFound: the club has no such reward.
        Invalid: nothing, or something else, is to be chosen; no such wallet.
        Conflict: it is not offered now, not to this member, or the member's standing does not allow spending.
        LimitReached: the member had as many as one may.
        OutOfStock: there are not so many left.
        InsufficientBalance: there is too little in the wallet.
    """
    reward, chosen = _found(hands, asked)
    for refusal in refusals(
        reward,
        reward.read_limits(hands.terms.calendar),
        look(hands, member_id, [reward])[0],
        hands.at,
        hands.terms.calendar,
        asked.quantity,
    ):
        if refusal.code != "out_of_stock":  # what has lapsed may make room yet
            raise refusal.problem()
    _take_stock(hands, [its for its in (reward, chosen) if its], asked.quantity)
    (id_,) = hands.numbers(1)
    points, money = ((price or 0) * asked.quantity for price in (reward.points, reward.money))
    what = chosen or reward
    ends = what.ends(hands.at, hands.terms.calendar) if terms.status == "issued" else None
    sold = (terms.sold or Sold())._replace(redemption_id=id_)
    for _ in range(asked.quantity):
        if reward.points:
            place(hands, member_id, reward.wallet or "", reward.points, terms.until, sold)
        if reward.money and asked.pay_from:
            wallet = money_wallet(hands.bylaws, asked.pay_from, "/pay_from")
            place(hands, member_id, wallet, reward.money, terms.until, sold)
    promise = what.promise() | {"reward": reward.code, "paid_from": asked.pay_from}
    kept = Kept(
        member_id, id_, reward.id, chosen.id if chosen else None, asked.quantity, terms.status, promise, points, money,
        terms.until, ends, None, sold.receipt,
    )  # fmt: skip
    write(hands.conn, hands.terms.club_id, kept, sold.store_id, hands.at, hands.now)
    codes = issuer.issue(hands, kept) if terms.status == "issued" else []
    return told(hands, kept, codes)


def _found(hands: Open, asked: Asked) -> tuple[Reward, Reward | None]:
    """The reward that is asked for, and the one that is chosen of it."""
    codes = {asked.reward, asked.choice} - {None}
    found = catalogue.by_code(hands.conn, hands.terms.club_id, codes)  # type: ignore[arg-type]
    reward = found.get(asked.reward)
    if reward is None:
        raise absent.reward()
    choices: list[str] = reward.content.get("choices", [])
    if asked.choice is None and not choices:
        return reward, None
    if asked.choice not in choices or asked.choice not in found:
        listed = ", ".join(choices)
        raise Invalid.at("/choice", _CHOOSE.with_(codes=listed) if choices else _NO_CHOICE)
    return reward, found[asked.choice]


def _take_stock(hands: Open, rewards: list[Reward], quantity: int) -> None:
    """Take what is asked off the stocks; of what lapsed and was not yet given back, first that is."""
    wanted = {its.id: quantity for its in rewards if its.stock is not None}
    if not wanted:
        return
    club_id = hands.terms.club_id
    missing = wanted.keys() - catalogue.take(hands.conn, club_id, wanted)
    if missing and lapsed(hands.conn, club_id, hands.now, sorted(missing)):
        missing -= catalogue.take(hands.conn, club_id, dict.fromkeys(missing, quantity))
    if missing:
        now = catalogue.by_id(hands.conn, club_id, missing)
        raise out_of_stock(min(its.left or 0 for its in now.values())).problem()


def lapsed(conn: Connection, club_id: int, now: datetime, rewards: list[int] | None = None) -> int:
    """End what was held and has lapsed by an instant, of some rewards or all, and tell of it; answers how many."""
    ended = lapse(conn, club_id, now, rewards)
    told = [
        (member_id, {"redemption": id_, "reward": reward, "quantity": quantity, "status": "lapsed"})
        for member_id, id_, reward, quantity in ended
    ]
    if told:
        outbox.send("redemption.lapsed", club_id, told, now)
    return len(ended)


def told(hands: Open, kept: Kept, codes: list[Issued]) -> Redeemed:
    """The answer; and the message of what happened, which goes out with the transaction."""
    promise = kept.promise
    message = {"redemption": kept.id, "reward": promise["reward"], "quantity": kept.quantity, "status": kept.status}
    outbox.send(f"redemption.{kept.status}", hands.terms.club_id, [(kept.member_id, message)], hands.now)
    return Redeemed(
        kept.id,
        kept.member_id,
        promise["reward"],
        Text(**promise["title"]),
        promise["kind"],
        kept.quantity,
        kept.status,
        kept.points,
        kept.money,
        codes,
        kept.until,
        kept.expires_at,
        hands.shown(kept.member_id),
    )
