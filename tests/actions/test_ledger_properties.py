"""What must hold of the ledger whatever happens: order, split and repeats."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import count
from typing import Any

from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loyalty.db import connection, db
from loyalty.rules import MemberRef, Purchase
from tests.conftest import START
from tests.story import BASE, Story, article, document, line, title

_codes = count(1)
FIXTURE = settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)

LIVELY = document(
    BASE,
    article("2", {"multiply": {"by": "3/2", "of": {"lines": {"category": "dairy"}}}}),
    article("3", {"points": {"fixed": 5}}, if_={"nth_purchase": {"every": 3}}),
    article("4", {"cashback": {"percent": "1.5"}}, if_={"tier": {"at_least": "silver"}}),
    article("5", {"points": {"fixed": 9}}, limits=[{"per": "member", "every": "week", "at_most": 12, "of": "points"}]),
    article("6", {"points": {"fixed": 4}}, limits=[{"per": "club", "every": "month", "at_most": 30, "of": "points"}]),
    article(
        "7",
        {"points": {"fixed": 2}},
        if_={"counter": {"name": "visits", "over": {"since": "tier"}, "at_least": 2}},
        limits=[{"per": "member", "over": "membership_year", "at_most": 12}],
    ),
    tiers={
        "ladder": [
            {"code": "bronze", "title": title("Bronze")},
            {
                "code": "silver",
                "title": title("Silver"),
                "needs": {"counter": {"name": "spend", "over": {"last": {"days": 20}}, "at_least": 40_000}},
            },
        ]
    },
    badges={"r": {"title": title("R"), "counter": "visits", "levels": [{"at": 2, "give": [{"points": {"fixed": 8}}]}]}},
)
"""Everything that reads history: counts, windows (a member's own too), tiers, limits of a member and of the club."""

FORGETFUL = document(
    BASE,
    article("2", {"multiply": {"by": "3/2", "of": {"lines": {"category": "dairy"}}}}),
    article("3", {"cashback": {"percent": "2"}}, if_={"basket": {"of": "net", "at_least": 20_000}}),
    article("4", {"points": {"fixed": 3}}, if_={"weekday": ["friday", "saturday"]}),
)
"""No article reads history, and nothing is limited."""

sale = st.tuples(
    st.integers(0, 2),  # who
    st.integers(0, 60),  # days ago
    st.integers(0, 50_000),  # amount
    st.booleans(),  # dairy
)
Drawn = tuple[int, int, int, bool]


def _club(bylaws: dict[str, Any]) -> tuple[Story, list[int]]:
    story = Story(bylaws, f"club-{next(_codes)}")
    return story, [story.enrols(name) for name in ("Sara", "Lena", "Mina")]


def _sales(story: Story, members: list[int], drawn: Sequence[Drawn]) -> list[Purchase]:
    return [
        story.sale(
            members[who],
            at=START - timedelta(days=days),
            receipt=f"n{number}",
            lines=(line("x", amount, category="dairy" if dairy else None),),
        )
        for number, (who, days, amount, dairy) in enumerate(drawn)
    ]


def _ledger(story: Story) -> list[tuple[Any, ...]]:
    return (
        connection()
        .execute(
            "SELECT receipt, wallet, article, amount FROM entry JOIN purchase ON purchase.id = event_id"
            " WHERE entry.club_id = %s ORDER BY 1, 2, 3, 4",
            [story.club_id],
        )
        .fetchall()
    )


@FIXTURE
@given(st.lists(sale, min_size=1, max_size=14), st.data())
def test_any_split_into_batches_leaves_the_same_ledger(app: Flask, drawn: list[Drawn], data: st.DataObject) -> None:
    whole, members = _club(LIVELY)
    whole.records(_sales(whole, members, drawn))
    split, others = _club(LIVELY)
    sales = _sales(split, others, drawn)
    while sales:
        size = data.draw(st.integers(1, len(sales)))
        split.records(sales[:size])
        sales = sales[size:]
    assert _ledger(whole) == _ledger(split)
    assert whole.books_agree()
    assert split.books_agree()


@FIXTURE
@given(st.lists(sale, min_size=1, max_size=14), st.randoms(use_true_random=False))
def test_any_order_leaves_the_same_ledger_where_articles_read_no_history(
    app: Flask, drawn: list[Drawn], rnd: Any
) -> None:
    ordered, members = _club(FORGETFUL)
    ordered.records(_sales(ordered, members, drawn))
    shuffled, others = _club(FORGETFUL)
    sales = _sales(shuffled, others, drawn)
    rnd.shuffle(sales)
    for one in sales:
        shuffled.records([one])
    assert _ledger(ordered) == _ledger(shuffled)
    assert shuffled.books_agree()


@FIXTURE
@given(st.lists(sale, min_size=1, max_size=10), st.data())
def test_repeats_change_nothing(app: Flask, drawn: list[Drawn], data: st.DataObject) -> None:
    story, members = _club(LIVELY)
    sales = _sales(story, members, drawn)
    story.records(sales)
    before = _ledger(story)
    again = data.draw(st.lists(st.sampled_from(sales), max_size=12))
    assert {outcome.status for outcome in story.records(again)} <= {"repeated"}
    assert _ledger(story) == before
    assert story.books_agree()


@FIXTURE
@given(st.lists(sale, min_size=1, max_size=12))
def test_a_replay_in_recorded_order_gives_the_same_ledger(app: Flask, drawn: list[Drawn]) -> None:
    story, members = _club(LIVELY)
    for one in _sales(story, members, drawn):
        story.records([one])
    replayed, others = _club(LIVELY)
    rows = (
        connection()
        .execute(
            "SELECT receipt, member_id, occurred_at, lines FROM purchase WHERE club_id = %s ORDER BY id",
            [story.club_id],
        )
        .fetchall()
    )
    db.session.rollback()
    for receipt, member, at, lines in rows:
        again = line("x", lines[0][3], category=lines[0][5])
        ref = MemberRef("id", str(others[members.index(member)]))
        replayed.records([Purchase(receipt, "s1", at, "IRR", again.gross, again.net, ref, (again,))])
    assert _ledger(story) == _ledger(replayed)
