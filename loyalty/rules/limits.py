"""Limits of an article: how much it gives at most, per member or to all of the club together, in a window."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, NamedTuple

from loyalty.calendars import PERIODS
from loyalty.rules.counters import Counter
from loyalty.rules.facts import Facts
from loyalty.rules.reading import Node
from loyalty.rules.types import MAX_NUMBER, integer
from loyalty.rules.voice import Voice
from loyalty.rules.windows import EVER, Window, read_window
from loyalty.values import Text

Of = Literal["points", "times", "base"]
OFS: Final = ("points", "times", "base")


class BudgetKey(NamedTuple):
    """A limit that all members share, in one period: what is reserved of it is kept under this key."""

    key: str
    start: date


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so much `of` what an article gives into a wallet, `per` member or club, over a window."""

    article: str
    per: Literal["member", "club"]
    over: Window
    at_most: int
    of: Of
    wallet: str
    index: int
    """Where the member's use stands among the version's reads; -1 for a club's limit."""

    def same(self, other: Limit) -> bool:
        """Whether both count the same thing, whatever each leaves of it."""
        return (self.per, self.of, self.wallet, self.over) == (other.per, other.of, other.wallet, other.over)

    def room(self, facts: Facts, taken: int) -> int:
        """What is left for this event, which has already taken some."""
        if self.per == "member":
            left = self.at_most - facts.counts[self.index] - taken
            return left if left > 0 else 0
        if facts.budgets is None:
            return self.at_most - taken
        return max(0, facts.budgets.get(self.budget(facts), 0) - taken)

    def budget(self, facts: Facts) -> BudgetKey:
        """The key of a club's limit for the period of this event."""
        span = self.over.span(facts.moment.day, facts.calendar)
        return BudgetKey(self.key, span.start or EPOCH)

    @property
    def key(self) -> str:
        """What a club's limit is kept under, in every period."""
        return f"{self.article}:{self.of}:{self.wallet}:{self.over.kind}:{self.over.period}"

    def say(self, voice: Voice) -> str:
        """The limit in words: `at most 500 points a day per member`."""
        match self.of:
            case "points":
                most = voice.worth(self.at_most, self.wallet)
            case "times":
                most = voice.measured(self.at_most, "times")
            case "base":
                most = voice.measured(self.at_most, self._base_unit(voice))
        over = self._over(voice)
        whom = (
            voice.pick("per member", "برای هر عضو")
            if self.per == "member"
            else voice.pick("for the whole club", "برای همهٔ باشگاه")
        )
        if self.of == "base":
            return voice.pick(
                f"reckoned on at most {most} {over} {whom}", f"محاسبه بر پایهٔ حداکثر {most} خرید {over} {whom}"
            )
        return voice.pick(f"at most {most} {over} {whom}", f"حداکثر {most} {over} {whom}")

    def _over(self, voice: Voice) -> str:
        if self.over.kind == "this":
            return voice.text(_EVERY[self.over.period])
        if self.over.kind == "membership_year":
            return voice.pick("a year of membership", "در هر سال عضویت")
        return voice.pick("in all", "در کل") if self.over == EVER else self.over.say(voice)

    def _base_unit(self, voice: Voice) -> str:
        earnings = [e for its in voice.bylaws.articles if its.no == self.article for _, e in its.earnings]
        return next((e.base_unit for e in earnings if e.wallet == self.wallet), "money")


EPOCH: Final = date(1, 1, 1)
_EVERY: Final = {
    "day": Text("a day", "در روز"),
    "week": Text("a week", "در هفته"),
    "month": Text("a month", "در ماه"),
    "quarter": Text("a quarter", "در فصل"),
    "year": Text("a year", "در سال"),
}


def read_limit(node: Node, article: str, wallet: str) -> Limit:
    """A limit: `{per: member, every: day, at_most: 500, of: points}`; `over` a window stands in place of `every`."""
    found = node.fields(["per", "at_most"], ["every", "over", "of", "wallet"])
    per = found["per"].choice(("member", "club"))
    if ("every" in found) == ("over" in found):
        raise node.bad(Text("Either “every” or “over” is expected.", "یا «every» لازم است یا «over»."))
    over = Window("this", period=found["every"].choice(PERIODS)) if "every" in found else read_window(found["over"])  # type: ignore[arg-type]
    if per == "club" and over not in (EVER, Window("this", period=over.period)):
        raise found["over"].bad(
            Text(
                "A limit per club counts in calendar periods or ever.",
                "سقف باشگاه تنها در دوره‌های تقویمی یا در کل است.",
            )
        )
    of = found["of"].choice(OFS) if "of" in found else "points"
    wallet = found["wallet"].name("wallets") if "wallet" in found else wallet
    at_most = integer(found["at_most"], least=1, most=MAX_NUMBER)
    index = -1
    if per == "member":
        measure = {"points": "amount", "times": "times", "base": "base"}[of]
        of_all = of == "times" and "wallet" not in found  # whatever it gave, it gave once
        used = Counter("given", measure, articles=(article,), wallet=None if of_all else wallet)  # type: ignore[arg-type]
        index = node.reading.read(used, over, around=True)
    return Limit(article, per, over, at_most, of, wallet, index)  # type: ignore[arg-type]
