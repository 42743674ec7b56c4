"""The README's commands are run as they stand, on an instance as `make run` opens it."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from loyalty.documents import parse
from loyalty.queries.entries import KINDS

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
BLOCKS = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
ANSWERS = [json.loads(its) for its in re.findall(r"```json\n(.*?)```", README, re.DOTALL)]
LEDGER = (ROOT / "docs" / "ledger.md").read_text("utf-8")
PATIENCE = 180


def block(word: str) -> str:
    """The one block of commands that holds a word."""
    [found] = [its for its in BLOCKS if word in its]
    return found


def free_port() -> int:
    """A port whose neighbour is free as well, for the demo shop."""
    while True:
        with socket.socket() as one, socket.socket() as two:
            one.bind(("127.0.0.1", 0))
            port: int = one.getsockname()[1]
            try:
                two.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port


class Running:
    """A club that `make run` opened: its port, its folder, and what it printed."""

    def __init__(self, port: int, data: Path, printed: str) -> None:
        self.port = port
        self.env = {
            **{name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")},
            "LOYALTY_DATA": str(data),
            "LOYALTY_LANG": "en",
            "KEY": re.findall(r"\btk_\S+", printed)[0],
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        }

    def sh(self, commands: str, cwd: Path = ROOT) -> str:
        """Run commands of the README; they must succeed."""
        commands = commands.replace("localhost:8000", f"localhost:{self.port}")
        done = subprocess.run(["bash", "-euc", commands], cwd=cwd, env=self.env, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    home = tmp_path_factory.mktemp("readme")
    home.chmod(0o755)
    port, data, log = free_port(), home / "data", home / "log"
    env = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    env["LOYALTY_LANG"] = "en"
    command = ["make", "-s", "run", f"PORT={port}", f"DATA={data}", f"PYTHON={sys.executable}"]
    with log.open("w") as out:
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=out, stderr=out, start_new_session=True)
    try:
        end = time.monotonic() + PATIENCE
        while "Ctrl-C" not in log.read_text("utf-8"):
            assert process.poll() is None, log.read_text("utf-8")
            assert time.monotonic() < end, log.read_text("utf-8")
            time.sleep(0.3)
        yield Running(port, data, log.read_text("utf-8"))
    finally:
        os.killpg(process.pid, signal.SIGINT)
        process.wait(60)


def test_every_block_of_commands_is_run_below() -> None:
    assert len(BLOCKS) == 7
    assert (ROOT / "Makefile").read_text().count("\nrun:") == (ROOT / "Makefile").read_text().count("\ntest:") == 1


def test_a_first_purchase_and_its_explanation(running: Running) -> None:
    asked = block('first-1", "store"')
    first: dict[str, Any] = json.loads(running.sh(asked))
    shown = ANSWERS[0]
    assert first["awards"][0] == shown["awards"][0]
    reasons = {its["article"]: its["because"] for its in first["withheld"]}
    for its in shown["withheld"]:  # the member's number of purchases depends on the day
        assert re.sub(r"\d+", "n", reasons[its["article"]]) == re.sub(r"\d+", "n", its["because"])
    assert first.keys() >= shown.keys()
    assert first["wallets"]["points"].keys() >= shown["wallets"]["points"].keys()
    assert first["wallets"]["points"]["pending"] >= 66
    explained = json.loads(running.sh(block("/explanation")))
    articles = explained["articles"]
    assert [article["no"] for article in articles] == [str(number) for number in range(1, 13)]
    assert ["۶۶ امتیاز" in award["sentence"]["fa"] for award in articles[0]["gave"]] == [True]


def test_a_first_return(running: Running) -> None:
    back: dict[str, Any] = json.loads(running.sh(block("/returns")))
    shown = ANSWERS[1]
    assert back.keys() >= shown.keys()
    assert {name: back[name] for name in ("status", "gross", "net", "restored", "given")} == {
        name: shown[name] for name in ("status", "gross", "net", "restored", "given")
    }
    # Six of the 66 base points, and of what the tier of that day and a quiet morning had put on top.
    assert 6 <= back["reversed"]["points"] <= 12
    assert shown["reversed"]["points"] == 7
    assert back["wallets"]["points"].keys() >= shown["wallets"]["points"].keys()


def test_what_comes_after_a_sale(running: Running) -> None:
    commands = "\n".join(re.findall(r"```sh\n(.*?)```", LEDGER, re.DOTALL))
    printed = running.sh(commands.replace(".venv/bin/loyalty", str(Path(sys.executable).parent / "loyalty")))
    sale, part, rest, now, then, given, paid, waits, claimed, moved, undone, entries = map(
        json.loads, printed.splitlines()
    )
    assert sale["awards"][0]["amount"] == 66
    earned = {award["wallet"]: 0 for award in sale["awards"]}
    for award in sale["awards"]:
        earned[award["wallet"]] += award["amount"]
    assert {wallet: part["reversed"].get(wallet, 0) + rest["reversed"].get(wallet, 0) for wallet in earned} == earned
    assert now["points"]["expiring"]
    assert now["cashback"]["available"] == then["cashback"]["available"]
    assert given["wallets"]["cashback"]["available"] - paid["wallets"]["cashback"]["available"] == paid["amount"]
    assert (waits["status"], claimed["status"], moved["status"]) == ("unclaimed", "recorded", "recorded")
    assert moved["id"] != claimed["id"]
    assert undone["net"] == 900_000
    assert undone["reversed"]["points"] >= 9
    assert len(entries["items"]) == 5
    told = set(re.findall(r"`(\w+)`", "".join(re.findall(r"^\| (`[^|]*) \|", LEDGER.split("`kind`")[1], re.MULTILINE))))
    assert told == set(KINDS)


def test_a_first_article_changed(running: Running, tmp_path: Path) -> None:
    (tmp_path / "seed").symlink_to(ROOT / "seed")
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "loyalty").symlink_to(Path(sys.executable).parent / "loyalty")
    printed = running.sh(block("bylaws publish"), cwd=tmp_path)
    assert "The bylaws are sound." in printed
    assert "Version 2 is in force." in printed
    changed = parse((tmp_path / "anar-2.yaml").read_text("utf-8"))
    assert changed["articles"][0]["give"][0]["points"]["give"] == 2
    time.sleep(1)  # the purchase's time is told in whole seconds, and must lie behind the publication
    later = block('first-1", "store"').replace("first-1", "first-2")
    answer = json.loads(running.sh(later))
    assert answer["bylaws"] == 2
    assert answer["awards"][0]["amount"] == 132


def test_a_club_of_ones_own(running: Running) -> None:
    commands = block("club create").replace(".venv/bin/loyalty", str(Path(sys.executable).parent / "loyalty"))
    printed = running.sh(commands)
    assert re.search(r"^sk_\S+$", printed, re.MULTILINE)
    assert "Everything agrees." in printed
