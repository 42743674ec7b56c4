"""What holds for any bylaws, any basket and any past."""

from __future__ import annotations

import copy
import dataclasses
from collections import Counter as Tally
from itertools import permutations
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from loyalty.rules import Bylaws, Facts, evaluate, load
from loyalty.rules.bounds import Bounds, BoundsType
from loyalty.rules.bylaws import Article
from loyalty.rules.evaluate import contested
from loyalty.rules.explain import because, seen, withheld
from loyalty.rules.reading import Node, Reading
from tests.rules.drawn import (
    documents,
    many,
    nested,
    of_the_basket,
    of_the_past,
    pairs,
    purchases,
    quick,
    told,
    windows,
)
from tests.rules.stories import Story, article, document


@quick
@given(documents(history=False), st.lists(purchases(), min_size=2, max_size=4))
def test_without_history_and_limits_any_order_gives_the_same(tree: dict[str, Any], bought: list[Any]) -> None:
    bylaws = load(tree)
    results = set()
    for order in list(permutations(bought))[:6]:
        story, total = Story(bylaws), Tally[str]()
        for purchase in order:
            for award in story.buys(purchase).ruling.awards:
                if not award.article.startswith("badge:"):
                    total[award.wallet] += award.amount
        results.add(frozenset(total.items()))
    assert len(results) == 1


@quick
@given(documents(history=True), st.lists(purchases(), max_size=4))
def test_judging_is_repeatable_and_changes_nothing_it_was_given(tree: dict[str, Any], past: list[Any]) -> None:
    bylaws, facts = told(Story(load(tree), {"past": past}))
    before = copy.deepcopy({field.name: getattr(facts, field.name) for field in dataclasses.fields(facts)})
    once = evaluate(bylaws, facts)
    again = evaluate(bylaws, facts)
    assert once == again
    for name in ("event", "tier", "rank", "counts", "standing", "badges", "values", "active_days", "budgets"):
        assert getattr(facts, name) == before[name]


@many
@given(documents(history=True), st.lists(purchases(), max_size=4))
def test_explanations_agree_with_what_was_given(tree: dict[str, Any], past: list[Any]) -> None:
    bylaws, facts = told(Story(load(tree), {"past": past}))
    ruling = evaluate(bylaws, facts)
    gave = {award.article for award in ruling.awards}
    reasons = {reason.article for reason in withheld(bylaws, facts, ruling)}
    met = [one for one in bylaws.articles if one.in_force(facts.moment.day) and _met(bylaws, one, facts)]
    shut = contested(bylaws, facts, met)[1]
    for one in bylaws.articles:
        held = one in met and one.no not in shut
        amounts_ = bool(one.earnings or one.multipliers)
        assert not (one.no in gave and not held), "gave although a condition did not hold"
        assert (one.no in reasons) == (one.no not in gave if amounts_ else not held)
        asked = sum(award.reckon(facts, facts.whole)[1] for _, award in one.earns(facts))
        if held and asked and not one.limits:
            assert one.no in gave, "held, and had something to give, but gave nothing"
        if held and asked and one.no not in gave:
            reason = because(bylaws, one, facts)
            assert reason is not None
            assert reason.en.startswith("The limit is used up"), reason.en


def _met(bylaws: Bylaws, one: Article, facts: Facts) -> bool:
    return one.condition is None or seen(bylaws, one.condition, facts)[0].holds


@quick
@given(documents(history=True), st.lists(purchases(), max_size=4))
def test_who_shuts_others_out_gives_something_and_of_a_group_one_holds(tree: dict[str, Any], past: list[Any]) -> None:
    bylaws, facts = told(Story(load(tree), {"past": past}))
    gave = Tally[str]()
    for award in evaluate(bylaws, facts).awards:
        gave[award.article] += award.amount
    met = [one for one in bylaws.articles if one.in_force(facts.moment.day) and _met(bylaws, one, facts)]
    for no, shut in contested(bylaws, facts, met)[1].items():
        [loser] = [one for one in met if one.no == no]
        assert not gave[no]
        if shut.exclusive:
            assert loser.priority < shut.by.priority
            assert gave[shut.by.no] or not shut.by.gives_amounts
        else:
            assert loser.group == shut.by.group
            assert not any(other.group == loser.group and gave[other.no] for other in met if other is not shut.by)


