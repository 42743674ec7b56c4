"""Tiers held for terms, in a club's books: by the timer, before a sale, after returns and merges, and by hand."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from loyalty.actions import review_tiers as reviewing
from loyalty.actions.erase_member import erase_member
from loyalty.actions.give_tier import give_tier
from loyalty.actions.merge_members import merge_members
from loyalty.actions.publish_bylaws import publish_bylaws
from loyalty.actions.review_tiers import review_tiers
from loyalty.actions.unmerge_members import unmerge_members
from loyalty.acts import By
from loyalty.calendars import Calendar, parse_date
from loyalty.db import connection, db
from loyalty.errors import Conflict, Invalid, NotFound
from loyalty.jobs import duties
from loyalty.queries import standing
from loyalty.queries.export import export
from loyalty.rules import MemberRef
from tests.actions.test_return_purchases import back
from tests.conftest import START, Clock
from tests.rehearsal.conftest import differences, report
from tests.story import Story, document, title

TEHRAN = Calendar("Asia/Tehran", "jalali")
DAY = timedelta(days=1)


def counter(over: Any, least: int, name: str = "spend") -> dict[str, Any]:
    return {"counter": {"name": name, "over": over, "at_least": least}}


def ladder(**more: Any) -> dict[str, Any]:
    """A beauty chain's: 350 and 1,000 in a calendar year, for the rest of it and the next."""
    steps: list[dict[str, Any]] = [{"code": "insider", "title": title("Insider")}]
    for code, least in (("vib", 350), ("rouge", 1000)):
        steps.append({"code": code, "title": title(code), "needs": counter({"this": "year"}, least)})
    return {"ladder": steps, "holds_for": {"at": "end_of_year", "plus": 1}, **more}


def on(day: str, hour: int = 12) -> datetime:
    """An hour of a day of the club."""
    return TEHRAN.instant(parse_date(day), 60 * hour)


def stands(member: int) -> tuple[Any, ...]:
    columns = "tier, tier_since, tier_until, tier_grace_until, tier_floor, tier_floor_until, tier_under"
    return connection().execute(f"SELECT {columns} FROM member WHERE id = %s", [member]).fetchone()


def moves(member: int) -> list[tuple[str, str | None]]:
    """The moves of a member: on which day of the club to which tier."""
    found = connection().execute("SELECT at, to_tier FROM tier_move WHERE member_id = %s ORDER BY id", [member])
    return [(TEHRAN.label("day", TEHRAN.moment(at).day), to) for at, to in found]


def reviews(story: Story, day: str) -> int:
    """What the timer does at a midnight."""
    db.session.rollback()
    return review_tiers(story.club_id, on(day, 0))


def told(story: Story) -> list[dict[str, Any]]:
    found = connection().execute("SELECT data FROM outbox WHERE type = 'tier.changed' ORDER BY id")
    return [{name: data[name] for name in ("from", "to", "passed")} for (data,) in found]


def test_the_timer_finds_whose_term_has_ended_and_nobody_else(app: Flask) -> None:
    story = Story(document(tiers=ladder()))
    sara, lena = story.enrols("Sara"), story.enrols("Lena")
    story.buys(sara, 1000, at=on("1403-05-01"))
    story.buys(lena, 400, at=on("1402-05-01"))
    assert (reviews(story, "1403-12-30"), reviews(story, "1404-01-01")) == (0, 1)
    assert moves(lena) == [("1402-05-01", "vib"), ("1404-01-01", "insider")]
    assert reviews(story, "1404-12-29") == 0
    assert story.tier(sara) == "rouge"
    assert reviews(story, "1405-01-01") == 1
    assert moves(sara) == [("1403-05-01", "rouge"), ("1405-01-01", "insider")]
    assert reviews(story, "1405-01-01") == 0


