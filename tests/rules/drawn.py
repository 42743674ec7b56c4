"""What hypothesis may draw: bylaws, baskets and pasts that nobody thought of."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from loyalty.calendars import PERIODS
from loyalty.rules import Bylaws, Facts
from tests.rules.stories import Story, article, document

quick = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
many = settings(quick, max_examples=100)

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
    st.sampled_from(["ever", "membership_year", {"since": "tier"}]),
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
    bounds.map(lambda bound: {"basket": {"of": "paid", **bound}}),
    bounds.map(lambda bound: {"paid_with": {"type": ["card", "wallet"], "amount": bound}}),
    st.sampled_from([{"store": "shop"}, {"channel": "web"}, {"paid_with": "wallet"}]),
    st.integers(0, 20).map(lambda days: {"near": {"date": "08-21", "before": days, "after": 2}}),
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
audiences = st.fixed_dictionaries(
    {
        name: of_the_past.filter(lambda its: "nth_purchase" not in its).map(
            lambda its: {"title": {"en": "A", "fa": "ا"}, "if": its}
        )
        for name in ("one", "other")
    }
)
in_audiences = st.sampled_from([{"audience": "one"}, {"audience": ["one", "other"]}])


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
    st.integers(1, 3000).map(lambda n: {"points": {"per": n, "give": 1, "of": "paid"}}),
    st.just({"points": {"percent": "10", "of": {"paid_with": ["card", "cash"]}}}),
    st.just({"points": {"per": 100, "give": {"by": "store", "values": {"shop": "3/4", "other": 2}}}}),
    st.just({"points": {"fixed": {"by": {"field": "none"}, "values": {"1": 5}}}}),
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
    conditions = nested(of_the_basket | of_the_past | in_audiences) if history else nested(of_the_basket)
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
        if draw(st.integers(0, 3)) == 0:
            fields |= {"priority": draw(st.integers(1, 3)), "exclusive": draw(st.booleans())}
        elif all("points" in award for award in give) and draw(st.booleans()):
            fields |= {"group": draw(st.sampled_from(["a", "b"])), "best": True}
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
    named = {"audiences": draw(audiences)} if history else {}
    return document(articles=written, tiers={"ladder": ladder}, badges=badges, stacking=stacking, **named)


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
    paid = {"tenders": draw(st.dictionaries(st.sampled_from(["card", "wallet", "cash"]), amounts, max_size=2))}
    return {"at": at.isoformat(), **paid, **({"lines": basket} if basket else {"net": draw(amounts)})}


def told(story: Story) -> tuple[Bylaws, Facts]:
    """The facts of a purchase in the middle of a story, not yet judged."""
    purchase = story.purchase({"lines": [{"category": "dairy", "net": 5000}, {"category": "bread", "net": 7000}]})
    moment = story.calendar.moment(purchase.occurred_at)
    return story.bylaws, story.member.facts(story.bylaws, purchase, moment, moment.day)
