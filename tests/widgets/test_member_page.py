"""The member's page in a real browser, in both languages, light and dark, on a phone and on a desk."""

import pytest

from loyalty import cards
from loyalty.actions.publish_bylaws import publish_bylaws
from tests.books import Books
from tests.browser import follow
from tests.widgets.conftest import BYLAWS, CARD, SARA

pytestmark = pytest.mark.page


def sign_in(visit, live, club):
    """Through the door, as a member does."""
    page = visit.open(f"{live}/m/anar/")
    page.locator("#phone").fill(SARA)
    follow(page.locator("form button").last)
    page.locator("#code").fill(club.code())
    follow(page.locator("form").filter(has=page.locator("#code")).locator("button"))
    page.wait_for_selector("#card")
    return page


def plain(said: str) -> str:
    """What is said, without the marks that keep signs and figures together."""
    return said.replace("\u2066", "").replace("\u2069", "")


@pytest.mark.parametrize("device", ["phone", "desktop"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("lang", ["fa", "en"])
def test_every_page_is_sound_in_every_dress(live, club, sara, visit, lang, scheme, device):
    opened = visit(lang, scheme, device)
    opened.open(f"{live}/m/anar/")
    opened.must_be_sound()
    opened.open(f"{live}/m/anar/bylaws")
    opened.must_be_sound()
    page = sign_in(opened, live, club)
    opened.must_be_sound()
    html = page.locator("html")
    assert html.get_attribute("lang") == lang
    assert html.get_attribute("dir") == ("rtl" if lang == "fa" else "ltr")
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == ("rgb(12, 18, 34)" if scheme == "dark" else "rgb(246, 241, 231)")
    opened.open(f"{live}/m/anar/ledger")
    opened.must_be_sound()


def test_a_member_reads_her_page_in_persian(live, club, sara, visit):
    page = sign_in(visit("fa"), live, club)
    assert "سارا محمدی" in page.locator("#card").inner_text()
    assert page.locator("#card .code").first.inner_text() == cards.shown(CARD)
    path = page.locator("#path").inner_text()
    assert "نقره‌ای" in path
    assert "۳٬۲۶۶٬۰۰۰ تومان تا طلایی مانده" in path
    assert "۶۷۳" in path
    star = page.locator(".star")
    assert star.get_attribute("aria-valuenow") == "67"
    assert star.get_attribute("aria-valuetext") == "۶۷٪ از راه تا سطح طلایی"
    assert star.locator(".fill").get_attribute("stroke-dasharray") == "67 100"
    honours = page.locator("#honours").inner_text()
    assert "همراه همیشگی" in honours
    assert "۳ از ۵ روز" in honours
    assert page.locator(".honour .medal.locked").count() == 1
    board = page.locator("#board")
    assert board.locator(".me").inner_text().split("\n") == ["۲", "شما", "۶٬۷۳۴٬۰۰۰ تومان"]
    assert "مریم ک." in board.inner_text()
    assert "کاظمی" not in board.inner_text()
    ledger = page.locator("#ledger").inner_text()
    assert "+۱۲۳" in plain(ledger)
    assert "۱٬۲۳۴٬۰۰۰ تومان" in ledger
    assert "۱۲ آبان ۱۴۰۵" in ledger


def test_no_latin_digit_stands_on_a_persian_page_but_in_codes(live, club, sara, visit):
    page = sign_in(visit("fa"), live, club)
    for address in ("", "ledger", "bylaws"):
        page.goto(f"{live}/m/anar/{address}")
        text = page.evaluate(
            "() => { for (const code of document.querySelectorAll('.code, code')) code.remove();"
            " return document.querySelector('main').innerText }"
        )
        assert not any(char in "0123456789" for char in text), text


def test_a_member_reads_her_page_in_english(live, club, sara, visit):
    page = sign_in(visit("en"), live, club)
    assert "3,266,000 toman to go until Gold" in page.locator("#path").inner_text()
    assert "3 of 5 days" in page.locator("#honours").inner_text()
    assert page.locator("#board .me").inner_text().split("\n") == ["2", "You", "6,734,000 toman"]
    amounts = [plain(said) for said in page.locator("#ledger .amount").all_inner_texts()]
    assert amounts[:2] == ["+123", "+12,340 toman"]


def test_each_line_of_the_ledger_leads_to_its_article(live, club, sara, visit):
    page = sign_in(visit("en"), live, club)
    follow(page.locator("#ledger a.title", has_text="Base points").first)
    assert page.url.endswith("/m/anar/bylaws#article-1")
    article = page.locator("#article-1")
    assert article.is_visible()
    assert article.locator(".slot.when").count() == 1
    assert article.locator(".slot.then").count() >= 1


def test_the_bylaws_are_for_everybody(live, club, visit):
    page = visit("fa").open(f"{live}/m/anar/bylaws")
    assert "مادهٔ ۱" in page.locator("#article-1").inner_text()
    assert page.locator("#article-2 .slot.if").count() == 1
    edge = page.evaluate("getComputedStyle(document.querySelector('.bylaw')).borderInlineStartWidth")
    assert edge == "6px"


def test_the_star_fills_the_way_one_reads(live, club, sara, visit):
    turned = "getComputedStyle(document.querySelector('.star .fill')).transform"
    assert sign_in(visit("fa"), live, club).evaluate(turned) == "matrix(-1, 0, 0, 1, 0, 0)"
    assert sign_in(visit("en"), live, club).evaluate(turned) == "none"


def test_the_codes_picture_grows_for_the_scanner(live, club, sara, visit):
    page = sign_in(visit("fa"), live, club)
    page.locator("button.qr").click()
    assert page.locator("#qr").is_visible()
    assert page.locator("#qr svg").bounding_box()["width"] > 250
    page.keyboard.press("Escape")
    assert not page.locator("#qr").is_visible()


def test_language_and_theme_are_kept(live, club, visit):
    opened = visit("fa", "light")
    page = opened.open(f"{live}/m/anar/")
    follow(page.get_by_text("English"))
    assert page.locator("html").get_attribute("lang") == "en"
    follow(page.get_by_title("Dark theme"))
    page = opened.open(f"{live}/m/anar/bylaws")
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(12, 18, 34)"
    opened.must_be_sound()


def test_the_page_can_be_installed(live, club, visit):
    page = visit("fa").open(f"{live}/m/anar/")
    manifest = page.request.get(page.evaluate("document.querySelector('link[rel=manifest]').href")).json()
    assert (manifest["name"], manifest["dir"], manifest["display"]) == ("باشگاه انار", "rtl", "standalone")
    assert manifest["start_url"] == manifest["scope"] == "/m/anar/"
    for icon in manifest["icons"]:
        assert page.request.get(f"{live}{icon['src']}").headers["content-type"] == "image/png"


def test_everything_can_be_reached_by_keyboard(live, club, sara, visit):
    page = sign_in(visit("en"), live, club)
    page.goto(f"{live}/m/anar/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "To the content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_a_new_member_finds_an_empty_ledger_and_the_first_step(live, club, visit):
    club.knows(club.buys("newcomer", 0), "نو آمده", SARA)
    opened = visit("fa")
    page = sign_in(opened, live, club)
    assert "نخستین خرید شما" in page.locator("#ledger").inner_text()
    assert page.locator(".star").get_attribute("aria-valuenow") == "0"
    opened.must_be_sound()


@pytest.fixture
def owing(club, clock):
    """Sara spent what she later gave back, has points on their way, and cashback that lapses if she is idle."""
    points, cashback = BYLAWS["wallets"]["points"], BYLAWS["wallets"]["cashback"]
    wallets = {
        "points": {**points, "matures": {"days": 14}, "expires": {"months": 12}},
        "cashback": {**cashback, "expires": {"after": {"months": 6}, "from": "activity"}},
    }
    publish_bylaws(club.id, {**BYLAWS, "wallets": wallets}, clock.now)
    books, sara = Books(club.id), club.buys("sara", 3000000)
    club.knows(sara, "سارا محمدی", SARA, CARD)
    clock.move(days=20)
    books.spends(sara, 25, clock.now)
    books.holds(sara, 2, clock.now)
    books.returns(1, clock.now, net=3000000, key="R-7")
    club.buys("sara", 12340000)
    return sara


@pytest.mark.parametrize("device", ["phone", "desktop"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("lang", ["fa", "en"])
def test_a_ledger_of_every_kind_is_sound_in_every_dress(live, club, owing, visit, lang, scheme, device):
    opened = visit(lang, scheme, device)
    sign_in(opened, live, club)
    opened.must_be_sound()
    opened.open(f"{live}/m/anar/ledger")
    opened.must_be_sound()


def test_a_member_reads_what_waits_what_ends_and_what_she_owes(live, club, owing, visit):
    page = sign_in(visit("fa"), live, club)
    path = page.locator("#path").inner_text()
    assert "۱۲۳ امتیاز دیگر در راه" in path
    assert "۲ امتیاز برای پرداخت کنار گذاشته شده" in path
    assert "۱۲۳ امتیاز پس از ۳۰ آبان ۱۴۰۶ منقضی می‌شود." in path
    assert "۱۲٬۳۴۰ تومان تا ۳۰ اردیبهشت ۱۴۰۶ معتبر است" in path
    assert "پس از یک مرجوعی، ۲۷ امتیاز هنوز باید برگردد" in path


def test_every_line_of_the_ledger_has_its_sign_and_its_reason(live, club, owing, visit):
    opened = visit("en")
    sign_in(opened, live, club)
    page = opened.open(f"{live}/m/anar/ledger")
    lines = [
        (entry.locator(".title").inner_text(), plain(entry.locator(".amount").inner_text()))
        for entry in page.locator(".entry").all()
    ]
    assert lines == [
        ("Base points", "+123"),
        ("A little back", "+12,340 toman"),
        ("Taken back: Base points", "\u22123"),
        ("Owed", "27"),
        ("Set apart", "\u22122"),
        ("Spent", "\u221225"),
        ("Ready to be spent", "30"),
        ("Base points", "+30"),
    ]
    back = page.locator(".entry", has_text="Taken back").locator(".sum")
    assert back.inner_text() == "Return R-7 of receipt T-1: 3 points less than it had given."
    assert back.locator("code").all_inner_texts() == ["R-7", "T-1"]
    assert page.locator(".entry", has_text="Set apart").locator("a").count() == 0


def test_receipts_in_a_sentence_are_codes_so_no_latin_digit_stands_alone(live, club, owing, visit):
    page = sign_in(visit("fa"), live, club)
    text = page.evaluate(
        "() => { for (const code of document.querySelectorAll('.code, code')) code.remove();"
        " return document.querySelector('main').innerText }"
    )
    assert not any(char in "0123456789" for char in text), text


def test_nothing_is_said_of_ends_where_nothing_ends(live, club, sara, visit):
    page = sign_in(visit("en"), live, club)
    assert page.locator(".to-know").count() == 0
    assert page.locator(".wallets .aside").count() == 0


def test_a_member_is_set_against_her_own_past_before_anybody_else(live, club, sara, visit):
    page = sign_in(visit("en"), live, club)
    assert page.locator("#past li").count() == 1
    assert "your first month" in page.locator("#past").inner_text()
    club.clock.move(days=31)
    club.buys("sara", 10000000)
    opened = visit("fa")
    page = sign_in(opened, live, club)
    said = page.locator("#past").inner_text()
    assert "من در برابر سه ماه گذشته‌ام" in said
    assert "میانگین خودتان" in said
    assert page.locator("#past li").count() == 2
    assert "۱٬۰۰۰٬۰۰۰ تومان" in page.locator("#past .now").inner_text()
    place = "(id) => document.getElementById(id).getBoundingClientRect().top"
    assert page.evaluate(place, "past") < page.evaluate(place, "board")
    opened.must_be_sound()
