"""The demo shop beside the demo club: made from what the instance's environment says, with a key that it keeps."""

import json

import pytest

from loyalty.db import connection
from widgets import demo_shop


@pytest.fixture
def instance(settings, monkeypatch, app):
    settings.data.mkdir(parents=True, exist_ok=True)
    for name, value in {
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "LOYALTY_SECRET_KEY": settings.secret_key,
        "LOYALTY_DATA": str(settings.data),
        "LOYALTY_BASE_URL": "http://localhost:8000",
        "LOYALTY_SHOP_URL": "http://localhost:8001",
    }.items():
        monkeypatch.setenv(name, value)
    kept = settings.data / demo_shop.KEPT
    kept.unlink(missing_ok=True)
    return kept


def test_the_shop_keeps_its_key_over_restarts(instance, club, sara):
    demo_shop.create_app()
    key = json.loads(instance.read_text())["key"]
    demo_shop.create_app()
    assert json.loads(instance.read_text())["key"] == key
    assert connection().execute("SELECT origins FROM api_key").fetchall() == [
        (["http://localhost:8001", "http://127.0.0.1:8001"],)
    ]
    assert instance.stat().st_mode & 0o077 == 0, "others on the machine may read the key"


def test_a_key_for_another_address_is_replaced(instance, club, sara, monkeypatch):
    demo_shop.create_app()
    key = json.loads(instance.read_text())["key"]
    monkeypatch.setenv("LOYALTY_SHOP_URL", "http://localhost:9001")
    demo_shop.create_app()
    assert json.loads(instance.read_text())["key"] != key


def test_the_shop_speaks_of_the_club_only_by_script_elements_and_token(instance, club, sara):
    shop = demo_shop.create_app().test_client()
    page = shop.get("/").text
    assert '<script type="module" src="http://localhost:8000/w/loyalty.v1.js">' in page
    assert page.count("<loyalty-") == 6
    assert "سارا محمدی" in page
    assert shop.get("/loyalty-token").json["token"].count(".") == 2
    shop.post("/customer", data={"who": "nobody"})
    assert shop.get("/loyalty-token").status_code == 204
    assert "سارا محمدی" not in shop.get("/").text


def test_without_a_club_it_says_what_it_needs(instance):
    with pytest.raises(RuntimeError, match="needs a club"):
        demo_shop.create_app()
