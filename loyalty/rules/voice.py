"""How the bylaws are said aloud in one language: numbers, money and the names that the club gave things."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

from loyalty import formats
from loyalty.rules.phrase import Slot
from loyalty.rules.things import DISCOUNT, is_thing, piece_of, raffle_of, reward_of
from loyalty.values import QUANTITY_SCALE, Lang, Text

if TYPE_CHECKING:
    from loyalty.rules.bylaws import Bylaws


def ezafe(noun: str) -> str:
    """A Persian noun ready for what follows it: «ستاره» becomes «ستارهٔ»; a ه that is heard («راه», «وجه») stays."""
    return f"{noun}ٔ" if noun.endswith("ه") and not noun.endswith(("اه", "وه", "وجه")) else noun


def singular(noun: str) -> str:
    """An English plural as one: `points` becomes `point`, `days of shopping` becomes `day of shopping`."""
    head, of, rest = noun.partition(" of ")
    return head.removesuffix("s") + of + rest


@dataclass(frozen=True, slots=True)
class Voice:
    """One language over one version of the bylaws."""

    lang: Lang
    bylaws: Bylaws

    def pick(self, en: str, fa: str) -> str:
        """The wording of this language."""
        return fa if self.lang == "fa" else en

    def text(self, text: Text) -> str:
        """A bilingual text in this language."""
        return text.to(self.lang)

    def number(self, value: int) -> str:
        """An integer."""
        return formats.number(value, self.lang)

    def money(self, minor: int) -> str:
        """Money of the club."""
        return formats.money(minor, self.bylaws.club.unit, self.lang, short=True)

    def ratio(self, value: Fraction) -> str:
        """An exact ratio."""
        return formats.ratio(value, self.lang)

    def percent(self, value: Fraction) -> str:
        """A ratio as a percentage."""
        return formats.percent(value, self.lang)

    def quantity(self, thousandths: int) -> str:
        """A quantity."""
        return formats.quantity(thousandths, self.lang)

    def rounding(self, exact: Fraction, total: int) -> str:
        """A note where an exact result was rounded; empty where it came out even."""
        if exact == total:
            return ""
        down = total < exact
        return self.pick(f", rounded {'down' if down else 'up'}", f"، گرد شده رو به {'پایین' if down else 'بالا'}")

    def day(self, day: date) -> str:
        """A date in the club's calendar."""
        return formats.day(day, self.bylaws.club.calendar, self.lang)

    def clock(self, minute: int) -> str:
        """A time of day."""
        return formats.clock(minute, self.lang)

    def measured(self, value: int, unit: str) -> str:
        """A figure in its unit: `money`, `quantity` (`plain` without its noun), `days`, `years`, `times` or
        `count`."""
        match unit:
            case "money":
                return self.money(value)
            case "quantity":
                return self.pick(
                    f"{self.quantity(value)} {'unit' if value == QUANTITY_SCALE else 'units'}",
                    f"{self.quantity(value)} عدد",
                )
            case "plain":
                return self.quantity(value)
            case "years":
                return formats.counted(value, self.pick("year", "سال"), "years", self.lang)
            case "days":
                return formats.counted(value, self.pick("day", "روز"), "days", self.lang)
            case "times":
                return self.pick({1: "once", 2: "twice"}.get(value, f"{value:,} times"), f"{self.number(value)} بار")
            case _:
                return self.number(value)

    def worth(self, amount: int, wallet: str) -> str:
        """An amount of a wallet: `72 points`, or money with the wallet's name; or a number of things."""
        if is_thing(wallet):
            return self._things(amount, wallet)
        purse = self.bylaws.wallets[wallet]
        if purse.unit == "money":
            return self.pick(f"{self.money(amount)} in {purse.name.en}", f"{self.money(amount)} {purse.name.fa}")
        name = self.text(purse.name)
        return f"{self.number(amount)} {singular(name) if self.lang == 'en' and amount == 1 else name}"

    def worth_ratio(self, rate: Fraction, wallet: str) -> str:
        """A rate of a wallet: `1.25 points`, or money."""
        if rate.denominator == 1:
            return self.worth(rate.numerator, wallet)
        purse = self.bylaws.wallets[wallet]
        return f"{self.ratio(rate)} {self.text(purse.name)}"

    def wallet(self, code: str) -> str:
        """A wallet's name; of things what one of them is called."""
        if is_thing(code):
            return self._thing(code)
        return self.text(self.bylaws.wallets[code].name)

    def _things(self, number: int, wallet: str) -> str:
        if wallet == DISCOUNT:
            return self.pick(f"a discount of {self.money(number)}", f"{self.money(number)} تخفیف")
        many, reward = self.number(number), reward_of(wallet)
        if reward is not None:
            return self.pick(f"{many} {'reward' if number == 1 else 'rewards'} “{reward}”", f"{many} جایزهٔ «{reward}»")
        piece = piece_of(wallet)
        if piece is not None:
            return self.pick(f"{many} of the piece “{self.piece(*piece)}”", f"{many} تکهٔ «{self.piece(*piece)}»")
        raffle = self.raffle(raffle_of(wallet) or "")
        tickets = f"{many} {'ticket' if number == 1 else 'tickets'}"
        return self.pick(f"{tickets} in the raffle “{raffle}”", f"{many} بلیت قرعه‌کشی «{raffle}»")

    def _thing(self, wallet: str) -> str:
        if wallet == DISCOUNT:
            return self.pick("discount", "تخفیف")
        reward = reward_of(wallet)
        if reward is not None:
            return self.pick(f"the reward “{reward}”", f"جایزهٔ «{reward}»")
        piece = piece_of(wallet)
        if piece is not None:
            return self.pick(f"the piece “{self.piece(*piece)}”", f"تکهٔ «{self.piece(*piece)}»")
        raffle = self.raffle(raffle_of(wallet) or "")
        return self.pick(f"tickets in the raffle “{raffle}”", f"بلیت قرعه‌کشی «{raffle}»")

    def tier(self, code: str) -> str:
        """A tier's title; the code itself where this version has no such step."""
        rank = self.bylaws.ranks.get(code)
        return self.text(self.bylaws.tiers.ladder[rank].title) if rank is not None and self.bylaws.tiers else code

    def badge(self, code: str) -> str:
        """A badge's title."""
        return self.text(self.bylaws.badges[code].title)

    def raffle(self, code: str) -> str:
        """A raffle's title; the code itself where this version has no such raffle."""
        raffle = self.bylaws.game.raffles.get(code)
        return self.text(raffle.title) if raffle else code

    def piece(self, collection: str, code: str) -> str:
        """A piece's title; the code itself where this version has no such piece."""
        its = self.bylaws.game.sets.get(collection)
        piece = its.piece(code) if its else None
        return self.text(piece.title) if piece else code

    def badge_named(self, code: str) -> str:
        """A badge within a sentence: `the badge “Critic”`."""
        return self.pick(f"the badge “{self.badge(code)}”", f"نشان «{self.badge(code)}»")

    def audience(self, code: str) -> str:
        """An audience's title."""
        return self.text(self.bylaws.audiences[code].title)

    def challenge(self, code: str) -> str:
        """A challenge's title."""
        return self.text(self.bylaws.challenges[code].title)

    def streak(self, code: str) -> str:
        """A streak's title."""
        return self.text(self.bylaws.streaks[code].title)

    def counter(self, name: str) -> str:
        """A counter's name as the club gave it, else said from its definition."""
        return self.text(self.bylaws.counter_names[name])

    def article(self, no: str) -> str:
        """An article by its number."""
        return self.pick(f"article {no}", f"مادهٔ {formats.digits(no, self.lang)}")

    def listed(self, items: list[str], *, any_of: bool = False) -> str:
        """Items in prose, joined by «و»/and or «یا»/or."""
        return formats.listed(items, self.lang, formats.OR if any_of else formats.AND)

    def any_of(self, words: Iterable[str]) -> str:
        """Words of the document in quotes, joined by «یا»/or."""
        return self.listed([self.pick(f"“{word}”", f"«{word}»") for word in words], any_of=True)

    def when(self, text: str) -> Slot:
        """A slot that says when."""
        return Slot("when", text)

    def if_(self, text: str) -> Slot:
        """A slot that says on what condition."""
        return Slot("if", text)

    def then(self, text: str) -> Slot:
        """A slot that says what is given."""
        return Slot("then", text)
