"""`<loyalty-quests>`, `<loyalty-story>` and `<loyalty-spin>` on a shop's page."""

from __future__ import annotations

import pytest
from flask import Flask

from loyalty.queries.challenges import challenges
from tests.conftest import Clock
from tests.widgets.conftest import BYLAWS, AnarClub
from tests.widgets.test_path import GAME, text
from tests.widgets.test_shop_page import shop

__all__ = ["shop"]

pytestmark = pytest.mark.page

SPINS = {
    "spins": {
        "wheel": {
            "title": text("The wheel", "چرخ و فلک"),
            "odds": [{"chance": "50%", "give": [{"points": {"fixed": points}}]} for points in (7, 8)],
        }
    }
}


@pytest.fixture
def club(app: Flask, clock: Clock) -> AnarClub:
    return AnarClub(app, clock, BYLAWS | GAME | SPINS)


@pytest.mark.parametrize(("lang", "device"), [("fa", "phone"), ("en", "desktop")])
def test_a_member_joins_a_challenge_reads_the_story_and_turns_a_spin(shop, club, sara, visit, lang, device):
    club.clock.move(hours=1)
    opened = visit(lang, "light", device)
    page = opened.open(f"{shop}/")
    page.wait_for_selector("loyalty-quests [role=progressbar]")
    page.locator("loyalty-quests button").click()
    page.wait_for_selector("loyalty-quests .eyebrow[role=status]")
    page.wait_for_selector("loyalty-quests button", state="detached")
    assert {run.challenge for run in challenges(club.id, sara, club.clock.now)} >= {"basket"}
    story = page.locator("loyalty-story [part=card]").inner_text()
    assert ("باغبانی پیر" if lang == "fa" else "An old gardener") in story
    assert ("نخستین میوه" if lang == "fa" else "its first fruit") not in story
    assert page.locator("loyalty-story .open").count() == 1
    assert page.locator("loyalty-spin .odds li").count() == 2
    page.locator("loyalty-spin button").click()
    page.wait_for_selector("loyalty-spin [role=status]")
    assert ("برنده شدید" if lang == "fa" else "You have won") in page.locator("loyalty-spin [role=status]").inner_text()
    page.wait_for_selector("loyalty-spin button", state="detached")
    opened.must_be_sound()