def test_a_midnight_that_ends_nothing_looks_at_nobody(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    story = Story(document(tiers=ladder()))
    for n in range(3):
        story.buys(story.enrols(str(n)), 1000, at=on("1404-05-01"))
    looked_at: list[int] = []
    real = reviewing.review_members

    def noted(conn: Any, terms: Any, uptos: dict[int, datetime]) -> Any:
        looked_at.extend(uptos)
        return real(conn, terms, uptos)

    monkeypatch.setattr(reviewing, "review_members", noted)
    assert reviews(story, "1404-08-01") == 0
    assert looked_at == []
    assert reviews(story, "1406-01-01") == 3
    assert len(looked_at) == 3


def test_whose_term_has_ended_is_found_by_an_index(app: Flask) -> None:
    story = Story(document(tiers=ladder()))
    connection().execute("SET LOCAL enable_seqscan = off")
    plan = connection().execute(f"EXPLAIN {reviewing.DUE}", [story.club_id, START, 500]).fetchall()
    assert any("member_tier_due" in line for (line,) in plan)


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"grace": {"days": 30}, "demote": "one_step"},
        {"holds_for": {"months": 12}, "grace": {"months": 2}},
        {"holds_for": {"months": 3}, "promote": "at_review", "review": "month"},
        {"holds_for": "while_qualified", "promote": "at_review", "review": "year", "demote": "one_step"},
        {"holds_for": "while_qualified", "grace": {"days": 10}},
    ],
)
def test_what_the_timer_did_is_what_the_next_sale_finds_due_and_what_a_rehearsal_does(
    app: Flask, more: dict[str, Any]
) -> None:
    lived, late = (Story(document(tiers=ladder(**more)), code) for code in ("lived", "late"))
    sara, lena = lived.enrols(), late.enrols()
    sales = [("1401-03-01", 400), ("1401-11-15", 700), ("1402-02-01", 360), ("1404-12-29", 1200), ("1405-07-01", 1)]
    day = parse_date("1401-03-01")
    for at, net in sales:
        while day <= parse_date(at):
            if TEHRAN.parts(day)[2] in (1, 2, 11, 16) or day == parse_date(at):
                db.session.rollback()
                review_tiers(lived.club_id, TEHRAN.instant(day))
            day += DAY
        lived.buys(sara, net, at=on(at))
    late.records([late.sale(lena, net, at=on(at)) for at, net in sales])
    assert stands(sara) == stands(lena)
    if more.get("holds_for") != "while_qualified":
        assert moves(sara) == moves(lena)
    assert lived.books_agree()
    assert late.books_agree()
    found = report(late, document(tiers=ladder(**more)))
    assert differences(found["difference"]) == {}
    assert found["rehearsed"]["tiers"]["up"] > 0


def test_what_was_due_is_shown_also_before_the_timer_comes(app: Flask) -> None:
    story = Story(document(tiers=ladder(grace={"days": 30})))
    sara = story.enrols()
    story.buys(sara, 1000, at=on("1403-05-01"))
    view = standing.tier(story.club_id, sara, on("1403-06-01"))
    assert (view.code, view.until) == ("rouge", on("1405-01-01", 0) - timedelta(microseconds=1))
    assert (view.next, view.keep and view.keep.needs[0].value) == (None, 1000)
    view = standing.tier(story.club_id, sara, on("1405-01-10"))
    assert (view.code, view.until) == ("rouge", on("1405-01-31", 0) - timedelta(microseconds=1))
    assert view.keep
    assert [(its.value, its.needed, its.share) for its in view.keep.needs] == [(0, 1000, 0)]
    view = standing.tier(story.club_id, sara, on("1405-01-31"))
    assert (view.code, view.until) == ("insider", None)
    assert stands(sara)[0] == "rouge"


