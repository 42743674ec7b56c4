"""Geometry of the charts that the server draws. Pure: figures in, shares of the width and pixels of the height out.

Positions along the width are percentages, so that a chart keeps its letters' size at any width; time runs the way one
reads, from the start side to the end side.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final, NamedTuple

from loyalty import formats
from loyalty.calendars import Calendar
from loyalty.values import Lang

HEIGHT: Final = 200
"""Pixels from the base line to the highest tick."""
STEPS: Final = 4
"""Ticks above zero, at most."""
WIDE: Final = 0.68
"""A bar's width as a share of its place."""
CLEAR_OF_END: Final = 9
"""Days before the last one in which no tick is written, because the last day's own label stands there."""
CROWDED_AT_END: Final = 20
"""The same where there is little room."""


class Bar(NamedTuple):
    """One bar: its place and itself in percent of the width; `top` and `height` in pixels."""

    place: str
    span: str
    left: str
    width: str
    top: str
    height: str


class Tick(NamedTuple):
    """A label and where it stands: percent of the width, or pixels from the top."""

    at: str
    label: str
    minor: bool = False
    """Left out where there is little room."""


class Bars(NamedTuple):
    """A bar chart over days."""

    bars: list[Bar]
    rows: list[Tick]
    """Ticks of the upright axis, zero first."""
    columns: list[Tick]
    """Ticks along the days."""


def steps(highest: int) -> list[int]:
    """Round figures from zero to at least `highest`, few enough to read."""
    size = 1
    while size * STEPS < highest:
        size = size * 2 if str(size)[0] != "2" else size // 2 * 5
    return list(range(0, max(-(-highest // size), 1) * size + 1, size))


def over_days(values: Sequence[int], first: date, labels: Sequence[str], calendar: Calendar, lang: Lang) -> Bars:
    """Bars of one figure per day from `first` on. `labels` name the round figures that `steps(max(values))` gave."""
    ticks = steps(max(values, default=0))
    top = ticks[-1]
    flip = lang == "fa"
    place = 100 / max(len(values), 1)
    bars = []
    for i, value in enumerate(values):
        start = (len(values) - 1 - i if flip else i) * place
        tall = value * HEIGHT / top
        bars.append(
            Bar(
                _short(start),
                _short(place),
                _short(start + place * (1 - WIDE) / 2),
                _short(place * WIDE),
                _short(HEIGHT - tall),
                _short(tall),
            )
        )
    rows = [Tick(_short(HEIGHT - tick * HEIGHT / top), label) for tick, label in zip(ticks, labels, strict=True)]
    return Bars(bars, rows, _columns(len(values), first, calendar, lang))


def _columns(count: int, first: date, calendar: Calendar, lang: Lang) -> list[Tick]:
    """The first day of each month, and its middle as a minor tick; the last day always."""
    place = 100 / max(count, 1)
    ticks = []
    for i in range(count):
        day = date.fromordinal(first.toordinal() + i)
        _, month, dom = calendar.parts(day)
        last = i == count - 1
        if not last and (dom not in (1, 16) or i < 2 or i >= count - CLEAR_OF_END):
            continue
        middle = (count - 1 - i if lang == "fa" else i) * place + place / 2
        name = formats.MONTHS[calendar.system][month - 1].to(lang)
        ticks.append(
            Tick(
                _short(middle),
                f"{formats.digits(str(dom), lang)} {name}",
                not last and (dom == 16 or i >= count - CROWDED_AT_END),
            )
        )
    return ticks


class Part(NamedTuple):
    """A part of a whole: its start and size in percent of the width, and its floored percentage."""

    left: str
    width: str
    share: int


def parts(counts: Sequence[int], lang: Lang) -> list[Part]:
    """A bar of all parts side by side, the first at the start side."""
    total = sum(counts)
    out, done = [], 0
    for count in counts:
        start, size = (100 * done / total, 100 * count / total) if total else (0.0, 0.0)
        out.append(
            Part(_short(100 - start - size if lang == "fa" else start), _short(size), count * 100 // (total or 1))
        )
        done += count
    return out


def _short(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".")
