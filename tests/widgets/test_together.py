"""Friends, teams, spins and sets on the member's page."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from loyalty.actions.befriend import befriend
from loyalty.actions.found_team import found_team
from loyalty.actions.invite_to_team import invite_to_team
from loyalty.actions.trade_pieces import offer_piece
from loyalty.ledger.recount import recount
from loyalty.queries import members
from loyalty.queries.friends import friends
from loyalty.queries.sets import sets
from loyalty.rules import MemberRef
from tests.browser import follow
from tests.conftest import Clock
from tests.widgets.conftest import BYLAWS, AnarClub
from tests.widgets.test_member_page import sign_in
from tests.widgets.test_path import text

PIECES = [{"code": "seed", "title": text("Seed", "دانه")}, {"code": "fruit", "title": text("Fruit", "میوه")}]
GAME: dict[str, Any] = {
    "articles": [
        *BYLAWS["articles"],
        {
            "no": "77",
            "title": text("A seed with each purchase", "با هر خرید یک دانه"),
            "on": "purchase",
            "give": [{"piece": {"set": "garden", "piece": "seed"}}],
        },
    ],
    "teams": {"size": {"between": [2, 5]}},
    "spins": {
        "wheel": {
            "title": text("The wheel", "چرخ و فلک"),
            "odds": [{"chance": "50%", "give": [{"points": {"fixed": points}}]} for points in (7, 8)],
        }
    },
    "sets": {"garden": {"title": text("The garden", "باغ"), "pieces": PIECES, "trade": True}},
}


@pytest.fixture
def club(app: Flask, clock: Clock) -> AnarClub:
    return AnarClub(app, clock, BYLAWS | GAME)


def ref(member: int) -> MemberRef:
    return MemberRef("id", str(member))


def comes(club: AnarClub) -> int:
    """Omid, who has bought once."""
    member_id = club.buys("omid", 100_000)
    club.knows(member_id, "Omid Rad")
    return member_id


@pytest.mark.page
@pytest.mark.parametrize(("lang", "scheme", "device"), [("fa", "light", "phone"), ("en", "dark", "desktop")])
def test_a_member_finds_friends_and_plays_in_a_team(live, club, sara, visit, lang, scheme, device):
    omid = comes(club)
    befriend(club.id, omid, ref(sara), club.clock.now)
    team = found_team(club.id, "Falcons", ref(omid), club.clock.now)
    invite_to_team(club.id, team, ref(sara), club.clock.now)
    opened = visit(lang, scheme, device)
    page = sign_in(opened, live, club)
    follow(page.locator("a[href$='/together']"))
    opened.must_be_sound()
    said = page.locator("main").inner_text()
    assert "Falcons" in said
    assert "Omid R." in said
    follow(page.locator("#friends-title ~ .people button").first)
    assert [its.state for its in friends(sara, "en")] == ["friends"]
    follow(page.locator("#team-title ~ .people button").first)
    assert ("کاپیتان" if lang == "fa" else "Captain") in page.locator("#team-title ~ .people").inner_text()
    opened.must_be_sound()
    page.locator("#friend").fill("0000-0000-0000")
    follow(page.locator("form").filter(has=page.locator("#friend")).locator("button"))
    assert page.locator(".problem").count() == 1


@pytest.mark.page
@pytest.mark.parametrize(("lang", "scheme", "device"), [("fa", "dark", "phone"), ("en", "light", "desktop")])
def test_a_member_turns_a_spin_and_trades_a_double(live, club, sara, visit, lang, scheme, device):
    opened = visit(lang, scheme, device)
    page = sign_in(opened, live, club)
    page.goto(f"{live}/m/anar/path?lang={lang}")
    opened.must_be_sound()
    assert page.locator(".odds li").count() == 2
    follow(page.locator("#spins form button"))
    assert page.locator(".came.won[role=status]").count() == 1
    assert page.locator("#spins form").count() == 0
    opened.must_be_sound()
    follow(page.locator("#sets form button"))
    offered = page.locator("#sets .people li")
    assert offered.count() == 1
    opened.must_be_sound()
    follow(offered.locator("button"))
    assert page.locator("#sets .people").count() == 0
    assert [its.number for its in sets(club.id, sara, club.clock.now)[0].pieces] == [3, 0]
    assert recount(club.id) == []


@pytest.mark.page
def test_nobody_withdraws_another_s_offer_or_hands_on_another_s_team(live, club, sara, visit):
    omid = comes(club)
    offer = offer_piece(club.id, ref(omid), "garden", "seed", "fruit", None, club.clock.now)
    team = found_team(club.id, "Falcons", ref(omid), club.clock.now)
    page = sign_in(visit("en"), live, club)
    own = {"Origin": live}
    page.request.post(f"{live}/m/anar/trades/{offer}/withdraw", headers=own)
    page.goto(f"{live}/m/anar/path?lang=en")
    assert page.locator("#sets .people li").count() == 1
    answer = page.request.post(f"{live}/m/anar/together/team/{team}/captain", headers=own, form={"member": str(sara)})
    assert answer.status == 403
    assert members.one(club.id, sara).id == sara


@pytest.mark.page
@pytest.mark.parametrize(("lang", "scheme", "device"), [("fa", "light", "phone"), ("en", "dark", "desktop")])
def test_who_wants_figures_alone_is_shown_no_game_and_may_have_it_back(live, club, sara, visit, lang, scheme, device):
    opened = visit(lang, scheme, device)
    page = sign_in(opened, live, club)
    assert page.locator("#honours, #board").count() == 2
    follow(page.locator("form.mode button"))
    assert page.locator("#honours, #board").count() == 0
    assert page.locator("#ledger, #card").count() == 2
    opened.must_be_sound()
    page.goto(f"{live}/m/anar/path?lang={lang}")
    assert page.locator("#spins, #sets").count() == 0
    opened.must_be_sound()
    page.goto(f"{live}/m/anar/?lang={lang}")
    follow(page.locator("form.mode button"))
    assert page.locator("#honours, #board").count() == 2
