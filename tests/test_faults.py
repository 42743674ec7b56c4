"""Tills go on while everything is killed in turn: nothing that was acknowledged is lost or doubled.

They sell, take back, let members pay and give points that soon end; meanwhile points mature and expire.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import yaml

from loyalty.engines import Engines
from loyalty.engines.process import until
from tests.cli.test_up import PATIENCE, Operator, children_of, command_line
from tests.cli.test_up import operator as operator
from tests.story import BASE, CASHBACK, POINTS, article, document, title

DAY = timedelta(days=1)
BYLAWS = document(
    BASE,
    article("2", {"points": {"fixed": 3}}, limits=[{"per": "member", "every": "day", "at_most": 30, "of": "points"}]),
    article("3", {"points": {"fixed": 1}}, limits=[{"per": "club", "every": "day", "at_most": 100, "of": "points"}]),
    article("4", {"cashback": {"percent": "10"}}),
    wallets={"points": {**POINTS["points"], "matures": {"days": 2}, "expires": {"days": 5}}, **CASHBACK},
    badges={"b": {"title": title("B"), "counter": "spend", "levels": [{"at": 5000}, {"at": 50_000}]}},
    leaderboards={"month": {"title": title("Month"), "counter": "spend", "period": "month"}},
)
AGO = (timedelta(), 2 * DAY - timedelta(seconds=1), 5 * DAY - timedelta(seconds=1))
"""How long ago a sale may have been: what it gives then matures or expires in a second."""
SWEEP = """
import sys, time
from pathlib import Path
from loyalty.actions.expire_points import expire_points
from loyalty.cli.instance import Instance
from loyalty.config import now
from loyalty.queries.clubs import by_code
with Instance(Path(sys.argv[1])).app("a sweep"):
    club = by_code("anar").id
    while True:
        expire_points(club, now(), now())
        time.sleep(0.01)
