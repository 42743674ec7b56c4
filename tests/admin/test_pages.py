"""The marketer's pages in a real browser, in both languages, light and dark, on a phone and on a desk."""

import pytest
from playwright.sync_api import expect

from loyalty.db import transaction
from tests.admin.conftest import PASSWORD
from tests.browser import follow

pytestmark = pytest.mark.page

GROUND = "getComputedStyle(document.body).backgroundColor"


def latest_purchase() -> int:
    with transaction() as conn:
        return conn.execute("SELECT max(id) FROM purchase").fetchone()[0]


@pytest.mark.parametrize("device", ["phone", "desktop"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("lang", ["fa", "en"])
def test_every_page_is_sound_in_every_dress(live, at_desk, visit, anar, sara, lang, scheme, device):
    anar.buys(None, 990000)
    door = visit(lang, scheme, device)
    door.open(f"{live}/admin/sign-in")
    door.must_be_sound()
    opened = at_desk(lang, scheme, device)
    purchase = latest_purchase()
    for page in (
        "",
        "?chart=net",
        "bylaws",
        "bylaws?text=both",
        "members",
        "members?q=nobody",
        f"members/{sara}",
        "purchases",
        "purchases?show=aside",
        f"purchases/{purchase}?all=1",
        "rewards",
    ):
        found = opened.open(f"{live}{anar.page()}{page}")
        opened.must_be_sound()
        html = found.locator("html")
        assert html.get_attribute("lang") == lang
        assert html.get_attribute("dir") == ("rtl" if lang == "fa" else "ltr")
        assert found.evaluate(GROUND) == ("rgb(12, 18, 34)" if scheme == "dark" else "rgb(246, 241, 231)")
        assert found.evaluate(HEADINGS) == [], page


@pytest.mark.parametrize("lang", ["fa", "en"])
def test_no_screen_is_too_narrow(live, at_desk, anar, sara, lang):
    opened = at_desk(lang)
    for page in (
        "",
        "bylaws?text=both",
        "members",
        f"members/{sara}",
        "purchases",
        f"purchases/{latest_purchase()}",
        "rewards",
    ):
        opened.open(f"{live}{anar.page()}{page}")
        for width in (320, 768, 959, 960):
            opened.page.set_viewport_size({"width": width, "height": 800})
            opened.must_be_sound()


HEADINGS = """() => {
  const levels = [...document.querySelectorAll('h1, h2, h3, h4')].map((h) => Number(h.tagName[1]));
  const faults = levels.filter((level, i) => level > (i ? levels[i - 1] : 0) + 1);
  if (levels.filter((level) => level === 1).length !== 1) faults.push('one h1');
  return faults;
}"""


def test_no_latin_digit_stands_on_a_persian_page_but_in_codes(live, at_desk, anar, sara):
    page = at_desk("fa", "light", "desktop").page
    for address in ("", "?chart=net", "bylaws", "members", f"members/{sara}", "purchases", f"purchases/{sara}"):
        page.goto(f"{live}{anar.page()}{address}")
        text = page.evaluate(
            "() => { for (const code of document.querySelectorAll('code')) code.remove();"
            " return document.querySelector('main').innerText }"
        )
        assert not any(char in "0123456789" for char in text), text


def test_the_list_narrows_while_one_types(live, at_desk, anar, sara):
    anar.enrols("علی رضایی", phone="+989121112233")
    anar.enrols("سارا نیک‌نام")
    opened = at_desk("fa", "light", "desktop")
    page = opened.open(f"{live}{anar.page('members')}")
    assert page.locator(".members .rows tr").count() == 3
    page.locator("#q").press_sequentially("سارا")
    expect(page.locator(".members .rows tr")).to_have_count(2)
    page.locator("#q").fill("۰۹۱۲۱۱۱۲۲۳۳")
    expect(page.locator(".members .rows tr")).to_have_count(1)
    assert "علی رضایی" in page.locator(".members").inner_text()
    assert page.evaluate("document.activeElement.id") == "q", "the one who types is not disturbed"
    page.reload()
    assert page.locator(".members .rows tr").count() == 1, "the address keeps what was asked"
    page.locator("#q").fill("هیچ‌کس")
    page.wait_for_selector(".empty")
    follow(page.locator(".empty a"))
    assert page.locator(".members .rows tr").count() == 3
    opened.must_be_sound()


def test_a_long_list_grows_in_place(live, at_desk, anar):
    for n in range(60):
        anar.enrols(f"عضو {n:02}")
    page = at_desk("en", "light", "phone").open(f"{live}{anar.page('members')}")
    rows = page.locator(".members .rows tr")
    assert rows.count() == 25
    page.get_by_text("Show more").click()
    expect(page.locator(".members .rows tr")).to_have_count(50)
    page.get_by_text("Show more").click()
    expect(page.locator(".members .rows tr")).to_have_count(60)
    assert page.get_by_text("Show more").count() == 0
    assert len(set(rows.all_inner_texts())) == 60


def test_the_chart_tells_each_day_to_the_keyboard(live, at_desk, anar, sara):
    for lang, back in (("en", "ArrowLeft"), ("fa", "ArrowRight")):
        page = at_desk(lang, "light", "desktop").open(f"{live}{anar.page()}")
        told = page.locator("#readout")
        assert "72,000" in told.inner_text() or "۷۲٬۰۰۰" in told.inner_text()
        page.locator("svg.chart").focus()
        page.keyboard.press(back)
        assert told.inner_text() in (
            "11 Aban 1405: 1 purchase, 2,500,000 toman",
            "۱۱ آبان ۱۴۰۵: ۱ خرید، ۲٬۵۰۰٬۰۰۰ تومان",
        )


def test_time_runs_from_the_start_side(live, at_desk, anar, sara):
    today_is_right_of_the_middle = """() => {
      const chart = document.querySelector('svg.chart').getBoundingClientRect()
      const today = document.querySelector('.chart .today .bar-of-day').getBoundingClientRect()
      return today.x > chart.x + chart.width / 2
    }"""
    assert at_desk("en", "light", "desktop").page.evaluate(today_is_right_of_the_middle)
    assert not at_desk("fa", "light", "desktop").page.evaluate(today_is_right_of_the_middle)


def test_what_an_article_saw_opens_at_a_click(live, at_desk, anar, sara):
    anar.enrols("دیگری")
    page = at_desk("fa", "light", "desktop").open(f"{live}{anar.page('purchases', latest_purchase())}")
    gave = page.locator(".verdict-of")
    assert gave.count() == 1
    assert "۷۲٬۰۰۰ تومان" in gave.inner_text()
    failed = page.locator(".silent details").last
    assert failed.locator(".holds").count() >= 1
    assert failed.locator(".fails").count() >= 1
    shown = failed.locator(".seen")
    was = shown.is_visible()
    failed.locator("summary").click()
    assert shown.is_visible() is not was


def test_the_bylaws_are_printed_in_either_language_or_both(live, at_desk, anar):
    page = at_desk("fa", "light", "desktop").open(f"{live}{anar.page('bylaws')}")
    first = page.locator("#articles-1")
    assert "مادهٔ ۱" in first.inner_text()
    edge = page.evaluate("getComputedStyle(document.querySelector('.bylaw')).borderInlineStartWidth")
    assert edge == "6px"
    follow(page.get_by_text("هر دو"))
    columns = page.locator("#articles-3 .columns > div")
    assert [columns.nth(n).get_attribute("lang") for n in range(2)] == ["fa", "en"]
    right, left = (columns.nth(n).bounding_box()["x"] for n in range(2))
    assert right > left
    follow(page.locator(".segments").get_by_text("English"))
    assert "Article 1" in page.locator("#articles-1").inner_text()
    assert page.locator("html").get_attribute("dir") == "rtl", "the page keeps its own language"


def test_language_and_theme_are_kept(live, at_desk, anar):
    opened = at_desk("fa", "light", "phone")
    page = opened.page
    follow(page.locator(".tools a[lang=en]"))
    assert page.locator("html").get_attribute("lang") == "en"
    follow(page.get_by_title("Dark theme"))
    page = opened.open(f"{live}{anar.page('members')}")
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.evaluate(GROUND) == "rgb(12, 18, 34)"
    opened.must_be_sound()


def test_a_phone_has_its_pages_under_the_thumb(live, at_desk, anar, sara):
    page = at_desk("fa", "light", "phone").open(f"{live}{anar.page('members', sara)}")
    menu = page.locator("nav.menu")
    box = menu.bounding_box()
    assert (box["x"], box["width"], round(box["y"] + box["height"])) == (0, 390, 844)
    assert menu.locator("[aria-current=page]").inner_text() == "اعضا"
    follow(menu.get_by_text("خریدها"))
    assert page.url.endswith(anar.page("purchases"))


def test_everything_can_be_reached_by_keyboard(live, at_desk, anar):
    page = at_desk("en", "light", "desktop").open(f"{live}{anar.page()}")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "To the content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    account = page.locator(".who summary")
    account.focus()
    page.keyboard.press("Enter")
    for offered in ("People and roles", "Sign out"):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent").strip() == offered
    page.keyboard.press("Escape")
    assert page.locator(".who[open]").count() == 0
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"


def test_one_signs_out_and_is_out(live, at_desk, anar):
    opened = at_desk("en", "light", "desktop")
    page = opened.page
    page.locator(".who summary").click()
    follow(page.get_by_role("button", name="Sign out"))
    page.wait_for_selector("#password")
    page.goto(f"{live}{anar.page()}")
    assert page.locator("#password").is_visible()
    opened.must_be_sound()


def test_a_wrong_password_is_told_and_keeps_the_address(live, anar, visit):
    opened = visit("fa")
    page = opened.open(f"{live}/admin/sign-in")
    page.fill("#email", anar.owner)
    page.fill("#password", "a wrong password")
    follow(page.locator("form button"))
    assert "با هم نمی‌خوانند" in page.locator("[role=alert]").inner_text()
    assert page.input_value("#email") == anar.owner
    assert page.input_value("#password") == ""
    page.fill("#password", PASSWORD)
    follow(page.locator("form button"))
    page.wait_for_selector("nav.menu")


def test_one_who_works_for_two_clubs_changes_between_them(live, anar, elm, clock, visit):
    from loyalty.actions.create_person import create_person

    create_person(elm.id, anar.owner, clock.now)
    opened = visit("en", "light", "phone")
    page = opened.open(f"{live}/admin/sign-in?lang=en")
    page.fill("#email", anar.owner)
    page.fill("#password", PASSWORD)
    follow(page.locator("form button"))
    follow(page.locator("main").get_by_text("Elm Records"))
    page.wait_for_selector("nav.menu")
    assert "US$0.00" in page.locator(".strip").inner_text() or "0.00 US$" in page.locator(".strip").inner_text()
    opened.must_be_sound()
    page.locator(".who summary").click()
    follow(page.locator(".panel").get_by_text("Anar Club"))
    assert page.url.endswith(anar.page())
