"""Declared events: what may be written about them, and what a type takes of the data that a source sends."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.errors import Invalid
from loyalty.rules import load
from loyalty.rules.findings import findings
from tests.rules.stories import Story, article, document

REVIEW: dict[str, Any] = {
    "fields": {
        "stars": {"type": "integer", "from": 1, "until": 5},
        "about": {"type": "text", "one_of": ["food", "service"], "optional": True},
        "visited": {"type": "date", "optional": True},
    }
}


def bylaws(events: Any = None, **fields: Any) -> dict[str, Any]:
    return document(events=events or {"review": REVIEW}, articles=[article(**{"on": "review"} | fields)])


def faults(tree: dict[str, Any]) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as refused:
        load(tree)
    return [(fault.path, fault.message.en) for fault in refused.value.faults]


@pytest.mark.parametrize(
    ("its", "place", "said"),
    [
        ({"fields": {"a": {"type": "number"}}}, "/fields/a/type", "“integer”"),
        ({"fields": {"a": {}}}, "/fields/a", "“type” is missing"),
        ({"fields": {"a": {"type": "text", "from": 1}}}, "/fields/a/from", "Only for integer"),
        ({"fields": {"a": {"type": "integer", "one_of": ["x"]}}}, "/fields/a/one_of", "Only for text"),
        ({"fields": {"a": {"type": "integer", "from": 5, "until": 1}}}, "/fields/a/until", "before the beginning"),
        ({"fields": {"a": {"type": "text", "optional": "perhaps"}}}, "/fields/a/optional", "true or false"),
        ({"title": "Review"}, "/title", "named fields"),
        ({"colour": "red"}, "/colour", "is not known"),
    ],
)
def test_a_type_that_is_declared_wrongly_is_named(its: dict[str, Any], place: str, said: str) -> None:
    [(path, message)] = faults(document(events={"review": its}, articles=[article()]))
    assert path == f"/events/review{place}"
    assert said in message


@pytest.mark.parametrize("name", ["purchase", "birthday", "lines", "idle"])
def test_what_means_something_already_cannot_be_declared(name: str) -> None:
    assert faults(document(events={name: {}}, articles=[article()])) == [
        (f"/events/{name}", f"“{name}” means something else already.")
    ]


NO_BASKET = "There is no basket on this occasion."


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"if": {"basket": {"at_least": 1}}}, "/if/basket"),
        ({"if": {"all": [{"weekday": "friday"}, {"bought": {"where": {"sku": "x"}}}]}}, "/if/all/1/bought"),
        ({"if": {"channel": "web"}}, "/if/channel"),
        ({"if": {"paid_with": "card"}}, "/if/paid_with"),
        ({"if": {"nth_purchase": 1}}, "/if/nth_purchase"),
        ({"give": [{"points": {"fixed": 1}}, {"points": {"per": 1, "give": 1}}]}, "/give/1/points"),
        ({"give": [{"points": {"per": 1, "give": 1, "of": "gross"}}]}, "/give/0/points/of"),
        ({"give": [{"points": {"percent": "1", "of": {"paid_with": "card"}}}]}, "/give/0/points/of"),
        ({"give": [{"points": {"percent": "1", "of": {"lines": {"sku": "x"}}}}]}, "/give/0/points/of"),
        ({"give": [{"multiply": {"by": 2}}]}, "/give/0/multiply"),
        ({"give": [{"discount": {"percent": "10"}}]}, "/give/0/discount"),
        ({"limits": [{"per": "cashier", "every": "day", "at_most": 5}]}, "/limits/0/per"),
    ],
)
def test_nothing_may_look_at_a_basket_where_there_is_none(fields: dict[str, Any], place: str) -> None:
    assert faults(bylaws(**fields)) == [(f"/articles/0{place}", NO_BASKET)]
    basket = document(articles=[article(**fields)])
    load(basket)  # with purchases all of it is good


def test_a_badge_on_an_event_does_not_look_at_a_basket_either() -> None:
    badge = {"title": {"en": "B", "fa": "ن"}, "on": "review", "if": {"basket": {"at_least": 1}}}
    tree = document(events={"review": REVIEW}, badges={"b": badge}, articles=[article()])
    assert faults(tree) == [("/badges/b/if/basket", NO_BASKET)]


@pytest.mark.parametrize(
    ("fields", "place", "said"),
    [
        ({"if": {"event": {"field": "star", "at_least": 1}}}, "/if/event/field", "Did you mean “stars”?"),
        ({"if": {"event": {"field": "stars"}}}, "/if/event", "one way"),
        ({"if": {"event": {"field": "stars", "at_least": 1, "is": 3}}}, "/if/event", "one way"),
        ({"if": {"event": {"field": "stars", "is": [3, 6]}}}, "/if/event/is/1", "from 1 to 5"),
        ({"if": {"event": {"field": "stars", "from": "1405-08-01"}}}, "/if/event/from", "another type"),
        ({"if": {"event": {"field": "about", "at_least": 1}}}, "/if/event/at_least", "another type"),
        ({"if": {"event": {"field": "about", "is": "price"}}}, "/if/event/is", "“food” or “service”"),
        (
            {"if": {"event": {"field": "visited", "from": "1405-08-02", "until": "1405-08-01"}}},
            "/if/event/until",
            "before the beginning",
        ),
        ({"on": "purchase", "if": {"event": {"field": "stars", "is": 5}}}, "/if/event", "fields are declared"),
        ({"give": [{"points": {"per": 1, "give": 1, "of": {"field": "star"}}}]}, "/give/0/points/of/field", "“stars”?"),
        (
            {"give": [{"points": {"per": 1, "give": 1, "of": {"field": "about"}}}]},
            "/give/0/points/of/field",
            "integers",
        ),
        (
            {"give": [{"points": {"fixed": {"by": {"field": "rank"}, "values": {"1": 1}}}}]},
            "/give/0/points/fixed/by/field",
            "is not known",
        ),
        ({"limits": [{"per": {"field": "rank"}, "every": "day", "at_most": 5}]}, "/limits/0/per/field", "is not known"),
    ],
)
def test_only_declared_fields_are_looked_at_each_by_its_type(fields: dict[str, Any], place: str, said: str) -> None:
    found = faults(bylaws(**fields))
    assert [path for path, _ in found] == [f"/articles/0{place}"]
    assert said in found[0][1]


def test_a_type_that_nobody_is_about_is_found() -> None:
    def found(**sections: Any) -> list[str]:
        tree = document(events={"review": REVIEW}, **{"articles": [article()]} | sections)
        return [its.path for its in findings(load(tree), date(2026, 11, 1)) if its.code == "unused_event"]

    assert found() == ["/events/review"]
    assert found(articles=[article(on="review")]) == []
    counters = {**document()["counters"], "reviews": {"of": "review", "measure": "days"}}
    assert found(counters=counters) == []


@given(
    st.dictionaries(
        st.sampled_from(["stars", "about", "visited", "colour"]),
        st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.lists(st.integers())),
    )
)
def test_whatever_is_sent_is_taken_whole_or_refused_by_place(sent: dict[str, Any]) -> None:
    its = load(bylaws()).events["review"]
    kept, found = its.read(sent)
    assert all(fault.path.removeprefix("/data/") in {*sent, "stars"} for fault in found)
    if not found:
        assert its.read(kept) == (kept, [])  # what is kept is what a repeat is compared by
        assert kept.keys() == {name for name, value in sent.items() if value is not None}


@pytest.mark.parametrize(
    ("asked", "share"),
    [
        ({"field": "stars", "at_least": 4}, 50),
        ({"field": "about", "is": "food"}, 100),
        ({"field": "about", "is": "service"}, 0),
        ({"field": "visited", "from": "2026-11-01"}, 0),
    ],
)
def test_a_field_that_is_no_number_is_there_or_not(asked: dict[str, Any], share: int) -> None:
    story = Story(load(bylaws(**{"if": {"event": asked}})))
    facts, _ = story.buys({"event": "review", "fields": {"stars": 2, "about": "food"}})
    [one] = story.bylaws.articles
    assert one.condition
    assert one.condition.share(facts) == share
