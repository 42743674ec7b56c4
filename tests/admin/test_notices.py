"""A marketer says how members are told, and in which words."""

from __future__ import annotations

import pytest
from flask import Flask

from loyalty.queries import notices
from loyalty.queries.requests import acts
from tests.admin.conftest import Desk, Shop, text_of
from tests.admin.test_drafting import colleague
from tests.admin.test_pages import HEADINGS
from tests.browser import follow

FORM = {
    "quiet_from": "۲۲:۳۰",
    "quiet_until": "8:00",
    "on_email": "on",
    "day_email": "۳",
    "week_email": "7",
    "day_sms": "1",
    "week_sms": "2",
    "expiring_days": "10",
    "near_share": "85",
    "badge_earned_app": "on",
    "badge_earned_email": "on",
    "tier_reached_app": "on",
}


def test_settings_are_set_and_stand_on_the_page(negar: Desk, anar: Shop) -> None:
    page = anar.page("notices")
    assert negar.post(page, **FORM).status_code == 303
    form = notices.settings(anar.id).form()
    assert form["quiet"] == {"from": "22:30", "until": "08:00"}
    assert form["channels"]["email"] == {"on": True, "day": 3, "week": 7}
    assert form["channels"]["sms"]["on"] is False
    assert form["kinds"]["badge_earned"] == ["app", "email"]
    assert form["kinds"]["raffle_won"] == []
    assert (form["expiring_days"], form["near_share"]) == (10, 85)
    assert 'value="۲۲:۳۰"' in negar.get(page + "?lang=fa").text
    assert acts(anar.id)[0].what == "notices.settings"
    assert negar.post(page, **FORM | {"quiet_from": "", "quiet_until": ""}).status_code == 303
    assert notices.settings(anar.id).quiet is None


@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        ({"day_email": "many"}, "/channels/email/day"),
        ({"quiet_from": "25:00"}, "/quiet/from"),
        ({"near_share": "5"}, "near"),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_changes(negar: Desk, anar: Shop, wrong, place) -> None:
    page = anar.page("notices")
    refused = negar.post(page + "?lang=en", page=page, **FORM | wrong)
    assert refused.status_code == 422
    assert place in refused.text
    assert next(iter(wrong.values())) in refused.text
    assert notices.settings(anar.id).expiring_days == 7


def test_a_kind_is_put_into_words_and_back(negar: Desk, anar: Shop) -> None:
    page = anar.page("notices/tier_reached")
    assert "{tier}" in negar.get(page).text
    assert negar.post(page, app_en_title="Hurray, {name}!", sms_fa_body="سطح تازه: {tier}").status_code == 303
    said = text_of(negar.get(page + "?lang=en"))
    assert "Hurray, Sara!" in said
    assert "own words" in text_of(negar.get(anar.page("notices") + "?lang=en"))
    refused = negar.post(page + "?lang=en", page=page, app_en_title="Hurray, {points}!")
    assert refused.status_code == 422
    assert "/app/en/title" in refused.text
    assert "Hurray, {points}!" in refused.text
    assert negar.post(page, usual="1").status_code == 303
    assert "Hurray" not in negar.get(page).text
    assert [its.what for its in acts(anar.id)] == ["notices.worded", "notices.worded"]
    assert negar.get(anar.page("notices/birthday")).status_code == 404


@pytest.mark.parametrize("role", ["approver", "cashier", "viewer"])
def test_who_keeps_no_notices_sees_them_only(app: Flask, negar: Desk, anar: Shop, role: str) -> None:
    desk = colleague(app, anar, "vida@anar.example", role)
    elsewhere = anar.page("people")
    for page in ("notices", "notices/tier_lost"):
        assert desk.get(anar.page(page)).status_code == 200
        assert desk.post(anar.page(page), page=elsewhere, **FORM).status_code == 403


def test_another_clubs_notices_are_not_there(negar: Desk, anar: Shop, elm: Shop) -> None:
    assert negar.get(elm.page("notices")).status_code == 404
    assert negar.get(elm.page("notices/tier_lost")).status_code == 404


@pytest.mark.page
@pytest.mark.parametrize("device", ["phone", "desktop"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("lang", ["fa", "en"])
def test_both_pages_are_sound_in_every_dress(live, at_desk, anar, sara, lang, scheme, device):
    opened = at_desk(lang, scheme, device)
    page = opened.open(f"{live}{anar.page('members')}")
    opened.must_be_sound()
    follow(page.locator("a[href$='/notices']").first)
    opened.must_be_sound()
    assert page.evaluate(HEADINGS) == []
    page.locator("[name=on_sms]").check()
    follow(page.locator("main form button.button").last)
    assert notices.settings(anar.id).rules["sms"].on
    opened.must_be_sound()
    follow(page.locator("a[href$='/notices/badge_earned']"))
    opened.must_be_sound()
    assert page.evaluate(HEADINGS) == []
    for width in (320, 768):
        page.set_viewport_size({"width": width, "height": 800})
        opened.must_be_sound()
