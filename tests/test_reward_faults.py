"""Members redeem and codes are used while web and database are killed: each once, never more than there are."""

from __future__ import annotations

import os
import signal
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import yaml

from loyalty.engines import Engines
from loyalty.engines.process import until
from tests.cli.test_up import PATIENCE, Operator
from tests.cli.test_up import operator as operator
from tests.story import BASE, article, document
from tests.test_faults import Till, _postgres, _web_worker, api, working

STOCK = 40
USES = 60
BUDGET = 500
BYLAWS = document(
    BASE,
    article(
        "2", {"points": {"fixed": 5}}, limits=[{"per": "club", "every": "year", "at_most": BUDGET, "of": "points"}]
    ),
)
BOTH = {"en": "Tea", "fa": "چای"}


class Redeemer(Till):
    """Holds a reward and captures or voids it, or sells with a shared code; what is not answered is sent again."""

    def __init__(self, operator: Operator, key: str, name: str, members: list[str]) -> None:
        super().__init__(operator, key, name, members)
        self.issued: set[int] = set()
        self.cheaper: set[str] = set()

    @property
    def acknowledged(self) -> int:
        return self.count

    def work(self) -> None:
        while not self.enough.is_set():
            name = f"{self.name}-{self.count + 1}"
            self.chance.choice((self.redeems, self.sells))(name)
            self.count += 1

    def redeems(self, name: str) -> None:
        body = {"member": {"external_id": self.chance.choice(self.members)}, "reward": "tea", "hold": True}
        held = self.insists("/redemptions", body, f"{name}-hold")
        if held is None:
            return
        what = self.chance.choice(("capture", "capture", "void"))
        done = self.insists(f"/redemptions/{held['id']}/{what}", None, f"{name}-{what}")
        if done is not None and what == "capture":
            self.issued.add(done["id"])

    def sells(self, name: str) -> None:
        sale = {"receipt": name, "store": "s1", "occurred_at": datetime.now(UTC).isoformat(), "currency": "IRR"}
        whose = {"member": {"external_id": self.chance.choice(self.members)}, "codes": ["NOWRUZ"]}
        answer = self.insists("/purchases", {**sale, **whose, "gross": 100, "net": 100}, name)
        if answer is not None and answer["discounts"]:
            self.cheaper.add(name)


def test_nothing_that_was_redeemed_is_lost_or_had_twice(operator: Operator, tmp_path: Path) -> None:
    (tmp_path / "bylaws.yaml").write_text(yaml.safe_dump(BYLAWS, allow_unicode=True))
    about = ("--code", "anar", "--name", "Anar", "--bylaws", str(tmp_path / "bylaws.yaml"))
    long_ago = datetime.now(UTC) - timedelta(days=30)
    made = operator.runs("club", "create", *about, "--from", f"{long_ago:%Y-%m-%d}")
    assert made.returncode == 0, made.stderr
    key = operator.runs("key", "create", "--club", "anar", "--kind", "server").stdout.strip()
    up = operator.starts()
    assert until(lambda: operator.opens("/readyz") == 200, PATIENCE), operator.sees()
    members = _open_club(operator, key)
    tills = [Redeemer(operator, key, f"t{n}", members) for n in range(4)]
    with working(*tills):
        for whom in (_web_worker, _postgres, _web_worker, _postgres):
            time.sleep(1)
            os.kill(whom(operator, up.pid), signal.SIGKILL)
            before = sum(till.acknowledged for till in tills)
            assert until(lambda: sum(t.acknowledged for t in tills) > before + 5, PATIENCE), operator.sees()  # noqa: B023
    with psycopg.connect(Engines(operator.data).addresses.database_url) as conn:
        issued = {row[0] for row in conn.execute("SELECT id FROM redemption WHERE status = 'issued'")}
        uses = {row[0] for row in conn.execute("SELECT receipt FROM code_use")}
        counts = conn.execute(
            "SELECT (SELECT used FROM code WHERE redemption_id IS NULL), (SELECT taken FROM reward WHERE code = 'tea')"
        ).fetchone()
        given = conn.execute("SELECT coalesce(sum(amount), 0)::bigint FROM entry WHERE article = '2'").fetchone()
    answered = set().union(*(till.issued for till in tills))
    cheaper = set().union(*(till.cheaper for till in tills))
    assert len(answered) > 5
    assert len(cheaper) > 5
    last = len(tills)
    """As many as there are tills may have been done without that their answer was heard."""
    assert answered <= issued
    assert len(issued) <= len(answered) + last
    assert cheaper <= uses
    assert len(uses) <= len(cheaper) + last
    assert counts
    assert counts[0] == len(uses) <= USES
    assert len(issued) <= counts[1] <= STOCK
    assert given
    assert given[0] <= BUDGET
    proven = operator.runs("recount")
    assert proven.returncode == 0, proven.stdout + proven.stderr
    up.send_signal(signal.SIGINT)
    assert up.wait(PATIENCE) == 0


def _open_club(operator: Operator, key: str) -> list[str]:
    """A shop, members with points, a reward of which there are few, and a code that is good so often."""
    api(operator, key, "/stores", {"code": "s1", "name": "One"})
    members = [f"m{n}" for n in range(6)]
    for name in members:
        found: dict[str, Any] = dict(api(operator, key, "/members", {"external_id": name}))
        api(
            operator,
            key,
            f"/members/{found['id']}/adjustments",
            {"wallet": "points", "amount": 10**6, "reason": "Start"},
        )
    tea = {"code": "tea", "title": BOTH, "kind": "goods", "price": {"points": 10}, "stock": STOCK}
    api(operator, key, "/rewards", tea)
    api(operator, key, "/rewards", {"code": "off", "title": BOTH, "kind": "discount", "discount": {"percent": "10"}})
    api(operator, key, "/code-series", {"code": "s", "title": BOTH, "reward": "off", "uses": USES})
    api(operator, key, "/code-series/s/codes", {"text": "NOWRUZ"})
    return members
