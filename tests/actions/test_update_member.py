"""A member's standing changes: what is held, pending and available goes where the bylaws say so."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask

from loyalty.actions.update_member import update_member
from loyalty.db import connection, db
from tests.actions.test_merge_members import DAY, holds, row
from tests.conftest import START
from tests.story import CASHBACK, POINTS, Story, document

TERMS = {"expires": {"days": 40}, "matures": {"days": 5}}


def club(wallets: str) -> Story:
    points = {"points": {**POINTS["points"], **TERMS}, **CASHBACK}
    return Story(document(wallets=points, membership={"expelled": {"wallets": wallets}}))


def test_a_forfeit_ends_open_holds_and_takes_all_and_what_was_due_before_comes_first(app: Flask) -> None:
    story = club("forfeit")
    sara = story.enrols()
    for amount, days in ((7_000, 41), (20_000, 10), (3_000, 0)):
        story.buys(sara, amount, at=START - days * DAY)
    holds(story, sara, 8, START, START + timedelta(minutes=15))
    db.session.rollback()
    update_member(story.club_id, sara, {"status": "expelled"}, START)
    assert row(sara) == (0, 0, 0)
    assert connection().execute("SELECT held, expired FROM balance WHERE wallet = 'points'").fetchone() == (0, 30)
    assert connection().execute("SELECT status FROM hold").fetchall() == [("released",)]
    # The 7 ended by their own term; the forfeit took the rest.
    assert connection().execute("SELECT amount FROM adjustment WHERE kind = 'forfeit'").fetchall() == [(-23,)]
    told = connection().execute("SELECT data->>'amount' FROM outbox WHERE type = 'points.expired' ORDER BY id")
    assert told.fetchall() == [("23",)]
    assert story.books_agree()


def test_what_was_due_at_a_forfeit_is_told_apart_from_it(app: Flask) -> None:
    story = club("forfeit")
    sara = story.enrols()
    for amount, days in ((7_000, 41), (20_000, 10)):
        story.buys(sara, amount, at=START - days * DAY)
    db.session.rollback()
    update_member(story.club_id, sara, {"status": "expelled"}, START)
    told = connection().execute("SELECT data->>'amount' FROM outbox WHERE type = 'points.expired' ORDER BY id")
    assert told.fetchall() == [("7",), ("20",)]
    assert connection().execute("SELECT amount FROM adjustment").fetchall() == [(-20,)]
    assert story.books_agree()


def test_where_the_bylaws_keep_wallets_a_standing_moves_nothing(app: Flask) -> None:
    story = club("keep")
    sara = story.enrols()
    story.buys(sara, 20_000, at=START - 10 * DAY)
    db.session.rollback()
    update_member(story.club_id, sara, {"status": "expelled"}, START)
    assert row(sara) == (20, 0, 0)
    assert connection().execute("SELECT count(*) FROM adjustment").fetchone() == (0,)
    assert story.books_agree()
