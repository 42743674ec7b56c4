"""Limits of an article or a wallet: how much is given at most, per member or to all of them together, in a window."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final, Literal, NamedTuple
from urllib.parse import quote

from loyalty.calendars import PERIODS
from loyalty.rules.counters import Counter
from loyalty.rules.events import field_key
from loyalty.rules.facts import Facts
from loyalty.rules.known import FIELD
from loyalty.rules.reading import Node
from loyalty.rules.things import reward_of
from loyalty.rules.types import MAX_NUMBER, integer
from loyalty.rules.voice import Voice
from loyalty.rules.windows import EVER, Window, read_window
from loyalty.values import Text

if TYPE_CHECKING:
    from loyalty.rules.ruling import Given

Of = Literal["points", "times", "base"]
OFS: Final = ("points", "times", "base")


_WHAT: Final = 5
"""Parts of a limit's key before those that say whose it is."""


def family_of(key: str) -> str:
    """The family of a limit's key."""
    parts = key.split(":")
    return ":".join([*parts[:_WHAT], *(part.partition("=")[0] for part in parts[_WHAT:])])


class BudgetKey(NamedTuple):
    """A limit that all members share, in one period: what is reserved of it is kept under this key."""

    key: str
    start: date


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so much `of` what an article gives into a wallet, over a window.

    `per` is `member`, or what members share: the club, or each store, cashier or value of a field, by the names of
    `known.py`, several of them together; a member's at one store is kept like what members share. Without an article it
    is of all that articles give into the wallet.
    """

    article: str | None
    per: tuple[str, ...]
    over: Window
    at_most: int
    of: Of
    wallet: str
    index: int
    """Where the member's use stands among the version's reads; -1 for a club's limit."""

    @property
    def shared(self) -> bool:
        """Whether members share it."""
        return self.per != MEMBER

    def limits(self, given: Given) -> bool:
        """Whether it is an amount of its article, or of any article where it is a wallet's."""
        return not given.is_gift if self.article is None else given.article == self.article

    def same(self, other: Limit) -> bool:
        """Whether both count the same thing, whatever each leaves of it."""
        return (self.per, self.of, self.wallet, self.over) == (other.per, other.of, other.wallet, other.over)

    def room(self, facts: Facts, taken: int) -> int:
        """What is left for this event, which has already taken some."""
        if self.index >= 0:
            left = self.at_most - facts.counts[self.index] - taken
            return left if left > 0 else 0
        if facts.budgets is None:
            return self.at_most - taken
        return max(0, facts.budgets.get(self.budget(facts), 0) - taken)

    def budget(self, facts: Facts) -> BudgetKey:
        """The key of a limit that members share, for the period of this event."""
        span = self.over.span(facts.moment.day, facts.calendar)
        whose = [f"{name}={quote(str(facts.values.get(name, '')), safe='')}" for name in self.per if name != "club"]
        return BudgetKey(":".join([*self._what, *whose]), span.start or EPOCH)

    @property
    def family(self) -> str:
        """What is the same in all of its keys, whosever and whenever they are."""
        return ":".join([*self._what, *(name for name in self.per if name != "club")])

    @property
    def _what(self) -> list[str]:
        return [self.article or "wallet", self.of, self.wallet, self.over.kind, self.over.period]

    def say(self, voice: Voice) -> str:
        """The limit in words: `at most 500 points a day per member`."""
        match self.of:
            case "points":
                most = voice.worth(self.at_most, self.wallet)
            case "times":
                most = voice.measured(self.at_most, "times")
            case "base":
                unit = self._base_unit(voice)
                most = voice.measured(self.at_most, unit) + voice.pick("", "" if unit == "count" else " خرید")
        over = self._over(voice)
        whom = self._whom(voice)
        if self.of == "base":
            return voice.pick(
                f"reckoned on at most {most} {over} {whom}", f"محاسبه بر پایهٔ حداکثر {most} {over} {whom}"
            )
        return voice.pick(f"at most {most} {over} {whom}", f"حداکثر {most} {over} {whom}")

    def _whom(self, voice: Voice) -> str:
        if self.per == CLUB:
            return voice.pick("for the whole club", "برای همهٔ باشگاه")
        names = [voice.text(_WHOM[name]) if name in _WHOM else f"«{name[len(FIELD) :]}»" for name in self.per]
        if voice.lang == "fa":
            return f"برای {voice.listed([f'هر {name}' for name in names])}"
        return f"per {voice.listed(names).replace('«', '“').replace('»', '”')}"

    def _over(self, voice: Voice) -> str:
        if self.over.kind == "this":
            return voice.text(_EVERY[self.over.period])
        if self.over.kind == "membership_year":
            return voice.pick("a year of membership", "در هر سال عضویت")
        return voice.pick("in all", "در کل") if self.over == EVER else self.over.say(voice)

    def _base_unit(self, voice: Voice) -> str:
        earnings = [e for its in voice.bylaws.articles if its.no == self.article for _, e in its.earnings]
        return next((e.base_unit for e in earnings if e.wallet == self.wallet), "money")


