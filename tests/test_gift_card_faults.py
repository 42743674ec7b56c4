"""Tills charge gift cards while web and database are killed: what was answered was taken once, and nothing besides."""

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
from tests.story import document
from tests.test_faults import Till, _postgres, _web_worker, api, working

ENOUGH = 10**9


class CardTill(Till):
    """Charges cards, sells with them, and gives back; what gets no answer is sent again until it does."""

    def __init__(self, operator: Operator, key: str, name: str, cards: list[dict[str, Any]]) -> None:
        super().__init__(operator, key, name, [])
        self.cards = cards
        self.taken: dict[str, int] = {}
        """By receipt: what cards paid of it, less what came back, as it was answered."""

    @property
    def acknowledged(self) -> int:
        return self.count

    def work(self) -> None:
        while not self.enough.is_set():
            receipt = f"{self.name}-{self.count + 1}"
            card = self.chance.choice(self.cards)
            shown = {"code": card["code"], "pin": card["pin"]}
            act = self.chance.choice((self.charges, self.sold_with))
            act(receipt, shown)
            self.count += 1

    def charges(self, receipt: str, shown: dict[str, str]) -> None:
        body = {**shown, "amount": 70, "receipt": receipt, "store": "s1"}
        if self.unkeyed("/gift-cards/charge", body) is None:
            return
        self.taken[receipt] = 70
        if self.chance.random() < 0.5:
            back = {**body, "amount": 30}
            if self.insists("/gift-cards/refund", back, f"{receipt}-back") is not None:
                self.taken[receipt] = 40

    def sold_with(self, receipt: str, shown: dict[str, str]) -> None:
        sale = {"receipt": receipt, "store": "s1", "occurred_at": datetime.now(UTC).isoformat(), "currency": "IRR"}
        tenders = [{"type": "gift_card", "amount": 50, **shown}]
        answer = self.insists("/purchases", {**sale, "gross": 100, "net": 100, "tenders": tenders}, receipt)
        if answer is None:
            return
        self.taken[receipt] = 50
        if self.chance.random() < 0.5:
            body = {"return": receipt, "occurred_at": datetime.now(UTC).isoformat(), "amount": 60}
            if self.insists(f"/purchases/{answer['id']}/returns", body, f"{receipt}-r") is not None:
                self.taken[receipt] = 20

    def unkeyed(self, path: str, body: dict[str, Any]) -> dict[str, Any] | None:
        """Send it until the answer is heard, each time under another key: the receipt alone makes it one charge.

        Now and then an answer is lost on its way, as when whoever answers is killed in that moment.
        """
        while not self.enough.is_set():
            answer = self.post(path, body, f"{self.name}-{time.monotonic_ns()}")
            if answer is not None and self.chance.random() < 0.8:
                if why := answer.get("refused"):
                    self.refusals.append(why)
                    return None
                return answer
            time.sleep(0.05)
        return None


def test_every_charge_that_was_answered_is_taken_once(operator: Operator, tmp_path: Path) -> None:
    (tmp_path / "bylaws.yaml").write_text(yaml.safe_dump(document(), allow_unicode=True))
    about = ("--code", "anar", "--name", "Anar", "--bylaws", str(tmp_path / "bylaws.yaml"))
    long_ago = datetime.now(UTC) - timedelta(days=30)
    made = operator.runs("club", "create", *about, "--from", f"{long_ago:%Y-%m-%d}")
    assert made.returncode == 0, made.stderr
    key = operator.runs("key", "create", "--club", "anar", "--kind", "server").stdout.strip()
    up = operator.starts()
    assert until(lambda: operator.opens("/readyz") == 200, PATIENCE), operator.sees()
    api(operator, key, "/stores", {"code": "s1", "name": "One"})
    cards: list[dict[str, Any]] = [dict(api(operator, key, "/gift-cards", {"amount": ENOUGH})) for _ in range(2)]
    tills = [CardTill(operator, key, f"t{n}", cards) for n in range(4)]
    with working(*tills):
        for whom in (_web_worker, _postgres, _web_worker, _postgres):
            time.sleep(1)
            os.kill(whom(operator, up.pid), signal.SIGKILL)
            before = sum(till.acknowledged for till in tills)
            assert until(lambda: sum(t.acknowledged for t in tills) > before + 5, PATIENCE), operator.sees()  # noqa: B023
    assert [till.refusals for till in tills] == [[]] * 4
    with psycopg.connect(Engines(operator.data).addresses.database_url) as conn:
        kept: dict[str, int] = dict(
            conn.execute(
                "SELECT receipt, -sum(amount)::bigint FROM gift_card_entry WHERE receipt IS NOT NULL GROUP BY receipt"
            ).fetchall()
        )
        left = conn.execute("SELECT sum(balance)::bigint FROM gift_card").fetchone()
    answered = {receipt: amount for till in tills for receipt, amount in till.taken.items()}
    assert len(answered) > 20
    last = {f"{till.name}-{till.count + n}" for till in tills for n in (0, 1)}
    """What a till was at when it was enough, and may not have heard the end of."""
    assert {receipt: its for receipt, its in kept.items() if receipt not in last} == {
        receipt: its for receipt, its in answered.items() if receipt not in last
    }
    assert left == (2 * ENOUGH - sum(kept.values()),)
    proven = operator.runs("recount")
    assert proven.returncode == 0, proven.stdout + proven.stderr
    up.send_signal(signal.SIGINT)
    assert up.wait(PATIENCE) == 0
