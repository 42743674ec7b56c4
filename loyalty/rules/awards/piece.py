"""`piece`: a piece of a set to collect."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar, Self

from loyalty.rules.awards.base import Base
from loyalty.rules.awards.counted import Counted
from loyalty.rules.reading import Node
from loyalty.rules.things import PIECES, piece_wallet
from loyalty.rules.types import POSITIVE, WORD, Field, NameOf
from loyalty.rules.voice import Voice
from loyalty.values import Text


@dataclass(frozen=True, slots=True)
class GivePiece(Counted):
    """A piece of a set, one unless a number is given: `piece: {set: garden, piece: seed}`."""

    kind: ClassVar[str] = "piece"
    label: ClassVar[Text] = Text("piece", "تکه")
    named: ClassVar[Field] = Field("set", NameOf("sets"), Text("Set", "مجموعه"))
    prefix: ClassVar[str] = PIECES
    fields: ClassVar[tuple[Field, ...]] = (
        named,
        Field("piece", WORD, Text("Piece", "تکه")),
        Field("fixed", POSITIVE, Text("Fixed number", "تعداد ثابت"), 1),
    )

    @classmethod
    def load(cls, node: Node) -> Self:
        """Set and piece, which the set must have."""
        found = node.fields(["set", "piece"], ["fixed"])
        code, piece = found["set"].name("sets"), found["piece"].text(60)
        if piece not in node.reading.pieces.get(code, ()):
            raise found["piece"].bad(
                Text("The set has no piece “{p}”.", "این مجموعه تکه‌ای به نام «{p}» ندارد.").with_(p=piece)
            )
        number = POSITIVE.read(found["fixed"]) if "fixed" in found else 1
        return cls("fixed", Fraction(number), 1, Base(), None, piece_wallet(code, piece), "floor", table=None)

    def said(self, number: int, voice: Voice) -> str:
        """`the piece “Seed”`."""
        return voice.worth(number, self.wallet) if number > 1 else voice.wallet(self.wallet)
