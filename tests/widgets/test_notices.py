"""The bell, and the page behind it: what happened by day, read once shown, and sent only where the member agrees."""

from __future__ import annotations

import re

import pytest

from loyalty.db import transaction
from tests.browser import follow
from tests.notices.conftest import decides
from tests.widgets.test_member_page import sign_in


@pytest.fixture
def told(club, sara, clock) -> int:
    """Sara reached silver the day before yesterday; today a badge is near. The club writes by e-mail and by text."""
    decides(club.id, clock.now, quiet={"from": "21:00", "until": "09:00"})
    with transaction() as conn:
        conn.execute("UPDATE profile SET email = 'sara@example.com' WHERE member_id = %s", [sara])
    return sara


def consents(member: int) -> dict[str, bool]:
    with transaction() as conn:
        row = conn.execute("SELECT consents FROM profile WHERE member_id = %s", [member]).fetchone()
    assert row
    return row[0]


@pytest.mark.page
@pytest.mark.parametrize("device", ["phone", "desktop"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("lang", ["fa", "en"])
def test_the_bell_leads_to_what_happened_and_falls_silent(live, club, told, visit, lang, scheme, device):
    opened = visit(lang, scheme, device)
    page = sign_in(opened, live, club)
    opened.must_be_sound()
    bell = page.locator(".bell")
    count = bell.locator(".count").inner_text()
    assert count == ("۲" if lang == "fa" else "2")
    with page.expect_response(lambda answer: answer.url.endswith("/notices/read")):
        follow(bell)
    page.locator("#read").wait_for(state="hidden")
    opened.must_be_sound()
    said = page.locator("main").inner_text()
    assert ("به سطح نقره‌ای رسیدید" if lang == "fa" else "You are Silver now") in said
    assert ("دیروز" if lang == "fa" else "Yesterday") in said
    assert page.locator(".notice.new").count() == 2
    page.reload()
    assert page.locator(".notice.new").count() == 0
    assert page.locator(".bell .count").count() == 0


@pytest.mark.page
@pytest.mark.parametrize("lang", ["fa", "en"])
def test_a_member_agrees_to_a_channel_and_takes_it_back(live, club, told, visit, lang):
    opened = visit(lang)
    page = sign_in(opened, live, club)
    follow(page.locator(".bell"))
    first = page.locator(".ways .switch").first
    assert first.get_attribute("aria-checked") == "false"
    assert "sara@example.com" in page.locator(".ways").inner_text()
    follow(first)
    opened.must_be_sound()
    assert page.locator(".ways .switch").first.get_attribute("aria-checked") == "true"
    assert consents(told) == {"email": True}
    follow(page.locator(".ways .switch").first)
    assert consents(told) == {"email": False}


@pytest.mark.page
def test_before_anything_happened_the_page_says_what_will_stand_there(live, club, sara, visit):
    with transaction() as conn:
        conn.execute("DELETE FROM notice")
    opened = visit("fa")
    page = sign_in(opened, live, club)
    assert page.locator(".bell .count").count() == 0
    follow(page.locator(".bell"))
    opened.must_be_sound()
    assert page.locator(".empty").count() == 1
    assert page.locator("#ways").count() == 0  # this club writes to nobody


def test_without_script_the_button_marks_what_was_shown(club, told, client):
    entry = signed_in(club, client)
    page = client.get("/m/anar/notices?lang=en").text
    ids = re.findall(r'name="id" value="(\d+)"', page)
    assert len(ids) == 2
    assert client.post("/m/anar/notices/read", data={"id": ids}).status_code == 303
    assert 'id="read"' not in client.get("/m/anar/notices?lang=en").text
    assert entry


def test_nobody_reads_without_signing_in_and_no_other_channel_is_agreed_to(club, told, client):
    assert client.get("/m/anar/notices").status_code == 302
    assert client.post("/m/anar/notices/read", data={"id": ["1"]}).status_code == 302
    signed_in(club, client)
    client.post("/m/anar/notices/consent", data={"channel": "fax", "on": "1"})
    assert consents(told) == {}


def signed_in(club, client) -> bool:
    client.post("/m/anar/code", data={"phone": "09123456789"})
    return bool(client.post("/m/anar/sign-in", data={"phone": "+989123456789", "code": club.code()}))
