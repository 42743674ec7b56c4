"""Levels of effort: told from what members of a club really did, and only where enough of them did."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from loyalty.queries import effort as levels
from loyalty.queries.effort import effort
from tests.story import BASE, Story, document, title

GOAL = {"counter": {"name": "visits", "over": "run", "at_least": 1}}
CLUB = document(
    BASE,
    badges={
        "easy": {"title": title("Easy"), "counter": "visits", "levels": [{"at": 1}, {"at": 2}]},
        "never": {"title": title("Never"), "counter": "spend", "levels": [{"at": 10**9}]},
        "rare": {"title": title("Rare"), "counter": "spend", "levels": [{"at": 100_000}]},
    },
    challenges={
        "daily": {"title": title("Daily"), "each": "day", "goal": GOAL},
        "far": {"title": title("Far"), "each": "day", "goal": {"counter": {"name": "spend", "at_least": 10**9}}},
    },
)


@pytest.fixture
def story(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Story:
    monkeypatch.setattr(levels, "ENOUGH", 10)
    monkeypatch.setattr(levels, "RARE", 12)
    return Story(CLUB)


def test_each_is_told_by_how_many_reach_it(story: Story) -> None:
    people = [story.enrols(f"Nr{n}", joined_at=story.now - timedelta(days=10)) for n in range(10)]
    for n, member in enumerate(people):
        story.buys(member, 200_000 if n == 0 else 1000)
    for member in people[:4]:
        story.buys(member, 1000, at=story.now - timedelta(days=1))
    story.now += timedelta(days=1)
    view = effort(story.club_id, story.now)
    assert view.active == 10
    assert [(its.code, its.level, its.share, its.verdict) for its in view.badges] == [
        ("easy", 1, 100, "too_easy"),
        ("easy", 2, 40, "fine"),
        ("never", 1, 0, "dead"),
        ("rare", 1, 10, "too_hard"),
    ]
    assert view.badges[0].days == 10
    assert view.badges[0].why.en == "100% of active members have it."
    assert view.badges[0].why.fa == "۱۰۰٪ اعضای فعال آن را دارند."
    daily, far = view.challenges
    assert (daily.completed, daily.missed, daily.share, daily.verdict) == (14, 0, 100, "too_easy")
    assert (far.runs, far.completed, far.missed, far.share, far.verdict) == (14, 0, 14, 0, "dead")


def test_what_nobody_did_for_long_is_dead_and_of_few_nothing_is_told(story: Story) -> None:
    for n in range(9):
        story.buys(story.enrols(f"Nr{n}"), 1000)
    early = effort(story.club_id, story.now)
    assert {its.verdict for its in (*early.badges, *early.challenges)} == {"too_early"}
    assert early.badges[0].why.en == "Only 9 members are active."
    story.buys(story.enrols("one more"), 1000)
    for n in range(3):
        story.enrols(f"idle {n}")
    later = effort(story.club_id, story.now + timedelta(days=200))
    [easy, second, *_] = later.badges
    assert (easy.verdict, second.verdict, second.why.en) == ("too_easy", "dead", "Nobody has earned it for 90 days.")
    assert later.challenges[0].why.en == "Nobody has completed it for 200 days."
