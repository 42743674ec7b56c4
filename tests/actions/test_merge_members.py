"""Two records of one person go on as one and come apart again; nothing that was written is changed."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from loyalty.actions.adjust_points import Adjustment, adjust_points
from loyalty.actions.claim_purchase import claim_purchase
from loyalty.actions.erase_member import erase_member
from loyalty.actions.expire_points import expire_points
from loyalty.actions.merge_members import merge_members
from loyalty.actions.unmerge_members import unmerge_members
from loyalty.actions.update_member import update_member
from loyalty.db import connection, db, transaction
from loyalty.errors import Conflict, Invalid, NotFound
from loyalty.gather import heads, lock
from loyalty.ledger import purses
from loyalty.ledger.lots import Cause
from loyalty.ledger.purses import open_purses
from loyalty.queries import members
from loyalty.queries.quote import quote
from loyalty.rules import MemberRef, Purchase
from tests.actions.test_return_purchases import back
from tests.conftest import START
from tests.story import BASE, CASHBACK, POINTS, Story, document, title

DAY = timedelta(days=1)
LADDER = {
    "ladder": [
        {"code": "bronze", "title": title("Bronze")},
        {
            "code": "silver",
            "title": title("Silver"),
            "needs": {"counter": {"name": "spend", "over": "ever", "at_least": 30_000}},
        },
    ],
    "demote": "to_qualified",
}
BADGES = {"regular": {"title": title("Regular"), "counter": "visits", "levels": [{"at": 1}, {"at": 2}, {"at": 3}]}}


def club(**sections: Any) -> Story:
    terms = sections.pop("terms", {"expires": {"days": 60}, "matures": {"days": 10}})
    wallets = {"points": {**POINTS["points"], **terms}, **CASHBACK}
    return Story(document(BASE, wallets=wallets, tiers=LADDER, badges=BADGES, **sections))


@pytest.fixture
def story(app: Flask) -> Story:
    return club()


def merge(story: Story, one: int, into: int, at: datetime | None = None) -> int:
    db.session.rollback()
    return merge_members(story.club_id, one, MemberRef("id", str(into)), "the same person", at or story.now)


def unmerge(story: Story, one: int, at: datetime | None = None) -> int:
    db.session.rollback()
    return unmerge_members(story.club_id, one, "two people after all", at or story.now)


def row(member: int, wallet: str = "points") -> tuple[int, int, int]:
    """(pending, available, debt)"""
    found = connection().execute(
        "SELECT pending, available, debt FROM balance WHERE member_id = %s AND wallet = %s", [member, wallet]
    )
    return found.fetchone() or (0, 0, 0)


def lots(member: int) -> list[tuple[Any, ...]]:
    """What is open, with its ends."""
    return (
        connection()
        .execute(
            "SELECT id, wallet, earned_at, matures_at, expires_at, pending, available FROM lot"
            " WHERE member_id = %s AND pending + available > 0 ORDER BY id, wallet",
            [member],
        )
        .fetchall()
    )


def counters(member: int) -> list[tuple[Any, ...]]:
    return (
        connection()
        .execute(
            "SELECT counter_id, grain, start, value FROM counter_sum WHERE member_id = %s AND value <> 0"
            " ORDER BY 1, 2, 3",
            [member],
        )
        .fetchall()
    )


def ever(member: int) -> list[int]:
    """What was counted ever: spend, visits."""
    return [value for _, grain, _, value in counters(member) if grain == 0]


def levels(member: int) -> list[int]:
    found = connection().execute("SELECT level FROM badge_level WHERE member_id = %s ORDER BY level", [member])
    return [level for (level,) in found]


def spends(story: Story, member: int, amount: int, at: datetime, receipt: str | None = None) -> None:
    """A payment, as whatever captures a hold leaves it."""
    with transaction() as conn:
        locked = lock(conn, story.club_id, [member])
        chest = open_purses(conn, {member: at}, heads(locked))[member]
        chest.settle(at)
        (event,) = conn.execute("SELECT nextval('event_id')").fetchone()
        assert chest.purse("points").spend(Cause(event, at), "spent", amount, "soonest_expiry")
        conn.execute(
            "INSERT INTO hold (member_id, id, club_id, wallet, amount, status, store_id, receipt, occurred_at,"
            " recorded_at) VALUES (%s, %s, %s, 'points', %s, 'spent', (SELECT min(id) FROM store WHERE club_id = %s),"
            " %s, %s, %s)",
            [member, event, story.club_id, amount, story.club_id, receipt, at, at],
        )
        purses.write(conn, story.club_id, [chest], at)
        purses.write_heads(conn, [chest])


def holds(story: Story, member: int, amount: int, at: datetime, until: datetime) -> None:
    """An amount set apart."""
    with transaction() as conn:
        locked = lock(conn, story.club_id, [member])
        chest = open_purses(conn, {member: at}, heads(locked))[member]
        chest.settle(at)
        (event,) = conn.execute("SELECT nextval('event_id')").fetchone()
        assert chest.purse("points").spend(Cause(event, at), "held", amount, "soonest_expiry")
        conn.execute(
            "INSERT INTO hold (member_id, id, club_id, wallet, amount, status, until, occurred_at, recorded_at)"
            " VALUES (%s, %s, %s, 'points', %s, 'held', %s, %s, %s)",
            [member, event, story.club_id, amount, until, at, at],
        )
        purses.write(conn, story.club_id, [chest], at)
        purses.write_heads(conn, [chest])


def messages(type_: str) -> list[tuple[int, dict[str, Any]]]:
    return connection().execute("SELECT member_id, data FROM outbox WHERE type = %s ORDER BY id", [type_]).fetchall()


def everything_written(tables: Iterable[str], member: int) -> list[Any]:
    return [
        connection().execute(f"SELECT t::text FROM {name} t WHERE member_id = %s ORDER BY 1", [member]).fetchall()
        for name in tables
    ]


def test_two_records_go_on_as_one_and_nothing_that_was_written_changes(story: Story) -> None:
    sara, twin = story.enrols("Sara", phone="+989120000001"), story.enrols("S. M.", phone="+989120000002")
    story.buys(sara, 10_000, at=START - 20 * DAY)
    story.buys(twin, 8_000, at=START - 20 * DAY)
    story.buys(twin, 15_000, at=START - 3 * DAY)
    kept = ("purchase", "badge_level", "counter_sum", "profile", "tier_move")
    before = everything_written(kept, twin)
    entries = "SELECT n, source, target, amount, digest FROM entry WHERE member_id = %s ORDER BY n"
    ledger = connection().execute(entries, [twin]).fetchall()
    its = lots(twin)
    story.now = START
    assert merge(story, twin, sara) == sara
    assert (row(twin), row(sara)) == ((0, 0, 0), (15, 18, 0))
    assert [lot for lot in lots(sara) if lot[0] in {lot[0] for lot in its}] == [(*lot,) for lot in _matured(its)]
    assert everything_written(kept, twin) == before
    assert connection().execute(entries, [twin]).fetchall()[: len(ledger)] == ledger
    # Both were there on one day: it is one day of shopping.
    assert (ever(sara), ever(twin)) == ([33_000, 2], [23_000, 2])
    assert (levels(sara), levels(twin)) == ([1, 2], [1, 2])
    assert (story.tier(sara), story.tier(twin)) == ("silver", None)
    for phone in ("+989120000001", "+989120000002"):
        assert members.find(story.club_id, "phone", phone).id == sara
    assert members.one(story.club_id, twin).merged_into == sara
    assert members.one(story.club_id, sara).phone == "+989120000001"
    assert [member.id for member in members.page(story.club_id).items] == [sara]
    assert [(who, data["into"]) for who, data in messages("member.merged")] == [(twin, sara)]
    assert story.books_agree()


def _matured(its: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Lots as they are once what is due has matured."""
    return [(*lot[:5], 0, lot[5] + lot[6]) if lot[3] is not None and lot[3] <= START else lot for lot in its]


