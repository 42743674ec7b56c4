"""The elements on a shop's page of another origin, under that shop's own strict policy."""

import pytest

from loyalty.actions.create_key import create_key
from loyalty.keys import shown
from loyalty.queries import keys
from tests.browser import serving
from widgets.demo_shop import Customer, create_shop

pytestmark = pytest.mark.page

STAR = "loyalty-progress [part=star]"


@pytest.fixture
def shop(app, live, club, sara):
    """A demo shop on `localhost`, where the club is on `127.0.0.1`: another site altogether."""
    made = {}

    def front(environ, start):
        return made["shop"](environ, start)

    with serving(front, "localhost") as origin:
        key = create_key(club.id, "publishable", club.clock.now, origins=[origin])
        secret = shown(keys.signing_secret(keys.caller(key)))
        made["shop"] = create_shop(
            live, key, secret, Customer("sara", "سارا محمدی"), club_page=f"{live}/m/anar/", clock=club.clock
        )
        yield origin


@pytest.mark.parametrize("device", ["phone", "desktop"])
@pytest.mark.parametrize("lang", ["fa", "en"])
def test_a_customer_sees_her_standing_on_the_shops_page(shop, visit, lang, device):
    opened = visit(lang, "light", device)
    page = opened.open(f"{shop}/")
    page.wait_for_selector(STAR)
    star = page.locator(STAR)
    assert star.get_attribute("role") == "progressbar"
    assert star.get_attribute("aria-valuenow") == "67"
    said = page.locator("loyalty-progress").evaluate("(node) => node.shadowRoot.textContent")
    page.wait_for_selector("loyalty-leaderboard .me")
    mine = page.locator("loyalty-leaderboard .me").inner_text()
    if lang == "fa":
        assert "نقره‌ای" in said
        assert "۳٬۲۶۶٬۰۰۰ تومان تا طلایی مانده" in said
        assert "شما" in mine
        assert "۶٬۷۳۴٬۰۰۰ تومان" in mine
        assert not any(char in "0123456789" for char in said)
    else:
        assert "Silver" in said
        assert "3,266,000 toman to go until Gold" in said
        assert "You" in mine
        assert "6,734,000 toman" in mine
    direction = page.locator("loyalty-progress [part=card]").evaluate("(node) => getComputedStyle(node).direction")
    assert direction == ("rtl" if lang == "fa" else "ltr")
    opened.must_be_sound()


def test_a_guest_sees_the_invitation(shop, live, visit):
    opened = visit("fa")
    page = opened.open(f"{shop}/")
    page.wait_for_selector(STAR)
    page.get_by_text("دیدن به‌عنوان مهمان").click()
    page.wait_for_selector("loyalty-progress .guest")
    assert page.locator(STAR).count() == 0
    invitation = page.locator("loyalty-progress a")
    assert invitation.is_visible()
    assert invitation.get_attribute("href") == f"{live}/m/anar/"
    assert page.evaluate("Object.keys(localStorage)") == [], "the last member's figures stay on the device"
    opened.must_be_sound()


def test_nothing_jumps_while_the_script_is_on_its_way(shop, visit):
    opened = visit("fa", "light", "desktop")
    opened.context.route("**/w/loyalty.v1.js", lambda route: (opened.page.wait_for_timeout(300), route.continue_()))
    opened.page.add_init_script(
        "window.shift = 0; const add = (list) => { for (const { value } of list.getEntries()) window.shift += value; };"
        "new PerformanceObserver(add).observe({ type: 'layout-shift', buffered: true });"
    )
    page = opened.open(f"{shop}/")
    page.wait_for_selector("loyalty-leaderboard .me")
    page.wait_for_selector(STAR)
    page.wait_for_timeout(100)
    assert page.evaluate("window.shift") < 0.05


def test_a_lapsed_token_is_renewed_once_and_silently(shop, club, visit):
    opened = visit("fa")
    page = opened.open(f"{shop}/")
    page.wait_for_selector(STAR)
    asked = []
    opened.context.on("request", lambda request: asked.append(request.url) if "token" in request.url else None)
    club.clock.move(minutes=6)
    page.locator("loyalty-progress").evaluate("(node) => node.refresh()")
    page.wait_for_timeout(200)
    assert len(asked) == 1
    assert page.locator(STAR).is_visible()
    opened.complaints.clear()  # the browser notes the 401 that led to the renewal