def test_a_move_over_several_steps_is_one_and_names_each_that_it_passes(app: Flask) -> None:
    story = Story(document(tiers=ladder()))
    sara = story.enrols()
    story.buys(sara, 1000, at=on("1404-05-01"))
    reviews(story, "1406-01-01")
    assert told(story) == [
        {"from": "insider", "to": "rouge", "passed": ["vib", "rouge"]},
        {"from": "rouge", "to": "insider", "passed": []},
    ]


def test_downtime_over_two_years_ends_is_caught_up_each_at_its_instant(app: Flask, clock: Clock) -> None:
    story = Story(document(tiers=ladder(demote="one_step", grace={"days": 30})))
    sara = story.enrols()
    story.buys(sara, 1000)
    duties._enter_new_clubs(clock.now)
    clock.move(days=365 * 4)
    duties.perform(story.club_id, "review_tiers")
    assert moves(sara)[1:] == [("1407-01-31", "vib"), ("1409-01-31", "insider")]


def test_a_review_before_a_sale_leaves_its_streak_the_weeks_before(app: Flask) -> None:
    weekly = {"title": title("Weekly"), "counter": "visits", "every": "week", "at_least": 1, "milestones": [{"at": 2}]}
    story = Story(document(tiers=ladder(), streaks={"weekly": weekly}))
    sara = story.enrols()
    story.buys(sara, 1000, at=on("1403-05-01"))
    story.buys(sara, 1, at=on("1404-12-28"))
    story.buys(sara, 1, at=on("1405-01-03"))  # the tier has ended between the two weeks
    assert story.tier(sara) == "insider"
    reached = connection().execute("SELECT at FROM streak_milestone WHERE member_id = %s", [sara]).fetchall()
    assert reached == [(2,)]


def test_bylaws_that_give_terms_hold_whoever_stands_there_already(app: Flask) -> None:
    bylaws = document(tiers=ladder(holds_for="while_qualified"))
    story = Story(bylaws)
    sara = story.enrols()
    story.buys(sara, 1000, at=on("1405-05-01"))
    assert stands(sara)[2] is None
    db.session.rollback()
    publish_bylaws(story.club_id, document(tiers=ladder()), START)
    assert reviews(story, "1405-08-11") == 0
    assert stands(sara)[2] == on("1407-01-01", 0) - timedelta(microseconds=1)


# --- returns ---


@pytest.mark.parametrize(
    ("returns", "at_once", "next_day"),
    [("at_once", "insider", "insider"), ("at_review", "rouge", "insider"), ("keep", "rouge", "rouge")],
)
def test_a_tier_goes_with_what_earned_it(app: Flask, returns: str, at_once: str, next_day: str) -> None:
    story = Story(document(tiers=ladder(returns=returns)))
    sara = story.enrols()
    sale = story.buys(sara, 1000, at=on("1404-05-01")).id
    assert sale
    story.now = on("1404-05-03")
    back(story, sale)
    assert story.tier(sara) == at_once
    reviews(story, "1404-05-04")
    assert story.tier(sara) == next_day
    assert story.books_agree()


def test_a_tier_that_was_earned_without_it_stays_for_its_first_term(app: Flask) -> None:
    story = Story(document(tiers=ladder(returns="at_once")))
    sara = story.enrols()
    story.buys(sara, 1000, at=on("1403-05-01"))
    sale = story.buys(sara, 1000, at=on("1404-05-01")).id
    assert sale
    assert stands(sara)[2] == on("1406-01-01", 0) - timedelta(microseconds=1)
    story.now = on("1404-05-03")
    back(story, sale)
    assert (story.tier(sara), stands(sara)[2]) == ("rouge", on("1405-01-01", 0) - timedelta(microseconds=1))


# --- by hand ---


def gives(story: Story, member: int, tier: str, until: datetime, now: datetime = START, key: int = 1) -> Any:
    db.session.rollback()
    return give_tier(story.club_id, member, tier, until, "Came from a rival", now, By(key=key))


