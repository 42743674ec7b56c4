"""The ruling on one event: what it gives, and what it changes for its member."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from loyalty.values import Text

if TYPE_CHECKING:
    from loyalty.rules.runs import Run
    from loyalty.rules.terms import Term


def giver(article: str) -> str:
    """What gave, by the name that an amount has in a ruling: all runs of a challenge are one."""
    return ":".join(article.split(":")[:2]) if article.startswith("challenge:") else article


class Given(NamedTuple):
    """An amount that an award gives.

    `article` is an article's number, `badge:CODE:LEVEL`, `streak:CODE:AT`, `challenge:CODE` with the run's key, or the
    name of a prize;
    `award` is the place in its `give`;
    `base` is what it was reckoned on, `asked` what it came to before limits.
    """

    article: str
    award: int
    wallet: str
    amount: int
    base: int
    asked: int

    @property
    def is_gift(self) -> bool:
        """Whether a badge, challenge, streak or prize gave it, not an article."""
        return ":" in self.article


class Off(NamedTuple):
    """What a discount took off: by an article's number, `code:ID` or `redeem:ID`; of the basket, and of which lines."""

    by: str
    title: Text
    amount: int
    lines: tuple[tuple[str, int], ...] = ()

    def form(self) -> list[Any]:
        """Itself as it is stored."""
        return [self.by, list(self.title), self.amount, [list(line) for line in self.lines]]

    @classmethod
    def from_form(cls, form: Sequence[Any]) -> Off:
        """The inverse of `form`."""
        by, title, amount, lines = form
        return cls(by, Text(*title), amount, tuple((line, off) for line, off in lines))


class BadgeStep(NamedTuple):
    """A badge's level that was reached."""

    code: str
    level: int


class Completed(NamedTuple):
    """A run of a challenge that was completed: its key among the member's, and its window."""

    challenge: str
    key: str
    from_at: datetime | None
    until_at: datetime | None


class Reached(NamedTuple):
    """A milestone of a streak that was reached: at how many periods in a row."""

    streak: str
    at: int


class Handed(NamedTuple):
    """A run of a challenge that is handed out: by what, by its place there; and how long it lasts, if that is said."""

    challenge: str
    by: str
    lasts: Term | None


class Floor(NamedTuple):
    """A tier that is given: the last instant for which the member stands on no lower one."""

    tier: str
    until: datetime


class Withheld(NamedTuple):
    """An article that gave nothing, and the first reason."""

    article: str
    because: Text


@dataclass(slots=True)
class Ruling:
    """What one event gives one member under one version."""

    version: int
    awards: list[Given] = field(default_factory=list)
    badges: list[BadgeStep] = field(default_factory=list)
    tier_from: str | None = None
    tier_to: str | None = None
    messages: list[Text] = field(default_factory=list)
    passes: bool = False
    """Whether it gives something to others, once the return window has passed."""
    status: str | None = None
    """The standing into which it puts the member."""
    forfeits: tuple[str, ...] = ()
    """The wallets that lapse with it."""
    uses: dict[tuple[str, date], int] = field(default_factory=dict)
    """What it takes of limits that all members share, by their key and period."""
    feeds: list[int] = field(default_factory=list)
    """What the event adds to each live counter, in the order they were handed in."""
    completed: list[Completed] = field(default_factory=list)
    milestones: list[Reached] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    """The runs that it changes, as it leaves them."""
    labels: dict[int, dict[str, int]] = field(default_factory=dict)
    """What it adds to counters that are kept by label, by their place."""
    discounts: tuple[Off, ...] = ()
    """What was taken off the basket before anything was earned."""
    earned: str | None = None
    """The tier that is earned with it, also where it is held already and earned anew."""
    floor: Floor | None = None
    """The tier that it gives, whatever is earned."""
    handed: list[Handed] = field(default_factory=list)
    """The runs that it hands out: each begins by an event of its own."""

    def kept(self) -> dict[str, Any]:
        """The effects as they are stored with the purchase."""
        form: dict[str, Any] = {"awards": [list(given) for given in self.awards]}
        if self.badges:
            form["badges"] = [list(step) for step in self.badges]
        if self.completed:
            form["challenges"] = [
                [*its[:2], *(at.isoformat() if at else None for at in (its.from_at, its.until_at))]
                for its in self.completed
            ]
        if self.milestones:
            form["streaks"] = [list(its) for its in self.milestones]
        form["tier"] = [self.tier_from, self.tier_to]
        form |= self._standing()
        if self.discounts:
            form["discounts"] = [its.form() for its in self.discounts]
        if self.messages:
            form["messages"] = [list(message) for message in self.messages]
        return form

    def _standing(self) -> dict[str, Any]:
        """What it does to how the member stands."""
        form: dict[str, Any] = {}
        if self.passes:
            form["passes"] = True
        if self.status:
            form["status"] = self.status
        if self.forfeits:
            form["forfeits"] = list(self.forfeits)
        if self.earned and self.tier_from == self.tier_to:  # a move tells it already
            form["earned"] = self.earned
        if self.floor:
            form["floor"] = [self.floor.tier, self.floor.until.isoformat()]
        return form

    @classmethod
    def from_kept(cls, version: int, form: dict[str, Any]) -> Ruling:
        """The effects read back; what it fed to counters and runs is not among them."""
        before, after = form["tier"]
        return cls(
            version,
            [Given(*given) for given in form["awards"]],
            [BadgeStep(*step) for step in form.get("badges", ())],
            before,
            after,
            [Text(*message) for message in form.get("messages", ())],
            form.get("passes", False),
            form.get("status"),
            tuple(form.get("forfeits", ())),
            completed=[
                Completed(code, key, *(datetime.fromisoformat(at) if at else None for at in window))
                for code, key, *window in form.get("challenges", ())
            ],
            discounts=tuple(Off.from_form(its) for its in form.get("discounts", ())),
            milestones=[Reached(*its) for its in form.get("streaks", ())],
            earned=form.get("earned", None if before == after else after),
            floor=Floor(form["floor"][0], datetime.fromisoformat(form["floor"][1])) if "floor" in form else None,
        )
