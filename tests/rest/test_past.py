"""A member against their own past: periods of the club's calendar, fairly compared."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from loyalty.calendars import Calendar
from tests.rest.conftest import Api, Club, at_fault

CALENDAR = Calendar("Asia/Tehran", "jalali")


def buys(club: Club, server: Api, member: dict[str, Any], net: int, at: datetime) -> None:
    sale = club.sale(member={"id": member["id"]}, gross=net, net=net, occurred_at=at.isoformat())
    bought = server.post("/purchases", sale)
    assert bought.status_code == 201, bought.json


def enrolled(club: Club) -> dict[str, Any]:
    return club.enrols(name="Sara", joined_at=(club.clock.now - timedelta(days=100)).isoformat())


def past(server: Api, member: dict[str, Any], counter: str = "spend", **query: Any) -> Any:
    answer = server.get(f"/members/{member['id']}/counters/{counter}", **query)
    assert answer.status_code == 200, answer.json
    return answer.json


def test_this_month_so_far_stands_beside_as_much_of_the_month_before(club: Club, server: Api) -> None:
    sara, now = enrolled(club), club.clock.now
    today = CALENDAR.moment(now).day
    before = CALENDAR.previous("month", today)
    assert before.start is not None
    buys(club, server, sara, 1_000, CALENDAR.instant(before.start, 600))
    buys(club, server, sara, 4_000, CALENDAR.instant(before.end, 600))
    buys(club, server, sara, 7_000, now)
    told = past(server, sara, by="month", limit=2)
    assert [(item["value"], item["so_far"]) for item in told["items"]] == [(7_000, 7_000), (5_000, 1_000)]
    assert told["average"] == 1_000
    assert told["items"][0]["period"] == CALENDAR.label("month", today)
    assert (told["items"][1]["from"], told["items"][1]["until"]) == (before.start.isoformat(), before.end.isoformat())
    assert (told["unit"], told["name"]["fa"]) == ("money", "مبلغ خرید")


def test_days_and_weeks_without_anything_are_zero_and_weeks_start_on_saturday(club: Club, server: Api) -> None:
    sara, now = enrolled(club), club.clock.now
    buys(club, server, sara, 5_000, now)
    buys(club, server, sara, 3_000, now - timedelta(days=2))
    days = past(server, sara, by="day", limit=3)
    assert [item["value"] for item in days["items"]] == [5_000, 0, 3_000]
    assert (days["average"], days["days"]) == (1_500, 1)
    weeks = past(server, sara, "visits", by="week", limit=4)
    assert sum(item["value"] for item in weeks["items"]) == 2
    assert weeks["unit"] == "days"
    assert {datetime.fromisoformat(item["from"]).weekday() for item in weeks["items"]} == {5}


def test_a_page_leads_to_the_next_back_to_when_the_member_joined(club: Club, server: Api) -> None:
    sara = enrolled(club)
    whole = past(server, sara, by="week", limit=60)
    assert whole["next"] is None
    assert whole["items"][-1]["from"] <= (club.clock.now - timedelta(days=100)).date().isoformat()
    paged, cursor = [], None
    while True:
        page = past(server, sara, by="week", limit=4, **({"cursor": cursor} if cursor else {}))
        paged += page["items"]
        cursor = page["next"]
        if cursor is None:
            break
    assert paged == whole["items"]


def test_an_unknown_counter_is_named(club: Club, server: Api) -> None:
    sara = enrolled(club)
    for lang in ("en", "fa"):
        refused = server.speaking(lang).get(f"/members/{sara['id']}/counters/steps")
        assert refused.json
        assert (refused.status_code, refused.json["code"]) == (404, "not_found")
        assert "steps" in refused.json["detail"]


@pytest.mark.parametrize(
    ("query", "path"),
    [({"by": "hour"}, "/by"), ({"limit": "61"}, "/limit"), ({"cursor": "1405-13"}, "/cursor"), ({"of": "x"}, "/of")],
)
def test_what_cannot_be_asked_says_where(club: Club, server: Api, query: dict[str, str], path: str) -> None:
    sara = enrolled(club)
    refused = server.get(f"/members/{sara['id']}/counters/spend", **query)
    assert (refused.status_code, at_fault(refused)) == (422, [path])
