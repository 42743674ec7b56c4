"""What holds for any bylaws, any basket and any past, tried on many that nobody thought of."""

from __future__ import annotations

import copy
import dataclasses
from collections import Counter as Tally
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import permutations
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loyalty.calendars import PERIODS, Calendar, Span
from loyalty.gather import DAY, EVER, MONTH, pieces
from loyalty.rules import Bylaws, Facts, Line, Purchase, evaluate, load
from loyalty.rules.awards.earn import Points
from loyalty.rules.bounds import Bounds, BoundsType
from loyalty.rules.bylaws import Ask
from loyalty.rules.catalogue import read_condition
from loyalty.rules.explain import because, seen, withheld
from loyalty.rules.reading import Node, Reading
from loyalty.rules.windows import Window, read_window
from tests.rules.stories import Story, article, document

quick = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
many = settings(quick, max_examples=150)

TEHRAN = Calendar("Asia/Tehran", "jalali")
LONDON = Calendar("Europe/London", "gregorian")
CALENDARS = st.sampled_from([TEHRAN, LONDON])

# --- what may be drawn ---------------------------------------------------------------------------------------------

CATEGORIES = ("dairy", "bread", "meat")
NOON = datetime(2026, 11, 12, 8, 30, tzinfo=UTC)

where = st.fixed_dictionaries({"category": st.lists(st.sampled_from(CATEGORIES), min_size=1, max_size=2, unique=True)})
amounts = st.integers(0, 30_000)
pairs = st.tuples(amounts, amounts).map(sorted)
bounds = st.one_of(
    *(st.fixed_dictionaries({word: amounts}) for word in ("at_least", "more_than", "at_most")),
    st.fixed_dictionaries({"less_than": st.integers(1, 30_000)}),
    st.fixed_dictionaries({"between": pairs}),
)
small_bounds = st.one_of(
    st.fixed_dictionaries({"at_least": st.integers(0, 4)}), st.fixed_dictionaries({"at_most": st.integers(0, 4)})
)
windows = st.one_of(
    st.just("ever"),
    st.fixed_dictionaries({"this": st.sampled_from(PERIODS)}),
    st.fixed_dictionaries({"previous": st.sampled_from(PERIODS)}),
    st.fixed_dictionaries(
        {
            "last": st.one_of(
                st.fixed_dictionaries({"days": st.integers(1, 400)}),
                st.fixed_dictionaries({"weeks": st.integers(1, 60)}),
                st.fixed_dictionaries({"months": st.integers(1, 40)}),
                st.fixed_dictionaries({"years": st.integers(1, 3)}),
            )
        }
    ),
    st.fixed_dictionaries({"since": st.dates(date(2024, 1, 1), date(2027, 1, 1)).map(date.isoformat)}),
)
of_the_basket = st.one_of(
    bounds.map(lambda bound: {"basket": bound}),
    where.map(lambda lines: {"bought": {"where": lines}}),
    st.tuples(where, bounds).map(lambda both: {"bought": {"where": both[0], "amount": both[1]}}),
    st.just({"weekday": ["thursday", "saturday"]}),
    st.just({"hours": {"from": "22:00", "until": "14:00"}}),
    st.just({"dates": {"each_year": {"from": "1405-08-01", "until": "1405-08-30"}}}),
)
of_the_past = st.one_of(
    st.tuples(st.sampled_from(["spend", "visits", "orders"]), windows, small_bounds).map(
        lambda drawn: {"counter": {"name": drawn[0], "over": drawn[1], **drawn[2]}}
    ),
    st.integers(1, 4).map(lambda n: {"nth_purchase": {"every": n}}),
    st.sampled_from(["bronze", "silver"]).map(lambda code: {"tier": {"at_least": code}}),
    small_bounds.map(lambda bound: {"member": {"years": bound}}),
)