MEMBER: Final = ("member",)
CLUB: Final = ("club",)
_WHOM: Final = {
    "member": Text("member", "عضو"),
    "store": Text("store", "فروشگاه"),
    "cashier": Text("cashier", "صندوق‌دار"),
}
EPOCH: Final = date(1, 1, 1)
_EVERY: Final = {
    "day": Text("a day", "در روز"),
    "week": Text("a week", "در هفته"),
    "month": Text("a month", "در ماه"),
    "quarter": Text("a quarter", "در فصل"),
    "year": Text("a year", "در سال"),
}


def stock_of(wallet: str) -> Limit:
    """The stock of a reward that articles give: a limit that all members share, kept with the reward."""
    return Limit(None, CLUB, EVER, MAX_NUMBER, "points", wallet, -1)


def stock_key(key: str) -> str | None:
    """The reward whose stock a limit's key is, if it is one."""
    whose, _, wallet, *_ = key.split(":")
    return reward_of(wallet) if whose == "wallet" else None


def read_limit(node: Node, article: str, wallet: str) -> Limit:
    """A limit: `{per: member, every: day, at_most: 500, of: points}`; `over` a window stands in place of `every`."""
    found = node.fields(["per", "at_most"], ["every", "over", "of", "wallet"])
    per = _read_per(found["per"])
    over = _read_over(node, found, per)
    of = found["of"].choice(OFS) if "of" in found else "points"
    wallet = found["wallet"].name("wallets") if "wallet" in found else wallet
    at_most = integer(found["at_most"], least=1, most=MAX_NUMBER)
    index = -1
    if per == MEMBER:
        measure = {"points": "amount", "times": "times", "base": "base"}[of]
        of_all = of == "times" and "wallet" not in found  # whatever it gave, it gave once
        used = Counter("points", measure, articles=(article,), wallet=None if of_all else wallet)  # type: ignore[arg-type]
        index = node.reading.read(used, over, around=True)
    return Limit(article, per, over, at_most, of, wallet, index)  # type: ignore[arg-type]


def read_wallet_limit(node: Node, wallet: str) -> Limit:
    """A limit of all that articles give into a wallet: `{per: member, every: day, at_most: 500}`."""
    found = node.fields(["per", "at_most"], ["every", "over"])
    per = _read_per(found["per"])
    over = _read_over(node, found, per)
    at_most = integer(found["at_most"], least=1, most=MAX_NUMBER)
    index = -1
    if per == MEMBER:
        index = node.reading.read(Counter("points", "amount", wallet=wallet), over, around=True)
    return Limit(None, per, over, at_most, "points", wallet, index)


def different(limits: tuple[Limit, ...], node: Node) -> tuple[Limit, ...]:
    """The limits, of which no two may count the same."""
    for index, limit in enumerate(limits):
        if any(limit.same(other) for other in limits[:index]):
            raise node.items()[index].bad(
                Text("The same limit stands here twice.", "این سقف در اینجا دو بار آمده است.")
            )
    return limits


def _read_per(node: Node) -> tuple[str, ...]:
    """`club`, or one or several of `member`, `store`, `cashier` and `{field: NAME}`."""
    per = node.every(_read_whom, least=1)
    if len(set(per)) < len(per) or (len(per) > 1 and "club" in per):
        raise node.bad(
            Text(
                "Only member, store, cashier and fields stand together, each once.",
                "تنها member، store، cashier و فیلدها با هم می‌آیند، هر کدام یک بار.",
            )
        )
    node.reading.event_reads.update(name for name in per if name not in ("member", "club"))
    if per != MEMBER and "member" in per:
        node.reading.member_reads.add("member")
    return per


def _read_whom(node: Node) -> str:
    if isinstance(node.value, dict):
        return field_key(node.fields(["field"])["field"])
    if node.value == "cashier":
        node.needs_basket()
    return node.choice((*_WHOM, "club"))


def _read_over(node: Node, found: dict[str, Node], per: tuple[str, ...]) -> Window:
    """The window, which `every` names shorter; what members share counts in calendar periods or ever."""
    if ("every" in found) == ("over" in found):
        raise node.bad(Text("Either “every” or “over” is expected.", "یا «every» لازم است یا «over»."))
    if "every" in found:
        return Window("this", period=found["every"].choice(PERIODS))  # type: ignore[arg-type]
    over = read_window(found["over"])
    if per != MEMBER and over not in (EVER, Window("this", period=over.period)):
        raise found["over"].bad(
            Text(
                "A limit that members share counts in calendar periods or ever.",
                "سقفی که میان اعضا مشترک است تنها در دوره‌های تقویمی یا در کل است.",
            )
        )
    return over
