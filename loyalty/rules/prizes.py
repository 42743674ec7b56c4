"""Prizes for the first places of a ranking, and when a period of one is settled."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from loyalty.formats import number
from loyalty.rules.gifts import GIFTS, said_gifts
from loyalty.rules.kinds import Award
from loyalty.rules.reading import Node
from loyalty.rules.terms import Since, Term, read_end
from loyalty.rules.types import POSITIVE, Field, Reads, read_fields
from loyalty.rules.voice import Voice
from loyalty.rules.winning import NamedPrize
from loyalty.values import Text

LATENESS_DAYS: Final = 30
"""Days for which a till's purchase may be late. What comes later is set aside for a person."""
AT_END: Final = Term(None, 0)
_AT_END: Final = "at_end"
LATE: Final = Term("days", LATENESS_DAYS)
"""A period is settled once no till can move it any more."""
_ENDED: Final = Since(
    Text("after its end", "پس از پایان آن"),
    Text("the {p} in which it ends", "{of_p} پایان آن"),
    Text("the {p} after its end", "{of_p} پس از پایان آن"),
)


@dataclass(frozen=True, slots=True)
class Prize:
    """What is given to so many winners each."""

    give: tuple[Award, ...]
    winners: int = 1
    fields: ClassVar[tuple[Field, ...]] = (
        Field("give", GIFTS, Text("Give", "بده")),
        Field("winners", POSITIVE, Text("Winners", "برندگان"), 1),
    )

    def say(self, voice: Voice) -> str:
        """`1,000 points for each of 3 winners`."""
        gifts, n = said_gifts(self.give, voice), voice.number(self.winners)
        if self.winners == 1:
            return voice.pick(f"{gifts} for 1 winner", f"{gifts} برای {n} برنده")
        return voice.pick(f"{gifts} for each of {n} winners", f"{gifts} برای هر یک از {n} برنده")


def _read(node: Node) -> tuple[Prize, ...]:
    return node.every(lambda its: Prize(**read_fields(its, Prize.fields)), least=1)


def _settles(node: Node) -> Term:
    return AT_END if node.value == _AT_END else read_end(node)


PRIZES: Final = Reads("prizes", _read)
SETTLES: Final = Reads("term", _settles)


def places(prizes: Sequence[Prize]) -> Iterator[tuple[int, int, Prize]]:
    """Each prize with the first and the last of the places that get it."""
    first = 1
    for prize in prizes:
        yield first, first + prize.winners - 1, prize
        first += prize.winners


def places_in_all(prizes: Sequence[Prize]) -> int:
    """How many places get a prize."""
    return sum(prize.winners for prize in prizes)


def prize_at(prizes: Sequence[Prize], rank: int) -> int | None:
    """The number, from 1, of the prize that a rank gets."""
    return next((n for n, (_, last, _) in enumerate(places(prizes), 1) if rank <= last), None)


def said_places(prizes: Sequence[Prize], voice: Voice) -> str:
    """`1,000 points for place 1 and 100 points for each of places 2 to 5`."""
    return voice.listed([_said_place(*its, voice) for its in places(prizes)])


def _said_place(first: int, last: int, prize: Prize, voice: Voice) -> str:
    gifts, low, high = said_gifts(prize.give, voice), voice.number(first), voice.number(last)
    if first == last:
        return voice.pick(f"{gifts} for place {low}", f"{gifts} برای رتبهٔ {low}")
    return voice.pick(f"{gifts} for each of places {low} to {high}", f"{gifts} برای هر یک از رتبه‌های {low} تا {high}")


def said_settling(settles: Term, voice: Voice) -> str:
    """When a period that is over is settled: `30 days after its end`."""
    return voice.pick("at its end", "در پایان آن") if settles == AT_END else settles.say(voice, _ENDED)


def named_prizes(part: str, code: str, said: Text, title: Text, prizes: Sequence[Prize]) -> Iterator[NamedPrize]:
    """Prizes by the names that rulings give them; `said` is how one is called: `{n}` of `{r}`."""
    for n, prize in enumerate(prizes, 1):
        yield NamedPrize(prize_name(part, code, n), said.with_(r=title, n=Text(str(n), number(n, "fa"))), prize.give)


def prize_name(part: str, code: str, prize: int) -> str:
    """What a prize's gifts are named by in a ruling: `board:month:1`, `league:stars:1`, `raffle:nowruz:1`."""
    return f"{part}:{code}:{prize}"
