"""What discounts take off: the arithmetic, their order, their limits, and what is earned on what is left."""

from __future__ import annotations

from typing import Any

import pytest

from loyalty.rules import Line, Purchase, load
from loyalty.rules.discounting import Offer
from loyalty.rules.explain import withheld
from loyalty.values import Text
from tests.conftest import START
from tests.rules.stories import Story
from tests.story import article, document

PER_RIAL = article("9", {"points": {"per": 1, "give": 1}})


def teller(*articles: dict[str, Any]) -> Story:
    """Somebody who buys in a club with these articles."""
    return Story(load(document(*articles)))


def line(name: str, net: int, quantity: float = 1, **more: Any) -> Line:
    return Line(name, more.pop("sku", name), int(quantity * 1000), net, net, **more)


def basket(*lines: Line, net: int | None = None) -> Purchase:
    total = sum(its.net for its in lines) if net is None else net
    return Purchase("r1", "s1", START, "IRR", total, total, lines=lines)


def buys(sale: Purchase, *discounts: dict[str, Any], offers: tuple[Offer, ...] = (), **more: Any) -> Any:
    """(what was taken off, what is left to pay, points at one a rial) under articles that each give a discount."""
    articles = [article(str(n), {"discount": its}, **more) for n, its in enumerate(discounts, 1)]
    facts, ruling = teller(*articles, PER_RIAL).judge(sale, offers=offers)
    points = sum(its.amount for its in ruling.awards if its.wallet == "points")
    return [its.amount for its in ruling.discounts], facts.event.net, points


@pytest.mark.parametrize(
    ("discount", "off"),
    [
        ({"percent": "10"}, 99),
        ({"percent": "10", "at_most": 50}, 50),
        ({"percent": "100"}, 999),
        ({"fixed": 300}, 300),
        ({"fixed": 5000}, 999),
        ({"ladder": [{"from": 500, "percent": 5}, {"from": 900, "fixed": 200}]}, 200),
        ({"ladder": [{"from": 1000, "percent": 5}]}, 0),
        ({"percent": "10", "min_basket": 1000}, 0),
        ({"percent": "10", "min_basket": 999}, 99),
    ],
)
def test_off_a_basket(discount: dict[str, Any], off: int) -> None:
    assert buys(basket(net=999), discount) == ([off] if off else [], 999 - off, 999 - off)


MILK, TEA = line("milk", 300, 3, category="dairy"), line("tea", 700, category="tea")


@pytest.mark.parametrize(
    ("discount", "off"),
    [
        ({"percent": "10", "where": {"category": "dairy"}}, 30),
        ({"fixed": 500, "where": {"category": "dairy"}}, 300),
        ({"percent": "10", "where": {"sku": "bread"}}, 0),
        ({"cheapest_free": 1}, 100),
        ({"cheapest_free": 2, "where": {"category": "dairy"}}, 200),
        ({"cheapest_free": 9}, 1000),
        ({"buy_x_get_y": {"buy": 3, "free": 1}}, 100),
        ({"buy_x_get_y": {"buy": 1, "free": 1}}, 200),
        ({"buy_x_get_y": {"buy": 3, "free": 1}, "where": {"category": "dairy"}}, 0),
        ({"buy_x_get_y": {"buy": 1, "free": 1}, "at_most": 150}, 150),
    ],
)
def test_off_lines(discount: dict[str, Any], off: int) -> None:
    assert buys(basket(MILK, TEA), discount) == ([off] if off else [], 1000 - off, 1000 - off)


def test_a_share_falls_to_its_lines_to_the_last_rial() -> None:
    lines = [line(str(n), 10) for n in range(7)]
    _, ruling = teller(article("1", {"discount": {"fixed": 5, "where": {"not": {"sku": "6"}}}})).judge(basket(*lines))
    [off] = ruling.discounts
    assert sum(amount for _, amount in off.lines) == off.amount == 5
    assert "6" not in dict(off.lines)


def test_of_each_four_units_the_cheapest_is_free() -> None:
    dear, cheap = line("dear", 400, 4), line("cheap", 40, 4)
    assert buys(basket(cheap, dear), {"buy_x_get_y": {"buy": 3, "free": 1}})[0] == [110]


