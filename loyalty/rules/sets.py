"""Sets of things to collect: whoever has every piece of one gets what it gives, once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

from loyalty.rules.coded import Coded, read_coded
from loyalty.rules.gifts import GIFTS, said_gifts
from loyalty.rules.kinds import Award
from loyalty.rules.phrase import Phrase
from loyalty.rules.reading import Node
from loyalty.rules.things import piece_wallet
from loyalty.rules.types import BOOLEAN, TITLE, Field, Reads, read_fields
from loyalty.rules.voice import Voice
from loyalty.rules.winning import NamedPrize
from loyalty.values import Text


@dataclass(frozen=True, slots=True)
class Piece(Coded):
    """A piece of a set."""


_TAKEN: Final = Text("Each piece has a code of its own, without “/”.", "هر تکه کد خودش را دارد، بی «/».")


@dataclass(frozen=True, slots=True)
class Collection:
    """A set: its pieces, whether members may trade them, and what it gives whoever has one of each."""

    title: Text
    pieces: tuple[Piece, ...]
    trade: bool = False
    give: tuple[Award, ...] = ()
    fields: ClassVar[tuple[Field, ...]] = (
        Field("title", TITLE, Text("Title", "عنوان")),
        Field("pieces", Reads("pieces", lambda node: read_coded(node, Piece, _TAKEN)), Text("Pieces", "تکه‌ها")),
        Field("trade", BOOLEAN, Text("Trades", "دادوستد"), False),
        Field("give", GIFTS, Text("Give", "بده"), ()),
    )

    def piece(self, code: str) -> Piece | None:
        """A piece by its code."""
        return next((its for its in self.pieces if its.code == code), None)

    def complete(self, code: str, had: Mapping[str, int]) -> bool:
        """Whether somebody has one of each; `had` is by wallet, `code` the set's own."""
        return all(had.get(piece_wallet(code, its.code), 0) > 0 for its in self.pieces)

    def named_prizes(self, code: str) -> Iterator[NamedPrize]:
        """What the whole set gives, by the name that rulings give it."""
        yield NamedPrize(set_prize(code), Text("Set “{s}”", "مجموعهٔ «{s}»").with_(s=self.title), self.give)

    def phrase(self, voice: Voice) -> Phrase:
        """`To be collected: Seed, Blossom and Fruit. Whoever has one of each gets 100 points. Pieces may be traded.`"""
        pieces = voice.if_(voice.listed([voice.text(its.title) for its in self.pieces]))
        trade = voice.pick("Members may trade pieces.", "اعضا می‌توانند تکه‌ها را با هم دادوستد کنند.")
        more = (trade,) if self.trade else ()
        gifts = said_gifts(self.give, voice)
        if voice.lang == "fa":
            whole = ("هر که از هر یک یکی داشته باشد", voice.then(gifts), "می‌گیرد.") if gifts else ()
            return ("برای گردآوری:", pieces, ".", *whole, *more)
        whole = ("Whoever has one of each gets", voice.then(gifts), ".") if gifts else ()
        return ("To be collected:", pieces, ".", *whole, *more)


def set_prize(code: str) -> str:
    """What the gifts of a whole set are named by in a ruling."""
    return f"set:{code}"


def read_set(_: str, node: Node) -> Collection:
    """A set."""
    return Collection(**read_fields(node, Collection.fields))
