"""People are enrolled one or thousands at a time: all or none, in the same number of statements."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask

from loyalty import cards
from loyalty.actions.enrol_members import enrol_members
from loyalty.enrolment import Enrolment
from loyalty.errors import Conflict, Invalid
from loyalty.queries import members
from loyalty.rules.facts import MemberRef
from tests.actions.test_record_purchases import statements
from tests.rest.conftest import Club, club, rows  # noqa: F401


def people(count: int, prefix: str = "C") -> list[Enrolment]:
    return [Enrolment(external_id=f"{prefix}{n}", name=f"عضو {n}", attributes={"n": n}) for n in range(count)]


def test_all_are_enrolled_in_their_order_each_with_a_card(club: Club) -> None:  # noqa: F811
    enrolled = enrol_members(club.id, people(300), club.clock.now)
    assert len({new.card for new in enrolled}) == 300
    assert all(cards.is_ours(new.card) for new in enrolled)
    for n in (0, 150, 299):
        member = members.one(club.id, enrolled[n].id)
        assert (member.external_id, member.name, member.attributes) == (f"C{n}", f"عضو {n}", {"n": n})
        assert (member.card, member.joined_at) == (enrolled[n].card, club.clock.now)


def test_thousands_cost_the_statements_of_one(club: Club) -> None:  # noqa: F811
    enrol_members(club.id, people(1, "warm"), club.clock.now)
    with statements() as one:
        enrol_members(club.id, people(1, "a"), club.clock.now)
    with statements() as many:
        enrol_members(club.id, people(5000, "b"), club.clock.now)
    assert len(many) == len(one)


def test_one_who_is_known_already_keeps_all_from_joining(club: Club) -> None:  # noqa: F811
    enrol_members(club.id, [Enrolment(phone="+989121234567")], club.clock.now)
    before = rows()
    with pytest.raises(Conflict) as refused:
        enrol_members(club.id, [*people(3), Enrolment(phone="+989121234567")], club.clock.now)
    assert [fault.path for fault in refused.value.faults] == ["/3/phone"]
    with pytest.raises(Conflict) as repeated:
        enrol_members(club.id, [*people(2), *people(1)], club.clock.now)
    assert [fault.path for fault in repeated.value.faults] == ["/0/external_id", "/2/external_id"]
    with pytest.raises(Invalid) as unknown:
        enrol_members(club.id, [*people(1), Enrolment(referred_by=MemberRef("id", "999"))], club.clock.now)
    assert [fault.path for fault in unknown.value.faults] == ["/1/referred_by"]
    assert rows() == before


def test_who_joins_twice_at_once_joins_once(app: Flask, club: Club) -> None:  # noqa: F811
    """The identifiers' primary key decides among them, not a look before the leap."""

    def join(_: int) -> int:
        return club.server.post("/members", {"phone": "09121234567", "external_id": "C-1"}).status_code

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(join, range(16)))
    assert sorted(statuses) == [201] + [409] * 15
    assert len(members.page(club.id).items) == 1
