"""What is near is told in time, once: points that end, runs that end, tiers and badges that are almost there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from loyalty.actions import find_near as near
from loyalty.actions import remind_of_runs as runs
from loyalty.actions.find_near import find_near
from loyalty.actions.merge_members import merge_members
from loyalty.actions.remind_of_runs import remind_of_runs
from loyalty.db import transaction
from loyalty.jobs import duties
from loyalty.queries.wallets import wallets
from loyalty.rules import MemberRef
from tests.actions.test_record_purchases import statements
from tests.conftest import Clock
from tests.notices.conftest import GAME, Telling, decides
from tests.notices.test_at_once import at_once
from tests.story import POINTS, document, title

DAY = timedelta(days=1)
Tick = Callable[[], None]


def ending(clock: Clock, **terms: object) -> Telling:
    """A club whose points end after thirty days, unless told otherwise."""
    return Telling(clock, document(wallets={"points": {**POINTS["points"], "expires": {"days": 30}, **terms}}))


@pytest.fixture
def tick(app, clock, work) -> Tick:
    """A minute of the timer, and the worker after it."""

    def run() -> None:
        duties.tick(clock.now)
        work()

    return run


def told(member: int, kind: str) -> list[tuple[dict, dict]]:
    with transaction() as conn:
        return conn.execute(
            "SELECT about, slots FROM notice WHERE member_id = %s AND kind = %s ORDER BY id", [member, kind]
        ).fetchall()


# --- points ---------------------------------------------------------------------------------------------------------


def test_points_are_told_a_week_before_they_end_and_as_the_wallet_shows_them(app, clock, tick):
    club = ending(clock)
    sara = club.enrols()
    club.buys(sara, 120_000)
    tick()
    for _ in range(22):
        clock.move(days=1)
        tick()
    assert told(sara, "points_expiring") == []
    clock.move(days=1)
    tick()
    [(about, slots)] = told(sara, "points_expiring")
    [wallet] = [its for its in wallets(club.club_id, sara, clock.now) if its.code == "points"]
    assert about["amount"] == wallet.next_end.amount == 120
    assert slots["amount"] == {"en": "120 points", "fa": "۱۲۰ امتیاز"}
    assert slots["day"] == {"en": "10 Azar 1405", "fa": "۱۰ آذر ۱۴۰۵"}
    for _ in range(7):
        clock.move(days=1)
        tick()
    assert len(told(sara, "points_expiring")) == 1


def test_after_downtime_it_is_told_once_and_what_is_gone_is_not(app, clock, tick):
    club = ending(clock)
    sara, late = club.enrols(), club.enrols()
    club.buys(sara, 120_000)
    club.buys(late, 50_000, at=clock.now - 5 * DAY)
    tick()
    clock.move(days=27)  # four nights too late for Sara's, too late altogether for the other's
    tick()
    tick()
    assert len(told(sara, "points_expiring")) == 1
    assert told(late, "points_expiring") == []


def test_what_was_spent_or_given_with_little_time_is_told_as_it_is(app, clock):
    club = ending(clock)
    sara = club.enrols()
    club.buys(sara, 120_000, at=clock.now - 28 * DAY)  # entered with two days left
    club.loses(sara, 100)
    find_near(club.club_id, clock.now)
    [(about, _)] = told(sara, "points_expiring")
    assert about["amount"] == 20


def test_a_wallet_that_lapses_by_idleness_is_told_as_a_whole(app, clock):
    club = ending(clock, expires={"after": {"days": 30}, "from": "activity"})
    sara = club.enrols()
    club.buys(sara, 120_000)
    find_near(club.club_id, clock.move(days=20))
    assert told(sara, "points_expiring") == []
    find_near(club.club_id, clock.move(days=5))
    assert [about["amount"] for about, _ in told(sara, "points_expiring")] == [120]


def test_the_club_says_how_many_days_ahead(app, clock):
    club = ending(clock)
    decides(club.club_id, clock.now, expiring_days=20)
    sara = club.enrols()
    club.buys(sara, 120_000)
    find_near(club.club_id, clock.move(days=11))
    assert len(told(sara, "points_expiring")) == 1


def test_two_timers_at_once_tell_it_once(app, clock):
    club = ending(clock)
    people = [club.enrols(f"m{n}") for n in range(40)]
    club.records([club.sale(who, 120_000) for who in people])
    clock.move(days=25)
    at_once(app, *(lambda: find_near(club.club_id, clock.now) for _ in range(2)))
    assert [len(told(who, "points_expiring")) for who in people] == [1] * 40


def test_pages_go_on_where_the_last_ended(app, clock, monkeypatch):
    monkeypatch.setattr(near, "BATCH", 3)
    club = ending(clock)
    people = [club.enrols(f"m{n}") for n in range(10)]
    club.records([club.sale(who, 120_000) for who in people])
    assert find_near(club.club_id, clock.move(days=25)) == 10


def test_a_page_costs_as_many_statements_for_many_as_for_one(app, clock):
    club = Telling(clock)
    people = [club.enrols(f"m{n}") for n in range(40)]
    club.buys(people[0], 95_000)
    with statements() as one:
        find_near(club.club_id, clock.now)
    club.records([club.sale(who, 95_000) for who in people[1:]])
    with statements() as many:
        find_near(club.club_id, clock.now)
    assert len(many) <= len(one)


# --- tiers and badges -----------------------------------------------------------------------------------------------


def test_a_tier_is_near_at_nine_tenths_and_told_once_a_month(app, clock):
    club = Telling(clock)
    sara, kian = club.enrols(), club.enrols()
    club.buys(sara, 92_000)
    club.buys(kian, 80_000)
    for _ in range(2):
        find_near(club.club_id, clock.now)
    [(about, slots)] = told(sara, "tier_near")
    assert about == {"tier": "silver", "share": 92}
    assert slots["share"] == {"en": "92%", "fa": "۹۲٪"}
    assert told(kian, "tier_near") == []


def test_a_badge_is_near_when_one_is_missing(app, clock):
    club = Telling(clock)
    sara = club.enrols()
    for days in (2, 1):
        club.buys(sara, 1000, at=clock.now - days * DAY)
    find_near(club.club_id, clock.now)
    assert [about for about, _ in told(sara, "badge_near")] == [{"badge": "regular", "level": 2, "share": 66}]


def test_a_secret_badge_stays_one(app, clock):
    badges = {
        "owl": {"title": title("Owl"), "counter": "visits", "over": "ever", "levels": [{"at": 3}], "secret": True}
    }
    club = Telling(clock, document(badges=badges))
    sara = club.enrols()
    for days in (2, 1):
        club.buys(sara, 1000, at=clock.now - days * DAY)
    find_near(club.club_id, clock.now)
    assert club.feed(sara) == []


# --- runs -----------------------------------------------------------------------------------------------------------

VISITS = {"counter": {"name": "visits", "over": "run", "at_least": 3}}


@pytest.fixture
def october(app, clock) -> Telling:
    """A challenge from 1 Aban to its end, 30 Aban (21 November)."""
    first = {"title": title("Three"), "from": "1405-08-01", "until": "1405-08-30", "goal": VISITS}
    return Telling(clock, document(**GAME, challenges={"three": first}))


def test_a_run_is_told_two_days_before_its_end_with_what_is_done(october, clock, tick):
    club = october
    sara, done, idle = club.enrols(), club.enrols(), club.enrols()
    club.buys(sara, 1000)
    for days in (0, 1, 2):
        club.buys(done, 1000, at=clock.now - days * DAY)
    tick()
    clock.now = datetime(2026, 11, 19, 20, 0, tzinfo=UTC)  # half an hour before the last two days begin
    tick()
    assert told(sara, "run_ending") == []
    clock.move(hours=1)
    tick()
    [(about, slots)] = told(sara, "run_ending")
    assert (about["challenge"], about["share"]) == ("three", 33)
    assert slots["day"]["fa"] == "۳۰ آبان ۱۴۰۵"
    for member in (done, idle):
        assert told(member, "run_ending") == []
    clock.move(hours=5)
    tick()
    assert len(told(sara, "run_ending")) == 1


def test_after_downtime_a_run_is_told_while_it_lasts_and_not_after(october, clock, tick):
    sara, kian = october.enrols(), october.enrols()
    october.buys(sara, 1000)
    tick()
    clock.now = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
    tick()
    assert len(told(sara, "run_ending")) == 1
    october.buys(kian, 1000, at=clock.now - 20 * DAY)
    clock.move(days=1)
    tick()
    assert told(kian, "run_ending") == []


def test_a_short_run_is_told_in_its_last_tenth(app, clock):
    days = {"title": title("Five days"), "from": "1405-08-10", "until": "1405-08-14", "goal": VISITS}
    club = Telling(clock, document(challenges={"five": days}))
    sara = club.enrols()
    club.buys(sara, 1000)
    end = datetime(2026, 11, 5, 20, 30, tzinfo=UTC)
    assert remind_of_runs(club.club_id, end - timedelta(hours=13)) == 0
    assert remind_of_runs(club.club_id, end - timedelta(hours=11)) == 1


def test_runs_are_read_by_the_page(october, clock, monkeypatch):
    monkeypatch.setattr(runs, "BATCH", 3)
    people = [october.enrols(f"m{n}") for n in range(10)]
    october.records([october.sale(who, 1000) for who in people])
    assert remind_of_runs(october.club_id, datetime(2026, 11, 20, tzinfo=UTC)) == 10


def test_of_members_who_go_on_as_one_that_one_is_reminded(october, clock):
    sara, twin = october.enrols(), october.enrols()
    october.buys(sara, 1000)
    october.buys(twin, 1000, at=clock.now - DAY)
    merge_members(october.club_id, twin, MemberRef("id", str(sara)), "the same person", clock.now)
    assert remind_of_runs(october.club_id, datetime(2026, 11, 20, tzinfo=UTC)) == 1
    [(about, _)] = told(sara, "run_ending")
    assert about["share"] == 66