def nested(leaves: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Conditions of some kinds, alone or in groups."""
    groups = st.sampled_from(["all", "any", "none"])
    return st.recursive(
        leaves,
        lambda inner: st.tuples(groups, st.lists(inner, min_size=1, max_size=3)).map(lambda g: {g[0]: g[1]}),
        max_leaves=5,
    )


earnings = st.one_of(
    st.integers(1, 50).map(lambda n: {"points": {"fixed": n}}),
    st.tuples(st.integers(1, 3000), st.integers(1, 9)).map(lambda d: {"points": {"per": d[0], "give": f"{d[1]}/4"}}),
    st.tuples(st.integers(1, 300), where).map(lambda d: {"points": {"percent": f"{d[0]}/10", "of": {"lines": d[1]}}}),
    st.integers(1, 300).map(lambda n: {"cashback": {"percent": f"{n}/10"}}),
    st.just({"points": {"per": 1, "give": 2, "of": "quantity"}}),
)
multipliers = st.tuples(st.integers(1, 9), st.none() | where, st.booleans()).map(
    lambda drawn: {
        "multiply": {
            "by": f"{4 + drawn[0]}/4",
            **({"of": {"lines": drawn[1]}} if drawn[1] else {}),
            **({"articles": ["1"]} if drawn[2] else {}),
        }
    }
)
others = st.just({"message": {"en": "Hello.", "fa": "سلام."}})
limits = st.lists(
    st.tuples(st.sampled_from(["day", "month"]), st.integers(1, 60), st.sampled_from(["points", "times", "base"])).map(
        lambda drawn: {"per": "member", "every": drawn[0], "at_most": drawn[1], "of": drawn[2]}
    ),
    max_size=2,
    unique_by=lambda limit: (limit["every"], limit["of"]),
)


@st.composite
def documents(draw: st.DrawFn, *, history: bool) -> dict[str, Any]:
    """Bylaws of one to five articles; without history they read none and limit nothing."""
    conditions = nested(of_the_basket | of_the_past) if history else nested(of_the_basket)
    written = []
    for no in range(1, draw(st.integers(1, 5)) + 1):
        give = draw(st.lists(earnings | multipliers | others, min_size=1, max_size=2))
        fields: dict[str, Any] = {"give": give}
        if draw(st.booleans()):
            fields["if"] = draw(conditions)
        if history and any("message" not in award for award in give) and draw(st.booleans()):
            fields["limits"] = draw(limits)
        if draw(st.integers(0, 5)) == 0:
            fields["from"] = "1405-08-21"
        written.append(article(str(no), **fields))
    ladder = [
        {"code": "bronze", "title": {"en": "B", "fa": "ب"}},
        {
            "code": "silver",
            "title": {"en": "S", "fa": "ن"},
            "needs": {"counter": {"name": "spend", "over": {"last": {"days": 30}}, "at_least": 20_000}},
        },
    ]
    badges = {
        "regular": {
            "title": {"en": "R", "fa": "ر"},
            "counter": "visits",
            "levels": [{"at": 2, "give": [{"points": {"fixed": 5}}]}, {"at": 4}],
        }
    }
    stacking = draw(st.sampled_from(["compound", "add", "highest"]))
    return document(articles=written, tiers={"ladder": ladder}, badges=badges, stacking=stacking)


lines = st.lists(
    st.fixed_dictionaries(
        {"category": st.sampled_from(CATEGORIES), "net": st.integers(0, 12_000), "quantity": st.integers(1, 3)}
    ),
    max_size=4,
)


@st.composite
def purchases(draw: st.DrawFn) -> dict[str, Any]:
    """A purchase within a few weeks around the usual Thursday, with lines or without."""
    at = NOON + timedelta(hours=draw(st.integers(-700, 700)))
    basket = draw(lines)
    return {"at": at.isoformat(), **({"lines": basket} if basket else {"net": draw(amounts)})}


def told(story: Story) -> tuple[Bylaws, Facts]:
    """The facts of a purchase in the middle of a story, not yet judged."""
    purchase = story.purchase({"lines": [{"category": "dairy", "net": 5000}, {"category": "bread", "net": 7000}]})
    moment = story.calendar.moment(purchase.occurred_at)
    return story.bylaws, story.member.facts(story.bylaws, purchase, moment, moment.day)


# --- judging -------------------------------------------------------------------------------------------------------


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
    for name in ("purchase", "tier", "rank", "counts", "standing", "badges", "values", "active_days", "budgets"):
        assert getattr(facts, name) == before[name]


@many
@given(documents(history=True), st.lists(purchases(), max_size=4))
def test_explanations_agree_with_what_was_given(tree: dict[str, Any], past: list[Any]) -> None:
    bylaws, facts = told(Story(load(tree), {"past": past}))
    ruling = evaluate(bylaws, facts)
    gave = {award.article for award in ruling.awards}
    reasons = {reason.article for reason in withheld(bylaws, facts, ruling)}
    for one in bylaws.articles:
        conditions = seen(bylaws, one.condition, facts) if one.condition else []
        held = one.in_force(facts.moment.day) and (not conditions or conditions[0].holds)
        amounts_ = bool(one.earnings or one.multipliers)
        assert not (one.no in gave and not held), "gave although a condition did not hold"
        assert (one.no in reasons) == (one.no not in gave if amounts_ else not held)
        asked = sum(award.reckon(facts, facts.whole)[1] for _, award in one.earnings)
        if held and asked and not one.limits:
            assert one.no in gave, "held, and had something to give, but gave nothing"
        if held and asked and one.no not in gave:
            reason = because(bylaws, one, facts)
            assert reason is not None
            assert reason.en.startswith("The limit is used up"), reason.en


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
        span = read.over.span(facts.moment.day, story.calendar)
        within = [n for n, day in enumerate(days) if (span.start is None or span.start <= day) and day <= span.end]
        naive = {
            "amount": sum(bought[n].net for n in within),
            "times": len(within),
            "days": len({days[n] for n in within}),
            "quantity": sum(line.quantity for n in within for line in bought[n].lines if line.category == "dairy"),
        }
        assert count == naive[read.counter.measure]


# --- bounds --------------------------------------------------------------------------------------------------------


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


# --- multipliers against a slow reading of the bylaws' own words ---------------------------------------------------

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


# --- windows and the rows that add up to them ----------------------------------------------------------------------

DAYS = st.dates(date(2024, 3, 1), date(2027, 6, 1))
ONE = timedelta(days=1)


def same_period(period: str, one: date, other: date, calendar: Calendar) -> bool:
    """Whether two days lie in one period, from their year, month and weekday alone."""
    (y0, m0, _), (y1, m1, _) = calendar.parts(one), calendar.parts(other)
    if period == "week":
        starts = 5 if calendar.system == "jalali" else 0
        return one - ONE * ((one.weekday() - starts) % 7) == other - ONE * ((other.weekday() - starts) % 7)
    return {
        "day": one == other,
        "month": (y0, m0) == (y1, m1),
        "quarter": (y0, (m0 - 1) // 3) == (y1, (m1 - 1) // 3),
        "year": y0 == y1,
    }[period]


def months_before(day: date, months: int, calendar: Calendar) -> date:
    """The same day of the month so many months before, clipped to its end, found by walking back day by day."""
    year, month, dom = calendar.parts(day)
    years, month0 = divmod(month - 1 - months, 12)
    target = (year + years, month0 + 1)
    found = day
    while calendar.parts(found)[:2] != target or calendar.parts(found)[2] > dom:
        found -= ONE
    return found


def in_window(window: Window, day: date, today: date, calendar: Calendar) -> bool:
    """Whether a day lies in a window that is seen from another, by the words of the bylaws."""
    match window.kind:
        case "ever":
            return day <= today
        case "since":
            return window.day is not None and window.day <= day <= today
        case "this":
            return day <= today and same_period(window.period, day, today, calendar)
        case "previous":
            first = today
            while same_period(window.period, first, today, calendar):
                first -= ONE
            return same_period(window.period, day, first, calendar)
    if window.unit in ("days", "weeks"):
        n = window.n * (7 if window.unit == "weeks" else 1)
        return 0 <= (today - day).days < n
    n = window.n * (12 if window.unit == "years" else 1)
    return months_before(today, n, calendar) < day <= today


@many
@given(windows, DAYS, st.integers(-500, 40), CALENDARS)
def test_windows_hold_the_days_that_the_bylaws_say(written: Any, today: date, away: int, calendar: Calendar) -> None:
    window = read_window(Node(written, "", Reading(calendar)))
    span = window.span(today, calendar)
    for day in (today + ONE * away, span.end, span.end + ONE, *((span.start, span.start - ONE) if span.start else ())):
        assert span.holds(day) == in_window(window, day, today, calendar), (day, span)


@many
@given(st.sampled_from(["days", "weeks", "months", "years"]), st.integers(1, 15), DAYS, st.integers(0, 500), CALENDARS)
def test_a_limit_s_window_reaches_to_the_last_day_that_looks_back_on_it(
    unit: Any, n: int, day: date, ahead: int, calendar: Calendar
) -> None:
    window = Window("last", n=n, unit=unit)
    around = window.around(day, calendar)
    for later in (day + ONE * ahead, around.end, around.end + ONE):
        assert around.holds(later) == window.span(later, calendar).holds(day), later


@st.composite
def spans(draw: st.DrawFn) -> Span:
    """Any days: ever, some, one, up to the end of all days."""
    end = draw(DAYS | st.just(date.max))
    start = draw(st.none() | DAYS)
    return Span(start, max(end, start) if start else end)


@settings(many, max_examples=300)
@given(spans(), DAYS, CALENDARS)
def test_the_rows_that_are_added_up_cover_each_day_of_a_span_once(span: Span, last: date, calendar: Calendar) -> None:
    begun = date(2023, 1, 1)
    covered = Tally[date]()
    for grain, first, until in pieces(Ask(0, span), last, calendar):
        assert grain in (DAY, MONTH, EVER)
        day = begun
        while day <= last:  # rows lie on these days, none after the last
            start = {DAY: day, MONTH: calendar.start_of("month", day), EVER: date(1, 1, 1)}[grain]
            if first <= start <= until:
                covered[day] += 1
            day += ONE
    wanted = [begun + ONE * n for n in range((last - begun).days + 1) if span.holds(begun + ONE * n)]
    assert sorted(covered) == wanted
    assert not covered or max(covered.values()) == 1


@quick
@given(DAYS, DAYS, CALENDARS)
def test_few_rows_are_read_however_long_the_span(start: date, last: date, calendar: Calendar) -> None:
    read = list(pieces(Ask(0, Span(min(start, last), last)), last, calendar))
    assert len(read) <= 3
    assert all((until - first).days < 31 for grain, first, until in read if grain == DAY)


def test_read_condition_is_what_documents_are_read_by() -> None:
    assert read_condition(Node({"weekday": "friday"}, "", Reading())).kind == "weekday"
