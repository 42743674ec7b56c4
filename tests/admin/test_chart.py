"""The geometry of the charts that the server draws."""

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admin import chart
from loyalty.calendars import Calendar

JALALI = Calendar("Asia/Tehran", "jalali")


@pytest.mark.parametrize(
    ("highest", "ticks"),
    [
        (0, [0, 1]),
        (1, [0, 1]),
        (3, [0, 1, 2, 3]),
        (7, [0, 2, 4, 6, 8]),
        (42, [0, 20, 40, 60]),
        (100, [0, 50, 100]),
        (101, [0, 50, 100, 150]),
    ],
)
def test_ticks_are_round_and_few(highest, ticks):
    assert chart.steps(highest) == ticks


@given(st.integers(0, 10**15))
def test_ticks_always_reach_the_highest(highest):
    ticks = chart.steps(highest)
    assert ticks[-1] >= highest
    assert 2 <= len(ticks) <= chart.STEPS + 1
    assert {b - a for a, b in pairwise(ticks)} == {ticks[1]}


def test_time_runs_the_way_one_reads():
    labels = ["0", "1", "2"]
    english = chart.over_days([2, 1], date(2026, 11, 1), labels, JALALI, "en")
    persian = chart.over_days([2, 1], date(2026, 11, 1), labels, JALALI, "fa")
    assert [bar.place for bar in english.bars] == ["0", "50"]
    assert [bar.place for bar in persian.bars] == ["50", "0"]
    assert [bar.height for bar in english.bars] == ["200", "100"] == [bar.height for bar in persian.bars]
    assert english.rows[0].at == "200"
    assert english.columns[-1].label == "11 Aban"
    assert persian.columns[-1].label == "۱۱ آبان"


def test_months_are_marked_in_the_clubs_calendar():
    ninety = chart.over_days([1] * 90, date(2026, 8, 4), ["0", "1"], JALALI, "en")
    assert [tick.label for tick in ninety.columns if not tick.minor] == ["1 Shahrivar", "1 Mehr", "10 Aban"]
    minor = [tick.label for tick in ninety.columns if tick.minor]
    assert minor == ["16 Mordad", "16 Shahrivar", "16 Mehr", "1 Aban"]
    gregorian = chart.over_days([1] * 90, date(2026, 8, 4), ["0", "1"], Calendar("Europe/London", "gregorian"), "en")
    assert [tick.label for tick in gregorian.columns if not tick.minor] == ["1 September", "1 October", "1 November"]


def test_parts_fill_the_whole():
    parts = chart.parts([70, 25, 5], "en")
    assert [(part.left, part.width, part.share) for part in parts] == [
        ("0", "70", 70),
        ("70", "25", 25),
        ("95", "5", 5),
    ]
    assert [part.left for part in chart.parts([70, 25, 5], "fa")] == ["30", "5", "0"]
    assert [part.width for part in chart.parts([0, 0], "en")] == ["0", "0"]
