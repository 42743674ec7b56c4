"""Counters of different things: what only adds up refuses them, at its place."""

from __future__ import annotations

from typing import Any

import pytest

from loyalty.errors import Invalid
from loyalty.rules import load
from tests.story import document, title

SHOPS = {"shops": {"of": "purchases", "measure": {"distinct": "store"}}}
GOAL = {"counter": {"name": "shops", "over": "run", "at_least": 3}}


@pytest.mark.parametrize(
    ("section", "place"),
    [
        ({"challenges": {"tour": {"title": title("Tour"), "each": "month", "goal": GOAL}}}, "/challenges/tour/goal"),
        ({"streaks": {"tour": {"title": title("Tour"), "counter": "shops", "every": "week"}}}, "/streaks/tour/counter"),
    ],
)
def test_what_adds_up_takes_no_counter_of_different_things(section: dict[str, Any], place: str) -> None:
    with pytest.raises(Invalid) as caught:
        load(document(counters=SHOPS, **section))
    assert [fault.path for fault in caught.value.faults] == [place]
