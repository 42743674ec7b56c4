"""Raffles over HTTP: a commitment before, and after the draw all that anyone needs to check it, as the guide says."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
from copy import deepcopy
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from loyalty.actions.draw_raffles import draw_raffles
from loyalty.config import settings
from loyalty.db import connection
from loyalty.ledger.recount import recount
from loyalty.rewards import draws
from loyalty.rewards.draws import Pseudonyms
from tests.conftest import Clock
from tests.rest.conftest import BYLAWS, Api, Club, at_fault

GUIDE = Path(__file__).parents[2] / "docs" / "raffles.md"
OVER = datetime(2026, 11, 21, 21, 0, tzinfo=UTC)
"""Half an hour into Azar in Tehran."""
RAFFLES = {
    "monthly": {
        "title": {"en": "Monthly", "fa": "ماهانه"},
        "draw": {"each": "month"},
        "prizes": [{"give": [{"points": {"fixed": 500}}]}, {"give": [{"cashback": {"fixed": 1000}}], "winners": 2}],
    }
}


@pytest.fixture
def club(app: Flask, client: FlaskClient, clock: Clock) -> Club:
    bylaws = deepcopy(BYLAWS)
    bylaws["raffles"] = RAFFLES
    bylaws["articles"][0]["give"].append({"tickets": {"raffle": "monthly", "per": 100_000, "give": 1}})
    return Club("anar", client, clock, bylaws)


def buys(club: Club, net: int, **told: Any) -> dict[str, Any]:
    member = club.enrols(**told)
    bought = club.till.post("/purchases", club.sale(member={"id": member["id"]}, gross=net, net=net))
    assert bought.status_code == 201, bought.json
    return member


def test_a_raffle_is_committed_to_for_whoever_looks_and_the_seed_is_nowhere(club: Club) -> None:
    buys(club, 700_000)
    seen = club.page.get("/raffles/monthly")
    assert seen.headers["Access-Control-Allow-Origin"]
    next_ = seen.json["next"]
    assert (next_["day"], next_["status"], next_["tickets"]) == ("2026-11-21", "open", 7)
    assert re.fullmatch("[0-9a-f]{64}", next_["commitment"])
    assert (next_["seed"], next_["winners"], next_["entries_digest"], seen.json["last"]) == (None, None, None, None)
    assert next_["prizes"][1] == {
        "prize": 2,
        "gives": {"en": "100 toman in cashback", "fa": "۱۰۰ تومان بازگشت وجه"},
        "winners": 2,
    }
    assert seen.json["text"]["en"].startswith("Drawn at the end of each month from all tickets; to be won: 500 points")
    again = club.page.get("/raffles").json["items"]
    assert [its["next"]["commitment"] for its in again] == [next_["commitment"]]
    assert club.page.get("/raffles/monthly/draws/1405-08-30").json == next_
    assert club.page.get("/raffles/monthly/draws/2026-11-21/entries").status_code == 404, "not before it is closed"
    assert club.page.get("/raffles/yearly").status_code == 404
    assert club.page.get("/raffles/monthly/draws/tomorrow").status_code == 404


def test_a_member_sees_tickets_and_odds_and_what_was_won(club: Club) -> None:
    sara = buys(club, 300_000, name="Sara")
    buys(club, 700_000, name="Ali")
    club.page.get("/raffles/monthly")
    [held] = club.till.get(f"/members/{sara['id']}/raffles").json["items"]
    assert (held["raffle"], held["day"], held["tickets"], held["of"], held["won"]) == (
        "monthly",
        "2026-11-21",
        3,
        10,
        [],
    )
    wallets = club.till.get(f"/members/{sara['id']}/wallets").json
    assert set(wallets) == {"points", "cashback"}, "tickets are nothing to be spent"
    club.clock.now = OVER
    draw_raffles(club.id, OVER)
    [held] = club.till.get(f"/members/{sara['id']}/raffles").json["items"]
    assert (held["day"], held["tickets"], [its["day"] for its in held["won"]]) == ("2026-12-21", 0, ["2026-11-21"])
    assert held["won"][0]["gives"]["fa"] in ("۵۰۰ امتیاز", "۱۰۰ تومان بازگشت وجه")
    assert club.till.get("/members/999/raffles").status_code == 404


def test_anyone_can_check_a_draw_with_the_lines_of_the_guide(club: Club, tmp_path: Path) -> None:
    members = [buys(club, 100_000 * n, name=str(n)) for n in range(1, 12)]
    committed = club.page.get("/raffles/monthly").json["next"]["commitment"]
    source = {"en": "The index on the next trading day", "fa": "شاخص روز معاملاتی بعد"}
    announced = club.server.put("/raffles/monthly/draws/2026-11-21/public", {"source": source})
    assert announced.json["public"] == {"source": source, "value": None}
    club.clock.now = OVER
    draw_raffles(club.id, OVER)
    waiting = club.page.get("/raffles/monthly").json["last"]
    assert (waiting["status"], waiting["tickets"], waiting["holders"], waiting["seed"]) == ("closed", 66, 11, None)
    told = club.server.put("/raffles/monthly/draws/2026-11-21/public", {"value": "2345678"})
    assert {its["member"] for its in told.json["winners"]} <= {its["id"] for its in members}
    draw = club.page.get("/raffles/monthly").json["last"]
    assert (draw["status"], draw["commitment"], len(draw["winners"])) == ("drawn", committed, 3)
    assert all("member" not in its for its in draw["winners"]), "nobody is told who it is"
    entries = club.page.get("/raffles/monthly/draws/2026-11-21/entries")
    assert entries.mimetype == "text/csv"
    assert hashlib.sha256(entries.data).hexdigest() == waiting["entries_digest"]
    (tmp_path / "draw.json").write_text(json.dumps(draw))
    (tmp_path / "entries.csv").write_bytes(entries.data)
    assert checks(tmp_path)
    for spoilt in ("seed", "commitment"):
        (tmp_path / "draw.json").write_text(json.dumps(draw | {spoilt: "00" * 32}))
        assert not checks(tmp_path), spoilt
    (tmp_path / "draw.json").write_text(json.dumps(draw | {"winners": draw["winners"][::-1]}))
    assert not checks(tmp_path)
    (tmp_path / "draw.json").write_text(json.dumps(draw))
    (tmp_path / "entries.csv").write_bytes(entries.data.replace(b",1\n", b",2\n"))
    assert not checks(tmp_path)
    assert recount(club.id) == []


def checks(folder: Path) -> bool:
    """Whether the guide's own lines are content with a draw."""
    found = re.search(r"```python\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    assert found
    assert len(found[1].strip().splitlines()) <= 16
    done = subprocess.run([sys.executable, "-c", found[1]], cwd=folder, capture_output=True, check=False)
    return done.returncode == 0


def test_a_member_finds_oneself_in_the_list_and_nobody_else_does(club: Club) -> None:
    sara = buys(club, 300_000, name="Sara")
    club.page.get("/raffles/monthly")
    [held] = club.till.get(f"/members/{sara['id']}/raffles").json["items"]
    club.clock.now = OVER
    draw_raffles(club.id, OVER)
    listed = club.page.get("/raffles/monthly/draws/2026-11-21/entries").data.decode()
    assert listed == f"{held['holder']},3\n"
    its = draws.of_day(connection(), club.id, "monthly", date(2026, 11, 21))
    assert its
    assert Pseudonyms(club.id, its, settings().secret_key).of(sara["id"]).hex() == held["holder"]
    assert Pseudonyms(club.id, its, "another key").of(sara["id"]).hex() != held["holder"]


def test_what_a_public_value_cannot_be(club: Club, till: Api) -> None:
    club.page.get("/raffles/monthly")
    path = "/raffles/monthly/draws/2026-11-21/public"
    assert till.put(path, {"value": "1"}).status_code == 403
    assert club.server.put(path, {}).status_code == 422
    assert club.server.put(path, {"value": "1"}).status_code == 409
    assert at_fault(club.server.put(path, {"value": "1"})) == ["/value"]
    assert club.server.put("/raffles/monthly/draws/2026-11-20/public", {"value": "1"}).status_code == 404


def test_draws_are_paged_the_newest_first(club: Club) -> None:
    club.page.get("/raffles/monthly")
    club.clock.now = OVER
    draw_raffles(club.id, OVER)
    first = club.page.get("/raffles/monthly/draws", limit=1).json
    second = club.page.get("/raffles/monthly/draws", limit=1, cursor=first["next"]).json
    assert [its["day"] for its in (*first["items"], *second["items"])] == ["2026-12-21", "2026-11-21"]
    assert second["next"] is None
    assert second["items"][0]["winners"] == [], "nobody had a ticket"
