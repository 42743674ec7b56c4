"""Rewards in the member's hands: on the member's page, and by the element on a shop's page."""

from __future__ import annotations

import pytest

from loyalty.actions.create_reward import NewReward, create_reward
from loyalty.actions.draw_raffles import draw_raffles
from loyalty.actions.publish_bylaws import publish_bylaws
from loyalty.acts import By
from loyalty.db import connection
from loyalty.ledger.recount import recount
from loyalty.values import Text
from tests.browser import follow
from tests.story import article
from tests.widgets.conftest import BYLAWS
from tests.widgets.test_api import SHOP, Shop, ask
from tests.widgets.test_member_page import sign_in
from tests.widgets.test_shop_page import shop as shops_page

COFFEE = Text("A coffee", "یک قهوه")
shops_page = shops_page


@pytest.fixture
def offered(club, sara):
    """Two that Sara can have with her 673 points, one of a kind, and one that she cannot."""
    for code, title, kind, points, more in (
        ("coffee", COFFEE, "goods", 50, {"stock": 1}),
        ("trees", Text("Trees", "درخت"), "donation", 20, {"content": {"to": {"en": "Trees", "fa": "درختان"}}}),
        ("dinner", Text("A dinner", "یک شام"), "experience", 5000, {}),
    ):
        create_reward(club.id, NewReward(code, title, kind, points=points, **more), By(key=1), club.clock.now)
    choice = NewReward("gift", Text("A gift", "یک هدیه"), "mixed", points=10, content={"choices": ["coffee", "trees"]})
    create_reward(club.id, choice, By(key=1), club.clock.now)


def points(member: int) -> int:
    row = connection().execute("SELECT available FROM balance WHERE member_id = %s AND wallet = 'points'", [member])
    found = row.fetchone()
    assert found
    return int(found[0])


@pytest.mark.page
@pytest.mark.parametrize("lang", ["fa", "en"])
def test_a_member_gets_a_coffee_and_shows_its_code(live, club, sara, offered, visit, lang):
    opened = visit(lang, "light", "phone")
    page = sign_in(opened, live, club)
    follow(page.locator(".tabs a[data-part=rewards]"))
    opened.must_be_sound()
    offer = page.locator("#reward-coffee")
    assert ("۵۰" if lang == "fa" else "50") in offer.inner_text()
    offer.locator(".ask").click()
    assert points(sara) == 673, "nothing is taken before the member has said yes"
    opened.must_be_sound()
    follow(offer.locator("form button").first)
    page.wait_for_selector(".held-reward.fresh")
    opened.must_be_sound()
    assert len(page.locator(".held-reward .code").inner_text().replace("-", "")) == 18
    assert points(sara) == 623
    sold_out = page.locator("#reward-coffee .why").inner_text()
    assert ("تمام شده است" if lang == "fa" else "None is left") in sold_out
    assert page.locator("#reward-dinner button").count() == 0
    assert recount(club.id) == []


@pytest.mark.page
@pytest.mark.parametrize("lang", ["fa", "en"])
def test_a_member_sees_the_tickets_of_a_raffle_and_what_was_won(live, club, sara, visit, lang):
    tickets = article("9", {"tickets": {"raffle": "monthly", "per": 100_000, "give": 1}})
    raffle = {
        "title": {"en": "Monthly", "fa": "ماهانه"},
        "draw": {"each": "month"},
        "prizes": [{"give": [{"points": {"fixed": 500}}]}],
    }
    later = {**BYLAWS, "articles": [*BYLAWS["articles"], tickets], "raffles": {"monthly": raffle}}
    publish_bylaws(club.id, later, club.clock.now)
    draw_raffles(club.id, club.clock.now)
    club.buys("sara", 300_000)
    opened = visit(lang, "light", "phone")
    page = sign_in(opened, live, club)
    page.goto(f"{live}/m/anar/rewards")
    opened.must_be_sound()
    said = page.locator("#raffle-monthly").inner_text()
    assert ("۳ از ۳ بلیت" if lang == "fa" else "3 of 3 tickets are yours") in said
    club.clock.move(days=40)
    draw_raffles(club.id, club.clock.now)
    opened = visit(lang, "dark", "desktop")
    page = sign_in(opened, live, club)
    page.goto(f"{live}/m/anar/rewards")
    opened.must_be_sound()
    said = page.locator("#raffle-monthly").inner_text()
    assert ("۵۰۰ امتیاز" if lang == "fa" else "500 points") in said
    assert ("هنوز بلیتی ندارید" if lang == "fa" else "no ticket yet") in said


@pytest.mark.page
def test_the_member_picks_the_gift(live, club, sara, offered, visit):
    page = sign_in(visit("en", "dark", "desktop"), live, club)
    page.goto(f"{live}/m/anar/rewards")
    gift = page.locator("#reward-gift")
    gift.locator(".ask").click()
    gift.locator("select").select_option(label="Trees")
    follow(gift.locator("form button").first)
    page.wait_for_selector(".held-reward.fresh")
    assert "Given in your name" in page.locator(".held-reward.fresh").inner_text()
    assert points(sara) == 663


@pytest.mark.page
def test_on_a_shops_page_a_reward_is_had_once_and_the_page_may_say_no(shops_page, club, sara, offered, visit):
    page = visit("en").open(f"{shops_page}/")
    page.evaluate(
        """() => {
            const old = document.querySelector("loyalty-progress");
            const made = document.createElement("loyalty-rewards");
            for (const name of ["club", "token-url", "lang"]) made.setAttribute(name, old.getAttribute(name) ?? "");
            window.told = [];
            made.addEventListener("loyalty:before-redeem", (e) => { if (window.no) e.preventDefault(); });
            made.addEventListener("loyalty:redeemed", (e) => window.told.push(e.detail.reward));
            old.replaceWith(made);
        }"""
    )
    page.wait_for_selector("loyalty-rewards [part=row]")
    row = page.locator("loyalty-rewards [part=row]").filter(has_text="A coffee50")
    page.evaluate("window.no = true")
    row.locator("button").click()
    assert points(sara) == 673
    page.evaluate("window.no = false")
    row.locator("button").click()
    page.wait_for_selector("loyalty-rewards [part=code]")
    assert page.evaluate("window.told") == ["coffee"]
    assert points(sara) == 623
    kept = page.evaluate("JSON.stringify(localStorage)")
    assert page.locator("loyalty-rewards [part=code]").inner_text() not in kept, "a code is left nowhere"


def test_the_same_key_has_it_once(client, club, sara, offered):
    shop = Shop(club)

    def redeem(code: str, **body: object):
        headers = {"Authorization": f"Bearer {shop.token()}", "Origin": SHOP, "Accept-Language": "en"}
        path = f"/api/v1/widgets/rewards/{code}?club={shop.key}"
        return client.post(path, json={"key": "a-key-of-the-page"} | body, headers=headers)

    first, again = redeem("trees"), redeem("trees")
    assert (first.status_code, first.json) == (200, again.json)
    assert points(sara) == 653
    assert redeem("coffee").status_code == 409, "the key came with another reward"
    refused = redeem("dinner", key="another-key")
    assert (refused.status_code, refused.json["code"]) == (409, "insufficient_balance")
    assert redeem("coffee", key="short").status_code == 422
    shown = ask(client, shop, "rewards").json
    assert [its["code"] for its in shown["rewards"]] == ["gift", "trees", "coffee", "dinner"]
    assert shown["rewards"][3]["because"]["en"] == "It takes 5,000; 4,347 are lacking."
    assert [its["title"]["en"] for its in shown["yours"]] == ["Trees"]
