"""The marketer's first page: this month beside the last, tiers, purchases a day, and what needs attention."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from flask import render_template, request
from flask.typing import ResponseReturnValue

from admin import chart
from admin.blueprint import admin, club
from loyalty import formats, web
from loyalty.config import now
from loyalty.queries.attention import attention
from loyalty.queries.clubs import ClubView
from loyalty.queries.months import MonthSums, month_so_far
from loyalty.queries.names import Names, names
from loyalty.queries.summary import DayOfSales, overview
from loyalty.queries.versions import versions


class Change(NamedTuple):
    """A figure of this month beside the same days of the last."""

    now: int
    before: int

    @property
    def percent(self) -> int | None:
        """By how many percent it grew (negative: shrank), towards zero; None where nothing was before."""
        return None if not self.before else int((self.now - self.before) * 100 / self.before)


@admin.route("/clubs/<club>/")
def club_overview() -> ResponseReturnValue:
    """How the club does."""
    at, here = now(), club()
    known = names(here.id, at)
    if known is None:
        return render_template("admin/no_bylaws.html")
    seen = overview(here.id, at)
    this, last = month_so_far(here.id, here.calendar, at)
    shown = "net" if request.args.get("chart") == "net" else "purchases"
    rungs = _rungs(known, seen.by_tier)
    return render_template(
        "admin/overview.html",
        seen=seen,
        names=known,
        this=this,
        last=last,
        change=_changes(this, last),
        issued={code: Change(this.issued.get(code, 0), last.issued.get(code, 0)) for code in known.wallets},
        rungs=rungs,
        tier_parts=chart.parts([count for _, count in rungs], web.lang()),
        shown=shown,
        bars=_bars(here, seen.days, shown),
        quiet=not any(day.purchases for day in seen.days),
        waiting=attention(here.id, at),
        coming=[version for version in versions(here.id)[:-1] if version.from_at > at],
    )


def _changes(this: MonthSums, last: MonthSums) -> dict[str, Change]:
    return {name: Change(getattr(this, name), getattr(last, name)) for name in ("net", "purchases", "buyers", "joined")}


def _rungs(known: Names, by_tier: dict[str | None, int]) -> list[tuple[str | None, int]]:
    """Members on each step, lowest first; before them who stands on none, after them steps of an older version."""
    standing: dict[str | None, int] = dict.fromkeys(known.tiers, 0)
    for code, members in by_tier.items():
        standing[code or known.first] = standing.get(code or known.first, 0) + members
    return sorted(standing.items(), key=lambda rung: rung[0] is not None)


def _bars(here: ClubView, days: Sequence[DayOfSales], shown: str) -> chart.Bars:
    """The chart's bars; money is ticked in whole units of the shown currency."""
    lang = web.lang()
    if shown == "purchases":
        values = [day.purchases for day in days]
        labels = [formats.number(tick, lang) for tick in chart.steps(max(values))]
    else:
        scale = 10**here.unit.decimals
        values = [day.net // scale for day in days]
        labels = [compact(tick, lang) for tick in chart.steps(max(values))]
    return chart.over_days(values, days[0].day, labels, here.calendar, lang)


def compact(value: int, lang: str) -> str:
    """A round figure of an axis, in thousands or millions where it is long: 2,500,000 is «۲٫۵ م»."""
    for size, en, fa in ((10**9, "bn", "میلیارد"), (10**6, "m", "میلیون"), (10**3, "k", "هزار")):
        if value >= size:
            text = f"{value / size:.2f}".rstrip("0").rstrip(".")
            return f"{formats.digits(text, 'fa')} {fa}" if lang == "fa" else f"{text}{en}"
    return formats.number(value, "fa" if lang == "fa" else "en")
