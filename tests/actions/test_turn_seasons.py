"""Seasons: the first places of a board win once, leagues seat and move their members, each when its time has come."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from loyalty.actions.turn_seasons import any_league, any_to_turn, turn_seasons
from loyalty.actions.update_member import update_member
from loyalty.calendars import Calendar, parse_date
from loyalty.db import connection
from loyalty.queries.statement import statement
from tests.actions.at_once import at_once
from tests.actions.test_return_purchases import back
from tests.story import BASE, Story, document, title

TEHRAN = Calendar("Asia/Tehran", "jalali")
OVER = TEHRAN.instant(parse_date("1405-09-01"))
"""The end of Aban, the month in which a test begins."""
SETTLED = OVER + timedelta(days=30)
PRIZES = [{"give": [{"points": {"fixed": 5000}}]}, {"winners": 2, "give": [{"points": {"fixed": 1000}}]}]
DIVISIONS = [{"code": code, "title": title(code)} for code in ("bronze", "silver", "gold")]


def board(**more: Any) -> dict[str, Any]:
    return {"month": {"title": title("Best of the month"), "counter": "spend", "prizes": PRIZES, **more}}


def league(**more: Any) -> dict[str, Any]:
    form = {"title": title("Stars"), "counter": "spend", "of": 4, "divisions": DIVISIONS, "up": 1, "down": 1}
    return {"stars": {**form, **more}}


@pytest.fixture
def story(app: Flask) -> Story:
    return Story(document(BASE, leaderboards=board()))


@pytest.fixture
def stars(app: Flask) -> Story:
    return Story(document(BASE, leagues=league()))


def turn(story: Story, at: datetime) -> int:
    story.now = at
    return turn_seasons(story.club_id, at)


def groups(story: Story, start: str = "1405-08-01") -> dict[str, list[int]]:
    """Who plays with whom."""
    rows = connection().execute(
        "SELECT room, array_agg(member_id ORDER BY member_id) FROM season_place JOIN season ON season.id = season_id"
        " WHERE season.club_id = %s AND part = 'league' AND start = %s GROUP BY room ORDER BY room",
        [story.club_id, parse_date(start)],
    )
    return dict(rows.fetchall())


def divisions(story: Story) -> dict[int, str]:
    rows = connection().execute("SELECT member_id, division FROM league_standing WHERE club_id = %s", [story.club_id])
    return dict(rows.fetchall())


def test_the_first_places_of_a_month_win_once_when_no_till_can_be_late_any_more(story: Story) -> None:
    people = [story.enrols(name) for name in ("Sara", "Omid", "Neda", "Kian")]
    turn(story, story.now)
    for place, member in enumerate(people):
        story.buys(member, (4 - place) * 1000)
    assert turn(story, OVER) == 0
    assert not any_to_turn(story.club_id, SETTLED - timedelta(hours=1))
    assert any_to_turn(story.club_id, SETTLED)
    assert turn(story, SETTLED) == 1
    assert [story.balance(member) for member in people] == [5004, 1003, 1002, 1]
    assert turn(story, SETTLED + timedelta(days=1)) == 0
    assert [story.balance(member) for member in people] == [5004, 1003, 1002, 1]
    assert story.books_agree()
    [won, *_], _ = statement(story.club_id, people[0])
    assert won.title.en == "Leaderboard “Best of the month”, prize 1"


def test_what_comes_back_before_counts_and_afterwards_takes_no_prize(story: Story) -> None:
    sara, omid = story.enrols("Sara"), story.enrols("Omid")
    turn(story, story.now)
    one, two = story.buys(sara, 9000), story.buys(sara, 2000)
    story.buys(omid, 5000)
    story.now = OVER
    back(story, one.id)
    turn(story, SETTLED)
    assert (story.balance(omid), story.balance(sara)) == (5005, 1002)
    back(story, two.id)
    turn(story, SETTLED + timedelta(days=1))
    assert (story.balance(omid), story.balance(sara)) == (5005, 1000)
    assert story.books_agree()


def test_a_club_may_settle_earlier_and_what_is_promised_when_a_month_begins_holds(app: Flask) -> None:
    story = Story(document(BASE, leaderboards=board(settles={"days": 2})))
    sara = story.enrols()
    turn(story, story.now)
    story.buys(sara, 1000)
    assert turn(story, OVER + timedelta(days=1)) == 0
    assert turn(story, OVER + timedelta(days=2)) == 1
    assert story.balance(sara) == 5001


def test_after_months_of_downtime_every_month_is_settled_in_its_turn(story: Story) -> None:
    sara, omid = story.enrols("Sara"), story.enrols("Omid")
    turn(story, story.now)
    story.buys(sara, 1000)
    story.buys(omid, 1000, at=OVER + timedelta(days=3))
    story.now = OVER + timedelta(days=3)
    assert turn(story, OVER + timedelta(days=100)) == 1
    assert turn(story, story.now) == 2
    assert (story.balance(sara), story.balance(omid)) == (5001, 5001)


def test_who_does_not_wish_to_be_listed_wins_nothing_and_nobody_wins_without_a_score(story: Story) -> None:
    sara, omid = story.enrols("Sara"), story.enrols("Omid")
    turn(story, story.now)
    story.buys(sara, 2000)
    story.buys(omid, 1000)
    update_member(story.club_id, sara, {"on_boards": False}, story.now)
    turn(story, SETTLED)
    assert (story.balance(sara), story.balance(omid)) == (2, 5001)


def test_a_league_seats_who_is_active_by_strength_and_nobody_alone(stars: Story) -> None:
    people = [stars.enrols(f"Nr {n}") for n in range(6)]
    for place, member in enumerate(people[:5]):
        stars.buys(member, (9 - place) * 1000)
    turn(stars, stars.now)
    assert groups(stars) == {"bronze:0": people[:3], "bronze:1": people[3:5]}
    assert any_league(stars.club_id, stars.now)
    stars.buys(people[5], 1000)
    turn(stars, stars.now)
    assert groups(stars) == {"bronze:0": people[:3], "bronze:1": people[3:]}


def test_the_first_of_a_group_rises_and_the_last_goes_down_once_it_is_settled(stars: Story) -> None:
    people = [stars.enrols(f"Nr {n}") for n in range(4)]
    for place, member in enumerate(people):
        stars.buys(member, (9 - place) * 1000)
    turn(stars, stars.now)
    turn(stars, OVER)
    assert divisions(stars) == {}
    assert groups(stars, "1405-09-01") == {"bronze:0": people}
    stars.buys(people[1], 5000)
    turn(stars, SETTLED)
    assert divisions(stars) == {people[0]: "silver"}
    turn(stars, SETTLED + timedelta(days=30))
    assert divisions(stars) == {people[0]: "silver", people[1]: "silver"}
    assert turn(stars, SETTLED + timedelta(days=31)) == 0


def test_one_who_would_be_alone_in_a_division_plays_with_the_nearest(stars: Story) -> None:
    people = [stars.enrols(f"Nr {n}") for n in range(3)]
    for member in people:
        stars.buys(member, 1000)
    turn(stars, stars.now)
    turn(stars, SETTLED)
    for member in people:
        stars.buys(member, 1000)
    later = TEHRAN.instant(parse_date("1405-11-01"))
    turn(stars, later)
    assert divisions(stars) == {people[0]: "silver"}
    assert groups(stars, "1405-11-01") == {"bronze:0": people}


def test_groups_settled_at_once_move_before_the_next_is_seated(app: Flask) -> None:
    story = Story(document(BASE, leagues=league(settles="at_end", prizes=PRIZES, of=2)))
    people = [story.enrols(f"Nr {n}") for n in range(4)]
    for place, member in enumerate(people):
        story.buys(member, (9 - place) * 1000)
    turn(story, story.now)
    assert groups(story) == {"bronze:0": people[:2], "bronze:1": people[2:]}
    assert turn(story, OVER) == 1
    assert groups(story, "1405-09-01") == {"bronze:0": [people[1], people[3]], "silver:0": [people[0], people[2]]}
    assert [story.balance(member) for member in people] == [5009, 1008, 5007, 1006]
    assert story.books_agree()


def test_one_member_alone_in_the_whole_club_has_no_league_to_play_in(stars: Story) -> None:
    stars.buys(stars.enrols(), 1000)
    turn(stars, stars.now)
    assert groups(stars) == {}
    stars.buys(stars.enrols(), 1000)
    turn(stars, stars.now)
    assert {room: len(members) for room, members in groups(stars).items()} == {"bronze:0": 2}


def events(story: Story) -> int:
    row = connection().execute("SELECT count(*) FROM event WHERE club_id = %s AND type = 'prize'", [story.club_id])
    found = row.fetchone()
    assert found
    return int(found[0])


def test_eight_timers_at_once_settle_once_and_seat_nobody_twice(app: Flask) -> None:
    story = Story(document(BASE, leaderboards=board(prizes=[PRIZES[0] | {"winners": 20}]), leagues=league(of=5)))
    people = [story.enrols(f"Nr {n}") for n in range(30)]
    story.records([story.sale(member, 1000 * n) for n, member in enumerate(people, 1)])
    came = at_once(app, *[lambda: f"settled {turn_seasons(story.club_id, story.now)}"] * 8)
    assert came == {"settled 0": 8}
    assert [len(group) for group in groups(story).values()] == [5] * 6
    came = at_once(app, *[lambda: f"settled {turn_seasons(story.club_id, SETTLED)}"] * 8)
    assert sum(int(what.split()[1]) * n for what, n in came.items()) == 2
    assert events(story) == 20
    assert sorted(divisions(story).values()) == ["silver"] * 6
    assert story.books_agree()
