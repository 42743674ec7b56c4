"""Which midnights are looked at: no other can move a member."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from loyalty.db import connection
from loyalty.rehearsal.remembered import Remembered
from loyalty.rehearsal.reviews import days_of_change
from loyalty.rehearsal.stage import stage
from loyalty.rules.bylaws import Ask
from loyalty.rules.member import MemberFacts
from tests.actions.test_return_properties import FIXTURE
from tests.rules.drawn import windows
from tests.story import Story, document, title

_codes = count(1)
FIRST = date(2026, 1, 1)
JOINED = datetime(2024, 7, 3, tzinfo=UTC)


def ladder(window: Any) -> dict[str, Any]:
    needs = {"counter": {"name": "spend", "over": window, "at_least": 10}}
    steps = [{"code": "bronze", "title": title("B")}, {"code": "silver", "title": title("S"), "needs": needs}]
    return {"ladder": steps}


@FIXTURE
@given(windows, st.lists(st.integers(-500, 0), max_size=6), st.integers(1, 500))
def test_on_a_day_that_is_passed_over_every_figure_is_as_on_the_day_before(
    app: Flask, window: Any, bought: list[int], length: int
) -> None:
    story = Story(document(tiers=ladder(window)), f"reviewed-{next(_codes)}")
    set_up = stage(connection(), story.club_id, document(tiers=ladder(window)), None, datetime(2030, 1, 1, tzinfo=UTC))
    history = Remembered(set_up.draft.of_days)
    for ago in bought:
        for place in range(len(set_up.draft.live)):
            history.add(place, FIRST + timedelta(days=ago), 7)
    last = FIRST + timedelta(days=length)
    member = MemberFacts(1, "active", "silver", JOINED + timedelta(days=40), JOINED, None, {}, history)
    looked_at = set(days_of_change(set_up, history, lambda: member, FIRST, last))

    def figures(day: date) -> list[int]:
        since = set_up.draft.since(member.tier_since, member.joined_at)
        asks: tuple[Ask, ...] = set_up.draft.asks(day, since)
        return [history.over(ask) for ask in asks]

    for n in range(1, length + 1):
        day = FIRST + timedelta(days=n)
        assert day in looked_at or figures(day) == figures(day - timedelta(days=1)), day
    assert FIRST in looked_at
