"""A purchase recorded: once, under lock, in a fixed number of statements, and judged by when it happened."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from flask import Flask

from loyalty.db import connection, db
from loyalty.rules import MemberRef
from loyalty.values import Shown
from tests.conftest import START
from tests.story import BASE, Story, article, document, line, title


@pytest.fixture
def story(app: Flask) -> Story:
    return Story()


LADDER = {
    "ladder": [
        {"code": "bronze", "title": title("Bronze")},
        {
            "code": "silver",
            "title": title("Silver"),
            "needs": {"counter": {"name": "spend", "over": {"last": {"days": 30}}, "at_least": 100_000}},
        },
        {
            "code": "gold",
            "title": title("Gold"),
            "needs": {"counter": {"name": "spend", "over": {"last": {"days": 30}}, "at_least": 500_000}},
        },
    ]
}


def test_a_purchase_earns_and_the_books_agree(story: Story) -> None:
    sara = story.enrols()
    outcome = story.buys(sara, 25_900)
    assert outcome.status == "recorded"
    assert outcome.wallets == {"points": Shown(available=25, earned=25)}
    assert story.balance(sara) == 25
    assert story.books_agree()


def test_the_same_receipt_again_answers_as_before_and_another_sale_under_it_is_a_conflict(story: Story) -> None:
    sara = story.enrols()
    first = story.buys(sara, 10_000, receipt="77")
    again = story.buys(sara, 10_000, receipt="77")
    assert (again.status, again.id) == ("repeated", first.id)
    other = story.buys(sara, 11_000, receipt="77")
    assert other.problem is not None
    assert other.problem.code == "conflict"
    elsewhere = story.buys(sara, 11_000, receipt="77", store="s2")
    assert elsewhere.status == "recorded"
    assert story.balance(sara) == 21


def test_a_batch_refuses_the_bad_row_alone_and_sending_it_again_completes_it(story: Story) -> None:
    sara = story.enrols()
    sales = [
        story.sale(sara, 1000, receipt="a"),
        story.sale(999, 1000, receipt="b"),
        story.sale(sara, 1000, receipt="c", store="nowhere"),
        story.sale(sara, 1000, receipt="d", currency="USD"),
        story.sale(sara, 1000, receipt="a"),
        story.sale(sara, 2000, receipt="a"),
        story.sale(sara, 1000, receipt="e"),
    ]
    statuses = [outcome.status for outcome in story.records(sales)]
    assert statuses == ["recorded", "refused", "refused", "refused", "repeated", "refused", "recorded"]
    again = [outcome.status for outcome in story.records(sales)]
    assert again == ["repeated", "refused", "refused", "refused", "repeated", "refused", "repeated"]
    assert story.balance(sara) == 2
    assert story.books_agree()


def test_one_member_many_times_in_a_batch_stands_as_if_they_came_one_by_one(app: Flask) -> None:
    bylaws = document(
        BASE,
        article("2", {"points": {"fixed": 7}}, if_={"nth_purchase": {"every": 3}}),
        article("3", {"multiply": {"by": "2"}}, if_={"tier": {"at_least": "silver"}}),
        article(
            "4",
            {"points": {"fixed": 5}},
            limits=[{"per": "member", "every": "day", "at_most": 2, "of": "times"}],
        ),
        article("5", {"points": {"fixed": 3}}, if_={"counter": {"name": "visits", "over": "ever", "at_least": 2}}),
        tiers=LADDER,
        badges={"regular": {"title": title("R"), "counter": "visits", "levels": [{"at": 2}, {"at": 4}]}},
    )
    together, apart = Story(bylaws, "together"), Story(bylaws, "apart")
    sara, lena = together.enrols(), apart.enrols()
    times = [
        START - timedelta(days=days, hours=hours) for days, hours in ((9, 3), (9, 2), (9, 1), (5, 0), (2, 0), (2, 0))
    ]
    many = together.records([together.sale(sara, 60_500, at=at) for at in times])
    single = [apart.buys(lena, 60_500, at=at) for at in times]
    assert [outcome.wallets for outcome in many] == [outcome.wallets for outcome in single]
    assert [o.ruling.kept() for o in many if o.ruling] == [o.ruling.kept() for o in single if o.ruling]
    assert together.tier(sara) == apart.tier(lena) == "silver"
    assert together.books_agree()
    assert apart.books_agree()


def test_a_chunk_costs_the_same_statements_for_one_and_for_five_hundred(app: Flask) -> None:
    bylaws = document(
        BASE,
        article(
            "2", {"points": {"fixed": 1}}, limits=[{"per": "club", "every": "month", "at_most": 10, "of": "points"}]
        ),
        tiers=LADDER,
        badges={"first": {"title": title("First"), "counter": "visits", "levels": [{"at": 1}]}},
    )
    story = Story(bylaws)
    members = [story.enrols(f"M{n}") for n in range(50)]
    story.buys(members[0], 1000)  # the programme is loaded once per process
    with statements() as one:
        story.buys(members[1], 200_000)
    sales = [story.sale(members[n % 50], 200_000) for n in range(500)]
    with statements() as many:
        story.records(sales)
    assert len(many) <= len(one) + 3  # the club's limit runs out, so that the chunk is judged once more
    assert len(many) < 30
    assert story.books_agree()


@contextmanager
def statements() -> Iterator[list[str]]:
    """The statements that reach the driver, pipelined ones too."""
    sent: list[str] = []
    execute = psycopg.Cursor.execute

    def counted(self: object, query: object, *args: object, **kwargs: object) -> object:
        sent.append(str(query))
        return execute(self, query, *args, **kwargs)  # type: ignore[arg-type]

    psycopg.Cursor.execute = counted  # type: ignore[method-assign, assignment]
    try:
        yield sent
    finally:
        psycopg.Cursor.execute = execute  # type: ignore[method-assign]


def test_a_late_sale_sees_the_figures_and_the_tier_of_its_own_time(app: Flask) -> None:
    bylaws = document(
        BASE,
        article("2", {"points": {"fixed": 50}}, if_={"tier": {"at_least": "silver"}}),
        article("3", {"points": {"fixed": 9}}, if_={"counter": {"name": "spend", "over": "ever", "at_least": 100_000}}),
        tiers=LADDER,
    )
    story = Story(bylaws)
    sara = story.enrols()
    story.buys(sara, 120_000, at=START - timedelta(days=10))
    assert story.tier(sara) == "silver"
    late = story.buys(sara, 1000, at=START - timedelta(days=12))
    assert late.ruling
    assert [given.article for given in late.ruling.awards] == ["1"]  # bronze then, and nothing spent before
    on_time = story.buys(sara, 1000)
    assert on_time.ruling
    assert [given.article for given in on_time.ruling.awards] == ["1", "2", "3"]
    assert story.books_agree()


def test_a_late_sale_still_lifts_the_tier_of_today(app: Flask) -> None:
    story = Story(document(tiers=LADDER))
    sara = story.enrols()
    story.buys(sara, 90_000)
    story.buys(sara, 20_000, at=START - timedelta(days=3))
    assert story.tier(sara) == "silver"
    story.buys(sara, 10_000, at=START - timedelta(days=200))
    assert story.tier(sara) == "silver"


def test_a_tier_that_windows_left_behind_is_reviewed_before_the_next_purchase(app: Flask) -> None:
    story = Story(
        document(BASE, article("2", {"points": {"fixed": 50}}, if_={"tier": {"at_least": "gold"}}), tiers=LADDER)
    )
    sara = story.enrols()
    story.buys(sara, 500_000, at=START - timedelta(days=40))
    assert story.tier(sara) == "gold"
    outcome = story.buys(sara, 1000)
    assert outcome.ruling
    assert outcome.ruling.tier_from == "bronze"
    moves = connection().execute("SELECT from_tier, to_tier, event_id IS NULL FROM tier_move ORDER BY id").fetchall()
    assert moves == [("bronze", "gold", False), ("gold", "bronze", True)]


def test_days_follow_the_clubs_zone_and_months_its_calendar(app: Flask) -> None:
    bylaws = document(
        article(
            "1",
            {"points": {"fixed": 10}},
            limits=[{"per": "member", "every": "month", "at_most": 10, "of": "points"}],
        )
    )
    story = Story(bylaws)
    sara = story.enrols()
    last_of_mehr = datetime(2026, 10, 22, 20, 29, tzinfo=UTC)  # 23:59 on 30 Mehr 1405 in Tehran
    first_of_aban = datetime(2026, 10, 22, 20, 30, tzinfo=UTC)
    assert story.buys(sara, 1, at=last_of_mehr).wallets["points"].available == 10
    assert story.buys(sara, 1, at=last_of_mehr - timedelta(days=5)).wallets["points"].available == 10
    assert story.buys(sara, 1, at=first_of_aban).wallets["points"].available == 20
    assert story.books_agree()


def test_a_budget_of_the_club_is_never_exceeded_and_never_wasted(app: Flask) -> None:
    limits = [{"per": "club", "every": "month", "at_most": 100, "of": "points"}]
    story = Story(document(article("1", {"points": {"fixed": 30}}, limits=limits)))
    members = [story.enrols(f"M{n}") for n in range(5)]
    outcomes = story.records([story.sale(member, 1000) for member in members])
    assert [outcome.wallets.get("points", (0, 0))[0] for outcome in outcomes] == [30, 30, 30, 10, 0]
    next_month = START + timedelta(days=31)
    story.now = next_month
    assert story.buys(members[4], 1000).wallets["points"].available == 30
    assert story.books_agree()


def test_a_purchase_without_a_member_waits_unclaimed(story: Story) -> None:
    sara = story.enrols()
    outcome = story.buys(None, 5000, receipt="u1")
    assert outcome.status == "unclaimed"
    assert story.buys(None, 5000, receipt="u1").status == "repeated"
    claimed = story.buys(sara, 5000, receipt="u1")
    assert claimed.problem is not None
    assert "/claim" in claimed.problem.detail.en
    assert story.balance(sara) == 0


def test_what_a_till_sends_too_late_is_set_aside(story: Story) -> None:
    sara = story.enrols()
    old = story.sale(sara, 5000, at=START - timedelta(days=31))
    [outcome] = story.records([old], lateness=timedelta(days=30))
    assert outcome.status == "set_aside"
    assert story.balance(sara) == 0


def test_a_suspended_member_gets_and_moves_nothing(app: Flask) -> None:
    story = Story(document(tiers=LADDER))
    sara = story.enrols()
    connection().execute("UPDATE member SET status = 'suspended' WHERE id = %s", [sara])
    db.session.commit()
    outcome = story.buys(sara, 900_000)
    assert outcome.status == "recorded"
    assert story.balance(sara) == 0
    assert story.tier(sara) is None
    assert story.books_agree()


def test_members_are_named_by_card_phone_and_external_id(story: Story) -> None:
    sara = story.enrols(phone="+989121234567", external_id="crm-9", card="SARACARD")
    for ref in (MemberRef("phone", "+989121234567"), MemberRef("external_id", "crm-9"), MemberRef("card", "SARACARD")):
        sale = story.sale(None, 1000)
        [outcome] = story.records([replace(sale, member=ref)])
        assert outcome.member_id == sara
    assert story.balance(sara) == 3


def test_lines_are_judged_and_kept(app: Flask) -> None:
    dairy = {"category": "dairy"}
    story = Story(
        document(
            BASE,
            article("2", {"multiply": {"by": "3", "of": {"lines": dairy}}}),
            article("3", {"cashback": {"percent": "1.5", "of": {"lines": dairy}}}),
        )
    )
    sara = story.enrols()
    outcome = story.buys(sara, lines=(line("milk", 4700, category="dairy"), line("nuts", 5200)))
    assert outcome.ruling
    assert [(g.article, g.wallet, g.amount) for g in outcome.ruling.awards] == [
        ("1", "points", 9),
        ("3", "cashback", 70),
        ("2", "points", 8),
    ]
    assert story.books_agree()


def test_sixteen_writers_on_one_member_lose_and_double_nothing(app: Flask, story: Story) -> None:
    sara, lena = story.enrols(), story.enrols("Lena")
    failures: list[BaseException] = []

    def write(n: int) -> None:
        with app.app_context():
            try:
                pair = (sara, lena) if n % 2 else (lena, sara)
                story.records([story.sale(who, 1000, receipt=f"w{n}-{k}-{who}") for k in range(10) for who in pair])
            except BaseException as error:
                failures.append(error)

    threads = [threading.Thread(target=write, args=(n,)) for n in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert story.balance(sara) == story.balance(lena) == 160
    assert story.books_agree()


def test_two_tills_post_one_receipt_at_once_and_it_counts_once(app: Flask, story: Story) -> None:
    sara = story.enrols()
    statuses: list[str] = []
    barrier = threading.Barrier(8)

    def post() -> None:
        with app.app_context():
            barrier.wait()
            statuses.append(story.buys(sara, 3000, receipt="same").status)

    threads = [threading.Thread(target=post) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == ["recorded"] + ["repeated"] * 7
    assert story.balance(sara) == 3
    assert story.books_agree()


def test_sixteen_writers_on_a_budgets_last_points_give_exactly_what_is_left(app: Flask) -> None:
    limits = [{"per": "club", "over": "ever", "at_most": 95, "of": "points"}]
    story = Story(document(article("1", {"points": {"fixed": 10}}, limits=limits)))
    members = [story.enrols(f"M{n}") for n in range(16)]

    def post(member: int) -> None:
        with app.app_context():
            story.buys(member, 1000, receipt=f"b{member}")

    threads = [threading.Thread(target=post, args=(member,)) for member in members]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.rollback()
    assert sum(story.balance(member) for member in members) == 95
    assert story.books_agree()


def test_an_import_enrols_whom_it_records_and_nobody_else(story: Story) -> None:
    known, other = MemberRef("external_id", "crm-1"), MemberRef("external_id", "crm-2")
    sales = [story.sale(None, 1000, store="new"), story.sale(None, 1000, store="far", currency="USD")]
    named = [replace(sale, member=ref) for sale, ref in zip(sales, (known, other), strict=True)]
    statuses = [outcome.status for outcome in story.records(named, importing=True)]
    assert statuses == ["recorded", "refused"]
    people = connection().execute("SELECT value FROM identifier WHERE kind = 'external_id'").fetchall()
    stores = connection().execute("SELECT code FROM store ORDER BY code").fetchall()
    assert people == [("crm-1",)]
    assert [code for (code,) in stores] == ["new", "s1", "s2"]
