"""A challenge for a whole segment: everybody in it gets one run, also when several hand out or one breaks off."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from loyalty import handouts
from loyalty.actions import hand_out_runs as handing
from loyalty.actions.create_segment import create_segment
from loyalty.actions.hand_out_run import hand_out_run
from loyalty.actions.hand_out_runs import any_to_hand_out, ask_handout, hand_out_runs
from loyalty.actions.publish_bylaws import publish_bylaws
from loyalty.actions.update_member import update_member
from loyalty.actions.update_segment import update_segment
from loyalty.acts import By
from loyalty.db import connection
from loyalty.errors import Conflict
from loyalty.handouts import Handout
from loyalty.queries.challenges import challenges
from loyalty.rules import MemberRef
from loyalty.values import Text
from tests.actions.at_once import at_once
from tests.story import BASE, Story, document, title

WEEK = timedelta(days=7)
BY = By(key=1)
BIG = {"counter": {"name": "spend", "over": "ever", "at_least": 5000}}
GOAL = {"counter": {"name": "spend", "over": "run", "at_least": 2000}}
COME_BACK = {"title": title("Come back"), "goal": GOAL, "give": [{"points": {"fixed": 50}}]}
CLUB = document(
    BASE,
    challenges={
        "back": COME_BACK | {"start": "handed_out"},
        "tour": COME_BACK | {"start": "chosen", "lasts": {"days": 14}},
        "all": COME_BACK | {"start": "automatic", "give": [{"message": title("Well done")}]},
    },
)


@pytest.fixture
def story(app: Flask) -> Story:
    story = Story(CLUB)
    create_segment(story.club_id, "big", Text("Big", "بزرگ"), BIG, BY, story.now)
    return story


def asks(story: Story, challenge: str = "back") -> Handout:
    return ask_handout(story.club_id, challenge, "big", None, story.now + WEEK, BY, story.now)


def state(story: Story, its: Handout) -> Handout:
    found = handouts.one(connection(), story.club_id, its.challenge, its.id)
    assert found
    return found


def runs(story: Story, member: int, challenge: str = "back") -> list[str]:
    return [its.run for its in challenges(story.club_id, member, story.now) if its.challenge == challenge]


def test_everybody_in_the_segment_gets_a_run_and_completes_it_alone(story: Story) -> None:
    sara, omid, small = story.enrols("Sara"), story.enrols("Omid"), story.enrols("Neda")
    for member, net in ((sara, 6000), (omid, 5000), (small, 4000)):
        story.buys(member, net, at=story.now - WEEK)
    its = asks(story)
    assert any_to_hand_out(story.club_id)
    assert hand_out_runs(story.club_id, story.now) == 2
    assert not any_to_hand_out(story.club_id)
    assert (runs(story, sara), runs(story, omid), runs(story, small)) == ([str(its.id)], [str(its.id)], [])
    had = story.balance(sara)
    story.buys(sara, 2000, at=story.now + timedelta(hours=1))
    assert story.balance(sara) == had + 2 + 50
    [run] = [run for run in challenges(story.club_id, omid, story.now) if run.challenge == "back"]
    assert (run.share, run.until_at) == (0, story.now + WEEK)
    done = state(story, its)
    assert (done.looked_at, done.begun, done.done_at) == (3, 2, story.now)
    assert story.books_agree()


def test_two_handed_out_at_once_are_two_runs_each_on_its_own(story: Story) -> None:
    sara = story.enrols("Sara")
    story.buys(sara, 6000, at=story.now - WEEK)
    one, other = asks(story), asks(story)
    assert hand_out_runs(story.club_id, story.now) == 2
    assert sorted(runs(story, sara)) == sorted([str(one.id), str(other.id)])


def test_who_may_not_earn_is_gone_or_has_joined_already_is_passed_over(story: Story) -> None:
    sara, joined, expelled = story.enrols("Sara"), story.enrols("Omid"), story.enrols("Neda")
    for member in (sara, joined, expelled):
        story.buys(member, 6000, at=story.now - WEEK)
    hand_out_run(story.club_id, "tour", MemberRef("id", str(joined)), None, None, story.now)
    update_member(story.club_id, expelled, {"status": "expelled"}, story.now)
    its = asks(story, "tour")
    assert hand_out_runs(story.club_id, story.now) == 1
    assert (runs(story, sara, "tour"), runs(story, expelled, "tour")) == ([str(its.id)], [])
    assert len(runs(story, joined, "tour")) == 1


def test_what_the_segment_asked_for_then_holds_also_if_it_is_changed_meanwhile(story: Story) -> None:
    sara = story.enrols("Sara")
    story.buys(sara, 6000, at=story.now - WEEK)
    asks(story)
    never = {"counter": {"name": "spend", "over": "ever", "at_least": 10**9}}
    update_segment(story.club_id, "big", BY, story.now, tree=never)
    assert hand_out_runs(story.club_id, story.now) == 1


def test_it_goes_on_where_it_broke_off(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handing, "BATCH", 2)
    people = [story.enrols(f"Nr {n}") for n in range(5)]
    for member in people:
        story.buys(member, 6000, at=story.now - WEEK)
    its = asks(story)
    assert handing._some(story.club_id, its.id, story.now) == 2
    assert (state(story, its).looked_at_id, state(story, its).done_at) == (people[1], None)
    assert hand_out_runs(story.club_id, story.now) == 3
    assert hand_out_runs(story.club_id, story.now) == 0
    assert [len(runs(story, member)) for member in people] == [1] * 5


def test_eight_who_hand_out_at_once_begin_each_run_once(
    app: Flask, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handing, "BATCH", 3)
    people = [story.enrols(f"Nr {n}") for n in range(20)]
    for member in people:
        story.buys(member, 6000, at=story.now - WEEK)
    its = asks(story)
    came = at_once(app, *[lambda: f"{hand_out_runs(story.club_id, story.now)}"] * 8)
    assert sum(int(begun) * n for begun, n in came.items()) == 20
    assert [len(runs(story, member)) for member in people] == [1] * 20
    assert (state(story, its).looked_at, state(story, its).begun) == (20, 20)


def test_what_begins_by_itself_or_no_longer_fits_is_refused(story: Story) -> None:
    with pytest.raises(Conflict):
        asks(story, "all")
    without = document(BASE, challenges=CLUB["challenges"], counters={"other": {"of": "purchases", "measure": "times"}})
    without["counters"].pop("spend")
    without["challenges"] = {"back": COME_BACK | {"start": "handed_out", "goal": {"basket": {"at_least": 1}}}}
    publish_bylaws(story.club_id, without, story.now)
    with pytest.raises(Conflict, match="do not have"):
        asks(story)
