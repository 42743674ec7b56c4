"""Boards by store, tier, audience and division: who belongs is ranked there, also after a move and a rebuild."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask

from loyalty.actions.fill_boards import fill_audiences, fill_boards
from loyalty.actions.give_tier import give_tier
from loyalty.actions.turn_seasons import turn_seasons
from loyalty.actions.update_member import update_member
from loyalty.acts import By
from loyalty.calendars import Calendar, parse_date
from loyalty.db import connection, db
from loyalty.errors import Invalid
from loyalty.gamification import scores
from loyalty.gamification.scores import Change
from loyalty.jobs.deliveries import deliver_due
from loyalty.queries.leaderboard import leaderboard
from loyalty.valkey import valkey
from tests.actions.test_return_purchases import back
from tests.small_club import programme_of
from tests.story import BASE, Story, document, title

SETTLED = Calendar("Asia/Tehran", "jalali").instant(parse_date("1405-09-01")) + timedelta(days=30)
LADDER = [
    {"code": "bronze", "title": title("Bronze")},
    {"code": "silver", "title": title("Silver"), "needs": {"counter": {"name": "spend", "at_least": 10_000}}},
]


def board(scope: Any, counter: str = "spend", **more: Any) -> dict[str, Any]:
    return {"title": title("Best"), "counter": counter, "scope": scope, **more}


CLUB = document(
    BASE,
    counters={"sold": {"of": "purchases", "measure": "amount", "by": "store"}},
    tiers={"ladder": LADDER},
    audiences={
        "teachers": {"title": title("Teachers"), "if": {"member": {"attribute": "job", "is": "teacher"}}},
        "big": {"title": title("Big"), "if": {"counter": {"name": "spend", "at_least": 5000}}},
    },
    leagues={
        "stars": {
            "title": title("Stars"),
            "counter": "spend",
            "of": 5,
            "divisions": [{"code": code, "title": title(code)} for code in ("low", "high")],
            "up": 1,
            "down": 1,
        }
    },
    leaderboards={
        "stores": board("store", "sold", prizes=[{"give": [{"points": {"fixed": 500}}]}]),
        "tiers": board("tier", prizes=[{"give": [{"points": {"fixed": 100}}]}]),
        "audiences": board("audience", prizes=[{"give": [{"points": {"fixed": 10}}]}]),
        "divisions": board({"league": "stars"}),
    },
)


@pytest.fixture
def story(app: Flask) -> Story:
    story = Story(CLUB)
    fill_boards(story.club_id, story.now)
    return story


def places(story: Story, code: str, scope: str) -> list[tuple[str, int]]:
    deliver_due(story.now)
    db.session.rollback()
    found = leaderboard(story.club_id, code, story.now, scope=scope, lang="en")
    assert found.scope
    assert found.scope.code == scope
    return [(item.name, item.score) for item in found.items]


def test_each_store_has_its_own_board_and_a_return_moves_that_one(story: Story) -> None:
    sara, omid = story.enrols("Sara"), story.enrols("Omid")
    story.buys(sara, 3000)
    story.buys(omid, 2000)
    second = story.buys(sara, 4000, store="s2")
    assert places(story, "stores", "s1") == [("Sara", 3000), ("Omid", 2000)]
    assert places(story, "stores", "s2") == [("Sara", 4000)]
    own = leaderboard(story.club_id, "stores", story.now, around=sara, lang="en")
    assert own.scope
    assert (own.scope.code, own.me and own.me.rank) == ("s2", 1)
    assert [its.code for its in own.scopes] == ["s1", "s2"]
    back(story, second.id)
    assert places(story, "stores", "s2") == []
    assert places(story, "stores", "s1") == [("Sara", 3000), ("Omid", 2000)]


def test_who_moves_to_another_tier_is_ranked_there_alone(story: Story) -> None:
    sara, omid = story.enrols("Sara"), story.enrols("Omid")
    story.buys(sara, 3000)
    story.buys(omid, 2000)
    assert places(story, "tiers", "bronze") == [("Sara", 3000), ("Omid", 2000)]
    story.buys(sara, 9000)
    assert (places(story, "tiers", "bronze"), places(story, "tiers", "silver")) == (
        [("Omid", 2000)],
        [("Sara", 12_000)],
    )
    give_tier(story.club_id, omid, "silver", story.now + timedelta(days=9), "a gift", story.now, By(key=1))
    assert places(story, "tiers", "silver") == [("Sara", 12_000), ("Omid", 2000)]
    assert places(story, "tiers", "bronze") == []


def test_an_audience_is_joined_and_left_and_one_may_be_in_several(story: Story) -> None:
    sara, omid = story.enrols("Sara", attributes={"job": "teacher"}), story.enrols("Omid")
    story.buys(sara, 6000)
    story.buys(omid, 2000)
    assert places(story, "audiences", "teachers") == [("Sara", 6000)]
    assert places(story, "audiences", "big") == [("Sara", 6000)]
    update_member(story.club_id, sara, {"attributes": {"job": "baker"}}, story.now)
    update_member(story.club_id, omid, {"attributes": {"job": "teacher"}}, story.now)
    assert places(story, "audiences", "teachers") == [("Omid", 2000)]
    nobody = leaderboard(story.club_id, "audiences", story.now, around=story.enrols("Neda"), lang="en")
    assert (nobody.scope, nobody.items, nobody.me) == (None, [], None)


def test_who_grows_into_an_audience_as_days_pass_is_there_the_next_morning(app: Flask) -> None:
    old = {"old": {"title": title("Old"), "if": {"member": {"age": {"at_least": 60}}}}}
    story = Story(document(BASE, audiences=old, leaderboards={"old": board("audience", period="year")}))
    fill_boards(story.club_id, story.now)
    sara = story.enrols("Sara", birthday=date(1966, 11, 10))
    story.buys(sara, 6000)
    assert places(story, "old", "old") == []
    story.now += timedelta(days=12)
    assert places(story, "old", "old") == []
    fill_audiences(story.club_id, story.now)
    assert places(story, "old", "old") == [("Sara", 6000)]


def test_a_division_of_a_league_is_ranked_by_itself(story: Story) -> None:
    sara, omid = story.enrols("Sara"), story.enrols("Omid")
    story.buys(sara, 3000)
    story.buys(omid, 2000)
    connection().execute(
        "INSERT INTO league_standing (member_id, league, club_id, division, since)"
        " VALUES (%s, 'stars', %s, 'high', now())",
        [sara, story.club_id],
    )
    db.session.commit()
    assert places(story, "divisions", "high") == [("Sara", 3000)]
    assert places(story, "divisions", "low") == [("Omid", 2000)]


def test_emptied_and_rebuilt_every_room_is_as_it_was(story: Story) -> None:
    people = [story.enrols(f"Nr{n}", attributes={"job": "teacher"} if n % 2 else {}) for n in range(8)]
    for n, member in enumerate(people, 1):
        story.buys(member, 2000 * n, store="s1" if n % 3 else "s2")
    rooms = [("stores", "s1"), ("stores", "s2"), ("tiers", "bronze"), ("tiers", "silver"), ("audiences", "teachers")]
    rooms += [("audiences", "big"), ("divisions", "low"), ("divisions", "high")]
    before = [places(story, *room) for room in rooms]
    assert sum(map(len, before)) == 3 * 8 + 4 + 6
    valkey().flushdb()
    fill_boards(story.club_id, story.now)
    assert [places(story, *room) for room in rooms] == before


def test_the_first_of_every_room_wins(story: Story) -> None:
    turn_seasons(story.club_id, story.now)
    sara, omid, neda = story.enrols("Sara"), story.enrols("Omid"), story.enrols("Neda", attributes={"job": "teacher"})
    for member, net, store in ((sara, 12_000, "s1"), (omid, 4000, "s2"), (neda, 3000, "s1")):
        story.buys(member, net, store=store)
    story.now = SETTLED
    assert turn_seasons(story.club_id, story.now) == 4
    assert [story.balance(member) for member in (sara, omid, neda)] == [12 + 610, 4 + 600, 3 + 10]
    assert story.books_agree()


def test_what_is_no_room_is_said_and_so_is_a_board_that_cannot_be(story: Story) -> None:
    for scope in ("moon", None):
        with pytest.raises(Invalid) as refused:
            leaderboard(story.club_id, "tiers", story.now, scope=scope)
        assert [its.path for its in refused.value.faults] == ["/scope"]


def test_a_delivery_costs_as_many_statements_for_one_as_for_many(
    story: Story, statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    people = [story.enrols(f"Nr{n}") for n in range(20)]
    for member in people:
        story.buys(member, 2000)
    boards = list(scores.live_boards(programme_of(story.club_id), story.now).values())
    day = programme_of(story.club_id).calendar.moment(story.now).day
    counts = []
    for some in (people[:1], people):
        db.session.rollback()
        with statements() as said:
            scores.deliver(
                valkey(),
                boards,
                [Change(id_, frozenset([day])) for id_ in some],
                lambda _, ids: {id_: set() for id_ in ids},
            )
        counts.append(len(said))
    assert counts[0] == counts[1]
