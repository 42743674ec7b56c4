"""What docs/webhooks.md shows is true: its request is taken, its receiver hears, its arithmetic is the signature's."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from werkzeug.serving import make_server

from loyalty.webhooks.messages import TYPES
from tests.webhooks.conftest import sells, sent

GUIDE = (Path(__file__).parents[2] / "docs/webhooks.md").read_text("utf-8")
RECEIVER, ARITHMETIC = re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL)


@pytest.fixture
def shop() -> Iterator[Any]:
    """The guide's receiver, listening; its secret is known once the webhook is registered."""
    served: list[Any] = []

    def hear(environ, start_response):
        return served[0](environ, start_response)

    server = make_server("127.0.0.1", 0, hear)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port, served
    server.shutdown()


def test_the_guides_receiver_hears_a_purchase(club, shop, post, monkeypatch, capsys):
    port, served = shop
    [sent_body] = re.findall(r"-d '(.*?)'", GUIDE)
    body = json.loads(sent_body)
    assert club.server.post("/webhooks", body).status_code == 201
    webhook = club.server.post("/webhooks", body | {"url": f"http://127.0.0.1:{port}/hooks/club"}).json
    club.server.delete(f"/webhooks/{webhook['id'] - 1}")
    monkeypatch.setenv("WEBHOOK_SECRET", webhook["secret"])
    names: dict[str, Any] = {"__name__": "receiver"}
    exec(RECEIVER, names)
    arithmetic: dict[str, Any] = {}
    exec(ARITHMETIC, arithmetic)
    agreed = []

    def agree() -> None:
        request = names["request"]
        headers = {name.lower(): value for name, value in request.headers}
        computed = arithmetic["signature"](webhook["secret"], headers, request.get_data())
        agreed.append(computed == headers["webhook-signature"])

    names["app"].before_request(agree)
    served.append(names["app"])
    sells(club, club.enrols()["id"])
    post()
    assert "points.awarded {'member': 1," in capsys.readouterr().out
    assert {delivery["answered"] for delivery in sent(club, webhook)} == {204}
    assert agreed
    assert all(agreed)


def test_the_guide_names_every_type():
    assert re.findall(r"(?m)^\| `([a-z.]+)` \|", GUIDE) == list(TYPES)