def test_a_tier_by_hand_is_a_floor_until_its_date(app: Flask) -> None:
    story = Story(document(tiers=ladder()))
    sara = story.enrols()
    given = gives(story, sara, "rouge", on("1405-10-30", 23))
    assert (given.before, given.after) == ("insider", "rouge")
    view = standing.tier(story.club_id, sara, START)
    assert (view.code, view.since, view.until) == ("rouge", START, on("1405-10-30", 23))
    story.buys(sara, 400, at=on("1405-09-01"))
    assert story.tier(sara) == "rouge"
    assert reviews(story, "1405-10-30") == 0
    assert reviews(story, "1405-11-01") == 1
    assert stands(sara) == (
        "vib",
        on("1405-10-30", 23) + timedelta(microseconds=1),
        on("1407-01-01", 0) - timedelta(microseconds=1),
        *[None] * 4,
    )
    noted = connection().execute("SELECT by, what, data FROM act WHERE what = 'tier.given'").fetchall()
    assert [(by, data["tier"]) for by, _, data in noted] == [("key:1", "rouge")]
    assert story.books_agree()


def test_a_tier_by_hand_is_rehearsed_as_it_was_given(app: Flask) -> None:
    story = Story(document(tiers=ladder()))
    sara = story.enrols()
    story.buys(sara, 400, at=START)
    gives(story, sara, "rouge", START + 10 * DAY, START + DAY)
    story.now = START + 20 * DAY
    story.buys(sara, 1)
    assert moves(sara) == [("1405-08-10", "vib"), ("1405-08-11", "rouge"), ("1405-08-20", "vib")]
    found = report(story, document(tiers=ladder()))
    assert differences(found["difference"]) == {}
    assert found["rehearsed"]["tiers"]["up"] == 2


def test_what_cannot_be_given_is_refused(app: Flask) -> None:
    story = Story(document(tiers=ladder()))
    sara, lena = story.enrols("Sara"), story.enrols("Lena")
    with pytest.raises(Invalid, match="no such tier"):
        gives(story, sara, "platinum", START + DAY)
    with pytest.raises(Invalid, match="passed already"):
        gives(story, sara, "vib", START)
    with pytest.raises(NotFound):
        gives(story, 2**40, "vib", START + DAY)
    merge_members(story.club_id, lena, MemberRef("id", str(sara)), "Twice", START)
    with pytest.raises(Conflict):
        gives(story, lena, "vib", START + DAY)


def test_why_it_was_given_is_exported_and_erased(app: Flask) -> None:
    story = Story(document(tiers=ladder()))
    sara = story.enrols()
    gives(story, sara, "vib", START + DAY)
    grants = {name: list(rows) for name, rows in export([sara])}["tier_grants"]
    assert [(its["tier"], its["reason"]) for its in grants] == [("vib", "Came from a rival")]
    db.session.rollback()
    erase_member(story.club_id, sara, START)
    assert connection().execute("SELECT reason FROM tier_grant").fetchall() == [("",)]
    assert reviews(story, "1406-01-01") == 0


# --- merges ---


def test_who_goes_on_for_two_has_the_tier_that_one_of_them_held_until_they_part(app: Flask) -> None:
    story = Story(document(tiers=ladder()))
    sara, twin = story.enrols("Sara"), story.enrols("Twin")
    story.buys(twin, 1000, at=on("1404-02-01"))
    story.buys(sara, 400, at=on("1405-02-01"))
    db.session.rollback()
    merge_members(story.club_id, twin, MemberRef("id", str(sara)), "Twice", START)
    assert (story.tier(sara), stands(sara)[2]) == ("rouge", on("1406-01-01", 0) - timedelta(microseconds=1))
    db.session.rollback()
    unmerge_members(story.club_id, twin, "Two people", START)
    assert (story.tier(sara), story.tier(twin)) == ("vib", "rouge")
    assert reviews(story, "1406-01-01") == 1
    assert story.tier(twin) == "insider"
    assert story.books_agree()
