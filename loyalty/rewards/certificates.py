"""Certificates of honour: what they say, and what is drawn around it. Pure.

The border is girih of our own: eight-point stars and the crossed squares inside them, along the edge of the paper.
"""

from __future__ import annotations

import string
from collections.abc import Iterator
from datetime import datetime
from typing import Final, NamedTuple

import segno

from loyalty import art
from loyalty.values import Text

SLOTS: Final = ("name", "date", "tier", "club")
"""What the words of a certificate may leave open."""

WIDTH: Final = 297
HEIGHT: Final = 210
"""A4, lying, in millimetres."""
INK: Final = "#16213e"
_GOLD: Final = "#b57a12"
_FAINT: Final = "#e3dac7"
_EDGE: Final = 15
"""Where the middle of the border runs, from the edge of the paper."""
_COLUMNS: Final = 20
_ROWS: Final = 14
"""Stars along the two sides."""


class Certificate(NamedTuple):
    """All that stands on a certificate."""

    club: Text
    title: Text
    words: Text
    day: Text
    issued_at: datetime
    code: str
    """Its number, by which it can be found."""
    url: str
    """Where anyone can see that it is real."""


def slots(words: str) -> set[str]:
    """The slots that a text has.

    Raises:
        ValueError: braces that are no slots.
    """
    found = set()
    for _, name, form, conversion in string.Formatter().parse(words):
        if name is None:
            continue
        if not name or form or conversion or not name.isidentifier():
            raise ValueError("not a slot")
        found.add(name)
    return found


def filled(words: Text, of: dict[str, Text]) -> Text:
    """The words with their slots filled."""
    return words.with_(**of)


def border() -> str:
    """The border as an SVG document as large as the paper."""
    star, inner = art.star(radius=6.1, centre=0), art.weave(radius=6.1, centre=0)
    parts = [f'<rect x="{d}" y="{d}" width="{WIDTH - 2 * d}" height="{HEIGHT - 2 * d}"/>' for d in (7, 23)]
    stars = "".join(f'<path transform="translate({x:.2f} {y:.2f})" d="{star}"/>' for x, y in _places())
    faint = "".join(f'<path transform="translate({x:.2f} {y:.2f})" d="{inner}"/>' for x, y in _places())
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" fill="none">'
        f'<g stroke="{_FAINT}" stroke-width="0.3">{faint}</g>'
        f'<g stroke="{_GOLD}" stroke-width="0.5">{stars}{"".join(parts)}</g></svg>'
    )


def _places() -> Iterator[tuple[float, float]]:
    """Where the stars stand, around the paper."""
    right, low = WIDTH - _EDGE, HEIGHT - _EDGE
    for n in range(_COLUMNS + 1):
        x = _EDGE + n * (right - _EDGE) / _COLUMNS
        yield from ((x, _EDGE), (x, low))
    for n in range(1, _ROWS):
        y = _EDGE + n * (low - _EDGE) / _ROWS
        yield from ((_EDGE, y), (right, y))


def qr(url: str) -> str:
    """Where a certificate can be checked, for a scanner, as an inline drawing."""
    drawn: str = segno.make(url, error="m", micro=False).svg_inline(
        border=1, omitsize=True, svgclass=None, lineclass=None, dark=INK, svgversion=2.0
    )
    return drawn
