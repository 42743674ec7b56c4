"""What must hold of running totals and counters by label whatever is bought, returned and undone, in whatever order."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from typing import Any

from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from loyalty.actions.return_purchases import return_purchases
from loyalty.db import connection, db
from loyalty.returns import Return, ReturnedLine
from loyalty.rules import Line
from tests.actions.test_return_properties import FIXTURE
from tests.conftest import START
from tests.rehearsal.conftest import differences, report
from tests.story import Story, article, document

_codes, _keys = count(1), count(1)
MONTH = {"this": "month"}


def total(name: str, per: int, give: int, **more: Any) -> dict[str, Any]:
    return {"points": {"per": per, "give": give, "of": {"counter": name, **more}}}


COUNTERS = {
    "spend": {"of": "purchases"},
    "milk": {
        "of": "lines",
        "where": {"category": "dairy"},
        "measure": "quantity",
        "if": {"basket": {"at_most": 60_000}},
    },
    "brands": {"of": "lines", "measure": {"distinct": "brand"}},
    "rooms": {"of": "purchases", "measure": "days", "by": "store"},
    "stars": {"of": "points", "articles": ["2", "3", "6"]},
}
TOTALS = document(
    article("1", {"points": {"per": 10_000, "give": 1}}),
    article("2", total("spend", 20_000, 9, over=MONTH, above=15_000)),
    article("3", total("brands", 1, 5, over=MONTH)),
    article("4", {"cashback": {"per": 10, "give": 3, "of": {"counter": "stars", "over": MONTH}}}),
    article("5", {"cashback": {"percent": "10"}}, if_={"counter": {"name": "rooms", "label": "s2", "at_least": 1}}),
    article("6", total("milk", 3, 4), if_={"basket": {"at_least": 5_000}}),
    article("7", total("rooms", 2, 6)),
    counters=COUNTERS,
)
goods = st.lists(
    st.tuples(st.integers(1, 4), st.integers(0, 30_000), st.sampled_from("xyz"), st.booleans()), min_size=1, max_size=3
)
event = st.tuples(st.sampled_from(["buy", "buy", "back", "void"]), st.integers(0, 20), st.integers(0, 7), goods)


def sale(basket: list[tuple[int, int, str, bool]]) -> tuple[Line, ...]:
    return tuple(
        Line(str(n), f"sku{n}", units * 1000, net, net, "dairy" if dairy else None, brand)
        for n, (units, net, brand, dairy) in enumerate(basket)
    )


def back(story: Story, purchase: int, key: str, kind: str = "return", *lines: tuple[str, int]) -> bool:
    db.session.rollback()
    store = STORES[purchase]
    parts = tuple(ReturnedLine(name, units * 1000) for name, units in lines)
    asked = Return(key, store, story.now, parts, all=not parts and kind == "return", kind=kind)  # type: ignore[arg-type]
    [answer] = return_purchases(story.club_id, [(purchase, asked)], story.now)
    return answer.status == "recorded"


STORES: dict[int, str] = {}


def buy(story: Story, member: int, basket: list[tuple[int, int, str, bool]], store: str = "s1") -> int:
    outcome = story.buys(member, lines=sale(basket), store=store)
    assert outcome.id
    STORES[outcome.id] = store
    return outcome.id


def given_by(story: Story, member: int) -> dict[str, int]:
    """What each article has given, net of what was taken back."""
    db.session.rollback()
    rows = connection().execute(
        "SELECT article, sum(CASE source WHEN 'issued' THEN amount ELSE -amount END)::bigint FROM entry"
        " WHERE member_id = %s AND 'issued' IN (source, target) GROUP BY article",
        [member],
    )
    return {article: amount for article, amount in rows if amount}


@FIXTURE
@given(st.lists(event, min_size=1, max_size=12))
def test_each_window_has_got_what_its_counter_is_worth_after_anything(app: Flask, drawn: Any) -> None:
    story = Story(TOTALS, f"club-{next(_codes)}")
    sara = story.enrols()
    sold: list[tuple[int, Any, Any]] = []
    kept: dict[int, list[int]] = {}
    story.now = START - timedelta(days=120)
    for what, days, which, basket in drawn:
        story.now += timedelta(days=days)
        if what == "buy" or not sold:
            id_ = buy(story, sara, basket, "s2" if which > 5 else "s1")
            sold.append((id_, story.now, basket))
            kept[id_] = [units for units, *_ in basket]
        else:
            id_, _, lines = sold[which % len(sold)]
            place = days % len(lines)
            parts = () if which % 2 or what == "void" else ((str(place), 1),)
            if back(story, id_, f"k{next(_keys)}", "void" if what == "void" else "return", *parts):
                kept[id_] = [n - (k == place) for k, n in enumerate(kept[id_])] if parts else [0] * len(lines)
    assert story.books_agree()
    calendar = load_calendar(story)
    spend: dict[Any, int] = {}
    brands: dict[Any, set[str]] = {}
    for id_, at, basket in sold:
        month = calendar.start_of("month", calendar.moment(at).day)
        lines = [(n * net // units, brand) for n, (units, net, brand, _) in zip(kept[id_], basket, strict=True) if n]
        spend[month] = spend.get(month, 0) + sum(net for net, _ in lines)
        brands.setdefault(month, set()).update(brand for _, brand in lines)
    gave = given_by(story, sara)
    assert gave.get("2", 0) == sum(max(0, its - 15_000) // 20_000 * 9 for its in spend.values())
    assert gave.get("3", 0) == sum(5 * len(its) for its in brands.values())
    assert differences(report(story, TOTALS)["difference"]) == {}


def load_calendar(story: Story) -> Any:
    from loyalty.versions import programme

    return programme(connection(), story.club_id).calendar


@FIXTURE
@given(st.lists(goods, max_size=3), goods, st.data())
def test_any_split_of_a_return_ends_at_the_same_place(
    app: Flask, before: Any, basket: Any, data: st.DataObject
) -> None:
    split, whole = (Story(TOTALS, f"club-{next(_codes)}") for _ in range(2))
    sara, lena = split.enrols(), whole.enrols()
    one, other = 0, 0
    for earlier in [*before, basket, *before[:1]]:
        ours, theirs = buy(split, sara, earlier), buy(whole, lena, earlier)
        if earlier is basket:
            one, other = ours, theirs
    gone = [data.draw(st.integers(0, units)) for units, *_ in basket]
    if not any(gone):
        gone[0] = 1
    for name, units in enumerate(gone):
        while units:
            part = data.draw(st.integers(1, units))
            assert back(split, one, f"k{next(_keys)}", "return", (str(name), part))
            units -= part
    assert back(whole, other, "k", "return", *((str(name), units) for name, units in enumerate(gone) if units))
    assert given_by(split, sara) == given_by(whole, lena)
    assert [split.balance(sara, wallet) for wallet in ("points", "cashback")] == [
        whole.balance(lena, wallet) for wallet in ("points", "cashback")
    ]
    assert split.books_agree()


@FIXTURE
@given(st.lists(st.tuples(goods, st.integers(0, 40)), min_size=1, max_size=5), st.randoms())
def test_when_everything_came_back_nothing_was_given(app: Flask, drawn: Any, random: Any) -> None:
    story = Story(TOTALS, f"club-{next(_codes)}")
    sara = story.enrols()
    story.now = START - timedelta(days=200)
    sold = []
    for basket, days in drawn:
        story.now += timedelta(days=days)
        sold.append(buy(story, sara, basket))
    random.shuffle(sold)
    for purchase in sold:
        assert back(story, purchase, f"k{next(_keys)}", random.choice(["return", "void"]))
    assert given_by(story, sara) == {}
    assert (story.balance(sara), story.balance(sara, "cashback")) == (0, 0)
    assert story.books_agree()
