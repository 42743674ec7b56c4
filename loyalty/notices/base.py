"""What every kind of notice is: the words it comes in, what they name, and by what key it is told once. Pure."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, ClassVar, Final, Literal, NamedTuple

from loyalty import formats
from loyalty.calendars import Calendar
from loyalty.formats import Unit
from loyalty.rules import Bylaws
from loyalty.values import Text

Channel = Literal["app", "email", "sms"]
CHANNELS: Final[tuple[Channel, ...]] = ("app", "email", "sms")
"""`app` is the feed, where everything stands that is told at all."""
OUTWARD: Final[tuple[Channel, ...]] = ("email", "sms")

ALWAYS: Final[Mapping[str, Text]] = {
    "name": Text("Sara", "سارا"),
    "club": Text("Anar Club", "باشگاه انار"),
}
"""What any notice may name, with an example: the member and the club, as they are called when it is read."""
SILVER: Final = Text("Silver", "نقره‌ای")
BADGE: Final = Text("Regular", "مشتری همیشگی")
CHALLENGE: Final = Text("Three visits in Aban", "سه خرید در آبان")
DAY: Final = Text("30 Aban 1405", "۳۰ آبان ۱۴۰۵")


class Words(NamedTuple):
    """What a notice takes its words from: a version's titles, and how the club writes money and days."""

    bylaws: Bylaws
    unit: Unit
    calendar: Calendar

    def amount(self, wallet: str, value: int) -> Text:
        """An amount of a wallet with its name: «۱۲۰ امتیاز», `120 points`."""
        its = self.bylaws.wallets.get(wallet)
        if its is not None and its.unit == "money":
            return Text(*(formats.money(value, self.unit, lang) for lang in ("en", "fa")))
        name = its.name if its is not None else Text(wallet, wallet)
        return Text(*(f"{formats.number(value, lang)} {name.to(lang)}" for lang in ("en", "fa")))

    def tier(self, code: str) -> Text:
        """A tier's title; the code itself where the version has none."""
        return next((step.title for step in self.bylaws.steps if step.code == code), Text(code, code))

    def challenge(self, code: str) -> Text:
        """A challenge's title; the code itself where the version has none."""
        its = self.bylaws.challenges.get(code) or self.bylaws.game.team_challenges.get(code)
        return its.title if its else Text(code, code)

    def badge(self, code: str, level: int) -> Text:
        """A badge's title, with the level where it has several; the code itself where the version has none."""
        its = self.bylaws.badges.get(code)
        if its is None or its.height == 1:
            return its.title if its else Text(code, code)
        return Text("{title} (level {n})", "{title} (مرتبهٔ {n})").with_(title=its.title, n=figure(level))

    def day(self, day: date) -> Text:
        """A long date: «۲۱ آبان ۱۴۰۵», `21 Aban 1405`."""
        return Text(*(formats.day(day, self.calendar, lang) for lang in ("en", "fa")))


@dataclass(frozen=True, slots=True)
class Notice(ABC):
    """One thing that a member is told. Its fields are codes and numbers; a kind is a class with its words."""

    kind: ClassVar[str]
    label: ClassVar[Text]
    """What the kind is called."""
    title: ClassVar[Text]
    body: ClassVar[Text]
    """What it says where a club has no words of its own; names in braces are slots."""
    examples: ClassVar[Mapping[str, Text]] = {}
    """The slots of its own, each with an example."""
    channels: ClassVar[tuple[Channel, ...]] = CHANNELS
    """By which it goes where a club has not said otherwise."""

    @property
    def key(self) -> str:
        """What makes it the same one, however often its cause is delivered."""
        return self.kind

    def about(self) -> dict[str, Any]:
        """What it is about, as the API tells it."""
        return {its.name: getattr(self, its.name) for its in fields(self)}

    @abstractmethod
    def slots(self, words: Words) -> dict[str, Text]:
        """What its sentences name."""

    @classmethod
    def placeholders(cls) -> dict[str, Text]:
        """Every slot that its words may have, with an example."""
        return {**cls.examples, **ALWAYS}


def figure(value: int) -> Text:
    """A number in both languages."""
    return Text(*(formats.number(value, lang) for lang in ("en", "fa")))


def percent(value: int) -> Text:
    """A percentage in both languages."""
    return Text(*(formats.digits(f"{value}%", lang) for lang in ("en", "fa")))
