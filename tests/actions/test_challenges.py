"""Challenges: runs that overlap, are handed out later, and count exactly what lies within their instants."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from loyalty.actions.hand_out_run import hand_out_run
from loyalty.actions.merge_members import merge_members
from loyalty.actions.publish_bylaws import publish_bylaws
from loyalty.actions.record_events import record_events
from loyalty.actions.record_purchases import Outcome
from loyalty.actions.return_purchases import return_purchases
from loyalty.actions.review_tiers import review_tiers
from loyalty.actions.unmerge_members import unmerge_members
from loyalty.actions.void_purchase import void_purchase
from loyalty.db import connection
from loyalty.errors import Conflict, Invalid, NotFound
from loyalty.returns import Return
from loyalty.rules import Event, MemberRef
from loyalty.take_back import Taken
from tests.conftest import START
from tests.story import BASE, Story, document, title

HOUR = timedelta(hours=1)
INSTANT = timedelta(microseconds=1)
FIFTY = [{"points": {"fixed": 50}}]


def challenge(goal: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"title": title("Challenge"), "goal": goal, "give": FIFTY, **more}


def orders(at_least: int) -> dict[str, Any]:
    return {"counter": {"name": "orders", "over": "run", "at_least": at_least}}


def club(**challenges: Any) -> Story:
    counters = {"orders": {"of": "purchases", "measure": "times"}}
    events = {"review": {"fields": {"stars": {"type": "integer"}}}}
    return Story(document(BASE, counters=counters, events=events, challenges=challenges))


def hands_out(
    story: Story, code: str, member: int, from_at: datetime | None = None, until_at: datetime | None = None
) -> str:
    ref = MemberRef("id", str(member))
    return hand_out_run(story.club_id, code, ref, from_at, until_at, story.now)[1]


def runs(member: int) -> list[tuple[str, str, list[Any], bool]]:
    """The member's runs: challenge, key, sums, whether completed."""
    rows = connection().execute(
        "SELECT challenge, key, state, completed_at FROM challenge_run WHERE member_id = %s ORDER BY challenge, key",
        [member],
    )
    return [(code, key, state.get("sums", state.get("log")), at is not None) for code, key, state, at in rows]


def completed(outcome: Outcome) -> list[str]:
    assert outcome.ruling
    return [its.challenge for its in outcome.ruling.completed]


def test_a_run_begins_with_the_first_purchase_in_it_and_completes_once(app: Flask) -> None:
    story = club(twice=challenge(orders(2)))
    sara = story.enrols()
    assert runs(sara) == []
    assert completed(story.buys(sara, 1000)) == []
    assert runs(sara) == [("twice", "", [1], False)]
    assert completed(story.buys(sara, 1000)) == ["twice"]
    assert completed(story.buys(sara, 1000)) == []
    assert runs(sara) == [("twice", "", [3], True)]
    assert story.balance(sara) == 53
    assert story.books_agree()


def test_purchases_of_one_batch_fold_forward(app: Flask) -> None:
    story = club(twice=challenge(orders(2)), thrice=challenge(orders(3)))
    sara, omid = story.enrols(), story.enrols("Omid")
    outcomes = story.records([story.sale(who, 1000) for who in (sara, omid, sara, sara)])
    assert [completed(one) for one in outcomes] == [[], [], ["twice"], ["thrice"]]
    assert runs(omid) == [("thrice", "", [1], False), ("twice", "", [1], False)]
    assert story.books_agree()


def test_both_instants_of_a_run_belong_to_it(app: Flask) -> None:
    story = club(given=challenge(orders(2), start="handed_out"))
    sara = story.enrols()
    first, last = START, START + 5 * HOUR
    story.now = START - HOUR
    key = hands_out(story, "given", sara, first, last)
    story.now = last + HOUR
    for at in (first - INSTANT, last + INSTANT):
        assert completed(story.buys(sara, 1000, at=at)) == []
    assert runs(sara) == [("given", key, [0], False)]
    story.buys(sara, 1000, at=first)
    assert completed(story.buys(sara, 1000, at=last)) == ["given"]
    assert story.books_agree()


