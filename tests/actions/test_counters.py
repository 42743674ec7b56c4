"""Counters by label, of different things and of points, and running totals: recorded, returned, filled and proven."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from loyalty.actions.erase_member import erase_member
from loyalty.actions.fill_counters import fill_counters
from loyalty.actions.merge_members import merge_members
from loyalty.actions.publish_bylaws import publish_bylaws
from loyalty.actions.record_events import record_events
from loyalty.actions.return_purchases import return_purchases
from loyalty.actions.unmerge_members import unmerge_members
from loyalty.db import connection, db
from loyalty.queries.explanation import explanation
from loyalty.queries.quote import quote
from loyalty.queries.statement import statement
from loyalty.queries.trial import trial
from loyalty.returns import Return
from loyalty.rules import Event, Line, MemberRef
from tests.conftest import START
from tests.rehearsal.conftest import differences, report
from tests.story import BASE, Story, article, document, title

DAY = timedelta(days=1)
YEAR = {"this": "year"}


def total(name: str, per: int = 1, give: int = 1, **more: Any) -> dict[str, Any]:
    return {"points": {"per": per, "give": give, "of": {"counter": name, **more}}}


COUNTERS = {
    "nights": {"of": "stay", "measure": {"sum": "nights"}},
    "stores": {"of": "purchases", "measure": {"distinct": "store"}},
    "days": {"of": "purchases", "measure": "days", "by": "store"},
    "brands": {"of": "lines", "measure": {"distinct": "brand"}, "if": {"store": "s1"}},
    "stars": {"of": "points", "articles": ["1"]},
    "orders": {"of": "purchases", "measure": "times"},
}
HOTEL = document(
    article("1", {"points": {"per": 1000, "give": 1}}),
    {k: v for k, v in article("2", total("nights", 10, 10_000, over=YEAR, above=30)).items() if k != "on"},
    article("3", total("orders", 3, 50)),
    article("4", {"cashback": {"per": 100, "give": 5, "of": {"counter": "stars", "over": YEAR}}}),
    article("5", total("brands", 1, 7)),
    events={"stay": {"fields": {"nights": {"type": "integer", "from": 0}}}},
    counters=COUNTERS,
    badges={
        "roamer": {"title": title("Roamer"), "counter": "stores", "levels": [{"at": 2}]},
        "local": {
            "title": title("Local"),
            "on": "purchase",
            "if": {"counter": {"name": "days", "label": "s1", "at_least": 2}},
        },
    },
    tiers={"ladder": [{"code": "bronze", "title": title("Bronze")}], "returns": "at_once"},
)


@pytest.fixture
def story(app: Flask) -> Story:
    return Story(HOTEL)


def stays(story: Story, member: int, nights: int, key: str) -> dict[str, int]:
    """A stay, and what it gave by article."""
    db.session.rollback()
    at = story.now
    told = Event("stay", at, key, "desk", "s1", member=MemberRef("id", str(member)), attributes={"nights": nights})
    [outcome] = record_events(story.club_id, [told], at)
    assert outcome.ruling
    return {its.article: its.amount for its in outcome.ruling.awards}


def gave(outcome: Any) -> dict[str, int]:
    return {its.article: its.amount for its in outcome.ruling.awards}


def back(story: Story, purchase: int | None, key: str, store: str = "s1", **more: Any) -> Any:
    assert purchase
    db.session.rollback()
    asked = Return(key, store, story.now, **({"all": True} | more))
    [answer] = return_purchases(story.club_id, [(purchase, asked)], story.now)
    assert answer.taken, answer.problem
    return answer.taken


def bag(*brands: str, net: int = 1000) -> tuple[Line, ...]:
    return tuple(Line(str(n), "sku", 1000, net, net, brand=brand) for n, brand in enumerate(brands))


def test_ten_thousand_at_forty_nights_and_at_every_further_ten(story: Story) -> None:
    sara = story.enrols()
    assert stays(story, sara, 39, "a") == {}
    assert stays(story, sara, 1, "b") == {"2": 10_000}
    assert stays(story, sara, 9, "c") == {}
    assert stays(story, sara, 21, "d") == {"2": 30_000}
    assert story.balance(sara) == 40_000
    story.now += 366 * DAY
    assert stays(story, sara, 35, "e") == {}
    assert story.books_agree()


def test_what_a_return_lowers_is_taken_back_and_given_anew_when_it_is_reached_again(story: Story) -> None:
    sara = story.enrols()
    first = story.buys(sara, 1000)
    story.buys(sara, 1000)
    third = story.buys(sara, 1000)
    assert gave(third) == {"1": 1, "3": 50}
    assert back(story, first.id, "k1").reversed == {"points": 51}
    assert story.balance(sara) == 2
    assert story.books_agree()
    assert gave(story.buys(sara, 1000)) == {"1": 1, "3": 50}
    assert back(story, third.id, "k2").reversed == {"points": 51}
    assert story.books_agree()


def test_all_returned_in_one_request_is_nothing(story: Story) -> None:
    sara = story.enrols()
    bought = [story.buys(sara, 40_000, lines=bag("x", str(n), net=20_000)).id or 0 for n in range(6)]
    assert story.balance(sara) == 240 + 100 + 49
    assert story.balance(sara, "cashback") == 10
    db.session.rollback()
    asked = [(id_, Return(f"k{id_}", "s1", story.now, all=True)) for id_ in bought]
    assert all(answer.taken for answer in return_purchases(story.club_id, asked, story.now))
    assert (story.balance(sara), story.balance(sara, "cashback")) == (0, 0)
    assert story.books_agree()


def test_a_sale_that_was_a_mistake_takes_back_what_others_gave_for_it(story: Story) -> None:
    sara = story.enrols()
    first = story.buys(sara, 1000)
    for _ in range(2):
        story.buys(sara, 1000)
    back(story, first.id, "k1", kind="void")
    assert story.balance(sara) == 2
    assert story.books_agree()
    story.buys(sara, 1000)
    assert story.balance(sara) == 53
    assert story.books_agree()


def test_one_batch_sees_the_different_things_of_its_own_purchases(story: Story) -> None:
    sara = story.enrols()
    story.buys(sara, lines=bag("x"))
    sales = [story.sale(sara, lines=bag(*brands)) for brands in (("x", "y"), ("y", "z"), ("x", "z"))]
    assert [gave(its).get("5") for its in story.records(sales)] == [7, 7, None]
    assert story.books_agree()


def test_brands_count_only_where_the_condition_holds_and_go_with_the_line(story: Story) -> None:
    sara = story.enrols()
    assert "5" not in gave(story.buys(sara, lines=bag("x"), store="s2"))
    bought = story.buys(sara, lines=bag("x", "y"))
    assert gave(bought)["5"] == 14
    story.buys(sara, lines=bag("x"))
    assert back(story, bought.id, "k1").reversed == {"points": 2 + 7 + 50}  # y is gone, x was bought again
    assert story.books_agree()


def test_days_in_one_store_and_different_stores_earn_badges_and_lose_them(story: Story) -> None:
    sara = story.enrols()
    story.buys(sara, 10, at=START - 2 * DAY)
    story.buys(sara, 10, at=START - 2 * DAY + timedelta(hours=1))
    story.buys(sara, 10, at=START - DAY, store="s2")
    assert badges(sara) == {"roamer"}
    story.buys(sara, 10, at=START - DAY)
    story.buys(sara, 10)
    assert badges(sara) == {"roamer", "local"}
    assert story.books_agree()


def badges(member: int) -> set[str]:
    db.session.rollback()
    return {row[0] for row in connection().execute("SELECT code FROM badge_level WHERE member_id = %s", [member])}


def test_a_badge_for_different_stores_goes_with_the_only_sale_in_one_of_them(story: Story) -> None:
    sara = story.enrols()
    story.buys(sara, 10)
    other = story.buys(sara, 10, store="s2")
    assert badges(sara) == {"roamer"}
    back(story, other.id, "k1", store="s2")
    assert badges(sara) == set()
    assert story.books_agree()


def test_a_late_sale_counts_and_gives_in_its_own_year(story: Story) -> None:
    sara = story.enrols()
    year = document(article("1", total("orders", 2, 10, over=YEAR)), counters=COUNTERS | {"nights": COUNTERS["orders"]})
    club = Story(year, "late")
    sara = club.enrols()
    club.buys(sara, 10, at=START - 400 * DAY)
    club.buys(sara, 10, at=START)
    assert club.balance(sara) == 0
    [late] = club.records([club.sale(sara, 10, at=START - 390 * DAY)], importing=True)
    assert gave(late) == {"1": 10}
    assert club.books_agree()


def test_what_is_counted_anew_is_filled_from_history_also_by_label_and_after_returns(app: Flask) -> None:
    story = Story(document(BASE))
    sara = story.enrols()
    kept = [story.buys(sara, lines=bag("x", "y"), store=store).id for store in ("s1", "s2", "s1")]
    back(story, kept[0], "k1")
    db.session.rollback()
    story.now += DAY
    publish_bylaws(story.club_id, {**HOTEL, "events": HOTEL["events"]}, story.now)
    fill_counters(story.club_id, lambda: story.now)
    db.session.rollback()
    assert story.books_agree()
    story.now += DAY
    assert gave(story.buys(sara, lines=bag("y"))) == {"1": 1, "3": 50, "5": 14}
    assert story.books_agree()


def test_two_members_become_one_and_totals_go_on_from_both(story: Story) -> None:
    sara, lena = story.enrols(), story.enrols("Lena")
    story.buys(sara, lines=bag("x"))
    hers = story.buys(lena, lines=bag("x"))
    db.session.rollback()
    merge_members(story.club_id, lena, MemberRef("id", str(sara)), "Twice", story.now)
    third = story.buys(sara, lines=bag("x"))
    assert gave(third) == {"1": 1, "3": 50}
    assert back(story, hers.id, "k1").reversed == {"points": 1 + 50}  # the brand is there still
    assert story.books_agree()
    assert gave(story.buys(sara, lines=bag("x"))) == {"1": 1, "3": 50}
    assert back(story, third.id, "k2").reversed == {"points": 1 + 50}
    assert story.books_agree()
    db.session.rollback()
    unmerge_members(story.club_id, lena, "Not so", story.now)
    assert story.books_agree()


def test_the_version_in_force_rehearses_to_what_was_recorded(story: Story) -> None:
    sara = story.enrols()
    first = story.buys(sara, 40_000, lines=bag("x", "y", net=20_000), at=START - 9 * DAY)
    for n in range(4):
        story.buys(sara, 30_000, lines=bag("x", str(n), net=15_000), at=START - (8 - n) * DAY)
    back(story, first.id, "k1")
    found = report(story, HOTEL)
    assert differences(found["difference"]) == {}
    assert found["recorded"]["articles"]["3"]["amounts"]["points"] != 0


def test_an_erased_member_s_counters_can_still_be_proven_by_fields_that_only_later_versions_read(app: Flask) -> None:
    story = Story(document(BASE))
    sara = story.enrols()
    story.buys(sara, 10, attributes={"room": "blue", "guest": "Lena", "nights": 3})
    counters = {
        "rooms": {"of": "purchases", "by": {"field": "room"}},
        "nights": {"of": "purchases", "measure": {"sum": "nights"}},
    }
    db.session.rollback()
    story.now += DAY
    publish_bylaws(story.club_id, document(BASE, counters=counters), story.now)
    fill_counters(story.club_id, lambda: story.now)
    db.session.rollback()
    erase_member(story.club_id, sara, story.now)
    assert connection().execute("SELECT extra FROM purchase").fetchone() == (
        {"attributes": {"room": "blue", "nights": 3}},
    )
    assert story.books_agree()


def test_a_quote_and_a_trial_know_what_is_new_to_the_member(story: Story) -> None:
    sara = story.enrols()
    story.buys(sara, lines=bag("x", "y"))
    sale = story.sale(sara, lines=bag("y", "z"))
    db.session.rollback()
    assert gave(quote(story.club_id, sale).judged)["5"] == 7
    tried = trial(story.club_id, sale, HOTEL)
    assert gave(tried.draft.judged) == gave(tried.in_force.judged) == {"1": 2, "5": 7}
    newcomer = trial(story.club_id, story.sale(None, lines=bag("y", "z")), HOTEL)
    assert gave(newcomer.draft.judged) == {"1": 2, "5": 14}


def test_a_stay_is_explained_with_the_total_that_it_moved(story: Story) -> None:
    sara = story.enrols()
    stays(story, sara, 39, "a")
    db.session.rollback()
    rows = connection().execute("SELECT id FROM event WHERE member_id = %s", [sara]).fetchall()
    [told] = [its for its in explanation(story.club_id, rows[0][0]).articles if its.no == "2"]
    assert told.because
    assert told.because.en == "The next step is not reached: total of “nights” in “stay” this year: 39."
    assert stays(story, sara, 1, "b") == {"2": 10_000}
    db.session.rollback()
    last = connection().execute("SELECT max(id) FROM event WHERE member_id = %s", [sara]).fetchone()
    assert last
    [told] = [its for its in explanation(story.club_id, last[0]).articles if its.no == "2"]
    assert [(wallet, amount) for wallet, amount, _ in told.gave] == [("points", 10_000)]


def test_a_sale_that_took_back_what_hung_on_it_says_so(story: Story) -> None:
    sara = story.enrols()
    first = story.buys(sara, 1000)
    for _ in range(2):
        story.buys(sara, 1000)
    back(story, first.id, "k1")
    db.session.rollback()
    kept = connection().execute("SELECT kept -> 'awards' FROM purchase WHERE id = %s", [first.id]).fetchone()
    assert kept == ([["3", 0, "points", -50, 2, -50]],)
    lines, _ = statement(story.club_id, sara)
    taken = [its for its in lines if its.kind == "taken_back"]
    assert {its.title.en for its in taken} == {"Taken back: Article 1", "Taken back: Article 3"}
    assert sum(its.amount for its in taken if its.article == "3") == -50


def test_a_new_version_goes_on_from_what_was_given_and_takes_nothing_for_a_lower_rate(app: Flask) -> None:
    def terms(give: int) -> dict[str, Any]:
        return document(article("3", total("orders", 1, give)), counters={"orders": COUNTERS["orders"]})

    story = Story(terms(10))
    sara = story.enrols()
    bought = [story.buys(sara, 10).id for _ in range(2)]
    assert story.balance(sara) == 20
    for give, after in ((5, 20), (20, 80)):
        db.session.rollback()
        story.now += DAY
        publish_bylaws(story.club_id, terms(give), story.now)
        story.now += DAY
        bought.append(story.buys(sara, 10).id)
        assert story.balance(sara) == after
    for n, purchase in enumerate(bought):
        back(story, purchase, f"k{n}")
    assert story.balance(sara) == 0
    assert story.books_agree()
