"""Discounts on the write path: points and counters on what is left, returns that discount anew, books that agree."""

from __future__ import annotations

from itertools import count

from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from loyalty.db import connection
from loyalty.rules import Line
from tests.actions.test_challenges import completed, runs
from tests.actions.test_return_purchases import back
from tests.rehearsal.conftest import differences, report
from tests.rules.drawn import quick
from tests.story import Story, article, document, title

_codes = count()
PER_RIAL = article("9", {"points": {"per": 1, "give": 1}})
TENTH = article("1", {"discount": {"percent": "10", "min_basket": 1000}})
DAIRY = article("2", {"discount": {"percent": "50", "where": {"category": "dairy"}}})


def line(name: str, net: int, quantity: int = 1, category: str | None = None) -> Line:
    return Line(name, name, quantity * 1000, net, net, category)


def counted(member: int) -> int:
    """What the counter `spend` has of a member, in all."""
    row = connection().execute(
        "SELECT value FROM counter_sum JOIN counter ON counter.id = counter_id"
        ' WHERE member_id = %s AND grain = 0 AND definition @> \'{"measure": "amount", "of": "purchases"}\'',
        [member],
    )
    found = row.fetchone()
    return found[0] if found else 0


def test_points_and_counters_are_of_what_is_left(app: Flask) -> None:
    story = Story(document(TENTH, PER_RIAL))
    sara = story.enrols()
    sold = story.buys(sara, 2000)
    assert [(its.by, its.amount) for its in sold.ruling.discounts] == [("1", 200)]  # type: ignore[union-attr]
    assert (story.balance(sara), counted(sara)) == (1800, 1800)
    assert story.books_agree()


def test_a_return_below_the_least_basket_loses_the_discount(app: Flask) -> None:
    story = Story(document(TENTH, PER_RIAL))
    sara = story.enrols()
    bought = story.buys(sara, 0, lines=(line("a", 700), line("b", 800))).id
    assert story.balance(sara) == 1350
    back(story, bought, ("b", 1))
    assert (story.balance(sara), counted(sara)) == (700, 700), "700 is below the basket from which there is a tenth off"
    back(story, bought, ("a", 1))
    assert (story.balance(sara), counted(sara)) == (0, 0)
    assert story.books_agree()


def test_limits_of_discounts_are_in_the_books(app: Flask) -> None:
    limits = [{"per": "club", "every": "day", "at_most": 150, "of": "points"}]
    story = Story(document(article("1", {"discount": {"fixed": 100}}, limits=limits), PER_RIAL))
    sara, ali = story.enrols(), story.enrols("Ali")
    first, second = story.records([story.sale(sara, 1000), story.sale(ali, 1000)])
    assert [its.ruling.discounts[0].amount for its in (first, second)] == [100, 50]  # type: ignore[union-attr]
    assert story.books_agree()
    back(story, first.id)
    assert story.books_agree()
    assert story.buys(ali, 1000).ruling.discounts[0].amount == 100  # type: ignore[union-attr]
    assert story.books_agree()


def test_rehearsing_the_version_in_force_gives_what_was_given(app: Flask) -> None:
    bylaws = document(TENTH, DAIRY, PER_RIAL)
    story = Story(bylaws)
    sara = story.enrols()
    bought = story.buys(sara, 0, lines=(line("a", 700), line("b", 800, 4, "dairy"))).id
    back(story, bought, ("b", 3))
    story.buys(sara, 1500)
    assert differences(report(story, bylaws)["difference"]) == {}


@quick
@given(st.permutations([("a", 1), ("a", 1), ("b", 2), ("b", 1), ("c", 1)]), st.integers(1, 3))
def test_any_split_of_a_return_ends_alike(app: Flask, parts: list[tuple[str, int]], together: int) -> None:
    lines = (line("a", 333, 2), line("b", 1001, 3, "dairy"), line("c", 77))
    free = article("3", {"discount": {"buy_x_get_y": {"buy": 1, "free": 1}}})
    with app.app_context():
        story = Story(document(TENTH, DAIRY, free, PER_RIAL), code=f"c{next(_codes)}")
        sara, lena = story.enrols(), story.enrols("Lena")
        ours, hers = story.buys(sara, 0, lines=lines).id, story.buys(lena, 0, lines=lines).id
        for part in parts[:together]:
            back(story, ours, part)
        sums: dict[str, int] = {}
        for name, many in parts[:together]:
            sums[name] = sums.get(name, 0) + many
        back(story, hers, *sums.items())
        assert story.balance(sara) == story.balance(lena)
        assert counted(sara) == counted(lena)
        for part in parts[together:]:
            back(story, ours, part)
        assert (story.balance(sara), counted(sara)) == (0, 0)
        assert story.books_agree()


def test_a_run_counts_what_discounts_leave_also_when_it_is_counted_anew(app: Flask) -> None:
    goal = {"counter": {"name": "spend", "over": "run", "at_least": 2000}}
    story = Story(document(TENTH, PER_RIAL, challenges={"big": {"title": title("Big"), "goal": goal}}))
    sara = story.enrols()
    story.buys(sara, 1000)
    story.buys(sara, 1000)
    other = story.buys(sara, 100)
    assert runs(sara) == [("big", "", [1900], False)]
    back(story, other.id)
    assert runs(sara) == [("big", "", [1800], False)]
    assert completed(story.buys(sara, 150)) == []
    assert completed(story.buys(sara, 50)) == ["big"]
    assert story.books_agree()


def test_what_of_a_discounted_basket_comes_back_comes_off_its_run_as_it_counted(app: Flask) -> None:
    fixed = article("1", {"discount": {"fixed": 300, "min_basket": 1000}})
    goal = {"counter": {"name": "milk", "over": "run", "at_least": 5000}}
    counters = {"milk": {"of": "lines", "where": {"category": "dairy"}}}
    story = Story(
        document(fixed, PER_RIAL, counters=counters, challenges={"milk": {"title": title("Milk"), "goal": goal}})
    )
    sara = story.enrols()
    bought = story.buys(sara, lines=(line("a", 600, 2, "dairy"), line("b", 600, 1, "dairy")))
    assert runs(sara) == [("milk", "", [900], False)], "a line counts at most what is left of the basket"
    back(story, bought.id, ("b", 1))
    assert runs(sara) == [("milk", "", [600], False)], "below the least basket nothing is off"
    assert story.books_agree()
