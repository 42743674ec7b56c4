"""Small immutable values that every layer shares: no behaviour beyond their own arithmetic."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

Lang = Literal["fa", "en"]
LANGS: Final[tuple[Lang, ...]] = ("fa", "en")

QUANTITY_SCALE: Final = 1000
"""Quantities are kept as integers of thousandths: 1.250 kg is 1250."""


class Text(NamedTuple):
    """A sentence or name in both languages of the product, written side by side."""

    en: str
    fa: str

    def to(self, lang: Lang) -> str:
        """The wording in one language."""
        return self.fa if lang == "fa" else self.en

    def with_(self, **params: Text | str | int) -> Text:
        """Both wordings with their named slots filled; a `Text` parameter fills each in its own language."""
        return Text(
            *(
                self.to(lang).format(**{k: v.to(lang) if isinstance(v, Text) else v for k, v in params.items()})
                for lang in ("en", "fa")
            )
        )


class Shown(NamedTuple):
    """What a wallet holds, as an answer shows it. Fields are only ever added, at the end, with a default."""

    available: int = 0
    earned: int = 0
    pending: int = 0
    held: int = 0
    debt: int = 0


Rounding = Literal["floor", "half_up", "ceil"]


def rounded(numerator: int, denominator: int, how: Rounding) -> int:
    """`numerator` ÷ `denominator` (positive) as an integer: floor, ceil, or halves away from below (half up)."""
    if how == "floor":
        return numerator // denominator
    if how == "ceil":
        return -(-numerator // denominator)
    return (2 * numerator + denominator) // (2 * denominator)
