"""Leagues: members of about equal strength ranked in small groups; the best rise a division, the last go down."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Final

from loyalty.calendars import PERIODS, Period
from loyalty.rules.coded import Coded, read_coded
from loyalty.rules.phrase import Phrase
from loyalty.rules.prizes import LATE, PRIZES, SETTLES, Prize, named_prizes, said_places, said_settling
from loyalty.rules.reading import Node
from loyalty.rules.terms import Term
from loyalty.rules.types import POSITIVE, TITLE, Choice, Field, NameOf, Reads, integer, read_fields
from loyalty.rules.voice import Voice
from loyalty.rules.windows import PERIOD_NAMES
from loyalty.rules.winning import NamedPrize
from loyalty.values import Text

EACH: Final = Choice({period: PERIOD_NAMES[period] for period in PERIODS})


_TAKEN: Final = Text("This code is already a division's.", "این کد پیش‌تر برای دسته‌ای آمده است.")


@dataclass(frozen=True, slots=True)
class Division(Coded):
    """A division of a league."""


_DIVISIONS: Final = Reads("divisions", lambda node: read_coded(node, Division, _TAKEN))


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
    prizes: tuple[Prize, ...] = ()
    """What the first places of each group get, once the period is settled."""
    settles: Term = LATE
    """How long after its last instant a period is settled, and moves are made."""
    fields: ClassVar[tuple[Field, ...]] = (
        Field("title", TITLE, Text("Title", "عنوان")),
        Field("counter", NameOf("counters"), Text("Counter", "شمارنده")),
        Field("each", EACH, Text("Each", "هر"), "month"),
        Field("of", Reads("integer", lambda node: integer(node, least=2)), Text("Members in a group", "اعضای هر گروه")),
        Field(
            "divisions",
            Reads("divisions", lambda node: read_coded(node, Division, _TAKEN)),
            Text("Divisions", "دسته‌ها"),
        ),
        Field("up", POSITIVE, Text("Rise", "صعود")),
        Field("down", POSITIVE, Text("Go down", "سقوط")),
        Field("prizes", PRIZES, Text("Prizes", "جایزه‌ها"), ()),
        Field("settles", SETTLES, Text("Settled", "نهایی شدن"), LATE),
    )

    def rank(self, division: str | None) -> int:
        """A division's place, 0 for the lowest; where it is not known one begins at the lowest."""
        return next((rank for rank, its in enumerate(self.divisions) if its.code == division), 0)

    def zones(self, size: int) -> tuple[int, int]:
        """How many of a group of `size` rise and go down: as many as of a full one, in proportion, and at least one."""
        whole = min(size, self.of)
        return max(1, self.up * whole // self.of), max(1, self.down * whole // self.of)

    def move(self, rank: int, size: int, score: int, division: int) -> int:
        """By how many divisions the `rank`th of a group of `size` moves; nobody rises without a score."""
        up, down = self.zones(size)
        if rank <= up and score > 0:
            return int(division < len(self.divisions) - 1)
        return -int(rank > size - down and division > 0)

    def named_prizes(self, code: str) -> Iterator[NamedPrize]:
        """Its prizes by the names that rulings give them."""
        said = Text("League “{r}”, prize {n}", "لیگ «{r}»، جایزهٔ {n}")
        return named_prizes("league", code, said, self.title, self.prizes)

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
                *("؛", f"هر دوره {said_settling(self.settles, voice)} نهایی می‌شود", "."),
                *_said_prizes(self.prizes, voice),
                f"دسته‌ها از پایین به بالا: {names}.",
            )
        rise, fall = ("rises" if self.up == 1 else f"{up} rise"), ("goes" if self.down == 1 else f"{down} go")
        return (
            *("Each", voice.when(each), ",", f"groups of {of} are ranked by", voice.if_(counter), ";"),
            voice.then(f"the first {rise} a division and the last {fall} down a division"),
            *(";", f"a period is settled {said_settling(self.settles, voice)}", "."),
            *_said_prizes(self.prizes, voice),
            f"Divisions, lowest first: {names}.",
        )


def _said_prizes(prizes: tuple[Prize, ...], voice: Voice) -> Phrase:
    if not prizes:
        return ()
    return (voice.pick("Each group:", "در هر گروه:"), voice.then(said_places(prizes, voice)), ".")


def read_league(_: str, node: Node) -> League:
    """A league; whoever rises or goes down can't be more than the group.

    Raises:
        Bad: something of it is wrong; every fault is noted.
    """
    league = League(**read_fields(node, League.fields))
    if league.up + league.down > league.of:
        raise node.bad(
            Text("More rise and go down than are in a group.", "صعودکنندگان و سقوط‌کنندگان از اعضای گروه بیشترند.")
        )
    return league