def test_what_names_the_merged_member_later_reaches_the_survivor_through_any_chain(story: Story) -> None:
    first, second, third = (story.enrols(name, external_id=name) for name in ("a", "b", "c"))
    story.buys(first, 10_000)
    merge(story, first, second)
    merge(story, second, third)
    story.buys(first, 5_000)
    by_card = story.sale(None, 7_000)
    [outcome] = story.records([_named(by_card, MemberRef("external_id", "a"))])
    assert outcome.member_id == third
    assert quote(story.club_id, story.sale(first, 1_000)).judged.wallets["points"].pending == 23
    assert [row(member)[0] for member in (first, second, third)] == [0, 0, 22]
    assert [ever(member) for member in (first, second, third)] == [[10_000, 1], [10_000, 1], [22_000, 1]]
    assert members.one(story.club_id, third).external_id == "c"
    assert story.books_agree()
    with pytest.raises(Conflict, match=f"member {third}"):
        unmerge(story, first)
    unmerge(story, second)
    assert members.find(story.club_id, "external_id", "a").id == second
    unmerge(story, first)
    assert [members.find(story.club_id, "external_id", name).id for name in "abc"] == [first, second, third]
    assert [row(member)[0] for member in (first, second, third)] == [10, 0, 12]
    assert [ever(member) for member in (first, second, third)] == [[10_000, 1], [], [12_000, 1]]
    assert story.books_agree()


def _named(sale: Purchase, ref: MemberRef) -> Purchase:
    return replace(sale, member=ref)


