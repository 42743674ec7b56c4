"""What an entry of the ledger is, and what it is called: for each way that an amount can go."""

from __future__ import annotations

from datetime import datetime
from typing import Final, NamedTuple

from loyalty.rules import Bylaws
from loyalty.rules.explain import title as title_of
from loyalty.values import Text

KINDS: Final = {
    "awarded": Text("Given", "داده شد"),
    "taken_back": Text("Taken back: {article}", "پس‌گرفته‌شده: {article}"),
    "matured": Text("Ready to be spent", "خرج‌شدنی شد"),
    "expired": Text("Expired", "منقضی شد"),
    "held": Text("Set apart", "کنار گذاشته شد"),
    "released": Text("Set free again", "آزاد شد"),
    "spent": Text("Spent", "خرج شد"),
    "restored": Text("Came back", "برگشت"),
    "owed": Text("Owed", "بدهی"),
    "paid_debt": Text("Paid what was owed", "پرداخت بدهی"),
    "forgiven": Text("Let go", "بخشوده شد"),
    "adjusted": Text("Changed by the club", "تغییر به‌دست باشگاه"),
    "opening": Text("Brought from the earlier programme", "مانده از برنامهٔ پیشین"),
    "transferred": Text("Transferred", "جابه‌جا شد"),
}
"""What each kind of entry is called; the words are the API's and stay."""
_PAYOUT: Final = Text("Paid out", "واریز به حساب")
HAD: Final = ("pending", "available")
"""The accounts that a member counts as theirs."""


class Row(NamedTuple):
    """An entry with what is known of its cause."""

    n: int
    event_id: int
    wallet: str
    source: str
    target: str
    amount: int
    version: int | None
    article: str | None
    at: datetime
    earned_at: datetime | None
    """Of its lot."""
    expires_at: datetime | None
    return_of: int | None
    """The purchase, where the event is a return or a purchase undone."""
    return_kind: str | None
    return_key: str | None
    hold_receipt: str | None
    hold_until: datetime | None
    hold_purchase: int | None
    """The purchase that a hold pays, once it is recorded."""
    by_hand: str | None
    """The kind of an adjustment."""
    reason: str | None
    payout: str | None
    """Of what is paid out to a bank account: the account's last characters, none once the member is erased."""
    reward: Text | None = None
    """The title of the reward that it pays, or that it comes from."""

    @property
    def kind(self) -> str:
        """One of `KINDS`."""
        return kind_of(self.source, self.target, self.by_hand)

    @property
    def change(self) -> int:
        """What it changed of what the member has, pending or available."""
        return ((self.target in HAD) - (self.source in HAD)) * self.amount


def kind_of(source: str, target: str, by_hand: str | None = None) -> str:
    """What a move between two accounts is for its member."""
    accounts = {source, target}
    for account, kind in (("adjusted", "adjusted"), ("opening", "opening"), ("moved", "transferred")):
        if account in accounts:
            return kind
    if by_hand and "issued" in accounts:
        return "adjusted"
    if target == "expired":
        return "expired"
    if "forgiven" in accounts:
        return "forgiven"
    if "debt" in accounts:
        return "owed" if source == "debt" else "paid_debt"
    if "spent" in accounts:
        return "spent" if target == "spent" else "restored"
    if "held" in accounts:
        return "held" if target == "held" else "released"
    if "issued" in accounts:
        return "awarded" if source == "issued" else "taken_back"
    return "matured"


def title(bylaws: Bylaws, row: Row) -> Text:
    """What an entry is called: what an article gave by the article's title, all else by its kind."""
    kind, named = row.kind, KINDS[row.kind]
    article = title_of(bylaws, row.article) if row.article else None
    if kind == "awarded":
        return article or named
    if kind == "taken_back":
        return named.with_(article=article) if article else Text("Taken back", "پس‌گرفته‌شده")
    return _PAYOUT if row.payout is not None else row.reward or named
