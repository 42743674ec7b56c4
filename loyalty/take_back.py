"""What one return does to a sold purchase and to its member's purses: decided and posted in memory, nothing written."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from loyalty.errors import Conflict, InsufficientBalance, Invalid
from loyalty.ledger.lots import Cause
from loyalty.ledger.purses import Chest
from loyalty.post import lot_of, wake
from loyalty.returns import Return, left_after
from loyalty.rules import Bylaws
from loyalty.rules.history import Counted
from loyalty.rules.parts import OF_THINGS, Wallet
from loyalty.rules.returned import Left, came_off
from loyalty.rules.ruling import Given
from loyalty.rules.running import Moved
from loyalty.rules.things import DISCOUNT, is_thing
from loyalty.rules.windows import Since
from loyalty.sold import Payment, Sold
from loyalty.values import Shown, Text

Amounts = dict[str, int]
"""By wallet."""


Uses = Mapping[tuple[str, date], int]
"""Of limits that all members share, by their key and period."""


class Counts(NamedTuple):
    """What was counted of a member so far, and from when the member's own windows count."""

    history: Counted
    since: Since | None


@dataclass(slots=True)
class Taken:
    """What a return came to."""

    reversed: Amounts = field(default_factory=dict)
    restored: Amounts = field(default_factory=dict)
    given: Amounts = field(default_factory=dict)
    owed: Amounts = field(default_factory=dict)
    forgiven: Amounts = field(default_factory=dict)
    gross: int = 0
    net: int = 0
    """What it took off the purchase's amounts."""
    feeds: list[Moved] = field(default_factory=list)
    uses: dict[tuple[str, date], int] = field(default_factory=dict)
    cards: list[tuple[str, int]] = field(default_factory=list)
    """What came back to gift cards, by what these are recognised by."""
    wallets: dict[str, Shown] = field(default_factory=dict)
    tier: tuple[str | None, str | None] = (None, None)
    badges: list[tuple[str, int]] = field(default_factory=list)
    """Badges and levels that were lost with it."""
    challenges: list[tuple[str, str]] = field(default_factory=list)
    """Runs, by challenge and key, that are not complete any more with it."""
    handed_on: list[tuple[Payment, Cause, int, int]] = field(default_factory=list)
    """What came back of payments, by lot, that somebody made who is merged into the one who gets it."""

    def stored(self) -> dict[str, Any]:
        """The answer, as it is stored."""
        form: dict[str, Any] = {
            name: amounts
            for name in ("reversed", "restored", "given", "owed", "forgiven")
            if (amounts := getattr(self, name))
        }
        form |= {"gross": self.gross, "net": self.net}
        form["wallets"] = {wallet: list(shown) for wallet, shown in self.wallets.items()}
        form["tier"] = list(self.tier)
        if self.cards:
            form["cards"] = [list(card) for card in self.cards]
        if self.badges:
            form["badges"] = [list(badge) for badge in self.badges]
        if self.challenges:
            form["challenges"] = [list(run) for run in self.challenges]
        return form

    @classmethod
    def from_stored(cls, form: Mapping[str, Any]) -> Taken:
        """The answer, as it was given."""
        before, after = form.get("tier", (None, None))
        return cls(
            form.get("reversed", {}),
            form.get("restored", {}),
            form.get("given", {}),
            form.get("owed", {}),
            form.get("forgiven", {}),
            form.get("gross", 0),
            form.get("net", 0),
            cards=[(hint, amount) for hint, amount in form.get("cards", ())],
            wallets={wallet: Shown(*figures) for wallet, figures in form.get("wallets", {}).items()},
            tier=(before, after),
            badges=[(code, level) for code, level in form.get("badges", ())],
            challenges=[(code, key) for code, key in form.get("challenges", ())],
        )


def check(sold: Sold, asked: Return) -> Left:
    """What is left of a purchase if a return is taken.

    Raises:
        Conflict: it was undone as a mistake.
        Invalid: more than is left, or before the purchase was made.
    """
    if sold.voided_at:
        raise Conflict(Text("This purchase was undone as a mistake.", "این خرید چون اشتباه بوده باطل شده است."))
    if asked.occurred_at < sold.purchase.occurred_at:
        raise Invalid.at("/occurred_at", Text("This lies before the purchase.", "این پیش از خود خرید است."))
    if asked.kind == "void":
        return Left.nothing(sold.purchase)
    return left_after(sold.purchase, sold.left, asked)


def take_back(
    sold: Sold,
    asked: Return,
    id_: int,
    chests: Mapping[int, Chest],
    member_id: int,
    now: Bylaws,
    counted: Counts | None = None,
) -> tuple[Chest, Taken]:
    """Take one return: change the purchase and its member's purses; answers these and what it came to.

    `now` is the version in force: its wallets say how debt is dealt with, and in what order lots are taken. `counted`
    is what was counted of the member before it, where the purchase's version keeps running totals.

    Raises:
        Conflict, Invalid: as `check`.
        InsufficientBalance: a wallet refuses a debt. Nothing is changed.
    """
    left = check(sold, asked)
    before, was, state = sold.stands(), sold.kept, sold.state()
    sold.keep(left)
    if asked.kind == "void":
        sold.voided_at = asked.occurred_at
    if counted:
        sold.keep_totals(counted.history, counted.since, before)
    after, rest = sold.stands(), sold.kept
    taken = Taken()
    taken.gross, taken.net = came_off(was, rest)
    taken.feeds = before.moved(after)
    taken.uses = _changes(before.uses, after.uses)
    chest = chests[member_id]
    trial = copy.deepcopy(chest) if _may_refuse(sold, asked, now) else chest
    trial.settle(asked.occurred_at)
    posting = Posting(sold, trial, now, asked.debt == "allow", taken)
    try:
        for payment in sold.payments:
            if payment.to == member_id:  # first, so that it is there to be taken
                posting.restore(payment, asked.occurred_at, trial)
        posting.changes(before.awards, after.awards, Cause(id_, asked.occurred_at, sold.bylaws.version))
    except InsufficientBalance:
        sold.back_to(state)
        raise
    for payment in sold.payments:
        if payment.to != member_id:
            chests[payment.to].settle(asked.occurred_at)
            posting.restore(payment, asked.occurred_at, chests[payment.to])
    for wallet in {move.wallet for move in trial.log}:
        wake(now, trial.purse(wallet), asked.occurred_at)
    taken.wallets = dict.fromkeys(now.wallets, Shown()) | trial.shown()
    return trial, taken


