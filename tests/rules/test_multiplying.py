"""Multipliers against a slow reading of the bylaws' own words, and lines reckoned apart."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from loyalty.rules import Line, Purchase, load
from loyalty.rules.awards.earn import Points
from tests.rules.drawn import CATEGORIES, NOON, many, quick
from tests.rules.stories import Story, article, document

earns = st.lists(
    st.tuples(
        st.sampled_from(["per", "percent", "fixed"]), st.integers(1, 4000), st.none() | st.sampled_from(CATEGORIES)
    ),
    min_size=1,
    max_size=2,
)
bys = st.lists(st.tuples(st.integers(1, 12), st.none() | st.sampled_from(CATEGORIES)), min_size=1, max_size=3)
Goods = list[tuple[str, int]]


def reference(goods: Goods, earning: list[Any], multiplying: list[Any], stacking: str) -> list[int]:
    """What each multiplier gives, read word by word: (by - 1) × what its lines alone would earn so far."""

    def earned(some: Goods) -> int:
        total = 0
        for how, n, category in earning:
            net = sum(amount for its, amount in some if category in (None, its))
            if how == "per":
                total += net // n
            elif how == "percent":
                total += int(Fraction(n, 1000) * net)
        return total  # a fixed amount belongs to no line

    def mine(some: Goods, place: int) -> Goods:
        _, category = multiplying[place]
        return [good for good in some if category in (None, good[0])]

    def highest(good: tuple[str, int]) -> int:
        own = [place for place, (_, category) in enumerate(multiplying) if category in (None, good[0])]
        return max(own, key=lambda place: (multiplying[place][0], -place), default=-1)

    def gain(some: Goods, place: int) -> int:
        more = Fraction(multiplying[place][0], 4)
        if stacking == "highest":
            return int(more * earned([good for good in some if highest(good) == place]))
        alone = mine(some, place)
        so_far = earned(alone)
        if stacking == "compound":
            so_far += sum(gain(alone, before) for before in range(place))
        return int(more * so_far)

    return [gain(goods, place) for place in range(len(multiplying))]


@many
@given(
    st.lists(st.tuples(st.sampled_from(CATEGORIES), st.integers(0, 12_000)), min_size=1, max_size=4),
    earns,
    bys,
    st.sampled_from(["compound", "add", "highest"]),
)
def test_multipliers_do_what_the_bylaws_say(goods: Goods, earning: list[Any], by: list[Any], stacking: str) -> None:
    give: list[dict[str, Any]] = []
    for how, n, category in earning:
        body: dict[str, Any] = {"per": {"per": n, "give": 1}, "percent": {"percent": f"{n}/10"}, "fixed": {"fixed": n}}[
            how
        ]
        if category and how != "fixed":
            body = {**body, "of": {"lines": {"category": category}}}
        give.append({"points": body})
    written = [article("1", give=give)]
    for no, (quarters, category) in enumerate(by, 2):
        lines_ = {"of": {"lines": {"category": category}}} if category else {}
        written.append(article(str(no), give=[{"multiply": {"by": f"{4 + quarters}/4", **lines_}}]))
    story = Story(load(document(articles=written, stacking=stacking)))
    ruling = story.buys({"lines": [{"category": its, "net": net} for its, net in goods]}).ruling
    gave = {award.article: award.amount for award in ruling.awards if award.article != "1"}
    assert [gave.get(str(no), 0) for no in range(2, len(by) + 2)] == reference(goods, earning, by, stacking)


@quick
@given(
    st.lists(st.integers(0, 12_000), min_size=1, max_size=6),
    st.integers(1, 4000),
    st.integers(1, 20),
    st.data(),
)
def test_lines_reckoned_apart_never_come_to_more_than_together(
    nets: list[int], per: int, quarters: int, data: st.DataObject
) -> None:
    basket = tuple(Line(str(n), "x", 1000, net, net) for n, net in enumerate(nets))
    story = Story(load(document(articles=[article(give=[{"points": {"per": per, "give": f"{quarters}/4"}}])])))
    purchase = Purchase("r", "s", NOON, "IRR", sum(nets), sum(nets), lines=basket)
    moment = story.calendar.moment(NOON)
    facts = story.member.facts(story.bylaws, purchase, moment, moment.day)
    [award] = story.bylaws.articles[0].give
    assert isinstance(award, Points)
    owners = [data.draw(st.integers(0, 2)) for _ in nets]
    masks = [sum(1 << n for n, owner in enumerate(owners) if owner == part) for part in range(3)]
    apart = [award.reckon(facts, mask) for mask in masks]
    together = award.reckon(facts, facts.whole)
    assert sum(amount for _, amount in apart) <= together[1]
    assert sum(base for base, _ in apart) == together[0]
