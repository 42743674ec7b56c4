"""Rehearsing a history with events: they come again in their order among the purchases, and are judged anew."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from loyalty.actions.claim_event import claim_event
from loyalty.actions.record_events import record_events
from loyalty.actions.return_purchases import return_purchases
from loyalty.db import db
from loyalty.returns import Return
from loyalty.rules import Event, MemberRef
from tests.actions.test_return_properties import FIXTURE
from tests.conftest import START
from tests.rehearsal.conftest import differences, everything_due_is_done, report
from tests.rehearsal.test_properties import agree
from tests.story import Story, article, document, title

_codes, _keys = count(1), count(1)


def bylaws(rate: int = 5, **sections: Any) -> dict[str, Any]:
    """Points by stars for a review, three of them a day at most; a badge and a tier that reviews lead to."""
    reviews = {"counter": {"name": "reviews", "over": {"last": {"days": 30}}, "at_least": 3}}
    return document(
        article("1", {"points": {"per": 1000, "give": 1}}),
        article(
            "2",
            {"points": {"per": 1, "give": rate, "of": {"field": "stars"}}},
            on="review",
            limits=[{"per": "member", "every": "day", "at_most": 3, "of": "times"}],
        ),
        article("3", {"points": {"fixed": 7}}, if_={"all": [reviews, {"tier": {"at_least": "silver"}}]}),
        *sections.pop("articles", ()),
        events={"review": {"fields": {"stars": {"type": "integer", "from": 1, "until": 5}}}},
        counters={"reviews": {"of": "review", "measure": "times"}},
        badges={
            "critic": {
                "title": title("Critic"),
                "counter": "reviews",
                "levels": [{"at": 2, "give": [{"points": {"fixed": 20}}]}, {"at": 6}],
            },
            "buyer": {
                "title": title("Buyer"),
                "counter": "spend",
                "levels": [{"at": 40_000, "give": [{"points": {"fixed": 9}}]}],
            },
        },
        tiers={
            "ladder": [
                {"code": "bronze", "title": title("Bronze")},
                {"code": "silver", "title": title("Silver"), "needs": reviews},
            ],
            "returns": "at_once",
        },
        **sections,
    )


def review(story: Story, member: int, stars: int, ago: int = 0, **more: Any) -> Event:
    at = story.now - timedelta(days=ago)
    ref = MemberRef("id", str(member))
    return Event("review", at, f"k{next(_keys)}", "site", member=ref, attributes={"stars": stars}, **more)


def reviews(story: Story, member: int, stars: int, ago: int = 0) -> None:
    [outcome] = record_events(story.club_id, [review(story, member, stars, ago)], story.now)
    assert outcome.status == "recorded", outcome


step = st.tuples(
    st.sampled_from(["buy", "review", "review", "late", "back"]),
    st.integers(0, 1),
    st.integers(0, 9),
    st.integers(1, 5),
)
SHARED = article("4", {"points": {"fixed": 2}}, on="review", limits=[{"per": "club", "over": "ever", "at_most": 9}])


def lived(story: Story, drawn: list[tuple[str, int, int, int]]) -> None:
    members = [story.enrols(name) for name in ("Sara", "Lena")]
    sold: list[int] = []
    story.now = START - timedelta(days=120)
    for what, who, days, size in drawn:
        story.now += timedelta(days=days, minutes=1)
        db.session.rollback()
        match what:
            case "buy":
                outcome = story.buys(members[who], size * 9_000)
                assert outcome.id
                sold.append(outcome.id)
            case "review":
                reviews(story, members[who], size)
            case "late":
                reviews(story, members[who], size, ago=days)
            case "back" if sold:
                asked = Return(f"b{next(_keys)}", "s1", story.now, all=True)
                return_purchases(story.club_id, [(sold.pop(), asked)], story.now)
    story.now += timedelta(days=2)
    everything_due_is_done(story)


@FIXTURE
@given(st.lists(step, min_size=1, max_size=14))
def test_rehearsing_the_version_in_force_gives_what_was_given(app: Flask, drawn: Any) -> None:
    story = Story(bylaws(), f"told-{next(_codes)}")
    lived(story, drawn)
    agree(report(story, bylaws()))
    assert story.books_agree()


@FIXTURE
@given(st.lists(step, min_size=1, max_size=14), st.integers(0, 120))
def test_so_does_one_stream_of_a_shared_limit_and_a_later_part(app: Flask, drawn: Any, ago: int) -> None:
    document = bylaws(articles=[SHARED])
    story = Story(document, f"told-{next(_codes)}")
    lived(story, drawn)
    agree(report(story, document))
    agree(report(story, document, since=START - timedelta(days=ago)))


@pytest.mark.parametrize("articles", [[], [SHARED]])
def test_a_changed_rate_finds_exactly_what_it_changes(app: Flask, articles: list[Any]) -> None:
    story = Story(bylaws(articles=articles))
    sara = story.enrols()
    story.buys(sara, 10_000)
    for stars in (4, 3):
        reviews(story, sara, stars)
    everything_due_is_done(story)
    found = report(story, bylaws(6, articles=articles))
    more = 4 + 3
    assert differences(found["difference"]) == {
        "/wallets/points/issued": more,
        "/wallets/points/outstanding": more,
        "/articles/2/amounts/points": more,
    }
    assert (found["affected"], found["purchases"]) == (1, 1)


def test_a_late_event_comes_again_when_it_was_let_be_judged(app: Flask) -> None:
    story = Story(bylaws())
    sara = story.enrols()
    [aside] = record_events(story.club_id, [review(story, sara, 5, ago=40)], story.now, lateness=timedelta(days=30))
    assert aside.status == "set_aside"
    assert aside.id
    for _ in range(3):
        reviews(story, sara, 2)
    claim_event(story.club_id, aside.id, story.now)
    story.buys(sara, 5_000)
    everything_due_is_done(story)
    found = report(story, bylaws())
    agree(found)
    assert found["recorded"]["articles"]["2"]["amounts"] == {"points": 55}
    assert story.books_agree()