def test_apart_again_each_has_what_they_had_and_what_each_bought_since(story: Story) -> None:
    sara, twin = story.enrols("Sara"), story.enrols("Twin")
    story.buys(sara, 10_000, at=START - 20 * DAY)
    story.buys(twin, 25_000, at=START - 20 * DAY)
    story.buys(twin, 4_000, at=START - 2 * DAY)
    expire_points(story.club_id, START, START)
    had = [(lots(member), row(member), counters(member), levels(member)) for member in (sara, twin)]
    merge(story, twin, sara)
    assert story.tier(sara) == "silver"
    unmerge(story, twin)
    assert [(lots(member), row(member), counters(member), levels(member)) for member in (sara, twin)] == had
    assert (story.tier(sara), members.one(story.club_id, twin).merged_into) == ("bronze", None)
    merge(story, twin, sara)
    story.buys(sara, 3_000)
    unmerge(story, twin)
    assert (row(sara), row(twin)) == ((3, 10, 0), (4, 25, 0))
    assert (ever(sara), levels(sara)) == ([13_000, 2], [1, 3])  # the third level came with a purchase of her own
    assert messages("member.unmerged")[-1][1]["from"] == sara
    assert story.books_agree()


def test_what_was_spent_meanwhile_is_taken_from_the_survivors_other_points_and_the_rest_is_owed(story: Story) -> None:
    sara, twin = story.enrols("Sara"), story.enrols("Twin")
    story.buys(twin, 20_000, at=START - 20 * DAY)
    story.buys(sara, 6_000, at=START - 15 * DAY)
    merge(story, twin, sara)
    spends(story, sara, 23, START)  # what ends first: the twin's 20, then 3 of her own
    assert row(sara) == (0, 3, 0)
    unmerge(story, twin)
    assert (row(sara), row(twin)) == ((0, 0, 17), (0, 20, 0))
    assert story.books_agree()
    story.buys(sara, 30_000, at=START)
    expire_points(story.club_id, START + 11 * DAY, START + 11 * DAY)
    assert row(sara) == (0, 13, 0)
    assert story.books_agree()


def test_what_expired_meanwhile_stays_expired(story: Story) -> None:
    sara, twin = story.enrols("Sara"), story.enrols("Twin")
    story.buys(twin, 20_000, at=START - 59 * DAY)
    story.buys(twin, 5_000, at=START - 20 * DAY)
    merge(story, twin, sara)
    spends(story, sara, 8, START)
    later = START + 5 * DAY
    unmerge(story, twin, later)
    # 12 of the 20 expired with the survivor; the 8 that were spent come back too late, and are owed all the same.
    assert (row(sara), row(twin)) == ((0, 0, 8), (0, 5, 0))
    assert story.books_agree()


def test_a_debt_moves_is_paid_and_comes_back(app: Flask) -> None:
    story = club(terms={})
    sara, twin = story.enrols("Sara"), story.enrols("Twin")
    story.buys(twin, 20_000, at=START - 5 * DAY)
    merge(story, twin, sara)
    spends(story, sara, 15, START)
    unmerge(story, twin)
    assert (row(sara), row(twin)) == ((0, 0, 15), (0, 20, 0))
    # Now the one in debt goes on as the other, who pays it at once.
    merge(story, sara, twin)
    assert (row(sara), row(twin)) == ((0, 0, 0), (0, 5, 0))
    assert story.books_agree()
    unmerge(story, sara)
    assert (row(sara), row(twin)) == ((0, 0, 15), (0, 20, 0))
    assert story.books_agree()


def test_an_open_hold_must_end_first(story: Story) -> None:
    sara, twin = story.enrols("Sara"), story.enrols("Twin")
    story.buys(twin, 20_000, at=START - 20 * DAY)
    holds(story, twin, 5, START, START + timedelta(minutes=15))
    with pytest.raises(Conflict, match="open hold"):
        merge(story, twin, sara)
    assert members.one(story.club_id, twin).merged_into is None
    merge(story, twin, sara, START + timedelta(minutes=16))
    assert row(sara) == (0, 20, 0)
    assert story.books_agree()


def test_what_cannot_be_merged_is_said(story: Story) -> None:
    sara, twin, other = (story.enrols(name) for name in ("Sara", "Twin", "Other"))
    for into in (sara, 999):
        with pytest.raises(Invalid):
            merge(story, sara, into)
    with pytest.raises(NotFound):
        merge(story, 999, sara)
    with pytest.raises(Conflict, match="not merged"):
        unmerge(story, sara)
    merge(story, twin, sara)
    with pytest.raises(Invalid, match="the same member"):
        merge(story, sara, twin)
    with pytest.raises(Conflict, match=f"member {sara}"):
        merge(story, twin, other)
    with pytest.raises(Conflict, match=f"member {sara}"):
        update_member(story.club_id, twin, {"name": "T."}, START)
    with pytest.raises(Conflict, match=f"member {sara}"):
        adjust_points(story.club_id, twin, Adjustment("points", 5, "a gift"), START)
    erase_member(story.club_id, sara, START)
    with pytest.raises(Conflict, match="erased"):
        unmerge(story, twin)
    with pytest.raises(Conflict, match="erased"):
        adjust_points(story.club_id, sara, Adjustment("points", 5, "a gift"), START)


