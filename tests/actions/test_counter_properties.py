"""What judging reads of counters is what a pencil adds up: by label, of different things, in one batch or in many."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import count
from typing import Any

from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from loyalty.db import connection, db
from loyalty.rules import Line
from loyalty.versions import programme
from tests.actions.test_return_properties import FIXTURE
from tests.conftest import START
from tests.story import BASE, Story, article, document

_codes = count(1)
COUNTERS = {
    "brands": {"of": "lines", "measure": {"distinct": "brand"}},
    "stores": {"of": "purchases", "measure": {"distinct": "store"}, "if": {"basket": {"at_least": 100}}},
    "spend": {"of": "purchases", "by": "store"},
    "days": {"of": "purchases", "measure": "days", "by": "store"},
    "milk": {"of": "lines", "measure": "times", "by": "brand", "where": {"category": "dairy"}},
    "points": {"of": "points", "by": "store"},
}
WINDOWS: list[Any] = [
    "ever",
    {"last": {"days": 3}},
    {"last": {"months": 1}},
    {"this": "month"},
    {"previous": "month"},
    {"previous": "week"},
]
READS = [
    *({"name": "brands", "over": over} for over in WINDOWS),
    *({"name": "stores", "over": over} for over in WINDOWS),
    *({"name": name, "over": over} for name in ("spend", "days", "milk") for over in WINDOWS),
    *({"name": name, "over": over, "label": "s1"} for name in ("spend", "days", "points") for over in WINDOWS),
    *({"name": "milk", "over": over, "label": "x"} for over in WINDOWS),
]
CONDITIONS = [{"counter": {**read, "at_least": 1}} for read in READS]
BYLAWS = document(BASE, article("2", {"points": {"fixed": 1}}, if_={"any": CONDITIONS}), counters=COUNTERS)
sales = st.lists(
    st.tuples(
        st.integers(0, 75),
        st.sampled_from(["s1", "s2"]),
        st.lists(
            st.tuples(st.sampled_from(["x", "y", "z", None]), st.integers(0, 2000), st.booleans()),
            min_size=1,
            max_size=3,
        ),
    ),
    min_size=1,
    max_size=9,
)


@FIXTURE
@given(sales, st.lists(st.integers(1, 4), min_size=9, max_size=9))
def test_what_is_read_of_counters_is_what_was_recorded(app: Flask, drawn: Any, chunks: list[int]) -> None:
    story = Story(BYLAWS, f"club-{next(_codes)}")
    sara = story.enrols()
    told = [
        story.sale(
            sara,
            at=START - timedelta(days=ago),
            store=store,
            lines=tuple(
                Line(str(n), "sku", 1000, net, net, "dairy" if dairy else None, brand)
                for n, (brand, net, dairy) in enumerate(lines)
            ),
        )
        for ago, store, lines in drawn
    ]
    outcomes, rest = [], told
    for size in chunks:
        db.session.rollback()
        outcomes += story.records(rest[:size], importing=True) if rest else []
        rest = rest[size:]
    bylaws = programme(connection(), story.club_id).versions[0]
    moment = bylaws.club.calendar.moment
    known: list[tuple[date, str, Any, int]] = []
    for sale, outcome in zip(told, outcomes, strict=True):
        assert outcome.facts
        day = moment(sale.occurred_at).day
        for read, figure in zip(bylaws.reads, outcome.facts.counts, strict=True):
            name = next((name for name, its in bylaws.counters.items() if its == read.counter), None)
            if name:
                within = [its for its in known if read.over.span(day, bylaws.club.calendar).holds(its[0])]
                assert figure == by_pencil(name, read.label, within), (name, read)
        given_ = sum(its.amount for its in outcome.ruling.awards) if outcome.ruling else 0
        known.append((day, sale.store, sale.lines, given_))
    assert story.books_agree()


def by_pencil(name: str, label: str | None, within: list[tuple[date, str, Any, int]]) -> int:
    """A counter as anybody would count it."""
    lines = [line for _, _, lines, _ in within for line in lines]
    of_label = [its for its in within if label in (None, its[1])]
    match name:
        case "brands":
            return len({line.brand for line in lines if line.brand})
        case "stores":
            return len({store for _, store, bought, _ in within if sum(line.net for line in bought) >= 100})
        case "spend":
            return sum(line.net for _, _, bought, _ in of_label for line in bought)
        case "days":
            return len({(day, store) for day, store, *_ in of_label})
        case "milk":
            marked = [{line.brand for line in bought if line.category == "dairy"} for _, _, bought, _ in within]
            return sum(len(brands) if label is None else label in brands for brands in marked)
    return sum(gave for *_, gave in of_label)
