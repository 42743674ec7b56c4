"""The benchmarks' floors are held to do what we do: nothing is timed here."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import pytest
from flask import Flask

from loyalty.actions.record_purchases import record_purchases
from loyalty.bench import batches, judging, server
from loyalty.bench.baskets import Sent, document, sent
from loyalty.bench.clients import Bare, Crowd
from loyalty.bench.contents import contents, differences, unchained
from loyalty.bench.instance import Club, give_history, make_club
from loyalty.bench.one_statement import tape
from loyalty.bench.tills import by_client, same
from loyalty.bench.timeline import NOW, timeline
from loyalty.config import Settings
from loyalty.db import transaction
from loyalty.errors import Invalid
from loyalty.rules import load
from loyalty.schemas import load_purchase
from tests.conftest import Client, Clock

MEMBERS, PAST, COUNT = 10, 60, 80


@pytest.fixture
def purchases() -> list[Sent]:
    return list(sent(PAST + COUNT, MEMBERS))


def test_the_bylaws_by_hand_give_the_same_on_every_purchase():
    bylaws = load(document(), 1)
    all_facts = judging.facts_of(bylaws, purchases=600, members=20)

    assert len(all_facts) == 600
    assert judging.difference(bylaws, all_facts) is None


def test_every_article_badge_and_tier_is_at_work_in_the_purchases():
    bylaws = load(document(), 1)

    rulings = [judged.sale.ruling for judged in timeline(bylaws, sent(1500, 50), 50)]

    gave = {given.article for ruling in rulings for given in ruling.awards}
    assert {article.no for article in bylaws.articles} <= gave
    assert {step.code for ruling in rulings for step in ruling.badges} == set(bylaws.badges)
    assert {ruling.tier_to for ruling in rulings} == set(bylaws.ranks)


def test_a_difference_is_told_and_not_passed_over(app: Flask):
    ours, other = make_club("ours", 2), make_club("other", 2)
    give_history([ours], list(sent(3, 2)))

    with pytest.raises(AssertionError, match=r"other holds something else.*entry"):
        same([ours, other])


@pytest.mark.parametrize(
    "broken",
    ["UPDATE entry SET digest = 'x' WHERE club_id = %s", "UPDATE member SET head = 'x' WHERE club_id = %s"],
    ids=["link", "head"],
)
def test_a_broken_chain_is_told_though_all_else_is_alike(app: Flask, broken: str):
    clubs = [make_club("ours", 2), make_club("other", 2)]
    give_history(clubs, list(sent(3, 2)))
    assert "chains whole" in same(clubs)
    with transaction() as conn:
        conn.execute(broken, [clubs[1].id])

    with pytest.raises(AssertionError, match="chains of other"):
        same(clubs)


def test_one_statement_leaves_the_rows_that_recording_leaves(app: Flask, settings: Settings, purchases: list[Sent]):
    ours, bare = make_club("ours", MEMBERS), make_club("bare", MEMBERS)
    give_history([ours, bare], purchases[:PAST])
    judged = list(timeline(load(document(), 1), purchases, MEMBERS))[PAST:]
    values = dict(tape(bare, judged))

    for each in purchases[PAST:]:
        record_purchases(ours.id, [load_purchase(each.body, now=NOW)], NOW)
    with Crowd() as crowd:
        crowd.press(
            Bare(settings.database_url),
            [[values[each.body["receipt"]] for each in mine] for mine in by_client(purchases[PAST:])],
        )

    assert held_alike(ours, bare)


def test_the_view_that_does_not_judge_leaves_the_rows_that_ours_leaves(
    app: Flask, settings: Settings, clock: Clock, purchases: list[Sent], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    clock.now = NOW
    ours, view = make_club("ours", MEMBERS), make_club("view", MEMBERS)
    judged = list(timeline(load(document(), 1), purchases, MEMBERS))
    (tmp_path / "tape").write_bytes(pickle.dumps(dict(tape(view, judged))))
    monkeypatch.setenv(server.TAPE, str(tmp_path / "tape"))
    floored = server.create_app(settings)
    floored.test_client_class = Client
    client = floored.test_client()

    for each in purchases:
        for club, path in ((ours, "/api/v1/purchases"), (view, server.PATH)):
            answer = client.post(path, json=each.body, headers={"Authorization": f"Bearer {club.key}"})
            assert answer.status_code == 201, answer.text

    assert held_alike(ours, view)


def test_the_view_knows_its_caller_and_reads_strictly(
    app: Flask, settings: Settings, purchases: list[Sent], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "tape").write_bytes(pickle.dumps({}))
    monkeypatch.setenv(server.TAPE, str(tmp_path / "tape"))
    floored = server.create_app(settings)
    floored.test_client_class = Client
    client, club = floored.test_client(), make_club("view", 1)

    def post(key: str, **changes: object) -> int:
        body = purchases[0].body | changes
        return client.post(server.PATH, json=body, headers={"Authorization": f"Bearer {key}"}).status_code

    assert post("sk_" + "x" * 32) == 401
    with pytest.raises(Invalid, match="/currency"):
        post(club.key, currency="rial")


@pytest.mark.parametrize(
    ("ours", "floor"),
    [(batches._upload, batches._upload_floor), (batches._import, batches._import_floor)],
    ids=["upload", "import"],
)
def test_a_batch_without_judging_leaves_the_same_rows(app: Flask, purchases: list[Sent], tmp_path: Path, ours, floor):
    judging_club, other = make_club("ours", MEMBERS), make_club("floor", MEMBERS)
    judged = list(timeline(load(document(), 1), purchases, MEMBERS))
    place = tmp_path / "purchases"
    place.write_text("".join(json.dumps(each.body) + "\n" for each in purchases))

    ours(judging_club, place, [])
    floor(other, place, batches._made(other, judged))

    assert held_alike(judging_club, other)


def test_what_is_sent_is_always_the_same_and_valid():
    first, second = (list(sent(50, 5)) for _ in range(2))

    assert first == second
    assert all(load_purchase(each.body, now=NOW).lines for each in first)


def held_alike(ours: Club, other: Club) -> bool:
    """Compare, and see that there is something to compare."""
    with transaction() as conn:
        held, others = contents(conn, ours.id), contents(conn, other.id)
        assert unchained(conn, ours.id) == unchained(conn, other.id) == 0
    assert held["purchase"][0] > 0
    assert held["entry"][1] == held["lot"][1] > 0
    assert differences(held, others) == []
    return True