def test_a_new_card_of_the_survivor_leaves_those_that_came_with_the_merge(story: Story) -> None:
    sara, twin = story.enrols("Sara", card="CARD1"), story.enrols("Twin", card="CARD2")
    merge(story, twin, sara)
    update_member(story.club_id, sara, {"card": "CARD3"}, START)
    assert [members.find(story.club_id, "card", card) is not None for card in ("CARD1", "CARD2", "CARD3")] == [
        False,
        True,
        True,
    ]
    assert members.one(story.club_id, sara).card == "CARD3"
    unmerge(story, twin)
    assert members.find(story.club_id, "card", "CARD2").id == twin
    merge(story, twin, sara)
    update_member(story.club_id, sara, {"card": "CARD2"}, START)  # now it is her own
    unmerge(story, twin)
    assert members.find(story.club_id, "card", "CARD2").id == sara


def test_a_till_posts_for_the_merged_member_all_the_while_and_nothing_is_lost(app: Flask, story: Story) -> None:
    sara, twin = story.enrols("Sara"), story.enrols("Twin", external_id="T")
    problems: list[BaseException] = []
    start = threading.Barrier(17)

    def run(n: int) -> None:
        try:
            with app.app_context():
                start.wait()
                if n == 16:
                    merge_members(story.club_id, twin, MemberRef("id", str(sara)), "", START)
                    return
                for k in range(4):
                    ref = MemberRef("id", str(twin)) if k % 2 else MemberRef("external_id", "T")
                    sale = _named(story.sale(None, 1_000, receipt=f"{n}-{k}"), ref)
                    [outcome] = story.records([sale])
                    assert outcome.status == "recorded", outcome
        except BaseException as error:
            problems.append(error)

    db.session.rollback()
    threads = [threading.Thread(target=run, args=(n,)) for n in range(17)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not problems
    assert row(twin) == (0, 0, 0)
    assert row(sara) == (64, 0, 0)
    assert ever(sara) == [64_000, 1]
    assert story.books_agree()


def test_a_purchase_of_the_merged_member_comes_back_from_its_own_lot_and_from_the_counters_of_both(
    story: Story,
) -> None:
    sara, twin = story.enrols("Sara"), story.enrols("Twin")
    sold = story.buys(twin, 25_000, at=START - 20 * DAY)
    story.buys(sara, 10_000, at=START - 20 * DAY)
    merge(story, twin, sara)
    story.now = START + DAY
    answer = back(story, sold.id, amount=5_000)
    assert (answer.status, answer.member_id) == ("recorded", sara)
    assert (row(sara), row(twin)) == ((0, 30, 0), (0, 0, 0))
    assert (ever(sara), ever(twin)) == ([30_000, 1], [20_000, 1])
    assert story.books_agree()
    unmerge(story, twin)
    assert (row(sara), row(twin)) == ((0, 10, 0), (0, 20, 0))
    assert (ever(sara), ever(twin)) == ([10_000, 1], [20_000, 1])
    assert back(story, sold.id).member_id == twin
    assert (row(sara), row(twin)) == ((0, 10, 0), (0, 0, 0))
    assert story.books_agree()


def test_what_the_merged_member_paid_in_points_comes_back_to_the_survivor(story: Story) -> None:
    sara, twin = story.enrols("Sara"), story.enrols("Twin")
    story.buys(twin, 25_000, at=START - 20 * DAY)
    spends(story, twin, 20, START, "paid")
    sold = story.buys(twin, 8_000, receipt="paid")
    merge(story, twin, sara)
    back(story, sold.id)
    assert (row(sara), row(twin)) == ((0, 25, 0), (0, 0, 0))
    assert story.books_agree()
    unmerge(story, twin)
    assert (row(sara), row(twin)) == ((0, 0, 0), (0, 25, 0))
    assert story.books_agree()


def test_a_late_sale_that_waits_for_the_merged_member_is_claimed_for_the_survivor(story: Story) -> None:
    sara, twin = story.enrols("Sara"), story.enrols("Twin")
    sale = story.sale(twin, 8_000, at=START - 40 * DAY)
    [waiting] = story.records([sale], lateness=30 * DAY)
    merge(story, twin, sara)
    db.session.rollback()
    claimed = claim_purchase(story.club_id, waiting.id, None, START)
    assert (claimed.status, claimed.member_id) == ("recorded", sara)
    assert ever(sara) == [8_000, 1]
    assert story.books_agree()