def test_a_run_handed_out_later_counts_from_its_own_beginning(app: Flask) -> None:
    story = club(given=challenge(orders(3), start="handed_out"))
    sara = story.enrols()
    for hours in (0, 1, 2):
        story.buys(sara, 1000, at=START + hours * HOUR)
    story.now = START + 10 * HOUR
    key = hands_out(story, "given", sara, START + HOUR, START + 20 * HOUR)
    assert runs(sara) == [("given", key, [2], False)]
    assert completed(story.buys(sara, 1000)) == ["given"]
    assert story.books_agree()


def test_a_run_handed_out_after_its_end_may_be_complete_at_once(app: Flask) -> None:
    story = club(given=challenge(orders(2), start="handed_out"))
    sara = story.enrols()
    story.buys(sara, 1000)
    story.buys(sara, 1000)
    story.now = START + 10 * HOUR
    key = hands_out(story, "given", sara, START, START + HOUR)
    assert runs(sara) == [("given", key, [2], True)]
    assert story.balance(sara) == 52
    assert story.books_agree()


def test_runs_overlap_and_each_counts_the_purchase_in_full(app: Flask) -> None:
    story = club(given=challenge({"counter": {"name": "spend", "at_least": 5000}}, start="handed_out"))
    sara = story.enrols()
    first = hands_out(story, "given", sara, START, START + 5 * HOUR)
    second = hands_out(story, "given", sara, START + 2 * HOUR, START + 8 * HOUR)
    story.buys(sara, 3000, at=START + HOUR)
    both = story.buys(sara, 3000, at=START + 3 * HOUR)
    assert completed(both) == ["given"]
    assert runs(sara) == [("given", first, [6000], True), ("given", second, [3000], False)]
    story.buys(sara, 2000, at=START + 8 * HOUR)
    assert runs(sara)[1] == ("given", second, [5000], True)
    assert story.balance(sara) == 108
    assert story.books_agree()


def test_a_late_purchase_completes_a_run_that_is_over_as_of_its_arrival(app: Flask) -> None:
    story = club(given=challenge(orders(2), start="handed_out"))
    sara = story.enrols()
    hands_out(story, "given", sara, START, START + HOUR)
    story.buys(sara, 1000)
    story.now = START + timedelta(days=3)
    story.buys(sara, 1000)
    assert completed(story.buys(sara, 1000, at=START + HOUR)) == ["given"]
    row = connection().execute("SELECT completed_at FROM challenge_run").fetchone()
    assert row == (story.now,)
    assert story.books_agree()


def test_steps_are_done_by_purchases_and_other_events(app: Flask) -> None:
    steps = [{"event": "review"}, {"basket": {"at_least": 2000}}]
    body = {"title": title("Tour"), "start": "chosen", "lasts": {"days": 14}, "steps": steps, "in_order": True}
    story = club(tour={**body, "give": FIFTY})
    sara = story.enrols()
    hands_out(story, "tour", sara)
    story.now += HOUR
    story.buys(sara, 2000)
    review = Event("review", story.now + HOUR, "r1", "site", member=MemberRef("id", str(sara)), attributes={"stars": 5})
    record_events(story.club_id, [review], story.now)
    story.now += 2 * HOUR
    assert completed(story.buys(sara, 2000)) == ["tour"]
    assert story.books_agree()


def test_joining_twice_is_refused_while_a_run_is_under_way(app: Flask) -> None:
    story = club(tour=challenge(orders(1), start="chosen", lasts={"days": 14}))
    sara = story.enrols()
    hands_out(story, "tour", sara)
    with pytest.raises(Conflict):
        hands_out(story, "tour", sara)
    story.buys(sara, 1000)
    story.now += HOUR
    hands_out(story, "tour", sara)
    assert [done for *_, done in runs(sara)] == [True, False]


def test_what_cannot_be_handed_out(app: Flask) -> None:
    story = club(auto=challenge(orders(1)), days=challenge(orders(1), start="handed_out", until="1405-12-29"))
    sara = story.enrols()
    with pytest.raises(Conflict):
        hands_out(story, "auto", sara)
    with pytest.raises(NotFound):
        hands_out(story, "unknown", sara)
    with pytest.raises(Invalid):
        hands_out(story, "days", sara, START, START - INSTANT)
    with pytest.raises(Invalid):
        hands_out(story, "days", sara, START, START + timedelta(days=900))
    assert runs(sara) == []


