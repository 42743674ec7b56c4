"""What is made ready beforehand comes to what the classes say, whatever the bylaws, the basket and the past."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from loyalty.bench.baskets import document as measured
from loyalty.bench.judging import facts_of
from loyalty.rules import Bylaws, Facts, Ruling, evaluate, load
from loyalty.rules.facts import Setting
from loyalty.rules.filters import LineFilter
from tests.rules.drawn import documents, many, nested, of_the_basket, of_the_past, purchases, quick, told, where
from tests.rules.plainly import judged_plainly
from tests.rules.stories import Story, article, document

KEYS = ("sku", "category", "brand", "tag")
names = st.sampled_from("abc")
filters = st.recursive(
    st.dictionaries(st.sampled_from(KEYS), st.frozensets(names, min_size=1), min_size=1).map(
        lambda keys: LineFilter(tuple(sorted(keys.items())))
    ),
    lambda inner: st.tuples(inner, inner).map(lambda both: replace(both[0], without=both[1])),
    max_leaves=3,
)
labelled_lines = st.lists(
    st.fixed_dictionaries(
        {"sku": names, "net": st.integers(0, 900), "quantity": st.integers(1, 3), "tags": st.lists(names, max_size=2)},
        optional={"category": names, "brand": names},
    ),
    max_size=5,
)
earlier = st.fixed_dictionaries(
    {}, optional={"tier": st.sampled_from(["bronze", "silver"]), "badges": st.just({"regular": 1})}
)


@st.composite
def varied(draw: st.DrawFn) -> dict[str, Any]:
    """Bylaws of several articles, some with limits of wallets or limits that are shared, or that round up."""
    tree = draw(documents(history=True))
    points = {
        "unit": "points",
        "name": {"en": "points", "fa": "امتیاز"},
        "rounds": draw(st.sampled_from(["floor", "ceil"])),
    }
    if draw(st.integers(0, 3)) == 0:
        points["limits"] = [{"per": draw(st.sampled_from(["member", "club"])), "every": "day", "at_most": 40}]
    tree["wallets"] = {**tree["wallets"], "points": points}
    for one in tree["articles"]:
        if "limits" in one and draw(st.integers(0, 3)) == 0:
            one["limits"] = [*one["limits"], {"per": "club", "every": "week", "at_most": 70, "of": "points"}]
    tree["badges"]["thrifty"] = {
        "title": {"en": "T", "fa": "ت"},
        "on": "purchase",
        "if": draw(nested(of_the_basket)),
    }
    return tree


@many
@given(varied(), earlier, st.lists(purchases(), min_size=1, max_size=5))
def test_an_event_is_judged_as_the_classes_say(tree: dict[str, Any], member: dict[str, Any], bought: list[Any]) -> None:
    bylaws = load(tree)
    story = Story(bylaws, member)
    for purchase in bought:
        facts, ruling = story.buys(purchase)
        assert said(ruling) == said(judged_plainly(bylaws, replace(facts)))


def test_every_article_that_is_measured_is_judged_as_the_classes_say() -> None:
    bylaws = load(measured(), 1)

    for facts in facts_of(bylaws, purchases=400, members=10):
        assert said(evaluate(bylaws, facts)) == said(judged_plainly(bylaws, replace(facts)))


def said(ruling: Ruling) -> dict[str, Any]:
    return {name: getattr(ruling, name) for name in ("awards", "badges", "tier_to", "messages", "uses", "feeds")}


@many
@given(nested(of_the_basket | of_the_past), st.lists(purchases(), max_size=3), st.integers(-1, 3), st.booleans())
def test_what_a_setting_leaves_of_a_condition_holds_when_it_does(
    condition: dict[str, Any], past: list[Any], rank: int, later: bool
) -> None:
    bylaws, facts = told(Story(load(document(articles=[article(**{"if": condition})])), {"past": past}))
    [one] = bylaws.articles
    assert one.condition
    facts = replace(facts, rank=rank)
    counts = [count + 1 for count in facts.counts] if later else facts.counts
    left = one.condition.left(setting_of(bylaws, facts))
    holds = left if isinstance(left, bool) else left.test()(facts, counts)
    assert holds == one.condition.holds(facts.with_counts(counts))
    assert one.condition.test()(facts, counts) == holds


def setting_of(bylaws: Bylaws, facts: Facts) -> Setting:
    return Setting(facts.moment.day, facts.moment.weekday, bylaws.club.calendar, facts.rank)


@quick
@given(filters, labelled_lines, st.sampled_from(["quantity", "net"]))
def test_a_filter_means_the_lines_that_match_it(which: LineFilter, basket: list[Any], measure: str) -> None:
    facts = of_basket(basket)
    meant = [line for line in facts.event.lines if matches(which, line)]
    mask = which.mask(facts)
    assert [line for place, line in enumerate(facts.event.lines) if mask >> place & 1] == meant
    assert which.test()(facts, []) == bool(meant)
    place = facts.event.lines[0]._fields.index(measure) if basket else 0
    assert which.total(place)(facts) == sum(getattr(line, measure) for line in meant)


def matches(which: LineFilter, line: Any) -> bool:
    has = {"sku": [line.sku], "category": [line.category], "brand": [line.brand], "tag": line.tags}
    found = all(values & set(has[key]) for key, values in which.keys)
    return found and not (which.without and matches(which.without, line))


def of_basket(basket: list[Any]) -> Facts:
    story = Story(load(document(articles=[article()])))
    return story.buys({"lines": basket} if basket else {"net": 5}).facts


@quick
@given(st.lists(where, min_size=2, max_size=4), st.sampled_from(["compound", "add", "highest"]), purchases())
def test_multipliers_of_one_event_give_the_same_at_once_or_in_turn(
    lines: list[Any], stacking: str, bought: Any
) -> None:
    by = [{"multiply": {"by": f"{n + 4}/3", "of": {"lines": its}}} for n, its in enumerate(lines)]
    only = {"multiply": {"by": "5/2", "articles": ["1"]}}
    articles = [article("1", give=[{"points": {"per": 100, "give": 1}}])]
    articles += [article(str(no), give=[award]) for no, award in enumerate([*by, only], start=2)]
    bylaws = load(document(articles=articles, stacking=stacking))
    facts, ruling = Story(bylaws).buys(bought)
    assert ruling.awards == judged_plainly(bylaws, replace(facts)).awards


def test_what_an_article_multiplies_finds_the_room_that_its_own_earnings_leave() -> None:
    give = [{"points": {"per": 100, "give": 1}}, {"multiply": {"by": "2"}}]
    limits = [{"per": "member", "every": "day", "at_most": 10}]
    bylaws = load(document(articles=[article("1", give=give, limits=limits)]))
    facts, ruling = Story(bylaws).buys({"net": 800})
    assert [given.amount for given in ruling.awards] == [8, 2]
    assert ruling.awards == judged_plainly(bylaws, replace(facts)).awards