@quick
@given(documents(history=True), st.lists(purchases(), min_size=1, max_size=5))
def test_nothing_that_is_given_is_less_than_one(tree: dict[str, Any], bought: list[Any]) -> None:
    story = Story(load(tree))
    for purchase in bought:
        for award in story.buys(purchase).ruling.awards:
            assert 0 < award.amount <= award.asked
            assert award.base >= 0


@quick
@given(documents(history=True), st.lists(purchases(), min_size=1, max_size=6))
def test_limits_hold_whatever_the_order(tree: dict[str, Any], bought: list[Any]) -> None:
    bylaws = load(tree)
    story = Story(bylaws)
    points, bases, times = Tally[Any](), Tally[Any](), Tally[Any]()
    for purchase in bought:
        facts, ruling = story.buys(purchase)
        for period in ("day", "month"):
            when = story.calendar.label(period, facts.moment.day)  # type: ignore[arg-type]
            for award in ruling.awards:
                points[award.article, award.wallet, period, when] += award.amount
                bases[award.article, award.wallet, period, when] += award.base
            for no in {award.article for award in ruling.awards}:
                times[no, period, when] += 1
    for one in bylaws.articles:
        for limit in one.limits:
            period = limit.over.period
            if limit.of == "points":
                used = [n for key, n in points.items() if key[:3] == (one.no, limit.wallet, period)]
            elif limit.of == "base":
                used = [n for key, n in bases.items() if key[:3] == (one.no, limit.wallet, period)]
            else:
                used = [n for key, n in times.items() if key[:2] == (one.no, period)]
            assert all(n <= limit.at_most for n in used), (limit, used)


@many
@given(nested(of_the_basket | of_the_past), st.lists(purchases(), max_size=4))
def test_progress_is_full_exactly_when_it_holds(condition: dict[str, Any], past: list[Any]) -> None:
    bylaws, facts = told(Story(load(document(articles=[article(**{"if": condition})])), {"past": past}))
    [one] = bylaws.articles
    assert one.condition
    share = one.condition.share(facts)
    assert 0 <= share <= 100
    assert (share == 100) == one.condition.holds(facts)


@quick
@given(st.lists(purchases(), max_size=6), st.lists(windows, min_size=1, max_size=3))
def test_counters_are_the_sums_of_what_was_bought_in_the_window(past: list[Any], overs: list[Any]) -> None:
    names = ("spend", "visits", "orders", "milk")
    conditions = [{"counter": {"name": name, "over": over, "at_least": 1}} for over in overs for name in names]
    milk = {"of": "lines", "where": {"category": "dairy"}, "measure": "quantity"}
    base = document()["counters"]
    bylaws = load(document(articles=[article(**{"if": {"all": conditions}})], counters={**base, "milk": milk}))
    story = Story(bylaws, {"past": past})
    _, facts = told(story)
    bought = [story.purchase(one) for one in past]
    days = [story.calendar.moment(one.occurred_at).day for one in bought]
    for read, count in zip(bylaws.reads, facts.counts, strict=True):
        span = read.over.span(facts.moment.day, story.calendar, facts.standing_since)
        within = [n for n, day in enumerate(days) if (span.start is None or span.start <= day) and day <= span.end]
        naive = {
            "amount": sum(bought[n].net for n in within),
            "times": len(within),
            "days": len({days[n] for n in within}),
            "quantity": sum(line.quantity for n in within for line in bought[n].lines if line.category == "dairy"),
        }
        assert count == naive[read.counter.measure]


@many
@given(st.sampled_from(["at_least", "more_than", "at_most", "less_than", "between"]), pairs, st.integers(0, 31_000))
def test_bounds_are_plain_comparisons(word: str, figures: list[int], value: int) -> None:
    low, high = figures
    if word == "less_than" and low == 0:
        low = 1
    written = {word: [low, high] if word == "between" else low}
    read: Bounds = BoundsType().read(Node(written, "", Reading()))
    plain = {
        "at_least": value >= low,
        "more_than": value > low,
        "at_most": value <= low,
        "less_than": value < low,
        "between": low <= value <= high,
    }[word]
    assert read.hold(value) == plain
    assert (read.share(value) == 100) == plain
    assert 0 <= read.share(value) <= 100
