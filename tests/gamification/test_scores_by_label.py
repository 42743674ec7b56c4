"""Boards of counters by label: different things are counted once in a period, and a label's figures add up."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask

from loyalty.actions.return_purchases import return_purchases
from loyalty.db import db
from loyalty.gamification import scores
from loyalty.gamification.boards import live_boards
from loyalty.gamification.leaderboards import page
from loyalty.jobs.deliveries import deliver_due
from loyalty.returns import Return
from loyalty.rules import Line
from loyalty.valkey import valkey
from tests.conftest import START
from tests.small_club import programme_of
from tests.story import BASE, Story, document, title

TASTERS = document(
    BASE,
    counters={
        "brands": {"of": "lines", "measure": {"distinct": "brand"}},
        "rooms": {"of": "purchases", "measure": "days", "by": "store"},
    },
    leaderboards={
        "tasters": {"title": title("Tasters"), "counter": "brands", "period": "year"},
        "rooms": {"title": title("Rooms"), "counter": "rooms", "period": "week"},
    },
)


def board(story: Story, code: str) -> list[tuple[int, int]]:
    live = live_boards(programme_of(story.club_id), story.now)[code]
    places = page(valkey(), live, live.start(live.calendar.moment(story.now).day), size=9).places
    return [(place.member_id, place.score) for place in places]


def test_a_board_of_different_things_counts_each_once_delivered_and_rebuilt(app: Flask) -> None:
    story = Story(TASTERS)
    sara, lena = story.enrols(), story.enrols("Lena")
    lines = {brand: Line(brand, "sku", 1000, 10, 10, brand=brand) for brand in "xyz"}
    for ago, member, brands in ((70, sara, "xy"), (35, sara, "yx"), (0, sara, "y"), (50, lena, "xyz")):
        story.buys(member, lines=tuple(lines[brand] for brand in brands), at=START - timedelta(days=ago))
    gone = story.buys(lena, lines=(lines["z"],), store="s2")
    assert gone.id
    deliver_due(story.now)
    first = board(story, "tasters"), board(story, "rooms")
    assert first == ([(lena, 3), (sara, 2)], [(sara, 1), (lena, 1)])
    db.session.rollback()
    scores.rebuild_all(valkey(), programme_of(story.club_id), story.now)
    assert (board(story, "tasters"), board(story, "rooms")) == first
    db.session.rollback()
    return_purchases(story.club_id, [(gone.id, Return("k", "s2", story.now, all=True))], story.now)
    deliver_due(story.now)
    assert board(story, "tasters") == [(lena, 3), (sara, 2)]
    assert board(story, "rooms") == [(sara, 1)]
