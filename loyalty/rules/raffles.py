"""Raffles: tickets are given by articles, prizes are drawn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import ClassVar, Final

from loyalty.calendars import Calendar, Period
from loyalty.rules.catalogue import read_condition
from loyalty.rules.kinds import Condition
from loyalty.rules.leagues import EACH
from loyalty.rules.phrase import Phrase
from loyalty.rules.prizes import PRIZES, Prize, named_prizes
from loyalty.rules.reading import Node
from loyalty.rules.standings import of_member
from loyalty.rules.types import TITLE, Field, Reads, read_date, read_fields
from loyalty.rules.voice import Voice
from loyalty.rules.windows import PERIOD_NAMES
from loyalty.rules.winning import NamedPrize
from loyalty.values import Text

_EACH_NAMES: Final = {period: Text(f"each {name.en}", f"هر {name.fa}") for period, name in PERIOD_NAMES.items()}

Draw = date | Period
"""The end of a day, or of each period."""


@dataclass(frozen=True, slots=True)
class Raffle:
    """Drawn at the end of a day or of each period, among the tickets of members for whom a condition then holds."""

    title: Text
    draw: Draw
    prizes: tuple[Prize, ...]
    if_: Condition | None = None
    fields: ClassVar[tuple[Field, ...]] = (
        Field("title", TITLE, Text("Title", "عنوان")),
        Field("draw", Reads("draw", lambda node: _draw(node)), Text("Drawn", "قرعه‌کشی")),
        Field("prizes", PRIZES, Text("Prizes", "جایزه‌ها")),
        Field("if", Reads("condition", lambda node: _condition(node)), Text("If", "اگر"), None),
    )

    def drawn(self, at: datetime, calendar: Calendar) -> datetime:
        """The last instant of the day of the draw that takes tickets which come at an instant."""
        day = self.draw if isinstance(self.draw, date) else calendar.span(self.draw, calendar.moment(at).day).end
        return calendar.instant(day + timedelta(days=1)) - timedelta(microseconds=1)

    def named_prizes(self, code: str) -> Iterator[NamedPrize]:
        """Its prizes by the names that rulings give them; they are numbered from 1."""
        said = Text("Raffle “{r}”, prize {n}", "قرعه‌کشی «{r}»، جایزهٔ {n}")
        return named_prizes("raffle", code, said, self.title, self.prizes)

    def phrase(self, voice: Voice) -> Phrase:
        """`Drawn at the end of 29 Esfand 1405 from all tickets; to be won: 1,000 points for 1 winner.`"""
        prizes = voice.then(voice.listed([prize.say(voice) for prize in self.prizes]))
        met = self.if_.phrase(voice) if self.if_ else ()
        of = voice.day(self.draw) if isinstance(self.draw, date) else voice.text(_EACH_NAMES[self.draw])
        when = voice.when(voice.pick(f"at the end of {of}", f"در پایان {of}"))
        if voice.lang == "fa":
            among = (
                ("است", "؛", "اگر", *met, "،", "بلیت‌های عضو در آن شرکت داده می‌شود") if met else ("و میان همهٔ بلیت‌هاست",)
            )
            return ("قرعه‌کشی", when, *among, "؛", "جایزه‌ها:", prizes, ".")
        among = (";", "a member's tickets take part if", *met) if met else ("from all tickets",)
        return ("Drawn", when, *among, ";", "to be won:", prizes, ".")


_EACH: Final = (Field("each", EACH, Text("Each", "هر")),)


def _draw(node: Node) -> Draw:
    if isinstance(node.value, dict):
        period: Period = read_fields(node, _EACH)["each"]
        return period
    return read_date(node)


def _condition(node: Node) -> Condition:
    condition = read_condition(node)
    if not of_member(condition):
        raise node.bad(
            Text(
                "There is no purchase at a draw: only counters and the member can be read.",
                "هنگام قرعه‌کشی خریدی در کار نیست: تنها شمارنده‌ها و ویژگی‌های عضو دیده می‌شوند.",
            )
        )
    return condition


def read_raffle(_: str, node: Node) -> Raffle:
    """A raffle."""
    return Raffle(**read_fields(node, Raffle.fields))
