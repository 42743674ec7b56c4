"""The one-time link that a new person of the club is given."""

from datetime import timedelta

import pytest

from loyalty.actions.create_person import create_person
from loyalty.errors import Invalid
from tests.admin.conftest import PASSWORD, Desk, text_of


@pytest.fixture
def link(anar, clock):
    invited = create_person(anar.id, "reza@anar.example", clock.now, name="رضا", lang="en")
    return f"/admin/set-password/{invited.token}"


def test_it_sets_the_password_and_signs_in(desk, link, anar):
    assert "reza@anar.example" in text_of(desk.get(link))
    answer = desk.post(link, password="my very own words")
    assert (answer.status_code, answer.location) == (303, "/admin/")
    assert desk.get("/admin/").location == anar.page()
    assert "Your password is set." in text_of(desk.get(f"{anar.page()}?lang=en"))


def test_it_works_once(app, desk, link):
    token = desk.token(link)
    assert desk.post(link, password="my very own words").status_code == 303
    late = Desk(app)
    late.get("/admin/sign-in")
    assert late.get(link).status_code == 404
    assert desk.client.post(link, data={"csrf_token": token, "password": "somebody else's"}).status_code in (400, 404)
    late.client.post(link, data={"csrf_token": late.token(), "password": "somebody else's"})
    assert late.signs_in("reza@anar.example", "somebody else's").status_code == 401
    assert late.signs_in("reza@anar.example", "my very own words").status_code == 303


def test_looking_at_it_does_not_use_it_up(desk, link):
    for _ in range(3):
        assert desk.get(link).status_code == 200
    assert desk.client.head(link).status_code == 200
    assert desk.post(link, password="my very own words").status_code == 303


def test_a_short_password_is_refused_and_the_link_still_works(desk, link):
    refused = desk.post(f"{link}?lang=en", password="short")
    assert refused.status_code == 422
    assert "Use at least 10 characters." in text_of(refused)
    assert "دست‌کم ۱۰ نویسه" in text_of(desk.post(f"{link}?lang=fa", password="کوتاه"))
    assert desk.post(link, password="کافی است این‌قدر").status_code == 303


def test_used_expired_and_unknown_links_are_refused_alike(desk, link, clock):
    unknown = text_of(desk.get("/admin/set-password/no-such-token"))
    clock.move(days=8)
    expired = desk.get(link)
    assert expired.status_code == 404
    assert text_of(expired) == unknown


def test_who_works_for_another_club_keeps_their_password(desk, anar, elm, clock):
    again = create_person(elm.id, anar.owner, clock.now)
    assert again.token is None
    desk.signs_in(anar.owner, PASSWORD)
    page = text_of(desk.get("/admin/?lang=en"))
    assert "Anar Club" in page
    assert "Elm Records" in page


def test_a_later_link_replaces_an_earlier_one(desk, anar, clock, link):
    clock.move(days=1)
    later = create_person(anar.id, "reza@anar.example", clock.now + timedelta(days=1))
    assert desk.get(link).status_code == 404
    assert desk.get(f"/admin/set-password/{later.token}").status_code == 200


@pytest.mark.parametrize("email", ["", "reza", "reza@", "@anar.example", "reza@anar", "re za@anar.example"])
def test_what_is_no_address_is_refused(anar, clock, email):
    with pytest.raises(Invalid):
        create_person(anar.id, email, clock.now)
