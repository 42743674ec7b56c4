"""Leagues: members of about equal strength ranked in small groups; the best rise a division, the last go down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final

from loyalty.calendars import PERIODS, Period
from loyalty.rules.phrase import Phrase
from loyalty.rules.reading import Node
from loyalty.rules.types import POSITIVE, TITLE, WORD, Choice, Field, NameOf, Reads, integer, read_fields
from loyalty.rules.voice import Voice
from loyalty.rules.windows import PERIOD_NAMES
from loyalty.values import Text

EACH: Final = Choice({period: PERIOD_NAMES[period] for period in PERIODS})


@dataclass(frozen=True, slots=True)
class Division:
    """A division of a league."""

    code: str
    title: Text
    fields: ClassVar[tuple[Field, ...]] = (
        Field("code", WORD, Text("Code", "کد")),
        Field("title", TITLE, Text("Title", "عنوان")),
    )


@dataclass(frozen=True, slots=True)
class League:
    """A ranking by a counter `each` period, in groups `of` so many; of each group `up` rise and `down` go down."""

    title: Text
    counter: str
    each: Period
    of: int
    divisions: tuple[Division, ...]
    up: int
    down: int
    fields: ClassVar[tuple[Field, ...]] = (
        Field("title", TITLE, Text("Title", "عنوان")),
        Field("counter", NameOf("counters"), Text("Counter", "شمارنده")),
        Field("each", EACH, Text("Each", "هر"), "month"),
        Field("of", Reads("integer", lambda node: integer(node, least=2)), Text("Members in a group", "اعضای هر گروه")),
        Field("divisions", Reads("divisions", lambda node: _divisions(node)), Text("Divisions", "دسته‌ها")),
        Field("up", POSITIVE, Text("Rise", "صعود")),
        Field("down", POSITIVE, Text("Go down", "سقوط")),
    )

    def phrase(self, voice: Voice) -> Phrase:
        """`Each month groups of 30 are ranked by spend; the first 5 rise and the last 5 go down …`"""
        each, of = voice.text(PERIOD_NAMES[self.each]), voice.number(self.of)
        up, down = voice.number(self.up), voice.number(self.down)
        names = voice.listed([voice.text(division.title) for division in self.divisions])
        counter = voice.counter(self.counter)
        if voice.lang == "fa":
            rises = "نفر نخست یک دسته بالا می‌رود" if self.up == 1 else f"{up} نفر نخست یک دسته بالا می‌روند"
            falls = "نفر آخر یک دسته پایین می‌آید" if self.down == 1 else f"{down} نفر آخر یک دسته پایین می‌آیند"
            return (
                *("هر", voice.when(each), f"گروه‌های {of} نفری بر پایهٔ", voice.if_(counter), "رده‌بندی می‌شوند", "؛"),
                voice.then(f"{rises} و {falls}"),
                *(".", f"دسته‌ها از پایین به بالا: {names}."),
            )
        rise, fall = ("rises" if self.up == 1 else f"{up} rise"), ("goes" if self.down == 1 else f"{down} go")
        return (
            *("Each", voice.when(each), ",", f"groups of {of} are ranked by", voice.if_(counter), ";"),
            voice.then(f"the first {rise} a division and the last {fall} down a division"),
            *(".", f"Divisions, lowest first: {names}."),
        )


def _divisions(node: Node) -> tuple[Division, ...]:
    divisions = node.every(lambda its: Division(**read_fields(its, Division.fields)), least=2)
    codes = [division.code for division in divisions]
    for place, child in enumerate(node.items()):
        if codes[place] in codes[:place]:
            raise child.bad(Text("This code is already a division's.", "این کد پیش‌تر برای دسته‌ای آمده است."))
    return divisions


def read_league(code: str, node: Node) -> League:
    """A league; whoever rises or goes down can't be more than the group.

    Raises:
        Bad: something of it is wrong; every fault is noted.
    """
    node.unbuilt(Text(f"The league “{code}”", f"لیگ «{code}»"))
    league = League(**read_fields(node, League.fields))
    if league.up + league.down > league.of:
        raise node.bad(
            Text("More rise and go down than are in a group.", "صعودکنندگان و سقوط‌کنندگان از اعضای گروه بیشترند.")
        )
    return league