def test_a_new_version_counts_what_happened_in_its_window_before_it(app: Flask) -> None:
    story = club()
    sara, omid = story.enrols(), story.enrols("Omid")
    story.buys(sara, 1000)
    story.buys(sara, 1000)
    counters = {"orders": {"of": "purchases", "measure": "times"}}
    three = challenge(orders(3), **{"from": "1405-01-01"})
    story.now += HOUR
    publish_bylaws(story.club_id, document(BASE, counters=counters, challenges={"three": three}), story.now)
    story.now += HOUR
    assert [completed(one) for one in story.records([story.sale(sara, 1000), story.sale(omid, 1000)])] == [
        ["three"],
        [],
    ]
    assert runs(sara) == [("three", "", [3], True)]
    assert story.books_agree()


def test_a_version_that_counts_otherwise_counts_anew(app: Flask) -> None:
    story = club(big=challenge(orders(3)))
    sara = story.enrols()
    story.buys(sara, 4000)
    story.now += HOUR
    spend = challenge({"counter": {"name": "spend", "at_least": 5000}})
    publish_bylaws(story.club_id, document(BASE, challenges={"big": spend}), story.now)
    story.now += HOUR
    assert completed(story.buys(sara, 1000)) == ["big"]
    assert runs(sara) == [("big", "", [5000], True)]
    assert story.books_agree()


_keys = iter(range(1, 1000))


def gives_back(story: Story, outcome: Outcome, **more: Any) -> Taken:
    """All of a purchase, or as told, comes back."""
    assert outcome.id
    asked = Return(f"k{next(_keys)}", "s1", story.now, **(more or {"all": True}))
    [answer] = return_purchases(story.club_id, [(outcome.id, asked)], story.now)
    assert answer.taken, answer.problem
    return answer.taken


def returning(returns: str, **challenges: Any) -> Story:
    ladder = {"ladder": [{"code": "bronze", "title": title("Bronze")}], "returns": returns}
    counters = {"orders": {"of": "purchases", "measure": "times"}}
    badges = {"walker": {"title": title("Walker")}}
    return Story(document(BASE, counters=counters, tiers=ladder, badges=badges, challenges=challenges))


GIVES = [{"points": {"fixed": 50}}, {"badge": "walker"}]


def test_what_comes_back_goes_off_the_run_in_which_it_was_bought(app: Flask) -> None:
    story = club(spend=challenge({"counter": {"name": "spend", "at_least": 9000}}, each="month"))
    sara = story.enrols()
    first = story.buys(sara, 4000)
    story.now += timedelta(days=40)
    story.buys(sara, 4000)
    gives_back(story, first, amount=1000)
    assert [(key, sums) for _, key, sums, _ in runs(sara)] == [("2026-10-23", [3000]), ("2026-11-22", [4000])]
    gives_back(story, first)
    assert [sums for *_, sums, _ in runs(sara)] == [[0], [4000]]
    assert story.books_agree()


def test_under_at_once_a_run_that_is_no_longer_complete_gives_back_what_it_gave(app: Flask) -> None:
    story = returning("at_once", twice=challenge(orders(2), give=GIVES))
    sara = story.enrols()
    first = story.buys(sara, 1000)
    assert completed(story.buys(sara, 1000)) == ["twice"]
    story.now += HOUR
    taken = gives_back(story, first)
    assert taken.challenges == [("twice", "")]
    assert taken.badges == [("walker", 1)]
    assert runs(sara) == [("twice", "", [1], False)]
    assert story.balance(sara) == 1
    assert story.books_agree()
    story.now += HOUR
    assert completed(story.buys(sara, 1000)) == ["twice"]
    assert story.balance(sara) == 52
    assert story.books_agree()


def test_a_run_that_stays_complete_keeps_its_badge_though_its_purchase_came_back(app: Flask) -> None:
    story = returning("at_once", twice=challenge(orders(2), give=GIVES))
    sara = story.enrols()
    story.buys(sara, 1000)
    second = story.buys(sara, 1000)
    story.buys(sara, 1000)
    taken = gives_back(story, second)
    assert (taken.challenges, taken.badges) == ([], [])
    assert story.balance(sara) == 52
    assert story.books_agree()


