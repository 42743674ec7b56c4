"""Tills go on posting while everything is killed in turn: no acknowledged purchase is lost or doubled."""

from __future__ import annotations

import json
import os
import random
import signal
import threading
import time
import urllib.error
import urllib.request
from datetime import UTC, datetime
from pathlib import Path

import yaml

from loyalty.engines.process import until
from tests.cli.test_up import PATIENCE, Operator, children_of, command_line
from tests.cli.test_up import operator as operator
from tests.story import BASE, article, document, title

BYLAWS = document(
    BASE,
    article("2", {"points": {"fixed": 3}}, limits=[{"per": "member", "every": "day", "at_most": 30, "of": "points"}]),
    article("3", {"points": {"fixed": 1}}, limits=[{"per": "club", "every": "day", "at_most": 100, "of": "points"}]),
    badges={"b": {"title": title("B"), "counter": "spend", "levels": [{"at": 5000}, {"at": 50_000}]}},
    leaderboards={"month": {"title": title("Month"), "counter": "spend", "period": "month"}},
)


class Till:
    """Posts purchase after purchase; one that gets no answer is sent again until it does."""

    def __init__(self, operator: Operator, key: str, name: str, members: list[str]) -> None:
        self.operator, self.key, self.name, self.members = operator, key, name, members
        self.acknowledged: dict[str, str] = {}
        self.refusals: list[str] = []
        self.enough = threading.Event()

    def post(self, receipt: str, member: str, at: str) -> str | None:
        sale = {"receipt": receipt, "store": "s1", "member": {"id": member}, "occurred_at": at, "currency": "IRR"}
        asked = urllib.request.Request(
            f"http://127.0.0.1:{self.operator.port}/api/v1/purchases",
            json.dumps({**sale, "gross": 1500, "net": 1500}).encode(),
            {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(asked, timeout=10) as answer:
                found: str = json.load(answer)["id"]
                return found
        except urllib.error.HTTPError as error:
            if error.code < 500:
                self.refusals.append(error.read().decode())
        except (OSError, json.JSONDecodeError):
            pass  # nobody answered: the till can't know, and sends it again
        return None

    def work(self) -> None:
        chance, number = random.Random(self.name), 0
        while not self.enough.is_set():
            receipt, member, at = f"{self.name}-{number}", chance.choice(self.members), datetime.now(UTC).isoformat()
            while (id_ := self.post(receipt, member, at)) is None and not self.enough.is_set():
                time.sleep(0.05)
            if id_ is not None:
                self.acknowledged[receipt] = id_
            number += 1


def test_nothing_acknowledged_is_lost_or_doubled_whoever_is_killed(operator: Operator, tmp_path: Path) -> None:
    (tmp_path / "bylaws.yaml").write_text(yaml.safe_dump(BYLAWS, allow_unicode=True))
    made = operator.runs(
        "club", "create", "--code", "anar", "--name", "Anar", "--bylaws", str(tmp_path / "bylaws.yaml")
    )
    assert made.returncode == 0, made.stderr
    key = operator.runs("key", "create", "--club", "anar", "--kind", "server").stdout.strip()
    up = operator.starts()
    assert until(lambda: operator.opens("/readyz") == 200, PATIENCE), operator.sees()
    api(operator, key, "/stores", {"code": "s1", "name": "One"})
    members = [api(operator, key, "/members", {"name": f"M{n}"})["id"] for n in range(4)]
    tills = [Till(operator, key, f"t{n}", members) for n in range(3)]
    threads = [threading.Thread(target=till.work) for till in tills]
    for thread in threads:
        thread.start()
    for whom in (
        _web_worker,
        _postgres,
        _process("worker"),
        _valkey,
        _process("granian"),
        _process("timer"),
        _postgres,
    ):
        time.sleep(1.5)
        os.kill(whom(operator, up.pid), signal.SIGKILL)
        before = sum(len(till.acknowledged) for till in tills)
        assert until(lambda: sum(len(t.acknowledged) for t in tills) > before + 5, PATIENCE), operator.sees()  # noqa: B023
    for till in tills:
        till.enough.set()
    for thread in threads:
        thread.join(PATIENCE)
    assert [till.refusals for till in tills] == [[], [], []]
    assert until(lambda: operator.opens("/readyz") == 200, PATIENCE), operator.sees()
    acknowledged = {receipt: id_ for till in tills for receipt, id_ in till.acknowledged.items()}
    kept = recorded(operator, key)
    assert acknowledged.items() <= kept.items()
    assert len(kept) - len(acknowledged) <= len(tills)  # each till may have stopped before its last answer came
    books = operator.runs("recount")
    assert books.returncode == 0, books.stdout + books.stderr
    up.send_signal(signal.SIGINT)
    assert up.wait(PATIENCE) == 0


def api(operator: Operator, key: str, path: str, body: dict[str, object] | None = None) -> dict[str, str]:
    asked = urllib.request.Request(
        f"http://127.0.0.1:{operator.port}/api/v1{path}",
        json.dumps(body).encode() if body else None,
        {"Authorization": f"Bearer {key}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(asked, timeout=30) as answer:
        found: dict[str, str] = json.load(answer)
        return found


def recorded(operator: Operator, key: str) -> dict[str, str]:
    """Every recorded receipt and its id, page by page; a receipt that came twice would be two ids."""
    kept: dict[str, str] = {}
    cursor = ""
    while True:
        page = api(operator, key, f"/purchases?limit=100{cursor}")
        for item in page["items"]:
            assert item["receipt"] not in kept  # type: ignore[index]
            kept[item["receipt"]] = item["id"]  # type: ignore[index]
        if not page["next"]:
            return kept
        cursor = f"&cursor={page['next']}"


def _postgres(operator: Operator, up: int) -> int:
    return int((operator.data / "postgres" / "postmaster.pid").read_text().splitlines()[0])


def _valkey(operator: Operator, up: int) -> int:
    return next(pid for pid in operator.left_behind() + children_of(up) if "valkey-server" in command_line(pid))


def _process(name: str):
    def find(operator: Operator, up: int) -> int:
        return next(pid for pid in children_of(up) if name in command_line(pid))

    return find


def _web_worker(operator: Operator, up: int) -> int:
    """A process that answers requests, below granian's own."""
    return children_of(_process("granian")(operator, up))[-1]
