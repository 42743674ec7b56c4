"""What screens and the API are shown: plain values, never rows of a table."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from loyalty.rules.phrase import Phrase
from loyalty.values import Text


class Progress(NamedTuple):
    """How far a need is met: `share` is a floored percentage, so 100 means done."""

    counter: str
    name: Text
    value: int
    needed: int
    share: int
    sentence: Text
    """What is asked and what there is: «۳ از ۵ روز خرید», `3 of 5 days of purchase`."""


class Expiring(NamedTuple):
    """What expires at an instant; it is good up to and including it."""

    at: datetime
    amount: int


class WalletView(NamedTuple):
    """A member's wallet. What is in it and what left it adds up to what came in:
    available + pending + held + spent + expired = earned + forgiven + other + debt."""

    code: str
    name: Text
    unit: str
    """`points` or `money`."""
    available: int
    pending: int
    held: int
    debt: int
    """What the next earning pays."""
    expiring: tuple[Expiring, ...]
    """The nearest dates on which something of it expires, pending or available, soonest first."""
    lapses_at: datetime | None
    """Of a wallet that lapses after idleness: the last instant at which all of it is good, unless something happens."""
    earned: int
    """All that was given and not taken back."""
    spent: int
    expired: int
    forgiven: int
    """What the club let go of after a return of what was spent."""
    other: int
    """What came in by hand, from an older programme or another member, less what went out that way."""

    @property
    def next_end(self) -> Expiring | None:
        """What expires next, and when: a lot, or all of it."""
        ends = list(self.expiring[:1])
        if self.lapses_at is not None and self.available + self.pending:
            ends.append(Expiring(self.lapses_at, self.available + self.pending))
        return min(ends, key=lambda end: end.at, default=None)


class TierStep(NamedTuple):
    """A step of the ladder and how far the member is from it."""

    code: str
    title: Text
    share: int
    needs: tuple[Progress, ...]
    sentence: Text
    """The step's need as the bylaws say it."""


class TierView(NamedTuple):
    """Where a member stands on the ladder. `code` is None in a club without tiers, or below a first step with needs."""

    code: str | None
    title: Text | None
    since: datetime | None
    until: datetime | None
    """The last instant for which it is held, grace included; None while no term says so."""
    next: TierStep | None
    keep: TierStep | None
    """What holds the present step, where something does."""
    ladder: tuple[tuple[str, Text], ...]
    """Every step's code and title, lowest first."""


class BadgeView(NamedTuple):
    """A badge as a member sees it; a secret one is listed only once earned."""

    code: str
    title: Text
    how: Text
    """How it is earned."""
    level: int
    levels: int
    next: int | None
    """The next level, None once the last is reached."""
    value: int
    needed: int
    share: int
    earned_at: datetime | None
    rarity: int
    """Active members who hold it, as a floored percentage."""
    family: Text | None
    """What it belongs together with."""


class StatementLine(NamedTuple):
    """One entry of a member's ledger, with the sentence that explains it."""

    id: int
    at: datetime
    wallet: str
    kind: str
    """What it is for its member, a key of `loyalty.queries.entries.KINDS`."""
    amount: int
    """Signed: how it changed what the member has, pending or available. 0 where an amount only changed its state."""
    moved: int
    """The amount itself, never signed."""
    version: int | None
    article: str | None
    title: Text
    event: int
    purchase: int | None
    """The purchase behind it: the one that earned or was returned, or the one that was paid."""
    receipt: str | None
    occasion: Text | None
    """What an event other than a purchase, which is behind it, is called."""
    sentence: Text


class ConditionView(NamedTuple):
    """One condition of an article as it was judged: the sentence, whether it held, and what it saw."""

    holds: bool
    sentence: Text
    saw: Text
    depth: int
    """0 for the article's own condition, deeper inside all/any/none."""


class ArticleView(NamedTuple):
    """One article of the version that judged a purchase or another event."""

    no: str
    title: Text
    gave: tuple[tuple[str, int, Text], ...]
    """(wallet, amount, sentence of the arithmetic) for each award that gave."""
    conditions: tuple[ConditionView, ...]
    because: Text | None
    """Why it gave nothing, or less than it reckoned."""


class Explanation(NamedTuple):
    """A purchase or another event explained from the facts that were kept when it was judged."""

    event: int
    version: int
    occurred_at: datetime
    tier: str | None
    articles: tuple[ArticleView, ...]


class ArticleText(NamedTuple):
    """A numbered article, a tier, a badge or a board of the bylaws as people read it."""

    no: str
    title: Text
    phrases: dict[str, Phrase]
    """By language; `loyalty.rules.phrase.plain` makes text of one."""


class Section(NamedTuple):
    """A part of the bylaws: `articles`, `tiers`, `badges`, `leaderboards`, `wallets`."""

    code: str
    title: Text
    articles: tuple[ArticleText, ...]


class BylawsView(NamedTuple):
    """The version in force: the document as published and its sections as sentences."""

    version: int
    from_at: datetime
    document: dict[str, Any]
    sections: tuple[Section, ...]
