"""Two tills of one store send the same receipt at the same moment, each with a key of its own."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from loyalty.actions.create_key import create_key
from loyalty.db import db
from loyalty.ledger.recount import recount
from tests.actions.at_once import at_once
from tests.rest.conftest import Api, Club, at_fault

TIMES = 6


@pytest.fixture
def other_till(app: Flask, club: Club) -> Api:
    """A second till in the store of the first."""
    return Api(app.test_client(), create_key(club.id, "till", club.clock.now, store_code="tajrish"))


def test_the_same_sale_is_recorded_once_and_both_are_answered_alike(app: Flask, club: Club, other_till: Api) -> None:
    sara = club.enrols()["id"]
    for n in range(TIMES):
        sale = club.sale(member={"id": sara}, receipt=f"T-{n}")
        answers: list[TestResponse] = []

        def sends(till: Api, sale: dict[str, Any]) -> None:
            answers.append(till.post("/purchases", sale))  # noqa: B023

        at_once(app, *[lambda till=till, sale=sale: sends(till, sale) for till in (club.till, other_till)])
        assert sorted(answer.status_code for answer in answers) == [200, 201]
        one, other = (answer.json for answer in answers)
        assert {**one, "status": ""} == {**other, "status": ""}
    assert club.server.get(f"/members/{sara}/wallets").json["points"]["available"] == 9 * TIMES
    db.session.rollback()
    assert recount(club.id) == []


def test_of_two_sales_under_one_receipt_one_is_recorded_and_the_other_a_conflict(
    app: Flask, club: Club, other_till: Api
) -> None:
    sara, lena = club.enrols()["id"], club.enrols()["id"]
    won = {sara: 0, lena: 0}
    for n in range(TIMES):
        answers: dict[int, TestResponse] = {}

        def sends(till: Api, member: int, receipt: str) -> None:
            answers[member] = till.post("/purchases", club.sale(member={"id": member}, receipt=receipt))  # noqa: B023

        first, second = (lambda n=n: sends(club.till, sara, f"T-{n}")), (lambda n=n: sends(other_till, lena, f"T-{n}"))
        at_once(app, first, second)
        assert sorted(answer.status_code for answer in answers.values()) == [201, 409]
        for member, answer in answers.items():
            won[member] += answer.status_code == 201
            assert answer.status_code == 201 or at_fault(answer) == ["/receipt"]
    for member, times in won.items():
        assert club.server.get(f"/members/{member}/wallets").json["points"]["available"] == 9 * times
    db.session.rollback()
    assert recount(club.id) == []
