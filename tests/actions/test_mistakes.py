"""Purchases that nobody claimed, came late, or were mistakes: claimed, undone, given to the right member."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from loyalty.actions.claim_purchase import claim_purchase
from loyalty.actions.reassign_purchase import reassign_purchase
from loyalty.actions.review_tiers import review_tiers
from loyalty.actions.void_purchase import void_purchase
from loyalty.db import connection, db
from loyalty.errors import Conflict, Invalid, NotFound
from loyalty.rules import MemberRef
from loyalty.values import Shown
from tests.actions.test_return_purchases import BADGES, LADDER, back, badges, counted, kept
from tests.conftest import START
from tests.story import BASE, Story, article, document, line

DAY = timedelta(days=1)


@pytest.fixture
def story(app: Flask) -> Story:
    return Story()


def ref(member: int) -> MemberRef:
    return MemberRef("id", str(member))


def number(outcome: object) -> int:
    id_ = outcome.id  # type: ignore[attr-defined]
    assert isinstance(id_, int)
    db.session.rollback()
    return id_


def test_a_sale_claimed_a_week_later_is_judged_by_its_own_time(app: Flask) -> None:
    story = Story(document(BASE, article("2", {"multiply": {"by": "2"}}, if_={"weekday": ["sunday"]})))
    sara = story.enrols()
    sale = number(story.buys(None, 10_000))  # a Sunday
    story.now = START + 8 * DAY
    outcome = claim_purchase(story.club_id, sale, ref(sara), story.now)
    assert (outcome.status, outcome.id, outcome.member_id) == ("recorded", sale, sara)
    assert kept(story, sara) == Shown(20, 20)
    assert claim_purchase(story.club_id, sale, ref(sara), story.now).status == "repeated"
    db.session.rollback()
    with pytest.raises(Conflict):
        claim_purchase(story.club_id, sale, ref(story.enrols("Lena")), story.now)
    assert story.books_agree()


def test_the_receipt_of_a_claimed_sale_answers_the_till_as_before(story: Story) -> None:
    sara = story.enrols()
    sent = story.sale(None, 10_000, receipt="77")
    [first] = story.records([sent])
    claim_purchase(story.club_id, number(first), ref(sara), story.now)
    [again] = story.records([sent])
    assert (again.status, again.id) == ("repeated", first.id)


def test_what_came_back_before_the_claim_comes_back_with_it(story: Story) -> None:
    sara = story.enrols()
    sale = number(story.buys(None, lines=(line("tea", 10_000, 2), line("milk", 5_000))))
    early = back(story, sale, ("tea", 1), key="R1")
    assert early.status == "recorded"
    assert back(story, sale, ("tea", 1), key="R1").status == "repeated"
    assert back(story, sale, ("tea", 2)).status == "refused"
    db.session.rollback()
    claim_purchase(story.club_id, sale, ref(sara), story.now)
    assert kept(story, sara) == Shown(10, 10)
    assert counted(story, sara)["amount"] == 10_000
    assert back(story, sale).status == "recorded"
    assert kept(story, sara) == Shown()
    assert story.books_agree()


def test_a_late_sale_waits_for_a_person_and_then_earns(story: Story) -> None:
    sara = story.enrols()
    [late] = story.records([story.sale(sara, 10_000, at=START - 40 * DAY)], lateness=timedelta(days=30))
    assert late.status == "set_aside"
    assert kept(story, sara) == Shown()
    claim_purchase(story.club_id, number(late), None, story.now)
    assert kept(story, sara) == Shown(10, 10)
    assert story.books_agree()


def test_a_claim_names_somebody_who_exists(story: Story) -> None:
    sale = number(story.buys(None, 10_000))
    with pytest.raises(Invalid):
        claim_purchase(story.club_id, sale, None, story.now)
    with pytest.raises(NotFound):
        claim_purchase(story.club_id, sale, ref(999), story.now)
    with pytest.raises(NotFound):
        claim_purchase(story.club_id, 999, ref(story.enrols()), story.now)


def test_a_mistake_is_undone_as_if_never_made_and_its_receipt_is_free(app: Flask) -> None:
    story = Story(document(BASE, article("2", {"points": {"fixed": 100}}, if_={"nth_purchase": {"n": 2}})))
    sara = story.enrols()
    sale = number(story.buys(sara, 10_000, receipt="77"))
    answer = void_purchase(story.club_id, sale, "typed twice", story.now)
    assert answer.taken
    assert answer.taken.reversed == {"points": 10}
    assert void_purchase(story.club_id, sale, "typed twice", story.now).status == "repeated"
    db.session.rollback()
    assert story.buys(sara, 12_000, receipt="77").status == "recorded"
    assert kept(story, sara) == Shown(12, 12)  # the first purchase, not the second
    assert back(story, sale).status == "refused"
    assert story.books_agree()


def test_a_mistake_that_waited_is_forgotten(story: Story) -> None:
    sara = story.enrols()
    sale = number(story.buys(None, 10_000, receipt="77"))
    void_purchase(story.club_id, sale, "a test", story.now)
    assert story.buys(sara, 9_000, receipt="77").status == "recorded"
    assert story.books_agree()


def test_a_purchase_of_the_wrong_member_goes_to_the_right_one_with_what_came_back(story: Story) -> None:
    sara, lena = story.enrols("Sara"), story.enrols("Lena")
    sale = number(story.buys(sara, lines=(line("tea", 10_000, 2), line("milk", 5_000)), at=START - 3 * DAY))
    back(story, sale, ("tea", 1))
    db.session.rollback()
    outcome = reassign_purchase(story.club_id, sale, ref(lena), "wrong card", story.now)
    assert outcome.member_id == lena
    assert kept(story, sara) == Shown()
    assert kept(story, lena) == Shown(10, 10)
    assert counted(story, lena)["amount"] == 10_000
    assert set(counted(story, sara).values()) == {0}
    with pytest.raises(Conflict):
        reassign_purchase(story.club_id, number(outcome), ref(lena), "again", story.now)
    assert story.books_agree()


AT_REVIEW = {**LADDER, "returns": "at_review"}


def test_under_at_review_badges_go_at_the_next_midnight_with_what_they_gave(app: Flask) -> None:
    story = Story(document(BASE, tiers=AT_REVIEW, badges=BADGES))
    sara = story.enrols()
    sale = number(story.buys(sara, 65_000))
    back(story, sale)
    assert (badges(sara), story.tier(sara), kept(story, sara).available) == ({"big": 2, "owl": 1}, "silver", 50)
    assert story.books_agree()
    db.session.rollback()
    review_tiers(story.club_id, START + DAY)
    assert (badges(sara), story.tier(sara), kept(story, sara)) == ({}, "bronze", Shown())
    assert story.books_agree()


def test_the_review_that_was_due_is_done_before_the_next_sale(app: Flask) -> None:
    lived, told_late = (Story(document(BASE, tiers=AT_REVIEW, badges=BADGES), code) for code in ("lived", "late"))
    sara, lena = lived.enrols(), told_late.enrols()
    for story, member in ((lived, sara), (told_late, lena)):
        sale = number(story.buys(member, 65_000))
        back(story, sale)
        if story is lived:
            db.session.rollback()
            review_tiers(story.club_id, START + DAY)
        story.buys(member, 65_000, at=START + 2 * DAY)
    assert badges(sara) == badges(lena) == {"big": 2, "owl": 1}
    assert kept(lived, sara) == kept(told_late, lena) == Shown(115, 115)
    moves = "SELECT from_tier, to_tier, at FROM tier_move WHERE member_id = %s ORDER BY id"
    ours, theirs = (connection().execute(moves, [member]).fetchall() for member in (sara, lena))
    assert ours == theirs
    assert lived.books_agree()
    assert told_late.books_agree()


def test_where_the_bylaws_keep_them_badges_stay_after_a_return(app: Flask) -> None:
    story = Story(document(BASE, tiers={**LADDER, "returns": "keep"}, badges=BADGES))
    sara = story.enrols()
    back(story, number(story.buys(sara, 65_000)))
    db.session.rollback()
    review_tiers(story.club_id, START + DAY)
    assert badges(sara) == {"big": 2, "owl": 1}
    assert kept(story, sara) == Shown(50, 50)
    assert story.books_agree()
