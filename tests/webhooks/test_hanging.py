"""A receiver that hangs costs the others nothing that they would notice."""

from __future__ import annotations

import time

import pytest

from loyalty.jobs import deliveries
from loyalty.webhooks import sending, shelf
from tests.webhooks.conftest import registers, sent
from tests.webhooks.receiver import HANGS


@pytest.fixture
def patience(monkeypatch) -> float:
    monkeypatch.setattr(sending, "PATIENCE", 2.0)
    return sending.PATIENCE


@pytest.mark.parametrize("how", ["hangs", "drips"])
def test_a_receiver_that_hangs_holds_up_no_other_webhook_and_no_other_club(
    club, rival, receivers, clock, work, post, patience, how
):
    stuck, well, theirs = receivers(), receivers(), receivers()
    webhook = registers(club, stuck, "member.joined")
    registers(club, well, "member.joined")
    registers(rival, theirs, "member.joined")
    setattr(stuck, how, True)

    for of in (club, club, club, rival):
        of.enrols()
    began = time.monotonic()
    post()
    assert time.monotonic() - began < HANGS / 2
    assert stuck.asked == 1  # though three were due
    assert max(well.asked_at, theirs.asked_at) < stuck.asked_at + patience  # they didn't wait for it
    assert (len(well.heard), len(theirs.heard)) == (3, 1)
    assert [d["error"] for d in sent(club, webhook)].count("silent") == 1

    # It is left in peace for a while: meanwhile no worker is kept by it at all.
    for of in (club, rival):
        of.enrols()
    post()
    assert stuck.asked == 1
    assert (len(well.heard), len(theirs.heard)) == (4, 2)

    setattr(stuck, how, False)
    clock.move(seconds=40)
    post()
    assert len(set(stuck.ids)) == len(stuck.ids) == 4


def test_while_a_turn_goes_on_nobody_else_begins_one(club, receiver, clock, work):
    registers(club, receiver, "member.joined")
    club.enrols()
    deliveries.relay(clock.now)
    work()
    assert len(shelf.take(clock.now)) == 1
    club.enrols()
    deliveries.relay(clock.now)
    work()
    assert shelf.take(clock.now) == []


def test_a_slow_receiver_gets_what_fits_into_its_turn_and_the_rest_in_the_next(club, receiver, post, monkeypatch):
    monkeypatch.setattr(sending, "BUDGET", 0.0)
    registers(club, receiver, "member.joined")
    for _ in range(3):
        club.enrols()
    post()
    assert len(receiver.heard) == 3
