"""A pilot is started, watched and ended, and a segment is kept, in a real browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from loyalty.actions.publish_draft import publish_draft
from loyalty.actions.save_draft import save_draft
from loyalty.acts import By
from tests.admin.conftest import Shop
from tests.admin.test_drafting import double, version
from tests.browser import Visit, follow

pytestmark = pytest.mark.page


def starts(anar: Shop) -> None:
    save_draft(anar.id, double(), By(key=1), anar.clock.now)
    publish_draft(anar.id, By(key=1), anar.clock.now, pilot=50)
    anar.clock.move(minutes=1)


@pytest.mark.parametrize("dress", [("fa", "dark", "phone"), ("fa", "light", "desktop"), ("en", "light", "phone")])
def test_the_pages_are_sound(
    live: str, at_desk: Callable[..., Visit], anar: Shop, sara: int, dress: tuple[str, str, str]
) -> None:
    starts(anar)
    for n in range(8):
        anar.buys(anar.enrols(f"M{n}"), 1_000_000)
    save_draft(anar.id, double(), By(key=1), anar.clock.now)
    anar.clock.move(minutes=1)
    opened = at_desk(*dress)
    for page in ("bylaws", "bylaws/draft", "segments"):
        opened.open(f"{live}{anar.page(page)}")
        for width in (320, 768, 1280):
            opened.page.set_viewport_size({"width": width, "height": 800})
            opened.must_be_sound()


def test_a_pilot_ends_at_a_click(live: str, at_desk: Callable[..., Visit], anar: Shop, sara: int) -> None:
    starts(anar)
    page = at_desk("fa", "light", "desktop").open(f"{live}{anar.page('bylaws')}")
    card = page.locator("#pilot")
    expect(card).to_contain_text("آزمایش: نسخهٔ ۲")
    expect(card).to_contain_text("برای ۵۰٪ اعضا")
    follow(card.get_by_role("button", name="پایان آزمایش"))
    expect(page.locator(".flash")).to_contain_text("آزمایش پایان یافت")
    expect(page.locator("#pilot")).to_have_count(0)
    assert version(anar) == 1


def test_a_pilot_is_started_and_a_segment_kept_on_the_pages(
    live: str, at_desk: Callable[..., Visit], anar: Shop, sara: int
) -> None:
    save_draft(anar.id, double(), By(key=1), anar.clock.now)
    anar.clock.move(minutes=1)
    opened = at_desk("en", "light", "phone")
    page = opened.open(f"{live}{anar.page('bylaws/draft')}?lang=en")
    page.select_option("#to", "pilot")
    page.fill("#share", "20")
    follow(page.get_by_role("button", name="Publish", exact=True))
    expect(page.locator("#pilot")).to_contain_text("For 20% of the members")
    page.goto(f"{live}{anar.page('segments')}")
    page.fill("#code", "buyers")
    page.fill("#title_fa", "خریداران")
    page.fill("#title_en", "Buyers")
    page.fill("#filter", "counter: {name: spend, at_least: 1}")
    follow(page.get_by_role("button", name="Keep it"))
    expect(page.locator("h1")).to_have_text("Buyers")
    expect(page.locator("tbody")).to_contain_text("سارا محمدی")
    opened.must_be_sound()
