"""Sealing a club: what grew since the seal before, one number each, while purchases go on."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from loyalty.actions.import_purchases import import_purchases
from loyalty.actions.seal_club import seal_club
from loyalty.db import connection, db, transaction
from loyalty.errors import NotFound
from loyalty.jobs import duties
from loyalty.ledger.audit import Audited, audit
from loyalty.ledger.seals import Seal, seals_of
from loyalty.queries.clubs import one
from tests.conftest import START, Clock
from tests.story import Story

HOUR = timedelta(hours=1)


@pytest.fixture
def story(app: Flask) -> Story:
    return Story()


def seals(story: Story) -> list[Seal]:
    db.session.rollback()
    return seals_of(connection(), story.club_id)


def heads(story: Story, n: int) -> dict[int, int]:
    rows = connection().execute(
        "SELECT member_id, n FROM sealed_head WHERE club_id = %s AND seal = %s", [story.club_id, n]
    )
    return dict(rows.fetchall())  # type: ignore[arg-type]


def sound(story: Story) -> bool:
    return not list(audit(connection(), story.club_id, one(story.club_id).calendar, Audited()))


def test_a_seal_notes_only_the_chains_that_have_grown_since(story: Story) -> None:
    sara, lena, _ = story.enrols("Sara"), story.enrols("Lena"), story.enrols("Mute")
    story.buys(sara, 10_000)
    story.buys(lena, 10_000)
    first = seal_club(story.club_id, START)
    story.buys(sara, 10_000)
    second = seal_club(story.club_id, START + HOUR)
    assert [(seal.n, seal.members) for seal in (first, second)] == [(1, 2), (2, 1)]
    assert (heads(story, 1), heads(story, 2)) == ({sara: 1, lena: 1}, {sara: 2})
    assert seals(story) == [first, second]
    assert sound(story)


def test_a_second_seal_of_a_day_without_change_notes_nobody_and_still_follows_the_first(story: Story) -> None:
    story.buys(story.enrols(), 10_000)
    first, second = seal_club(story.club_id, START), seal_club(story.club_id, START + HOUR)
    assert (second.n, second.day, second.members) == (2, first.day, 0)
    assert second.digest != first.digest
    assert sound(story)


def test_a_seal_is_dated_by_the_clubs_own_day(story: Story) -> None:
    assert seal_club(story.club_id, datetime(2026, 11, 1, 20, 29, tzinfo=UTC)).day == date(2026, 11, 1)
    assert seal_club(story.club_id, datetime(2026, 11, 1, 20, 30, tzinfo=UTC)).day == date(2026, 11, 2)


def test_a_history_that_was_imported_is_sealed_at_the_end_of_every_chain(story: Story, tmp_path: Path) -> None:
    early = story.enrols("Early")
    story.buys(early, 5_000)
    seal_club(story.club_id, START)
    rows = [
        f"s1,i{n},2020-01-{n % 28 + 1:02}T10:00:00+03:30,IRR,m{n % 7},tea,1,{n * 1000},{n * 1000}" for n in range(1, 61)
    ]
    file = tmp_path / "history.csv"
    file.write_text(
        "\n".join(["store,receipt,occurred_at,currency,member_external_id,sku,quantity,gross,net", *rows]), "utf-8"
    )
    done = import_purchases(story.club_id, file, lambda: START, rejects_at=lambda _: tmp_path / "rejects.jsonl")
    assert done.counts.recorded == 60
    assert seal_club(story.club_id, START + HOUR).members == 7
    assert early not in heads(story, 2)
    assert sum(heads(story, 2).values()) == 60
    assert sound(story)


def test_seals_taken_at_once_each_get_a_number_of_their_own(app: Flask, story: Story) -> None:
    for n in range(5):
        story.buys(story.enrols(f"n{n}"), 10_000)
    gate = threading.Barrier(6)

    def take() -> Seal:
        with app.app_context():
            gate.wait()
            return seal_club(story.club_id, START)

    with ThreadPoolExecutor(6) as pool:
        taken = sorted(future.result() for future in [pool.submit(take) for _ in range(6)])
    assert [(seal.n, seal.members) for seal in taken] == [(1, 5), *((n, 0) for n in range(2, 7))]
    assert sound(story)


def test_purchases_go_on_while_a_club_is_sealed(app: Flask, story: Story) -> None:
    members = [story.enrols(f"n{n}") for n in range(4)]
    enough = threading.Event()

    def buy(member: int) -> None:
        with app.app_context():
            while not enough.is_set():
                story.buys(member, 10_000)

    threads = [threading.Thread(target=buy, args=(member,)) for member in members]
    for thread in threads:
        thread.start()
    try:
        for n in range(10):
            seal_club(story.club_id, START + n * HOUR)
            assert sound(story)
            db.session.rollback()
    finally:
        enough.set()
        for thread in threads:
            thread.join()
    assert sum(seal.members for seal in seals(story)) > len(members)
    assert sound(story)


def test_a_seal_in_the_making_keeps_no_purchase_waiting(app: Flask, story: Story) -> None:
    sara = story.enrols()
    with transaction():
        seal_club(story.club_id, START)
        with ThreadPoolExecutor(1) as pool:
            pool.submit(lambda: _in_own_context(app, story, sara)).result()
    assert [seal.n for seal in seals(story)] == [1]
    assert story.balance(sara) == 10


def _in_own_context(app: Flask, story: Story, member: int) -> None:
    with app.app_context():
        connection().execute("SET LOCAL lock_timeout = '5s'")
        story.buys(member, 10_000)


def test_the_first_seal_of_many_members_does_not_read_all_it_has_noted_for_each_of_them(story: Story) -> None:
    for n in range(30):
        story.buys(story.enrols(f"n{n}"), 10_000)
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as outside:
        outside.exec_driver_sql("VACUUM ANALYZE sealed_head")  # known to be empty: reading it whole looks cheap
    with transaction():
        before = _read_whole()
        assert seal_club(story.club_id, START).members == 30
        assert _read_whole() - before <= 2


def _read_whole() -> int:
    """How often this connection has read all heads, also in transactions before that the engine has not summed up."""
    row = connection().execute("SELECT seq_scan FROM pg_stat_xact_user_tables WHERE relname = 'sealed_head'").fetchone()
    assert row
    return int(row[0])


def test_a_club_that_is_not_there_is_not_sealed(story: Story) -> None:
    with pytest.raises(NotFound):
        seal_club(story.club_id + 1, START)


# --- the duty -------------------------------------------------------------------------------------------------------

MIDNIGHT = datetime(2026, 11, 1, 20, 30, tzinfo=UTC)


def test_the_timer_seals_every_local_midnight_once(story: Story, clock: Clock) -> None:
    duties.perform(story.club_id, "seal")
    assert seals(story) == []
    for _ in range(2):
        clock.now = MIDNIGHT
        duties.perform(story.club_id, "seal")
        clock.move(hours=23)
        duties.perform(story.club_id, "seal")
    clock.now = MIDNIGHT + timedelta(days=1)
    duties.perform(story.club_id, "seal")
    assert [(seal.n, seal.sealed_at) for seal in seals(story)] == [(1, MIDNIGHT), (2, clock.now)]


def test_after_days_of_downtime_one_seal_is_taken(story: Story, clock: Clock) -> None:
    duties.perform(story.club_id, "seal")
    clock.move(days=5)
    duties.perform(story.club_id, "seal")
    assert [(seal.n, seal.sealed_at) for seal in seals(story)] == [(1, clock.now)]
    clock.move(days=1)
    duties.perform(story.club_id, "seal")
    assert [seal.n for seal in seals(story)] == [1, 2]


def test_a_seal_whose_worker_died_before_it_could_say_so_is_not_taken_again(story: Story, clock: Clock) -> None:
    clock.now = MIDNIGHT + timedelta(minutes=1)
    duties.seal(story.club_id, MIDNIGHT)
    clock.move(minutes=1)
    duties.seal(story.club_id, MIDNIGHT)
    assert len(seals(story)) == 1
