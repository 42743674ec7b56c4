"""Running totals: given is what the counter is worth, whatever happened in whatever order; and what is refused."""

from __future__ import annotations

import copy
from collections import Counter as Tally
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.cases import facts_again, kept_facts
from loyalty.errors import Invalid
from loyalty.rules import evaluate, load, plain
from loyalty.rules.counting import stored_counter
from loyalty.rules.findings import findings
from loyalty.rules.sentences import sections
from tests.rules.drawn import quick
from tests.rules.stories import Story, article, document

COUNTERS = {
    "spend": {"of": "purchases"},
    "nights": {"of": "purchases", "measure": {"sum": "nights"}},
    "visits": {"of": "purchases", "measure": "days"},
    "rooms": {"of": "purchases", "measure": "days", "by": "store"},
    "brands": {"of": "lines", "measure": {"distinct": "brand"}},
    "stars": {"of": "points"},
}


def total(name: str, per: int = 1, give: int = 1, **more: Any) -> dict[str, Any]:
    return {"points": {"per": per, "give": give, "of": {"counter": name, **more}}}


days = st.integers(1, 60).map(lambda n: f"140{4 + n % 2}-{1 + n % 12:02}-{1 + n % 5:02} 12:00")
stays = st.fixed_dictionaries(
    {
        "at": days,
        "store": st.sampled_from(["a", "b"]),
        "fields": st.fixed_dictionaries({"nights": st.integers(0, 12)}),
        "lines": st.lists(
            st.fixed_dictionaries({"net": st.integers(0, 900), "brand": st.sampled_from("xyz")}), min_size=1, max_size=3
        ),
    }
)


@quick
@given(st.lists(stays, max_size=8))
def test_in_whatever_order_each_window_has_got_what_its_counter_is_worth(stayed: list[Any]) -> None:
    year, month = {"this": "year"}, {"this": "month"}
    bylaws = load(
        document(
            counters=COUNTERS,
            articles=[
                article("1", give=[total("nights", 10, 100, over=year, above=5)]),
                article("2", give=[total("brands", 1, 7, over=month)]),
                article("3", give=[total("rooms", 2, 3, over=year)]),
                article("4", give=[total("visits", 2, 5)]),
                article("5", give=[{"cashback": {"per": 50, "give": 9, "of": {"counter": "stars", "over": year}}}]),
            ],
        )
    )
    story, gave = Story(bylaws), Tally[tuple[str, str]]()
    nights, brands, rooms, visits = Tally[str](), dict[str, set[str]](), dict[str, set[Any]](), set[str]()
    for stay in stayed:
        facts, ruling = story.buys(stay)
        again = facts_again(bylaws, facts.event, copy.deepcopy(kept_facts(facts)))
        again.standing_since = facts.standing_since
        assert evaluate(bylaws, again).awards == ruling.awards, "what is kept is not enough to judge it again"
        for award in ruling.awards:
            gave[award.article, stay["at"][:7] if award.article == "2" else stay["at"][:4]] += award.amount
        nights[stay["at"][:4]] += stay["fields"]["nights"]
        brands.setdefault(stay["at"][:7], set()).update(line["brand"] for line in stay["lines"])
        rooms.setdefault(stay["at"][:4], set()).add((stay["at"], stay["store"]))
        visits.add(stay["at"])
    stars = Tally[str]()
    for its, n in nights.items():
        assert gave["1", its] == max(0, n - 5) // 10 * 100
        stars[its] += gave["1", its] + gave["3", its] + gave["4", its]
    for its, found in brands.items():
        assert gave["2", its] == 7 * len(found)
        stars[its[:4]] += gave["2", its]
    for its, found in rooms.items():
        assert gave["3", its] == len(found) // 2 * 3
    assert gave["4", "1404"] + gave["4", "1405"] == len(visits) // 2 * 5
    for its, n in stars.items():
        assert gave["5", its] == n // 50 * 9


def refused(*articles: dict[str, Any], counters: dict[str, Any] | None = None) -> dict[str, str]:
    with pytest.raises(Invalid) as caught:
        load(document(counters={**COUNTERS, **(counters or {})}, articles=list(articles)))
    return {fault.path: fault.message.en for fault in caught.value.faults}


@pytest.mark.parametrize("over", [{"last": {"days": 30}}, {"since": "tier"}])
def test_a_window_from_which_days_go_is_refused(over: Any) -> None:
    found = refused(article("1", give=[total("nights", over=over)]))
    assert "no day leaves before its end" in found["/articles/0/give/0/points/of/over"]


def test_what_hangs_on_itself_is_refused_at_its_counter() -> None:
    own = refused(article("1", give=[total("stars", 10)]))
    assert own == {"/articles/0/give/0/points/of/counter": "What this gives counts for the counter on which it hangs."}
    counters = {"ones": {"of": "points", "articles": ["1"]}, "twos": {"of": "points", "articles": ["2"]}}
    circle = refused(article("1", give=[total("twos")]), article("2", give=[total("ones")]), counters=counters)
    assert set(circle) == {f"/articles/{n}/give/0/points/of/counter" for n in (0, 1)}


def test_a_chain_of_totals_is_three_deep_at_most() -> None:
    counters = {f"n{n}": {"of": "points", "articles": [str(n)]} for n in range(1, 5)}
    chain = [article("1", give=[total("nights")]), *(article(str(n + 1), give=[total(f"n{n}")]) for n in range(1, 4))]
    shorter = {name: counters[name] for name in ("n1", "n2", "n3")}
    load(document(counters={**COUNTERS, **shorter}, articles=chain[:3]))
    found = refused(*chain, counters=counters)
    assert found == {"/articles/3/give/0/points/of/counter": "Running totals hang on one another at most 3 deep."}