"""
"""What the timer has done once a minute, all the time: whenever it is killed, it is likely in the midst of it."""


class Till:
    """Does one thing after the other; what gets no answer is sent again until it does."""

    def __init__(self, operator: Operator, key: str, name: str, members: list[str]) -> None:
        self.operator, self.key, self.name, self.members = operator, key, name, members
        self.chance, self.count = random.Random(name), 0
        self.sold: dict[str, str] = {}
        self.left: dict[str, int] = {}
        """By purchase: how much of it has not come back."""
        self.returned: dict[str, str] = {}
        self.paid: dict[str, str] = {}
        """By payment: where it stands, as it was answered last."""
        self.given: set[str] = set()
        self.refusals: list[str] = []
        self.enough = threading.Event()

    @property
    def acknowledged(self) -> int:
        return len(self.sold) + len(self.returned) + len(self.paid) + len(self.given)

    def post(self, path: str, body: dict[str, Any], key: str) -> dict[str, Any] | None:
        """Send it once; None where nobody answers, or somebody who can't."""
        asked = urllib.request.Request(
            f"http://127.0.0.1:{self.operator.port}/api/v1{path}",
            json.dumps(body).encode(),
            {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json", "Idempotency-Key": key},
        )
        try:
            with urllib.request.urlopen(asked, timeout=10) as answer:
                found: dict[str, Any] = json.load(answer)
                return found
        except urllib.error.HTTPError as error:
            if error.code < 500:
                return {"refused": error.read().decode()}
        except (OSError, json.JSONDecodeError):
            pass  # nobody answered: the till can't know, and sends it again
        return None

    def insists(self, path: str, body: dict[str, Any], key: str) -> dict[str, Any] | None:
        """Send it until somebody answers; None where it was enough before, or it was refused."""
        while (answer := self.post(path, body, key)) is None and not self.enough.is_set():
            time.sleep(0.05)
        if answer and (why := answer.get("refused")):
            if "/expires_at" not in why:  # what ended before anybody answered is rightly refused
                self.refusals.append(why)
            return None
        return answer

    def work(self) -> None:
        while not self.enough.is_set():
            self.count += 1
            act = self.chance.choice((self.sells, self.sells, self.takes_back, self.is_paid, self.gives))
            act(f"{self.name}-{self.count}", self.chance.choice(self.members))

    def sells(self, receipt: str, member: str) -> None:
        at = (datetime.now(UTC) - self.chance.choice(AGO)).isoformat()
        sale = {"receipt": receipt, "store": "s1", "member": {"id": member}, "occurred_at": at, "currency": "IRR"}
        if answer := self.insists("/purchases", {**sale, "gross": 1500, "net": 1500}, receipt):
            self.sold[receipt] = answer["id"]
            self.left[answer["id"]] = 1500

    def takes_back(self, key: str, _: str) -> None:
        purchase = self.chance.choice([*self.left, None])
        if purchase is None:
            return
        left = self.left.pop(purchase)
        amount = self.chance.randint(1, left)
        body = {"return": key, "occurred_at": datetime.now(UTC).isoformat(), "amount": amount}
        if answer := self.insists(f"/purchases/{purchase}/returns", body, key):
            self.returned[key] = answer["id"]
            if amount < left:
                self.left[purchase] = left - amount

    def is_paid(self, receipt: str, member: str) -> None:
        body = {"member": {"id": member}, "amount": 7, "receipt": receipt, "store": "s1", "hold": True}
        held = self.insists("/wallets/cashback/pay", body, receipt)
        if held is None:
            return
        self.paid[held["id"]] = "held"
        if done := self.insists(
            f"/payments/{held['id']}/{self.chance.choice(('capture', 'void'))}", {}, f"{receipt}-then"
        ):
            self.paid[held["id"]] = done["status"]

    def gives(self, key: str, member: str) -> None:
        end = datetime.now(UTC) + timedelta(seconds=self.chance.choice((1, 2, 3600)))
        body = {"wallet": "points", "amount": 5, "reason": "a present", "expires_at": end.isoformat()}
        if answer := self.insists(f"/members/{member}/adjustments", body, key):
            self.given.add(answer["id"])


class Sweeper:
    """Lets points mature and expire all the time; started again whenever it dies."""

    def __init__(self, operator: Operator) -> None:
        self.operator = operator
        self.deaths = 0
        self.enough = threading.Event()
        self.process = self._started()

    def _started(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-c", SWEEP, str(self.operator.data)]
        return subprocess.Popen(command, env=self.operator.env, stderr=subprocess.DEVNULL)

    def work(self) -> None:
        while not self.enough.wait(0.1):
            if self.process.poll() is not None:
                self.deaths += 1
                self.process = self._started()
        self.process.kill()
        self.process.wait()


def test_nothing_acknowledged_is_lost_or_doubled_whoever_is_killed(operator: Operator, tmp_path: Path) -> None:
    (tmp_path / "bylaws.yaml").write_text(yaml.safe_dump(BYLAWS, allow_unicode=True))
    long_ago = datetime.now(UTC) - 30 * DAY
    about = ("--code", "anar", "--name", "Anar", "--bylaws", str(tmp_path / "bylaws.yaml"))
    made = operator.runs("club", "create", *about, "--from", f"{long_ago:%Y-%m-%d}")
    assert made.returncode == 0, made.stderr
    key = operator.runs("key", "create", "--club", "anar", "--kind", "server").stdout.strip()
    up = operator.starts()
    assert until(lambda: operator.opens("/readyz") == 200, PATIENCE), operator.sees()
    api(operator, key, "/stores", {"code": "s1", "name": "One"})
    joined = {"joined_at": long_ago.isoformat()}
    members = [api(operator, key, "/members", {"name": f"M{n}", **joined})["id"] for n in range(4)]
    for member in members:
        rich = {"wallet": "cashback", "amount": 10_000_000, "reason": "to pay with"}
        api(operator, key, f"/members/{member}/adjustments", rich)
    tills = [Till(operator, key, f"t{n}", members) for n in range(3)]
    sweeper = Sweeper(operator)
    with working(*tills, sweeper):
        for whom in (
            _web_worker,
            _postgres,
            lambda *_: sweeper.process.pid,
            _process("worker"),
            _valkey,
            _process("granian"),
            lambda *_: sweeper.process.pid,
            _process("timer"),
            _postgres,
        ):
            time.sleep(1.2)
            os.kill(whom(operator, up.pid), signal.SIGKILL)
            before = sum(till.acknowledged for till in tills)
            assert until(lambda: sum(t.acknowledged for t in tills) > before + 5, PATIENCE), operator.sees()  # noqa: B023
    assert [till.refusals for till in tills] == [[], [], []]
    assert sweeper.deaths >= 2
    assert until(lambda: operator.opens("/readyz") == 200, PATIENCE), operator.sees()
    assert_all_is_there_once(operator, key, tills)
    for command in (("recount",), ("audit", "verify")):
        proven = operator.runs(*command)
        assert proven.returncode == 0, proven.stdout + proven.stderr
    up.send_signal(signal.SIGINT)
    assert up.wait(PATIENCE) == 0


@contextmanager
def working(*workers: Till | Sweeper) -> Iterator[None]:
    """Let all of them work, until it is enough."""
    threads = [threading.Thread(target=worker.work) for worker in workers]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        for worker in workers:
            worker.enough.set()
        for thread in threads:
            thread.join(PATIENCE)


def assert_all_is_there_once(operator: Operator, key: str, tills: list[Till]) -> None:
    """Whatever was answered is kept, under its number; each till may have stopped before its last answer came."""
    sold = recorded(operator, key)
    with psycopg.connect(Engines(operator.data).addresses.database_url) as conn:
        returned: dict[str, str] = dict(conn.execute("SELECT key, id FROM purchase_return").fetchall())
        payments: dict[str, str] = dict(conn.execute("SELECT id, status FROM hold").fetchall())
        given = [id_ for (id_,) in conn.execute("SELECT id FROM adjustment WHERE wallet = 'points'")]
        moved = Counter(target for (target,) in conn.execute("SELECT target FROM entry WHERE source = 'available'"))
        matured = conn.execute("SELECT count(*) FROM entry WHERE source = 'pending' AND target = 'available'")
        assert matured.fetchone() != (0,)
    assert all(moved[target] for target in ("expired", "held", "issued")), moved
    paid = {id_: status for till in tills for id_, status in till.paid.items()}
    answered: list[tuple[dict[Any, Any], dict[Any, Any]]] = [
        ({receipt: id_ for till in tills for receipt, id_ in till.sold.items()}, sold),
        ({name: id_ for till in tills for name, id_ in till.returned.items()}, returned),
        ({id_: id_ for till in tills for id_ in till.given}, {id_: id_ for id_ in given}),
        (dict.fromkeys(paid), dict.fromkeys(payments)),
    ]
    for acknowledged, kept in answered:
        assert acknowledged
        assert acknowledged.items() <= kept.items()
    assert sum(len(kept) - len(acknowledged) for acknowledged, kept in answered) <= len(tills)
    ends = {"paid": "spent", "voided": "released"}
    assert all(payments[id_] == ends[status] for id_, status in paid.items() if status in ends)


def api(operator: Operator, key: str, path: str, body: dict[str, Any] | None = None) -> dict[str, str]:
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


def _process(name: str) -> Callable[[Operator, int], int]:
    def find(operator: Operator, up: int) -> int:
        return next(pid for pid in children_of(up) if name in command_line(pid))

    return find


def _web_worker(operator: Operator, up: int) -> int:
    """A process that answers requests, below granian's own."""
    return children_of(_process("granian")(operator, up))[-1]
