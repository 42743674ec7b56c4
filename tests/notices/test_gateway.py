"""Text messages through a club's own gateway, over real HTTP."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from loyalty import gateway, mail, senders
from loyalty.config import settings
from loyalty.letters import Letter, Undeliverable
from tests.conftest import START

LETTER = Letter("+989123456789", "باشگاه انار\nبه سطح نقره‌ای رسیدید.", "id-1", "fa", START)


class Gateway:
    def __init__(self) -> None:
        self.heard: list[tuple[dict[str, Any], dict[str, str]]] = []
        self.status = 202
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.heard.append((json.loads(body), dict(self.headers)))
                self.send_response(outer.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/sms"


@pytest.fixture
def there() -> Iterator[Gateway]:
    made = Gateway()
    yield made
    made.server.shutdown()
    made.server.server_close()


def test_a_letter_goes_as_json_with_its_id_and_the_token(there):
    gateway.send(there.url, "secret", LETTER)
    [(body, headers)] = there.heard
    assert body == {"to": LETTER.to, "text": LETTER.body, "id": "id-1", "lang": "fa"}
    assert headers["Idempotency-Key"] == "id-1"
    assert headers["Authorization"] == "Bearer secret"


@pytest.mark.parametrize("status", [422, 400])
def test_a_number_that_the_gateway_refuses_is_given_up(there, status):
    there.status = status
    with pytest.raises(Undeliverable):
        gateway.send(there.url, "", LETTER)


@pytest.mark.parametrize("status", [401, 404, 429, 500, 503, 302])
def test_what_is_no_fault_of_the_letter_is_tried_again(there, status):
    there.status = status
    with pytest.raises(OSError, match=str(status)):
        gateway.send(there.url, "", LETTER)


def test_a_gateway_that_is_away_is_tried_again(there):
    there.server.server_close()
    with pytest.raises(OSError, match="Error"):
        gateway.send("http://127.0.0.1:1/sms", "", LETTER)


def test_the_settings_choose_the_way_and_the_console_is_the_default(app, monkeypatch):
    assert senders.sender("sms") is senders.sender("email") is senders.console
    named = {"sms_url": "http://gateway", "smtp_url": "smtps://mail", "mail_from": "club@anar.example"}
    monkeypatch.setitem(app.extensions, "loyalty", replace(settings(), **named))
    assert senders.sender("sms").func is gateway.send
    assert senders.sender("email").args[0].security == "tls"


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ({"smtp_url": "mail.example"}, "LOYALTY_SMTP_URL"),
        ({"smtp_url": "http://mail.example"}, "LOYALTY_SMTP_URL"),
        ({"smtp_url": "smtp://mail.example", "mail_from": ""}, "LOYALTY_MAIL_FROM"),
    ],
)
def test_settings_that_make_no_sense_are_named(app, monkeypatch, named, said):
    monkeypatch.setitem(app.extensions, "loyalty", replace(settings(), **{"mail_from": "a@b.example"} | named))
    with pytest.raises(ValueError, match=said):
        senders.sender("email")


def test_an_address_that_is_none_is_given_up(there):
    with pytest.raises(Undeliverable):
        mail.written(LETTER._replace(to="sara@example.com, b@c"), "club@anar.example")
