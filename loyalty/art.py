"""Drawings made of one figure, the eight-point star (شمسه). Pure: numbers in, SVG path data and elements out."""

from __future__ import annotations

import hashlib
from math import cos, pi, sin
from typing import Final, NamedTuple

POINTS: Final = 8
DENT: Final = cos(pi / 4) / cos(pi / 8)
"""Where two crossed squares meet, as a share of the way to a point: the hollow of the star."""

BADGE_HUES: Final = ("lapis", "turquoise", "saffron", "pomegranate", "pistachio")

Point = tuple[float, float]


def _path(points: list[Point]) -> str:
    return "M" + "L".join(f"{x:.2f} {y:.2f}" for x, y in points) + "Z"


def _around(count: int, radius: float, centre: float, turn: float = 0.0) -> list[Point]:
    """Corners of a regular polygon, the first one at the top (turned by `turn`, in turns of the circle), clockwise."""
    angles = [2 * pi * (i / count + turn) - pi / 2 for i in range(count)]
    return [(centre + radius * cos(a), centre + radius * sin(a)) for a in angles]


def star(radius: float = 45, centre: float = 50, dent: float = DENT, points: int = POINTS, turn: float = 0.0) -> str:
    """The outline of the star as path data, from its top point clockwise: a dash of n % of its length fills n %."""
    tips = _around(points, radius, centre, turn)
    hollows = _around(points, radius * dent, centre, turn + 0.5 / points)
    return _path([point for pair in zip(tips, hollows, strict=True) for point in pair])


def weave(radius: float = 45, centre: float = 50) -> str:
    """The two crossed squares whose union is the star, as path data: the faint lines inside it."""
    return _path(_around(4, radius, centre)) + _path(_around(4, radius, centre, 1 / 8))


def polygon(count: int, radius: float, centre: float = 50, turn: float = 0.0) -> str:
    """A regular polygon as path data."""
    return _path(_around(count, radius, centre, turn))


def petals(radius: float, centre: float = 50, width: float = 0.36) -> str:
    """Eight pointed petals around the centre, as path data."""
    parts = []
    for (x, y), (lx, ly), (rx, ry) in zip(
        _around(POINTS, radius, centre),
        _around(POINTS, radius * 0.55, centre, -width / POINTS),
        _around(POINTS, radius * 0.55, centre, width / POINTS),
        strict=True,
    ):
        parts.append(f"M{centre} {centre}Q{lx:.2f} {ly:.2f} {x:.2f} {y:.2f}Q{rx:.2f} {ry:.2f} {centre} {centre}Z")
    return "".join(parts)


class Medal(NamedTuple):
    """A badge's picture: path data of its layers, a hue for the page's tokens, and where its level's beads sit."""

    hue: str
    rim: str
    field: str
    figure: str
    heart: str
    beads: tuple[Point, ...]


AVATAR_FIGURES: Final = (
    petals(30),
    star(30, dent=0.45),
    weave(29),
    star(30, dent=0.7, points=16),
    polygon(4, 29) + polygon(4, 19, turn=1 / 8),
    petals(30) + polygon(8, 15, turn=1 / 16),
    star(30, dent=0.6) + star(19, dent=0.6, turn=1 / 16),
    polygon(8, 28, turn=1 / 16) + star(24),
)
_PAINT: Final = {
    "lapis": ("#1f4e8c", "#e3eaf5"),
    "turquoise": ("#0b6e6e", "#e0f0ed"),
    "saffron": ("#b57a12", "#fbeed0"),
    "pomegranate": ("#a32638", "#f9e5e6"),
    "pistachio": ("#2e6b3e", "#e6f2e6"),
}


def avatar(figure: int, hue: int) -> str:
    """A member's picture as a whole SVG: the star with a figure in it, in one hue on its pale ground."""
    ink, ground = _PAINT[BADGE_HUES[hue]]
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100">'
        f'<circle cx="50" cy="50" r="50" fill="{ground}"/>'
        f'<path d="{star(45)}" fill="none" stroke="{ink}" stroke-width="3"/>'
        f'<path d="{AVATAR_FIGURES[figure]}" fill="{ink}" fill-rule="evenodd"/></svg>'
    )


def medal(code: str, level: int = 1, family: str | None = None) -> Medal:
    """The picture of a badge, always the same for the same code: told apart by figure and hue; a family has one hue.

    Each level reached adds a bead below the star, up to five.
    """
    seed = hashlib.sha256(code.encode()).digest()
    shade = seed if family is None else hashlib.sha256(family.encode()).digest()
    figures = (
        weave(27),
        petals(29),
        star(28, dent=0.45),
        polygon(8, 27, turn=1 / 16) + star(25),
        star(29, dent=0.7, points=16),
        polygon(4, 27) + polygon(4, 18, turn=1 / 8),
        petals(29) + polygon(8, 17, turn=1 / 16),
        star(29, dent=0.6) + star(20, dent=0.6, turn=1 / 16),
    )
    hearts = (star(10), polygon(8, 9, turn=1 / 16), polygon(4, 9), star(11, dent=0.5))
    count = max(0, min(level, 5))
    beads = tuple((50 + (i - (count - 1) / 2) * 9, 96.0) for i in range(count if count > 1 else 0))
    return Medal(
        hue=BADGE_HUES[shade[0] % len(BADGE_HUES)],
        rim=star(44),
        field=star(38),
        figure=figures[seed[1] % len(figures)],
        heart=hearts[seed[2] % len(hearts)],
        beads=beads,
    )
