"""Occasions that the club finds by itself: joining, birthdays, anniversaries, schedules, and long silence."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask

from loyalty.actions.find_occasions import find_occasions
from loyalty.calendars import Calendar, parse_date
from loyalty.db import connection
from loyalty.jobs import duties
from tests.conftest import START
from tests.story import Story, article, document

TEHRAN = Calendar("Asia/Tehran", "jalali")
DAY = timedelta(days=1)


def of(on: object, amount: int = 10, **more: object) -> dict[str, object]:
    return article("2", {"points": {"fixed": amount}}, on=on, **more)


def club(*articles: dict[str, object]) -> Story:
    return Story(document(*articles))


def midnight(day: str) -> datetime:
    return TEHRAN.instant(parse_date(day))


def found(story: Story, day: str) -> int:
    return find_occasions(story.club_id, midnight(day), midnight(day))


def test_whoever_joins_is_welcomed_at_once_and_once(app: Flask) -> None:
    story = club(of("enrolment"))
    sara = story.enrols(joined_at=START)
    assert story.balance(sara) == 10
    told = connection().execute("SELECT type, occurred_at FROM event WHERE member_id = %s", [sara]).fetchall()
    assert told == [("enrolment", START)]
    assert story.books_agree()


def test_who_is_of_an_audience_is_welcomed_by_its_own_article(app: Flask) -> None:
    story = club(of("enrolment", if_={"member": {"attribute": "student", "is": True}}))
    assert story.balance(story.enrols(attributes={"student": True})) == 10
    assert story.balance(story.enrols(name="Ali")) == 0


@pytest.mark.parametrize(
    ("born", "comes"),
    [
        ("1370-08-21", "1405-08-21"),
        ("1375-12-30", "1405-12-29"),  # a leap day, in a year that has none: the month's last day
        ("1375-12-30", "1408-12-30"),
    ],
)
def test_a_birthday_is_that_of_the_clubs_calendar(app: Flask, born: str, comes: str) -> None:
    story = club(of("birthday"))
    sara = story.enrols(birthday=parse_date(born))
    story.enrols(name="Ali", birthday=parse_date(born) + 2 * DAY)
    day = parse_date(comes)
    for other in (day - DAY, day + DAY):
        found(story, other.isoformat())
    assert story.balance(sara) == 0
    assert found(story, day.isoformat()) == 1
    assert found(story, day.isoformat()) == 0
    assert story.balance(sara) == 10
    assert story.books_agree()


def test_an_anniversary_is_of_joining_or_of_a_date_among_the_attributes(app: Flask) -> None:
    story = club(of("anniversary", 10), article("3", {"points": {"fixed": 7}}, on={"anniversary": "wedding"}))
    sara = story.enrols(joined_at=midnight("1403-05-10") + timedelta(hours=1), attributes={"wedding": "1390-07-01"})
    story.enrols(name="Ali", attributes={"wedding": "some day"})
    found(story, "1403-05-10")
    assert story.balance(sara) == 0, "the day itself is no anniversary"
    found(story, "1405-05-10")
    assert story.balance(sara) == 10
    found(story, "1405-07-01")
    assert story.balance(sara) == 17


@pytest.mark.parametrize(
    ("schedule", "days"),
    [
        ({"each": "month", "at": "end"}, ["1405-06-31", "1405-07-30"]),
        ({"each": "month", "at": 31}, ["1405-06-31", "1405-07-30"]),
        ({"each": "month"}, ["1405-07-01", "1405-08-01"]),
        ({"each": "week", "at": "friday"}, ["1405-07-03", "1405-07-10"]),
        ({"each": "year", "at": "07-10"}, ["1405-07-10"]),
    ],
)
def test_a_schedule_falls_on_its_days_alone(app: Flask, schedule: object, days: list[str]) -> None:
    story = club(of({"schedule": schedule}))
    sara = story.enrols()
    expected = [parse_date(day) for day in days]
    day, until = min(expected) - DAY, max(expected) + DAY
    came: list[date] = []
    while day <= until:
        if found(story, day.isoformat()):
            came.append(day)
        day += DAY
    assert [its for its in came if its in expected] == expected
    if schedule != {"each": "week", "at": "friday"}:
        assert came == expected
    assert story.balance(sara) == 10 * len(came)


def test_who_buys_nothing_for_six_months_is_asked_back_once(app: Flask) -> None:
    story = club(article("1", {"points": {"per": 1000, "give": 1}}), of({"idle": {"months": 6}}))
    sara, ali = story.enrols(), story.enrols(name="Ali")
    bought = midnight("1404-02-10") + timedelta(hours=15)
    story.buys(sara, 1000, at=bought)
    story.buys(ali, 1000, at=bought)
    story.buys(ali, 1000, at=bought + 100 * DAY)
    assert found(story, "1404-08-09") == 0
    assert found(story, "1404-08-10") == 1
    assert found(story, "1404-08-11") == 0
    assert (story.balance(sara), story.balance(ali)) == (11, 2)


def test_nobody_gets_anything_who_left_or_joined_later(app: Flask) -> None:
    story = club(of("birthday"))
    born = parse_date("1370-08-21")
    gone = story.enrols(birthday=born)
    connection().execute("UPDATE member SET status = 'left' WHERE id = %s", [gone])
    story.enrols(name="Later", birthday=born, joined_at=midnight("1405-09-01"))
    found(story, "1405-08-21")
    assert story.balance(gone) == 0
    assert connection().execute("SELECT count(*) FROM event").fetchone() == (0,)


def test_days_that_nobody_looked_at_are_caught_up_each_once(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    story = club(of("birthday"))
    first, second = (story.enrols(name=day, birthday=parse_date(f"1370-08-{day}")) for day in ("20", "22"))
    now = midnight("1405-08-25")
    duty = duties.DUTIES["find_occasions"]
    connection().execute(
        "INSERT INTO duty (club_id, name, done_until) VALUES (%s, %s, %s)",
        [story.club_id, duty.name, midnight("1405-08-19")],
    )
    connection().commit()
    monkeypatch.setattr("loyalty.config.now", lambda: now)
    times = 0
    while duties.perform_once(story.club_id, duty, now):
        times += 1
    assert times == 6
    assert (story.balance(first), story.balance(second)) == (10, 10)
    when = connection().execute("SELECT occurred_at FROM event ORDER BY occurred_at").fetchall()
    assert [at.astimezone(UTC) for (at,) in when] == [midnight("1405-08-20"), midnight("1405-08-22")]


def test_after_a_long_silence_points_lapse_and_the_membership_rests(app: Flask) -> None:
    story = club(
        article("1", {"points": {"per": 1000, "give": 1}}),
        article("2", {"forfeit": "points"}, {"status": "suspended"}, on={"idle": {"months": 6}}),
        article("3", {"points": {"fixed": 5}}, on="birthday"),
    )
    sara = story.enrols(birthday=parse_date("1370-08-21"))
    bought = midnight("1404-02-10") + timedelta(hours=15)
    story.buys(sara, 9000, at=bought)
    found(story, "1404-08-10")
    assert story.balance(sara) == 0
    changes = connection().execute("SELECT from_status, to_status, by FROM standing_change").fetchall()
    assert changes == [("active", "suspended", "bylaws:1")]
    found(story, "1404-08-21")
    assert story.balance(sara) == 0, "who is suspended earns nothing"
    story.buys(sara, 4000, at=bought + DAY)
    assert story.balance(sara) == 4, "what was bought before is judged by the standing of its time"
    assert story.books_agree()
