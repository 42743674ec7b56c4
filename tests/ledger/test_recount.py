"""Recount names every figure that its sources don't prove: that one, by its name, and no other."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from loyalty.actions.adjust_points import Adjustment, adjust_points
from loyalty.actions.forfeit_points import forfeit
from loyalty.actions.hold_points import hold_points
from loyalty.actions.merge_members import merge_members
from loyalty.actions.pay_from_wallet import Payment, pay_from_wallet
from loyalty.actions.release_hold import release_hold
from loyalty.db import connection, db, transaction
from loyalty.gather import lock
from loyalty.ledger.recount import recount
from loyalty.rules import MemberRef
from tests.actions.test_return_purchases import back
from tests.story import BASE, CASHBACK, POINTS, Story, article, document, line

DAY = timedelta(days=1)
BYLAWS = document(
    {**BASE, "limits": [{"per": "club", "every": "month", "at_most": 500, "of": "points"}]},
    article("2", {"cashback": {"percent": "10"}}),
    wallets={
        "points": {**POINTS["points"], "matures": {"days": 5}, "expires": {"days": 30}},
        "cashback": {**CASHBACK["cashback"], "debt": "clamp"},
    },
)
Found = set[tuple[str, int | None, str]]


class Told:
    """A story with all that leaves figures: sales, returns, holds, payments, adjustments, what expired, and a merge."""

    def __init__(self) -> None:
        story = self.story = Story(BYLAWS)
        club_id, now = story.club_id, story.now
        self.sara, self.lena, self.mina = (story.enrols(name) for name in ("Sara", "Lena", "Mina"))
        story.buys(self.sara, 9_000, at=now - 50 * DAY)  # has expired
        self.old = self._sells(self.sara, at=now - 10 * DAY)  # has matured, and comes back in part
        self.new = self._sells(self.sara)
        back(story, self.old, ("tea", 1))
        self.given = adjust_points(club_id, self.sara, Adjustment("cashback", 5_000, "welcome"), now).id
        self.counting = adjust_points(club_id, self.sara, Adjustment("points", 7, "forgotten", counts=True), now).id
        self.held = hold_points(club_id, self.sara, "cashback", 300, now).id
        self.freed = hold_points(club_id, self.sara, "cashback", 200, now).id
        release_hold(club_id, self.freed, now)
        self.paid = self._pays(self.sara, 400)
        story.buys(self.lena, 2_000, at=now - 10 * DAY)
        owing = self._sells(self.lena, at=now - 10 * DAY)
        self._pays(self.lena, 3_000)
        story.loses(self.lena, 25)
        back(story, owing)  # Lena owes points, and is let go the cashback
        merge_members(club_id, self.lena, MemberRef("id", str(self.sara)), "one person", now)
        story.buys(self.mina, 4_000, at=now - 10 * DAY)
        with transaction() as conn:
            forfeit(conn, club_id, lock(conn, club_id, [self.mina]), "has left", now)

    def _sells(self, member: int, **more: Any) -> int:
        sale = self.story.buys(member, lines=(line("tea", 20_000, 2), line("milk", 10_000)), **more)
        assert sale.id
        return sale.id

    def _pays(self, member: int, amount: int) -> int:
        payment = Payment(MemberRef("id", str(member)), amount, f"paid-{member}", "s1")
        return pay_from_wallet(self.story.club_id, "cashback", payment, self.story.now).id

    def finds(self, statement: str, *params: Any) -> Found:
        """What recount finds when something was changed behind its back, which is undone again."""
        changed = connection().execute(statement, params)  # type: ignore[arg-type]
        assert changed.rowcount == 1
        found = self.looks()
        db.session.rollback()
        return found

    def looks(self) -> Found:
        found = recount(self.story.club_id)
        assert all(its.kept != its.proven for its in found)
        assert len(found) == len({its[:3] for its in found})
        return {(its.what, its.member, its.name) for its in found}


@pytest.fixture
def told(app: Flask) -> Told:
    told = Told()
    db.session.rollback()
    assert told.looks() == set()
    return told


@pytest.fixture
def unchecked(told: Told) -> Callable[[], None]:
    """Take away, until the next rollback, the constraints that would refuse most changes of one figure."""

    def drop() -> None:
        for table, name in (("balance", "balance_adds_up"), ("entry", "entry_goes_somewhere")):
            connection().execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")  # type: ignore[call-overload]

    return drop


def test_every_figure_of_a_balance(told: Told, unchecked: Callable[[], None]) -> None:
    figures = ("pending", "available", "held", "debt", "earned", "spent", "expired", "forgiven", "other")
    for wallet in ("points", "cashback"):
        for figure in figures:
            unchecked()
            found = told.finds(
                f"UPDATE balance SET {figure} = {figure} + 1 WHERE member_id = %s AND wallet = %s", told.sara, wallet
            )
            assert found == {("balance", told.sara, f"{wallet}: {figure}")}
    lost = told.finds("DELETE FROM balance WHERE member_id = %s AND wallet = 'points'", told.mina)
    assert lost == {("balance", told.mina, f"points: {figure}") for figure in ("earned", "expired")}


def test_every_figure_of_a_lot(told: Told) -> None:
    lot = told.new * 1000
    where = "WHERE member_id = %s AND wallet = 'points' AND id = %s"
    for figure in ("pending", "available", "held", "expired"):
        found = told.finds(f"UPDATE lot SET {figure} = {figure} + 1 {where}", told.sara, lot)
        assert found == {("lot", told.sara, f"points lot {lot}: {figure}")}
    lost = told.finds(f"DELETE FROM lot {where}", told.sara, lot)
    assert lost == {("lot", told.sara, f"points lot {lot}: pending")}


def test_every_figure_of_a_hold_and_where_it_stands(told: Told) -> None:
    def hold(id_: int, *figures: str) -> Found:
        return {("hold", told.sara, f"cashback of hold {id_}: {figure}") for figure in figures}

    where = "WHERE member_id = %s AND id = %s"
    for id_, figures in ((told.held, ("amount", "held")), (told.paid, ("amount", "spent")), (told.freed, ("amount",))):
        found = told.finds(f"UPDATE hold SET amount = amount + 1 {where}", told.sara, id_)
        assert found == hold(id_, *figures)
    found = told.finds(f"UPDATE hold SET restored = restored + 1 {where}", told.sara, told.paid)
    assert found == hold(told.paid, "spent")
    for id_, status, figures in (
        (told.held, "released", ("held",)),
        (told.held, "spent", ("held", "spent")),
        (told.paid, "reversed", ("spent",)),
        (told.freed, "held", ("held",)),
    ):
        found = told.finds(f"UPDATE hold SET status = '{status}' {where}", told.sara, id_)
        assert found == hold(id_, *figures)
    lost = told.finds(f"DELETE FROM hold {where}", told.sara, told.held)
    assert lost == hold(told.held, "amount", "held")


def test_counters_of_a_day_a_month_and_ever_also_of_who_was_merged(told: Told) -> None:
    rows = (
        connection()
        .execute("SELECT member_id, counter_id, grain, start FROM counter_sum WHERE value <> 0 ORDER BY 1, 2, 3, 4")
        .fetchall()
    )
    assert {grain for _, _, grain, _ in rows} == {0, 1, 2}
    assert {member for member, *_ in rows} == {told.sara, told.lena, told.mina}
    for member, counter, grain, start in rows:
        found = told.finds(
            "UPDATE counter_sum SET value = value + 1"
            " WHERE member_id = %s AND counter_id = %s AND grain = %s AND start = %s",
            *(member, counter, grain, start),
        )
        assert found == {("counter", member, f"{counter} {('ever', 'month', 'day')[grain]} {start}")}


def test_what_all_members_used_of_a_limit(told: Told) -> None:
    rows = connection().execute("SELECT key, start FROM club_use WHERE used > 0").fetchall()
    assert len(rows) == 3  # months in which somebody bought
    for key, start in rows:
        found = told.finds("UPDATE club_use SET used = used + 1 WHERE key = %s AND start = %s", key, start)
        assert found == {("limit", None, f"{key} from {start}")}


def test_an_entry_that_says_another_amount(told: Told) -> None:
    entry = "SELECT n FROM entry WHERE member_id = %s AND event_id = %s AND wallet = 'points'"
    row = connection().execute(entry, [told.sara, told.new]).fetchone()
    assert row
    found = told.finds("UPDATE entry SET amount = amount + 1 WHERE member_id = %s AND n = %s", told.sara, row[0])
    assert found == {
        ("balance", told.sara, "points: pending"),
        ("balance", told.sara, "points: earned"),
        ("lot", told.sara, f"points lot {told.new * 1000}: pending"),
        ("entry", None, f"points of event {told.new}: issued"),
    }
    lost = told.finds("DELETE FROM entry WHERE member_id = %s AND event_id = %s", told.sara, told.given)
    assert lost == {
        ("balance", told.sara, "cashback: available"),
        ("balance", told.sara, "cashback: other"),
        ("lot", told.sara, f"cashback lot {told.given * 1000}: available"),
        ("adjustment", told.sara, f"cashback of adjustment {told.given}: amount"),
    }


def test_an_adjustment_a_merge_and_a_forfeit_that_say_another_amount(told: Told) -> None:
    rows = connection().execute("SELECT member_id, id, wallet, kind, counts FROM adjustment").fetchall()
    assert {kind for _, _, _, kind, _ in rows} == {"adjustment", "merge", "forfeit"}
    for member, id_, wallet, _, counts in rows:
        found = told.finds(
            "UPDATE adjustment SET amount = amount + 100000 WHERE member_id = %s AND id = %s AND wallet = %s",
            *(member, id_, wallet),
        )
        also = {("entry", None, f"{wallet} of event {id_}: issued")} if counts else set()
        assert found == {("adjustment", member, f"{wallet} of adjustment {id_}: amount")} | also


def test_a_sale_that_says_it_gave_something_else(told: Told) -> None:
    for purchase, column in ((told.new, "ruling"), (told.old, "kept")):
        found = told.finds(
            f"UPDATE purchase SET {column} = jsonb_set({column}, '{{awards,0,3}}', to_jsonb(99)) WHERE id = %s",
            purchase,
        )
        assert ("entry", None, f"points of event {purchase}: issued") in found
        assert {what for what, *_ in found} <= {"entry", "limit", "counter"}  # the award is counted, too


def test_a_sale_that_says_more_is_left_of_it_than_came_back(told: Told) -> None:
    row = connection().execute("SELECT kept FROM purchase WHERE id = %s", [told.old]).fetchone()
    assert row
    kept = row[0]
    kept["lines"]["tea"] += 500
    found = told.finds("UPDATE purchase SET kept = %s WHERE id = %s", json.dumps(kept), told.old)
    assert {(what, member) for what, member, _ in found} == {("counter", told.sara)}
    assert len({name.split()[0] for _, _, name in found}) == 1  # the counter of amounts: in its day, month and ever
    assert {name.split()[1] for _, _, name in found} == {"day", "month", "ever"}
