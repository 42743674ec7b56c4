"""Webhooks over the API: registered with care, a secret told once, and never a look into another club."""

from __future__ import annotations

import base64

import pytest

from loyalty import keys
from loyalty.config import settings
from loyalty.db import transaction
from loyalty.webhooks import addresses, shelf
from tests.rest.conftest import at_fault, rows
from tests.webhooks.conftest import registers, sent


def test_the_secret_is_told_once_and_kept_encrypted(club, receiver):
    webhook = registers(club, receiver, "member.joined")
    assert webhook["secret"].startswith("whsec_")
    secret = base64.b64decode(webhook["secret"].removeprefix("whsec_"))
    assert len(secret) >= 24
    with transaction() as conn:
        kept, sealed = conn.execute("SELECT row_to_json(webhook)::text, secret FROM webhook").fetchone()
    assert secret.hex() not in kept
    assert webhook["secret"].removeprefix("whsec_") not in kept
    assert keys.unseal(sealed, shelf.owner(webhook["id"]), settings().secret_key, "webhook") == secret
    for owner, key, purpose in (
        (webhook["id"] + 1, settings().secret_key, "webhook"),
        (webhook["id"], "another instance", "webhook"),
        (webhook["id"], settings().secret_key, "publishable key"),
    ):
        with pytest.raises(ValueError, match="sealed"):
            keys.unseal(sealed, shelf.owner(owner), key, purpose)
    shown = club.server.get("/webhooks").get_data(as_text=True) + club.server.get("/webhooks/1").get_data(as_text=True)
    assert "secret" not in shown


def test_another_clubs_key_can_neither_see_nor_send_nor_delete(club, rival, receiver, post):
    webhook = registers(club, receiver, "member.joined")
    club.enrols()
    post()
    [delivery] = sent(club, webhook)
    before, asked = rows(), receiver.asked
    path = f"/webhooks/{webhook['id']}"
    assert rival.server.get("/webhooks").json == {"items": [], "next": None}
    assert rival.server.get(path).status_code == 404
    assert rival.server.get(f"{path}/deliveries").status_code == 404
    assert rival.server.post(f"{path}/deliveries/{delivery['id']}/resend").status_code == 404
    assert rival.server.post(f"{path}/test").status_code == 404
    assert rival.server.delete(path).status_code == 404
    # Nor through a webhook of one's own.
    own = registers(rival, receiver, "member.joined")
    assert rival.server.post(f"/webhooks/{own['id']}/deliveries/{delivery['id']}/resend").status_code == 404
    post()
    assert receiver.asked == asked
    assert rows() == before | {"webhook": 2}


def test_a_deleted_webhook_hears_nothing_more(club, receiver, post):
    webhook = registers(club, receiver, "member.joined")
    club.enrols()
    assert club.server.delete(f"/webhooks/{webhook['id']}").status_code == 204
    post()
    assert receiver.asked == 0
    assert club.server.get(f"/webhooks/{webhook['id']}").status_code == 404
    assert rows()["webhook_delivery"] == 0


def test_what_was_sent_is_listed_page_by_page_the_newest_first(club, receiver, post):
    webhook = registers(club, receiver, "member.joined")
    for _ in range(3):
        club.enrols()
    post()
    path = f"/webhooks/{webhook['id']}/deliveries"
    first = club.server.get(path, limit=2).json
    second = club.server.get(path, limit=2, cursor=first["next"]).json
    ids = [item["message"] for item in first["items"] + second["items"]]
    assert sorted(ids) == sorted(receiver.ids)
    assert [item["id"] for item in first["items"] + second["items"]] == [3, 2, 1]
    assert second["next"] is None


@pytest.mark.parametrize(
    ("body", "at"),
    [
        ({"url": "https://shop.example/", "types": []}, "/types"),
        ({"url": "https://shop.example/", "types": ["everything"]}, "/types/0"),
        ({"url": "http://shop.example/", "types": ["tier.changed"]}, "/url"),
        ({"url": "نشانی", "types": ["tier.changed"]}, "/url"),
        ({"types": ["tier.changed"]}, "/url"),
        ({"url": "https://shop.example/", "types": ["tier.changed"], "secret": "mine"}, "/secret"),
    ],
)
def test_what_is_wrong_with_a_webhook_is_said_at_its_place(club, body, at):
    response = club.server.post("/webhooks", body)
    assert (response.status_code, at_fault(response)) == (422, [at])
    assert rows()["webhook"] == 0


@pytest.mark.parametrize(
    "url",
    [
        "https://shop.example/hooks?club=anar",
        "https://shop.example:8443",
        "https://93.184.215.14/",
        "http://localhost:5000/hooks",
        "http://127.0.0.1:5000/",
        "http://[::1]:5000/",
        "http://192.168.1.20/hooks",
        "http://10.0.0.7/",
        "http://100.64.1.2/",
        "http://till.lan/",
        "http://erp.internal/",
        "http://accounting:8080/hooks",
        "http://nas.local./hooks",
    ],
)
def test_an_address_is_https_or_at_home(url):
    assert addresses.fault(url) is None


@pytest.mark.parametrize(
    "url",
    [
        "http://shop.example/",
        "http://93.184.215.14/",
        "http://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]/",
        "http://[::ffff:93.184.215.14]/",
        "http://1572395790/",
        "http://evil.local@shop.example/",
        "http://shop.example/.local",
        "https://user:word@shop.example/",
        "https://shop.example/#top",
        "https://shop.example:0/",
        "https://shop.example:99999/",
        "https:///hooks",
        "https://[::1/",
        "https://shop example/",
        "https://shop.example/\nHost: x",
        "https://فروشگاه.example/",
        "ftp://shop.example/",
        "javascript:alert(1)",
        "shop.example",
        "http://169.254.169.254/latest/meta-data",
        "https://[fe80::1]/",
        "http://0.0.0.0/",
        "http://224.0.0.1/",
        f"https://shop.example/{'x' * 1000}",
        "",
    ],
)
def test_any_other_address_is_refused(url):
    wrong = addresses.fault(url)
    assert wrong
    assert wrong.en
    assert wrong.fa
