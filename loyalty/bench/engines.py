"""Public rule engines beside ours: the same twenty articles, as far as each can express them.

None of them knows counters, windows, calendars or the order in which limits and multipliers come; all that is found out
for them beforehand and is not timed, nor is putting the facts into the form that they take. Amounts alone are asked of
them, so ours are held to the articles alone: no badges, no tiers, no counters.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Final, NamedTuple, Protocol, cast

from loyalty.bench.baskets import document, sent
from loyalty.bench.instance import Running
from loyalty.bench.judging import MEMBERS, PURCHASES, fastest
from loyalty.bench.report import Row, Side
from loyalty.bench.timeline import timeline
from loyalty.rules import Bylaws, Facts, load
from loyalty.rules.counters import PURCHASES_EVER
from loyalty.rules.evaluate import award

Told = dict[str, Any]
"""The facts of a purchase as an engine is told them."""
Awards = Mapping[str, int]
"""Amounts by article; what gives nothing may stand there with 0."""


class Package(NamedTuple):
    """An engine's package as it is imported, and the module here that uses it."""

    name: str
    by: str


PACKAGES: Final = {
    "zen-engine": Package("zen", "by_zen"),
    "cel-expr-python": Package("cel_expr_python", "by_cel"),
}
"""The engines, as they are called where packages are listed."""


class Engine(Protocol):
    """A module that has articles in an engine's own language."""

    ARTICLES: Mapping[str, str]
    """By article's number what the amount is that it gives; an article may look at amounts of those before it."""

    def judge(self) -> Callable[[Told], Awards]:
        """A function that has the engine judge a purchase."""


def installed(name: str) -> bool:
    """Whether an engine is there: running needs none of them, `make bench` and `make test` install them."""
    return find_spec(PACKAGES[name].name) is not None


def engine_named(name: str) -> Engine:
    """The module that uses an engine; ModuleNotFoundError where it is not installed."""
    return cast(Engine, import_module(f"loyalty.bench.{PACKAGES[name].by}"))


def measure(name: str, _: Running, seconds: float) -> Row:
    """Ours and an engine in turns, on the articles that it can express.

    Raises:
        AssertionError: they do not give the same.
    """
    engine = engine_named(name)
    bylaws, all_facts = facts_for(engine.ARTICLES)
    all_told, judge = [told(bylaws, facts) for facts in all_facts], engine.judge()
    wrong = difference(bylaws, all_facts, judge)
    assert wrong is None, wrong
    sides = (lambda facts: award(bylaws, facts), all_facts), (judge, all_told)
    ours, its = fastest(sides, seconds)
    return Row(
        name,
        f"articles alone, beside {name}",
        f"the {len(engine.ARTICLES)} of {len(document()['articles'])} articles that it can express",
        Side("ours", PURCHASES, ours, {"judging": ours}),
        [Side(name, PURCHASES, its, {"judging": its})],
        f"the same amounts by the same articles on {PURCHASES:,} purchases",
    )


def facts_for(
    articles: Mapping[str, str], purchases: int = PURCHASES, members: int = MEMBERS
) -> tuple[Bylaws, list[Facts]]:
    """The bylaws with some articles only, and the facts of purchases judged by them, each after the ones before it."""
    tree = document()
    bylaws = load(tree | {"articles": [article for article in tree["articles"] if article["no"] in articles]}, 1)
    found = [judged.sale.facts for judged in timeline(bylaws, sent(purchases, members), members)]
    return bylaws, [facts for facts in found if facts is not None]


def difference(bylaws: Bylaws, all_facts: Sequence[Facts], judge: Callable[[Told], Awards]) -> str | None:
    """Where an engine does not give the same; None when it agrees on every purchase."""
    for facts in all_facts:
        ours: dict[str, int] = {}
        for given in award(bylaws, replace(facts)):
            ours[given.article] = ours.get(given.article, 0) + given.amount
        its = {article: amount for article, amount in judge(told(bylaws, facts)).items() if amount}
        if ours != its:
            return f"the purchase at {facts.event.occurred_at}: {ours} by us, {its} by the engine"
    return None


def told(bylaws: Bylaws, facts: Facts) -> Told:
    """The facts by names, with what no engine can find out for itself; `used4` is what article 4 used of its limit."""
    year, month, day = facts.calendar.parts(facts.moment.day)
    counts = {}
    for read, count in zip(bylaws.reads, facts.counts, strict=True):
        if read.counter.type is None:
            counts[f"used{read.counter.articles[0]}"] = count
        elif read.counter == PURCHASES_EVER:
            counts["purchases"] = count
        elif read.counter == bylaws.counters["visits"] and read.over.kind == "last" and read.over.unit == "days":
            counts["visits_30"] = count
        elif read.counter == bylaws.counters["spend"] and read.over.kind == "this":
            counts["spend_month"] = count
    return {
        **counts,
        "net": facts.event.net,
        "gross": facts.event.gross,
        "lines": [
            {
                "category": line.category or "",
                "brand": line.brand or "",
                "tags": list(line.tags),
                "quantity": line.quantity,
                "gross": line.gross,
                "net": line.net,
            }
            for line in facts.event.lines
        ],
        "weekday": facts.moment.weekday,
        "minute": facts.moment.minute,
        "day": (year * 100 + month) * 100 + day,
        "tier": facts.tier,
        "audience": facts.values.get("attribute:audience", ""),
        "age": facts.values.get("age", 0),
        "years": facts.values.get("years", 0),
    }