def test_parts_of_a_unit_are_never_free() -> None:
    assert buys(basket(line("cheese", 500, 1.5)), {"cheapest_free": 5})[0] == [333]
    assert buys(basket(line("cheese", 500, 0.75)), {"cheapest_free": 5})[0] == []


def test_discounts_follow_one_another_and_a_later_one_reads_what_is_left() -> None:
    taken, left, points = buys(basket(net=1000), {"fixed": 600}, {"percent": "50"}, {"fixed": 9, "min_basket": 201})
    assert (taken, left, points) == ([600, 200], 200, 200)


def test_a_discount_of_the_basket_is_of_no_line_but_lines_count_at_most_the_basket() -> None:
    dairy = article("8", {"points": {"per": 1, "give": 1, "of": {"lines": {"category": "dairy"}}}})
    shop = teller(article("1", {"discount": {"fixed": 800}}), dairy)
    _, ruling = shop.judge(basket(MILK, TEA))
    assert [its.amount for its in ruling.awards if its.wallet == "points"] == [200]


def test_whether_an_article_holds_is_judged_on_the_basket_as_it_was_sent() -> None:
    if_ = {"basket": {"of": "net", "at_least": 1000}}
    assert buys(basket(net=1000), {"percent": "50"}, if_=if_)[0] == [500]
    assert buys(basket(net=1000), {"percent": "50"}, {"percent": "50"}, if_=if_)[0] == [500, 250]


def test_of_a_group_only_what_takes_off_most() -> None:
    more = {"group": "sale", "best": True}
    assert buys(basket(net=1000), {"percent": "10"}, {"fixed": 200}, {"fixed": 50}, **more)[0] == [200]


def test_limits_of_a_discount() -> None:
    each_day = [{"per": "member", "every": "day", "at_most": 150, "of": "points"}]
    shop = teller(article("1", {"discount": {"fixed": 100}}, limits=each_day))
    taken = [sum(its.amount for its in shop.judge(basket(net=1000))[1].discounts) for _ in range(3)]
    assert taken == [100, 50, 0]
    once = [{"per": "member", "every": "month", "at_most": 1, "of": "times"}]
    shop = teller(article("1", {"discount": {"fixed": 100}}, limits=once))
    taken = [sum(its.amount for its in shop.judge(basket(net=1000))[1].discounts) for _ in range(2)]
    assert taken == [100, 0]


def code(name: str, **discount: Any) -> Offer:
    return Offer(f"code:{name}", Text(name, name), discount)


def test_of_several_codes_the_best_applies_by_itself_and_those_that_stack_besides() -> None:
    a, b, c = code("a", percent="10"), code("b", fixed=150), code("c", fixed=7, stacks=True)
    _, ruling = teller(PER_RIAL).judge(basket(net=1000), offers=(a, b, c))
    assert [(its.by, its.amount) for its in ruling.discounts] == [("code:b", 150), ("code:c", 7)]
    _, ruling = teller(PER_RIAL).judge(basket(net=2000), offers=(a, b, c))
    assert [its.by for its in ruling.discounts] == ["code:a", "code:c"]


def test_articles_come_first_then_codes_then_what_is_redeemed() -> None:
    redeemed = Offer("redeem:7", Text("Tea", "چای"), {"cheapest_free": 1, "where": {"sku": "tea"}})
    shop = teller(article("1", {"discount": {"percent": "50", "where": {"category": "tea"}}}), PER_RIAL)
    facts, ruling = shop.judge(basket(MILK, TEA), offers=(code("x", percent="10"), redeemed))
    assert [(its.by, its.amount) for its in ruling.discounts] == [("1", 350), ("code:x", 65), ("redeem:7", 350)]
    assert facts.event.net == 1000 - 350 - 65 - 350


def test_what_a_basket_lacks_is_said() -> None:
    shop = teller(article("1", {"discount": {"percent": "10", "min_basket": 50_000}}))
    facts, ruling = shop.judge(basket(net=30_000))
    [why] = withheld(shop.bylaws, facts, ruling)
    assert why.because.en == "This begins with a basket of 5,000 toman; 2,000 toman more are needed."