def _changes(before: Uses, after: Uses) -> dict[tuple[str, date], int]:
    found = {key: after.get(key, 0) - before.get(key, 0) for key in before.keys() | after.keys()}
    return {key: change for key, change in found.items() if change}


def _may_refuse(sold: Sold, asked: Return, now: Bylaws) -> bool:
    return asked.debt != "allow" and any(_terms(sold, now, its.wallet).debt == "refuse" for its in sold.given)


def _terms(sold: Sold, now: Bylaws, wallet: str) -> Wallet:
    """A wallet's terms in the version in force, or where it is no more, in the purchase's own."""
    if is_thing(wallet):
        return OF_THINGS
    return now.wallets.get(wallet) or sold.bylaws.wallets[wallet]


@dataclass(slots=True)
class Posting:
    """Posts what a purchase gives more or less than before into its member's purses, and adds up what it came to."""

    sold: Sold
    chest: Chest
    now: Bylaws
    """The version in force: its wallets say how debt is dealt with."""
    allow_debt: bool
    taken: Taken

    def restore(self, payment: Payment, at: datetime, chest: Chest) -> None:
        """Bring back what was paid from a wallet, in proportion to what is kept, to the lots it came from."""
        rest, net = self.sold.kept, self.sold.purchase.net
        share = (payment.amount * rest.net // net if net else payment.amount) if rest else 0
        amount = payment.amount - share - payment.restored
        if amount <= 0:
            return
        payment.restored += amount
        add(self.taken.restored, payment.wallet, amount)
        parts, left = [], amount
        for index, (lot, spent) in enumerate(payment.parts):
            part = min(left, spent)
            payment.parts[index] = lot, spent - part
            if part:
                parts.append((lot, part))
            left -= part
        cause, purse = Cause(payment.id, at), chest.purse(payment.wallet)
        if payment.member_id == chest.member_id:
            purse.restore(cause, "spent", parts)
        else:  # paid by who was merged into this one since: it leaves the one's account, and comes to the other's
            purse.restore(cause, "moved", parts)
            self.taken.handed_on += [(payment, cause, lot, part) for lot, part in parts]

    def changes(self, before: Sequence[Given], after: Sequence[Given], cause: Cause) -> None:
        """Post the difference between what was given and what is; what is given more comes first."""
        was = {(its.article, its.award): its for its in before if its.wallet != DISCOUNT}
        gives = {(its.article, its.award): its for its in after if its.wallet != DISCOUNT}
        keys = [*was, *(key for key in gives if key not in was)]
        changes = [(gives.get(key) or was[key], _amount(gives, key) - _amount(was, key)) for key in keys]
        for given, change in changes:
            if change > 0:
                self._give(given, change, cause._replace(article=given.article))
        for given, change in changes:
            if change < 0:
                self._take(given, -change, cause._replace(article=given.article))

    def _give(self, given: Given, amount: int, cause: Cause) -> None:
        add(self.taken.given, given.wallet, amount)
        purse, forgiven = self.chest.purse(given.wallet), self.sold.forgiven
        let_go = min(amount, forgiven.get(given.wallet, 0))
        if let_go:  # what could not be taken back before is not given twice
            forgiven[given.wallet] -= let_go
            purse.move(cause, "issued", "forgiven", let_go)
        if amount > let_go:
            lot = lot_of(purse, self.sold.bylaws, given, self.sold.id, self.sold.event.occurred_at)
            purse.put(cause, "issued", amount - let_go, lot)

    def _take(self, given: Given, amount: int, cause: Cause) -> None:
        purse, wallet = self.chest.purse(given.wallet), _terms(self.sold, self.now, given.wallet)
        debt = "allow" if self.allow_debt else wallet.debt
        own = purse.of_event(self.sold.id)
        rest = purse.take_back(cause, amount, own, wallet.spend, "forgiven" if debt == "clamp" else "debt")
        add(self.taken.reversed, given.wallet, amount - rest)
        if rest and debt == "refuse":
            raise InsufficientBalance(_SPENT)
        if debt == "clamp":
            add(self.sold.forgiven, given.wallet, rest)
            add(self.taken.forgiven, given.wallet, rest)
        else:
            add(self.taken.owed, given.wallet, rest)


def _amount(awards: Mapping[tuple[str, int], Given], key: tuple[str, int]) -> int:
    return awards[key].amount if key in awards else 0


def add(amounts: Amounts, wallet: str, amount: int) -> None:
    """Add to a wallet's amount."""
    if amount:
        amounts[wallet] = amounts.get(wallet, 0) + amount


_SPENT = Text(
    "What this purchase gave was spent already. Send debt: allow with a reason to record a debt.",
    "آنچه این خرید داده بود خرج شده است. برای ثبت بدهی، debt: allow را با دلیل (reason) بفرستید.",
)
