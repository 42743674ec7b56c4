"""The member's path: the story, streaks and challenges on the member's page."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from loyalty.ledger.recount import recount
from tests.browser import follow
from tests.conftest import Clock
from tests.widgets.conftest import BYLAWS, AnarClub
from tests.widgets.test_member_page import sign_in


def text(en: str, fa: str) -> dict[str, str]:
    return {"en": en, "fa": fa}


def goal(times: int) -> dict[str, Any]:
    return {"counter": {"name": "baskets", "over": "run", "at_least": times}}


GAME: dict[str, Any] = {
    "counters": BYLAWS["counters"]
    | {"baskets": {"of": "purchases", "measure": "times", "name": text("purchases", "خرید")}},
    "challenges": {
        "seeds": {"title": text("Four seeds", "چهار دانه"), "goal": goal(4), "each": "month"},
        "harvest": {
            "title": text("Harvest", "برداشت"),
            "goal": goal(2),
            "start": "handed_out",
            "lasts": {"days": 30},
        },
        "basket": {
            "title": text("A full basket", "سبد پر"),
            "goal": goal(1),
            "start": "chosen",
            "lasts": {"days": 7},
            "give": [{"points": {"fixed": 20}}],
        },
    },
    "streaks": {
        "weekly": {
            "title": text("Every week", "هر هفته"),
            "counter": "baskets",
            "every": "week",
            "milestones": [{"at": 4, "give": [{"points": {"fixed": 50}}]}],
        }
    },
    "story": {
        "title": text("The pomegranate garden", "باغ انار"),
        "chapters": [
            {
                "title": text("The seed", "دانه"),
                "text": text("An old gardener gives you a seed.", "باغبانی پیر دانه‌ای به شما می‌دهد."),
                "challenges": ["seeds"],
            },
            {
                "title": text("The tree", "درخت"),
                "text": text("It bears its first fruit.", "نخستین میوه را داده است."),
                "challenges": ["harvest"],
            },
        ],
        "end": {
            "text": text("The garden is yours.", "باغ از آنِ شماست."),
            "give": [{"points": {"fixed": 300}}],
        },
    },
}


@pytest.fixture
def club(app: Flask, clock: Clock) -> AnarClub:
    return AnarClub(app, clock, BYLAWS | GAME)


@pytest.mark.page
@pytest.mark.parametrize("device", ["phone", "desktop"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("lang", ["fa", "en"])
def test_a_member_follows_the_story_and_joins_a_challenge(live, club, sara, visit, lang, scheme, device):
    club.clock.move(hours=1)
    opened = visit(lang, scheme, device)
    page = sign_in(opened, live, club)
    places = page.locator(".tabs" if device == "phone" else ".menu")
    follow(places.locator("a[data-part=journey]"))
    opened.must_be_sound()
    said = page.locator("main").inner_text()
    assert ("باغبانی پیر" if lang == "fa" else "An old gardener") in said
    assert ("نخستین میوه" if lang == "fa" else "its first fruit") not in said, "a closed chapter keeps its text"
    assert page.locator(".chapter.open").count() == 1
    follow(page.locator(".quest form button"))
    page.wait_for_selector("#under-way-title")
    assert ("سبد پر" if lang == "fa" else "A full basket") in page.locator("#under-way-title + .quests").inner_text()
    opened.must_be_sound()
    assert page.locator(".quest form").count() == 0
    for _ in range(3):
        club.buys("sara", 1000000)
    page.reload()
    opened.must_be_sound()
    assert page.locator(".chapter.done").count() >= 1
    assert ("نخستین میوه" if lang == "fa" else "its first fruit") in page.locator("main").inner_text()
    assert ("سبد پر" if lang == "fa" else "A full basket") in page.locator("#done-title + .had").inner_text()
    assert recount(club.id) == []


@pytest.mark.page
def test_only_the_page_of_the_path_is_marked_as_such(live, club, sara, visit):
    page = sign_in(visit("en", "light", "phone"), live, club)
    page.locator(".path").first.scroll_into_view_if_needed()
    page.evaluate("scrollTo(0, document.querySelector('#path').offsetTop)")
    page.wait_for_timeout(300)
    assert [its.inner_text() for its in page.locator(".tabs a[aria-current]").all()] in [[], ["Card"]]
    page.goto(f"{live}/m/anar/ledger?lang=en")
    assert page.locator(".tabs a[aria-current]").inner_text() == "Card"


@pytest.mark.page
def test_nobody_joins_what_is_handed_out(live, club, sara, visit):
    opened = visit("en")
    page = sign_in(opened, live, club)
    answer = page.request.post(f"{live}/m/anar/path/harvest?lang=en", headers={"Origin": live})
    assert answer.status == 404
    assert "not to be joined" in answer.text()