@pytest.mark.parametrize(
    ("fields", "place", "says"),
    [
        ({"give": [total("nights"), {"points": {"fixed": 1}}]}, "/give/0", "nothing else into that wallet"),
        ({"give": [total("nights")], "group": "g", "best": True}, "/group", "cannot be weighed"),
        ({"give": [total("nights")], "exclusive": True, "priority": 2}, "/exclusive", "cannot be weighed"),
        (
            {"give": [total("nights")], "limits": [{"per": "club", "every": "day", "at_most": 9}]},
            "/limits/0",
            "by points, per member",
        ),
        (
            {"give": [total("nights")], "limits": [{"per": "member", "every": "day", "at_most": 9, "of": "times"}]},
            "/limits/0",
            "by points, per member",
        ),
        ({"give": [{"points": {"fixed": 5, "of": {"counter": "nights"}}}]}, "/give/0/points/of", "of nothing"),
        ({"give": [{"points": {"percent": 5, "of": {"counter": "nights"}}}]}, "/give/0/points/percent", "of money"),
        (
            {"give": [total("nights", give={"by": "tier", "values": {"gold": 2}})]},  # type: ignore[arg-type]
            "/give/0/points/give",
            "one rate for all",
        ),
        ({"give": [total("nights", label="a")]}, "/give/0/points/of/label", "not kept by label"),
        ({"give": [total("night")]}, "/give/0/points/of/counter", "Did you mean “nights”?"),
    ],
)
def test_what_a_total_cannot_be_is_refused_at_its_place(fields: dict[str, Any], place: str, says: str) -> None:
    found = refused(article("1", **fields))
    assert says in found[f"/articles/0{place}"], found


def test_an_article_without_an_occasion_looks_at_every_change() -> None:
    stay = {"fields": {"nights": {"type": "integer", "from": 0}}}
    nights = {"of": "stay", "measure": {"sum": "nights"}, "name": {"en": "nights of stay", "fa": "شب‌های اقامت"}}
    body = article("1", give=[total("nights", 10, 10_000, over={"this": "year"}, above=30)])
    del body["on"]
    bylaws = load(document(events={"stay": stay}, counters={**COUNTERS, "nights": nights}, articles=[body]))
    [said] = next(part.said for part in sections(bylaws) if part.code == "articles")
    assert plain(said.phrases["en"]) == (
        "With every change of nights of stay, the member gets 10,000 points for each full 10 of nights of stay this"
        " year after the first 30, as a running total."
    )
    assert plain(said.phrases["fa"]).startswith("با هر تغییر در «شب‌های اقامت»، به‌ازای هر ۱۰ تا از شب‌های اقامت")
    without = article("1")
    del without["on"]
    assert refused(without) == {"/articles/0": "The field “on” is missing."}


@pytest.mark.parametrize(
    "form",
    [
        {"of": "purchases", "measure": {"sum": "nights"}, "by": {"field": "room"}, "if": {"store": ["a"]}},
        {"of": "lines", "measure": {"distinct": "brand"}, "where": {"category": "dairy"}},
        {"of": "points", "articles": ["2", "1"], "by": "store", "if": {"any": [{"weekday": "friday"}]}},
        {"of": "points", "measure": "days", "wallet": "cashback"},
    ],
)
def test_a_counter_is_the_same_read_back_from_where_it_is_stored(form: dict[str, Any]) -> None:
    articles = [article("1"), article("2")]
    counter = load(document(counters={"spend": COUNTERS["spend"], "c": form}, articles=articles)).counters["c"]
    again = stored_counter(counter.definition())
    assert again == counter
    assert again.digest == counter.digest
    assert again.condition == counter.condition


def test_a_counter_that_nothing_reads_is_named() -> None:
    bylaws = load(document(counters=COUNTERS, articles=[article("1", give=[total("nights")]), article("2")]))
    unread = {its.path for its in findings(bylaws, date(2026, 11, 1)) if its.code == "unread_counter"}
    assert unread == {f"/counters/{name}" for name in ("visits", "rooms", "brands", "stars")}


def test_an_occasion_that_the_club_finds_is_found_for_a_counter_alone() -> None:
    counters = {"spend": COUNTERS["spend"], "born": {"of": "birthday"}}
    body = article("1", give=[total("born", 1, 5)])
    del body["on"]
    bylaws = load(document(counters=counters, articles=[body]))
    assert "birthday" in bylaws.occasions
    [said] = next(part.said for part in sections(bylaws) if part.code == "articles")
    assert plain(said.phrases["en"]) == (
        "With every change of birthdays, the member gets 5 points for each one of birthdays in all, as a running total."
    )
    assert "/counters/born/by" in refused(body, counters={"born": {"of": "birthday", "by": "store"}})


def test_the_period_before_may_be_counted_and_is_given_in_this_one() -> None:
    on = {"schedule": {"each": "year", "at": "01-01"}}
    carried = load(
        document(counters=COUNTERS, articles=[article("1", give=[total("nights", over={"previous": "year"})], on=on)])
    )
    [its] = carried.running
    assert (carried.reads[its.counts].over.kind, carried.reads[its.gave].over.kind) == ("previous", "this")


def test_what_the_period_before_was_worth_is_given_on_an_occasion() -> None:
    body = article("1", give=[total("nights", over={"previous": "year"})])
    del body["on"]
    assert "say with “on” when this is given" in refused(body)["/articles/0"]
