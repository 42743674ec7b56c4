"""Pictures of members: always the same of one's own until one chooses, drawn by the house, shown on boards."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from loyalty import avatars
from loyalty.actions.update_member import update_member
from loyalty.queries.called import picture_of
from tests.browser import follow
from tests.widgets.conftest import AnarClub
from tests.widgets.test_member_page import sign_in


def test_everybody_has_one_of_their_own_and_all_are_drawn(client: FlaskClient, club: AnarClub, sara: int) -> None:
    assert picture_of(sara) == avatars.of(sara, None)
    assert len({avatars.of(n, None) for n in range(500)}) == len(avatars.ALL) == 40
    drawn = {client.get(avatars.address(picture)).data for picture in avatars.ALL}
    assert len(drawn) == 40
    answer = client.get("/w/avatars/00.svg")
    assert (answer.mimetype, "immutable" in answer.headers["Cache-Control"]) == ("image/svg+xml", True)
    assert client.get("/w/avatars/99.svg").status_code == 404


@pytest.mark.page
@pytest.mark.parametrize(("lang", "scheme", "device"), [("fa", "dark", "phone"), ("en", "light", "desktop")])
def test_a_member_chooses_one_and_it_stands_on_the_board(live, club, sara, visit, lang, scheme, device):
    update_member(club.id, sara, {"avatar": "00"}, club.clock.now)
    opened = visit(lang, scheme, device)
    page = sign_in(opened, live, club)
    assert page.locator(".ranks .me img").first.get_attribute("src") == "/w/avatars/00.svg"
    follow(page.locator("a[href$='/together']"))
    opened.must_be_sound()
    page.locator("input[name=avatar][value='31']").check(force=True)
    follow(page.locator("form").filter(has=page.locator("input[name=avatar]")).locator("button"))
    assert picture_of(sara) == "31"
    assert page.locator("input[name=avatar][value='31']").is_checked()
    page.goto(f"{live}/m/anar/?lang={lang}")
    assert page.locator(".ranks .me img").first.get_attribute("src") == "/w/avatars/31.svg"
    opened.must_be_sound()
