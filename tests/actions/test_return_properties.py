"""What must hold of returns whatever is bought, kept and given back, in whatever steps."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count
from typing import Any

from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loyalty.actions.expire_points import expire_points
from loyalty.actions.return_purchases import return_purchases
from loyalty.db import connection, db
from loyalty.returns import Return, ReturnedLine
from loyalty.rules import Line, Tender
from tests.conftest import START
from tests.story import BASE, CASHBACK, POINTS, Story, article, document, title

_codes, _keys = count(1), count(1)
FIXTURE = settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
WALLETS = {
    "points": {
        **POINTS["points"],
        "matures": {"days": 5},
        "limits": [{"per": "member", "every": "day", "at_most": 90}],
    },
    "cashback": {**CASHBACK["cashback"], "limits": [{"per": "store", "every": "month", "at_most": 2000}]},
}
LIVELY = document(
    BASE,
    article("2", {"multiply": {"by": "3/2", "of": {"lines": {"category": "dairy"}}}}),
    article("3", {"points": {"fixed": 5}}, if_={"nth_purchase": {"every": 3}}),
    article("4", {"cashback": {"percent": "1.5"}}, if_={"tier": {"at_least": "silver"}}),
    article("5", {"points": {"fixed": 9}}, limits=[{"per": "member", "every": "week", "at_most": 12, "of": "points"}]),
    article("6", {"points": {"fixed": 4}}, limits=[{"per": "club", "every": "month", "at_most": 30, "of": "points"}]),
    article("7", {"points": {"fixed": 6}}, if_={"basket": {"of": "paid", "at_most": 9_000}}),
    article(
        "8",
        {"points": {"per": 900, "give": {"by": "store", "values": {"s1": "4/3"}}, "of": "paid"}},
        if_={"store": "s1"},
        group="few",
        best=True,
    ),
    article("11", {"cashback": {"percent": "3", "of": {"paid_with": "card"}}}),
    article("9", {"points": {"fixed": 11}}, group="few", best=True),
    article("10", {"points": {"fixed": 2}}, exclusive=True, priority=1, if_={"basket": {"between": [20_000, 25_000]}}),
    wallets=WALLETS,
    tiers={
        "ladder": [
            {"code": "bronze", "title": title("Bronze")},
            {
                "code": "silver",
                "title": title("Silver"),
                "needs": {"counter": {"name": "spend", "over": {"last": {"days": 20}}, "at_least": 40_000}},
            },
        ],
        "returns": "at_once",
    },
    badges={
        "r": {"title": title("R"), "counter": "visits", "levels": [{"at": 2, "give": [{"points": {"fixed": 8}}]}]},
        "g": {"title": title("G")},
    },
    challenges={
        "spend": {
            "title": title("Spend"),
            "each": "month",
            "goal": {"all": [{"counter": {"name": "visits", "at_least": 2}}, {"basket": {"at_least": 20_000}}]},
            "give": [{"points": {"fixed": 13}}, {"badge": "g"}],
        },
        "steps": {
            "title": title("Steps"),
            "in_order": True,
            "steps": [{"bought": {"where": {"category": "dairy"}}}, {"basket": {"at_least": 9_000}}],
            "give": [{"cashback": {"fixed": 17}}],
        },
    },
    streaks={
        "daily": {
            "title": title("Daily"),
            "counter": "visits",
            "every": "day",
            "freezes": {"each": "week", "of": 3},
            "milestones": [{"at": 2, "give": [{"points": {"fixed": 19}}]}, {"at": 3}],
        }
    },
)
"""History, windows, limits, a badge, challenges and a streak that give, points that wait."""

goods = st.lists(st.tuples(st.integers(1, 60), st.integers(0, 40_000), st.booleans()), min_size=1, max_size=4)
"""Lines: how many, for how much, dairy or not."""


def shop(story: Story, member: int, basket: list[tuple[int, int, bool]], at: datetime) -> tuple[int, list[Line]]:
    lines = [
        Line(str(n), f"sku{n}", quantity * 1000, net, net, category="dairy" if dairy else None)
        for n, (quantity, net, dairy) in enumerate(basket)
    ]
    net = sum(line.net for line in lines)
    tenders = (Tender("wallet", net // 3), Tender("card", net - net // 3))
    outcome = story.buys(member, lines=tuple(lines), at=at, tenders=tenders)
    assert outcome.id
    return outcome.id, lines


def back(story: Story, purchase: int, at: datetime, *lines: tuple[str, int]) -> None:
    db.session.rollback()
    parts = tuple(ReturnedLine(name, quantity * 1000) for name, quantity in lines)
    asked = Return(f"k{next(_keys)}", "s1", at, parts, all=not parts)
    [answer] = return_purchases(story.club_id, [(purchase, asked)], at)
    assert answer.status == "recorded", answer.problem


def state(story: Story, member: int) -> tuple[Any, ...]:
    """All that a return must put back: figures, what is owed, open lots, counters, limits, badges and tier."""
    db.session.rollback()
    conn = connection()
    lots = "SELECT wallet, earned_at, matures_at, sum(pending), sum(available) FROM lot"
    return (
        conn.execute(
            "SELECT wallet, pending, available, debt, earned FROM balance WHERE member_id = %s"
            " AND (pending, available, debt, earned) <> (0, 0, 0, 0) ORDER BY wallet",
            [member],
        ).fetchall(),
        conn.execute(
            f"{lots} WHERE member_id = %s AND pending + available > 0 GROUP BY 1, 2, 3 ORDER BY 1, 2, 3", [member]
        ).fetchall(),
        conn.execute(
            "SELECT definition, grain, start, value FROM counter_sum JOIN counter ON counter.id = counter_id"
            " WHERE member_id = %s AND value <> 0 AND NOT definition ? 'returned_too' ORDER BY 1, 2, 3",
            [member],
        ).fetchall(),
        conn.execute(
            "SELECT key, start, used FROM club_use WHERE club_id = %s AND used > 0 ORDER BY 1, 2", [story.club_id]
        ).fetchall(),
        conn.execute("SELECT code, level FROM badge_level WHERE member_id = %s ORDER BY 1, 2", [member]).fetchall(),
        story.tier(member) or "bronze",  # where everybody begins
    )


@FIXTURE
@given(st.lists(goods, max_size=4), goods, st.lists(st.integers(0, 6), max_size=4), st.integers(0, 3))
def test_returning_all_is_as_if_it_had_never_been_bought(
    app: Flask, before: list[Any], basket: Any, days: list[int], wait: int
) -> None:
    story = Story(LIVELY, f"club-{next(_codes)}")
    sara = story.enrols()
    at = START - timedelta(days=30)
    for earlier, gap in zip(before, [*days, 0, 0, 0, 0], strict=False):
        at += timedelta(days=gap)
        shop(story, sara, earlier, at)
    was = state(story, sara)
    purchase, _ = shop(story, sara, basket, at)
    back(story, purchase, at + timedelta(hours=wait))
    assert state(story, sara) == was
    assert story.books_agree()


@FIXTURE
@given(goods, st.data(), st.integers(0, 12))
def test_any_split_of_a_return_ends_at_the_same_place(app: Flask, basket: Any, data: st.DataObject, wait: int) -> None:
    split, whole = Story(LIVELY, f"club-{next(_codes)}"), Story(LIVELY, f"club-{next(_codes)}")
    sara, lena = split.enrols(), whole.enrols()
    one, lines = shop(split, sara, basket, START)
    other, _ = shop(whole, lena, basket, START)
    gone = [data.draw(st.integers(0, line.quantity // 1000)) for line in lines]
    if not any(gone):
        gone[0] = 1
    at = START + timedelta(days=wait)
    for name, total in enumerate(gone):
        while total:
            part = data.draw(st.integers(1, total))
            back(split, one, at, (str(name), part))
            total -= part
    back(whole, other, at, *((str(name), total) for name, total in enumerate(gone) if total))
    assert state(split, sara) == state(whole, lena)
    assert split.books_agree()
    assert whole.books_agree()


event = st.tuples(st.sampled_from(["buy", "back", "lose"]), st.integers(0, 1), st.integers(0, 8), goods)


@FIXTURE
@given(st.lists(event, min_size=1, max_size=14), st.sampled_from(["allow", "clamp", "refuse"]))
def test_whatever_is_bought_spent_and_given_back_the_books_agree(app: Flask, drawn: Any, debt: str) -> None:
    bylaws = {**LIVELY, "wallets": {**WALLETS, "points": {**WALLETS["points"], "debt": debt, "expires": {"days": 25}}}}
    story = Story(bylaws, f"club-{next(_codes)}")
    members = [story.enrols(name) for name in ("Sara", "Lena")]
    sold: list[tuple[int, list[Line]]] = []
    story.now = START - timedelta(days=60)
    for what, who, days, basket in drawn:
        story.now += timedelta(days=days)
        if what == "buy":
            sold.append(shop(story, members[who], basket, story.now))
        elif what == "back" and sold:
            purchase, lines = sold[days % len(sold)]
            asked = Return(f"k{next(_keys)}", "s1", story.now, (ReturnedLine(lines[0].line, 1000),))
            db.session.rollback()
            return_purchases(story.club_id, [(purchase, asked)], story.now)
        elif what == "lose" and (available := due(story).balance(members[who])):
            db.session.rollback()
            story.loses(members[who], 1 + days % available)
    assert story.books_agree()


@FIXTURE
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 3), goods), min_size=1, max_size=10))
def test_a_replay_of_sales_and_returns_in_recorded_order_gives_the_same_ledger(app: Flask, drawn: Any) -> None:
    lived, replayed = Story(LIVELY, f"club-{next(_codes)}"), Story(LIVELY, f"club-{next(_codes)}")
    sara, lena = lived.enrols(), replayed.enrols()
    at, sold = START - timedelta(days=40), list[tuple[int, list[Line]]]()
    for buying, days, basket in drawn:
        at += timedelta(days=days)
        if buying or not sold:
            sold.append(shop(lived, sara, basket, at))
        else:
            purchase, lines = sold.pop()
            back(lived, purchase, at, (lines[0].line, 1))
    db.session.rollback()
    events = (
        connection()
        .execute(
            "SELECT id, id, occurred_at, lines, extra->'tenders' FROM purchase WHERE club_id = %(club)s UNION ALL"
            " SELECT id, purchase_id, occurred_at, content->'lines', NULL FROM purchase_return WHERE club_id = %(club)s"
            " ORDER BY 1",
            {"club": lived.club_id},
        )
        .fetchall()
    )
    again: dict[int, int] = {}
    for id_, purchase, when, lines, paid in events:
        if id_ == purchase:
            told = tuple(Line(*line[:-1], tuple(line[-1])) for line in lines)
            tenders = tuple(Tender(*tender) for tender in paid)
            again[id_] = replayed.buys(lena, lines=told, at=when, tenders=tenders).id or 0
        else:
            back(replayed, again[purchase], when, *((name, quantity // 1000) for name, quantity in lines))
    assert ledger(lived, sara) == ledger(replayed, lena)


def due(story: Story) -> Story:
    """The story with all done that fell due."""
    db.session.rollback()
    expire_points(story.club_id, story.now, story.now)
    return story


def ledger(story: Story, member: int) -> list[tuple[Any, ...]]:
    db.session.rollback()
    return (
        connection()
        .execute(
            "SELECT wallet, source, target, amount, article, occurred_at FROM entry WHERE member_id = %s ORDER BY n",
            [member],
        )
        .fetchall()
    )