def test_a_purchase_moves_the_star_and_tells_the_page(shop, club, visit):
    page = visit("en").open(f"{shop}/")
    page.wait_for_selector(STAR)
    page.evaluate(
        "() => { window.told = []; for (const name of ['points-changed', 'tier-changed'])"
        " document.addEventListener(`loyalty:${name}`, (event) => told.push([name, event.detail])); }"
    )
    club.buys("sara", 40000000)
    page.locator("loyalty-progress").evaluate("(node) => node.refresh()")
    page.wait_for_function("told.length >= 3")
    told = page.evaluate("told")
    assert ["points-changed", {"wallet": "points", "from": 673, "to": 1073}] in told
    assert ["tier-changed", {"from": "silver", "to": "gold"}] in told
    assert page.locator(STAR).get_attribute("aria-valuenow") == "100"
    assert "The highest tier of the club" in page.locator("loyalty-progress [part=missing]").inner_text()


def test_a_badge_is_told_to_the_page_once(shop, club, visit):
    page = visit("fa").open(f"{shop}/")
    page.wait_for_selector(STAR)
    page.evaluate(
        "() => { window.told = [];"
        " document.addEventListener('loyalty:badge-earned', ({ detail }) => told.push(detail)); }"
    )
    club.buys("sara", 95000000)
    for _ in range(2):
        page.locator("loyalty-progress").evaluate("(node) => node.refresh()")
    page.wait_for_function("told.length >= 1")
    assert page.evaluate("told") == [{"badge": "big", "level": 1}]


def test_a_page_that_asks_for_what_there_is_not_hears_of_its_mistake(shop, visit):
    opened = visit("en")
    page = opened.open(f"{shop}/")
    page.wait_for_selector("loyalty-leaderboard .me")
    page.evaluate(
        "() => { window.told = []; document.addEventListener('loyalty:error', ({ detail }) => told.push(detail)); }"
    )
    page.locator("loyalty-leaderboard").evaluate("(node) => node.setAttribute('board', 'nothing')")
    page.get_by_text("This page asks for something that the club does not have.").wait_for()
    assert page.evaluate("told") == [{"reason": "refused", "detail": "This club has no such leaderboard."}]
    opened.complaints.clear()  # the browser notes the 422


def test_without_a_connection_the_last_figures_stay_and_say_how_old_they_are(shop, visit):
    opened = visit("fa")
    page = opened.open(f"{shop}/")
    page.wait_for_selector(STAR)
    page.wait_for_selector("loyalty-leaderboard .me")
    opened.context.set_offline(True)
    for name in ("loyalty-progress", "loyalty-leaderboard"):
        page.locator(name).evaluate("(node) => node.refresh()")
        old = page.locator(f"{name} [part=old]")
        old.wait_for()
        assert "اکنون اتصالی نیست" in old.inner_text()
    assert page.locator(STAR).get_attribute("aria-valuenow") == "67"
    opened.context.set_offline(False)
    page.locator("loyalty-progress").evaluate("(node) => node.refresh()")
    page.locator("loyalty-progress [part=old]").wait_for(state="detached")


def test_a_page_may_dress_the_elements_and_hand_over_the_token_itself(shop, visit):
    page = visit("fa").open(f"{shop}/")
    page.wait_for_selector(STAR)
    page.evaluate("document.documentElement.style.setProperty('--loyalty-surface', 'rgb(1, 2, 3)')")
    ground = "(node) => getComputedStyle(node).backgroundColor"
    assert page.locator("loyalty-progress [part=card]").evaluate(ground) == "rgb(1, 2, 3)"
    page.evaluate(
        "async () => { const { token } = await (await fetch('/loyalty-token')).json();"
        " const shown = document.querySelector('loyalty-progress'); const made = shown.cloneNode();"
        " made.removeAttribute('token-url'); made.id = 'by-hand'; shown.after(made); await made.setToken(token); }"
    )
    page.wait_for_selector("#by-hand [part=star]")


@pytest.mark.parametrize("lang", ["fa", "en"])
def test_a_customer_sees_her_own_past_as_bars(shop, visit, lang):
    opened = visit(lang)
    page = opened.open(f"{shop}/")
    page.wait_for_selector("loyalty-chart .now")
    mine = page.locator("loyalty-chart .now")
    assert ("۶٬۷۳۴٬۰۰۰ تومان" if lang == "fa" else "6,734,000 toman") in mine.inner_text()
    assert mine.locator("svg").bounding_box()["width"] > 100
    opened.must_be_sound()