def test_under_at_review_it_waits_for_the_night(app: Flask) -> None:
    story = returning("at_review", twice=challenge(orders(2), give=GIVES))
    sara = story.enrols()
    first = story.buys(sara, 1000)
    story.buys(sara, 1000)
    assert gives_back(story, first).challenges == []
    assert runs(sara) == [("twice", "", [1], True)]
    story.now += timedelta(days=1)
    review_tiers(story.club_id, story.now)
    assert runs(sara) == [("twice", "", [1], False)]
    assert story.balance(sara) == 1
    assert story.books_agree()


def test_under_keep_it_stays(app: Flask) -> None:
    story = returning("keep", twice=challenge(orders(2), give=GIVES))
    sara = story.enrols()
    first = story.buys(sara, 1000)
    story.buys(sara, 1000)
    gives_back(story, first)
    story.now += timedelta(days=1)
    review_tiers(story.club_id, story.now)
    assert runs(sara) == [("twice", "", [1], True)]
    assert story.balance(sara) == 51
    assert story.books_agree()


def test_what_a_run_gave_with_its_handing_out_is_taken_back_from_there(app: Flask) -> None:
    story = returning("at_once", given=challenge(orders(2), start="handed_out", give=GIVES))
    sara = story.enrols()
    first = story.buys(sara, 1000)
    story.buys(sara, 1000)
    story.now += HOUR
    key = hands_out(story, "given", sara, START - HOUR, START + HOUR)
    assert story.balance(sara) == 52
    assert gives_back(story, first).challenges == [("given", key)]
    assert story.balance(sara) == 1
    assert story.books_agree()


def test_a_later_version_that_asks_for_more_takes_nothing_away(app: Flask) -> None:
    story = returning("at_once", big=challenge(orders(2)))
    sara = story.enrols()
    bought = [story.buys(sara, 1000) for _ in range(3)]
    story.now += HOUR
    ladder = {"ladder": [{"code": "bronze", "title": title("Bronze")}], "returns": "at_once"}
    counters = {"orders": {"of": "purchases", "measure": "times"}}
    more = document(BASE, counters=counters, tiers=ladder, challenges={"big": challenge(orders(9))})
    publish_bylaws(story.club_id, more, story.now)
    story.now += HOUR
    story.buys(sara, 1000)
    assert gives_back(story, bought[0]).challenges == []
    assert story.balance(sara) == 53
    assert story.books_agree()


def test_a_purchase_undone_as_a_mistake_counts_in_no_run(app: Flask) -> None:
    story = returning("at_once", twice=challenge(orders(2), give=GIVES))
    sara = story.enrols()
    story.buys(sara, 1000)
    second = story.buys(sara, 1000)
    assert second.id
    void_purchase(story.club_id, second.id, "a mistake", story.now)
    assert runs(sara) == [("twice", "", [1], False)]
    assert story.balance(sara) == 1
    assert story.books_agree()


def test_a_merge_joins_what_both_have_done_and_an_unmerge_parts_it(app: Flask) -> None:
    auto = challenge(orders(3))
    story = club(auto=auto, given=challenge(orders(2), start="handed_out"))
    sara, double = story.enrols(), story.enrols("Sara again")
    story.buys(sara, 1000)
    story.buys(double, 1000)
    key = hands_out(story, "given", double, START - HOUR, START + timedelta(days=9))
    merge_members(story.club_id, double, MemberRef("id", str(sara)), "the same person", story.now)
    assert runs(sara) == [("auto", "", [2], False), ("given", key, [2], False)]
    assert story.books_agree()
    story.now += HOUR
    assert completed(story.buys(sara, 1000)) == ["auto", "given"]
    assert story.books_agree()
    story.now += HOUR
    unmerge_members(story.club_id, double, "two persons", story.now)
    assert runs(sara) == [("auto", "", [2], True)]
    assert runs(double) == [("auto", "", [1], False), ("given", key, [1], False)]
    assert story.books_agree()


def test_a_member_is_told_of_a_completed_run(app: Flask) -> None:
    story = club(twice=challenge(orders(1)))
    sara = story.enrols()
    bought = story.buys(sara, 1000)
    told = connection().execute("SELECT member_id, data FROM outbox WHERE type = 'challenge.completed'").fetchall()
    assert told == [(sara, {"challenge": "twice", "run": "", "event": bought.id})]
