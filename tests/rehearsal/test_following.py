"""Rehearsing a club in which one thing follows from another: what follows is judged anew, and not taken as recorded."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from loyalty.actions.give_tier import give_tier
from loyalty.actions.merge_members import merge_members
from loyalty.actions.return_purchases import return_purchases
from loyalty.acts import By
from loyalty.db import db
from loyalty.returns import Return
from loyalty.rules.facts import MemberRef
from tests.actions.test_return_properties import FIXTURE
from tests.conftest import START
from tests.rehearsal.conftest import differences, everything_due_is_done, report
from tests.rehearsal.test_properties import agree
from tests.story import Story, article, document, title

_codes, _keys = count(1), count(1)


def points(n: int) -> dict[str, Any]:
    return {"points": {"fixed": n}}


def bylaws(welcome: int = 100, returns: str = "at_once", **sections: Any) -> dict[str, Any]:
    """Welcomes to tiers, consolation for lost ones, a badge that leads to a badge, challenges that lead to an end."""
    spent = {"name": "spend", "over": {"last": {"days": 30}}}
    seventh = {"at": 4, "give": [points(7)]}
    first = {"event": {"field": "challenge", "is": "first"}}
    goal = {"counter": {"name": "orders", "over": "run", "at_least": 2}}
    return document(
        article("1", {"points": {"per": 1000, "give": 1}}),
        article("2", points(welcome), on="tier_reached"),
        article("3", points(3), on="tier_lost"),
        article("4", points(40), on="badge_earned", if_={"event": {"field": "badge", "is": "regular"}}),
        article("5", {"challenge": "second"}, on="challenge_completed", if_=first),
        article(
            "6",
            {"tier": {"tier": "gold", "until": {"days": 5}}},
            if_={"basket": {"of": "net", "at_least": 40_000}},
        ),
        counters={
            "orders": {"of": "purchases", "measure": "times"},
            "gifts": {"of": "points", "measure": "amount", "articles": ["4"]},
            "welcomes": {"of": "tier_reached"},
        },
        badges={
            "regular": {
                "title": title("Regular"),
                "counter": "orders",
                "levels": [{"at": 2}, seventh],
            },
            "rich": {"title": title("Rich"), "counter": "gifts", "levels": [{"at": 41, "give": [points(11)]}]},
            "high": {"title": title("High"), "counter": "welcomes", "levels": [{"at": 2}]},
        },
        challenges={
            "first": {"title": title("First"), "goal": goal, "each": "month", "give": [points(5)]},
            "second": {"title": title("Second"), "goal": goal, "start": "handed_out", "lasts": {"days": 9}},
        },
        story={
            "title": title("Story"),
            "chapters": [{"title": title("One"), "text": title("A seed."), "challenges": ["first", "second"]}],
            "end": {"text": title("The end."), "give": [points(500)]},
        },
        tiers={
            "ladder": [
                {"code": "bronze", "title": title("Bronze")},
                {"code": "silver", "title": title("Silver"), "needs": {"counter": {**spent, "at_least": 20_000}}},
                {"code": "gold", "title": title("Gold"), "needs": {"counter": {**spent, "at_least": 60_000}}},
            ],
            "returns": returns,
        },
        **sections,
    )


step = st.tuples(
    st.sampled_from(["buy", "buy", "buy", "late", "back", "hand"]),
    st.integers(0, 1),
    st.integers(0, 19),
    st.integers(1, 5),
)


def lived(story: Story, drawn: list[tuple[str, int, int, int]]) -> None:
    members = [story.enrols(name) for name in ("Sara", "Lena")]
    sold: list[int] = []
    story.now = START - timedelta(days=200)
    for what, who, days, size in drawn:
        story.now += timedelta(days=days, minutes=1)
        db.session.rollback()
        match what:
            case "buy" | "late":
                ago = timedelta(days=days if what == "late" else 0)
                outcome = story.buys(members[who], size * 9_000, at=story.now - ago)
                assert outcome.id
                sold.append(outcome.id)
            case "back" if sold:
                asked = Return(f"b{next(_keys)}", "s1", story.now, all=True)
                return_purchases(story.club_id, [(sold.pop(who % len(sold)), asked)], story.now)
            case "hand":
                until = story.now + timedelta(days=size)
                give_tier(story.club_id, members[who], "silver", until, "by hand", story.now, By())
    story.now += timedelta(days=2)
    everything_due_is_done(story)


@pytest.mark.parametrize("returns", ["at_once", "at_review", "keep"])
@FIXTURE
@given(st.lists(step, min_size=1, max_size=14))
def test_rehearsing_the_version_in_force_gives_what_was_given(app: Flask, returns: str, drawn: Any) -> None:
    story = Story(bylaws(returns=returns), f"after-{next(_codes)}")
    lived(story, drawn)
    assert story.books_agree()
    agree(report(story, bylaws(returns=returns)))


def test_a_gift_that_goes_with_a_return_does_not_count_the_return_again(app: Flask) -> None:
    story = Story(bylaws())
    lived(story, [("buy", 0, 0, 1), ("buy", 0, 0, 1), ("back", 0, 0, 1)])
    assert story.books_agree()


def test_returns_of_earlier_days_are_looked_at_before_a_tier_is_given(app: Flask) -> None:
    story = Story(bylaws(returns="at_review"))
    lived(story, [*[("buy", 0, 0, 1)] * 7, ("buy", 0, 10, 1), ("back", 0, 14, 1), ("hand", 0, 6, 1)])
    moves = list(db.session.execute(text("SELECT at FROM tier_move ORDER BY id")).scalars())
    assert moves == sorted(moves)
    agree(report(story, bylaws(returns="at_review")))


def test_a_given_tier_that_is_over_goes_before_what_returns_took(app: Flask) -> None:
    story = Story(bylaws(returns="at_review"))
    lived(story, [("buy", 1, 0, 2), ("buy", 1, 0, 5), ("hand", 1, 0, 1), ("back", 1, 1, 1)])
    agree(report(story, bylaws(returns="at_review")))


def test_what_a_tier_brought_that_has_run_out_is_not_taken_back_by_a_return_on_its_last_day(app: Flask) -> None:
    story = Story(bylaws(returns="at_review"))
    sara = story.enrols("Sara")
    outcome = story.buys(sara, 9_000)
    give_tier(story.club_id, sara, "gold", story.now + timedelta(hours=2), "by hand", story.now, By())
    assert story.balance(sara) == 9 + 200, "welcomes to silver and gold"
    story.now += timedelta(hours=4)
    assert outcome.id
    return_purchases(story.club_id, [(outcome.id, Return("b", "s1", story.now, all=True))], story.now)
    story.now += timedelta(days=2)
    everything_due_is_done(story)
    assert story.balance(sara) == 200 + 3, "they stay, and gold is seen off"
    assert story.books_agree()
    agree(report(story, bylaws(returns="at_review")))


def test_nothing_follows_from_a_merge_in_life_or_in_rehearsal(app: Flask) -> None:
    story = Story(bylaws())
    sara, lena = story.enrols("Sara"), story.enrols("Lena")
    story.buys(sara, 15_000)
    story.buys(lena, 15_000)
    merge_members(story.club_id, lena, MemberRef("id", str(sara)), "the same person", story.now)
    everything_due_is_done(story)
    assert story.balance(sara) == 30, "on silver together, without its welcome"
    agree(report(story, bylaws()))


def test_a_better_welcome_finds_exactly_what_it_changes(app: Flask) -> None:
    story = Story(bylaws())
    sara = story.enrols()
    story.buys(sara, 25_000)
    everything_due_is_done(story)
    found = report(story, bylaws(150))
    assert differences(found["difference"]) == {
        "/wallets/points/issued": 50,
        "/wallets/points/outstanding": 50,
        "/articles/2/amounts/points": 50,
    }


def test_a_draft_welcomes_where_the_version_in_force_does_not(app: Flask) -> None:
    silent = bylaws()
    silent["articles"] = [its for its in silent["articles"] if its["no"] != "2"]
    story = Story(silent)
    sara = story.enrols()
    story.buys(sara, 25_000)
    story.buys(sara, 40_000)
    everything_due_is_done(story)
    found = report(story, bylaws())
    assert found["difference"]["articles"]["2"]["amounts"] == {"points": 200}
    assert found["rehearsed"]["badges"]["high"] == {"1": 1}
