"""A member's door: a one-time code to the phone, and nothing that tells whose phone it is."""

from datetime import timedelta

import pytest

from loyalty.actions.send_sign_in_code import LIVES
from loyalty.actions.sign_in_member import TRIES
from loyalty.db import connection
from tests.story import Story
from tests.widgets.conftest import SARA

ROOT = "/m/anar/"


def ask(client, phone="0912 345 6789", **options):
    return client.post(f"{ROOT}code", data={"phone": phone}, **options)


def open_with(client, code, phone=SARA):
    return client.post(f"{ROOT}sign-in", data={"phone": phone, "code": code})


def is_in(client) -> bool:
    return "سارا محمدی" in client.get(ROOT).text


@pytest.mark.parametrize(
    "typed", ["۰۹۱۲ ۳۴۵ ۶۷۸۹", "٠٩١٢٣٤٥٦٧٨٩", "0912-345-6789", "+98 912 345 6789", "00989123456789"]
)
def test_a_phone_is_understood_however_it_is_typed(client, club, sara, typed):
    ask(client, typed)
    assert [phone for phone, _ in club.sent] == [SARA]


def test_the_code_opens_the_page_and_signing_out_closes_it(client, club, sara):
    assert not is_in(client)
    ask(client)
    assert open_with(client, club.code()).location == ROOT
    assert is_in(client)
    client.post(f"{ROOT}sign-out")
    assert not is_in(client)


def test_the_code_may_be_typed_in_persian_digits(client, club, sara):
    ask(client)
    open_with(client, club.code().translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")))
    assert is_in(client)


def test_the_message_names_the_club_in_the_language_of_the_page(client, club, sara):
    ask(client, headers={"Accept-Language": "fa"})
    assert club.sent[-1][1].startswith("کد ورود شما به باشگاه انار: ")
    ask(client, headers={"Accept-Language": "en"})
    assert club.sent[-1][1].startswith("Your code for Anar Club: ")


def test_a_code_opens_once(app, client, club, sara):
    ask(client)
    open_with(client, club.code())
    other = app.test_client()
    assert open_with(other, club.code()).status_code == 422
    assert not is_in(other)


def test_a_newer_code_takes_the_place_of_the_older(client, club, sara):
    ask(client)
    older = club.code()
    ask(client)
    assert open_with(client, older).status_code == 422 or older == club.code()
    open_with(client, club.code())
    assert is_in(client)


def test_a_code_lapses(client, club, sara, clock):
    ask(client)
    clock.now += LIVES
    assert open_with(client, club.code()).status_code == 422
    assert not is_in(client)


def test_after_five_wrong_guesses_the_right_code_is_refused_too(client, club, sara):
    ask(client)
    wrong = f"{(int(club.code()) + 1) % 10**6:06}"
    for _ in range(TRIES):
        assert open_with(client, wrong).status_code == 422
    assert open_with(client, club.code()).status_code == 422
    assert not is_in(client)


def test_a_phone_that_nobody_has_is_answered_like_one_that_somebody_has(client, club, sara):
    known = ask(client, "0912 345 6789")
    unknown = ask(client, "0912 345 6780")
    assert unknown.status_code == known.status_code
    assert unknown.text.replace("6780", "").replace("۶۷۸۰", "") == known.text.replace("6789", "").replace("۶۷۸۹", "")
    assert len(club.sent) == 1


def test_who_left_gets_no_code(client, club, sara):
    connection().execute("UPDATE member SET status = 'left' WHERE id = %s", [sara])
    connection().commit()
    ask(client)
    assert club.sent == []


def test_a_phone_is_not_flooded_with_codes(client, club, sara):
    assert [ask(client).status_code for _ in range(6)] == [200] * 5 + [429]
    refused = ask(client)
    assert 0 < int(refused.headers["Retry-After"]) <= 3600
    assert len(club.sent) == 5


def test_what_is_kept_of_a_code_does_not_show_it(client, club, sara):
    ask(client)
    (digest,) = connection().execute("SELECT digest FROM sign_in_code").fetchone()
    assert club.code().encode() not in bytes(digest)
    assert len(bytes(digest)) == 32


def test_nonsense_is_told_apart_from_a_phone(client, club):
    answer = ask(client, "hello", headers={"Accept-Language": "fa"})
    assert answer.status_code == 422
    assert "این شمارهٔ تلفن درست نیست" in answer.text


def test_another_sites_form_can_do_nothing(client, club, sara):
    ask(client, headers={"Sec-Fetch-Site": "cross-site"})
    ask(client, headers={"Origin": "https://evil.example"})
    assert club.sent == []


def test_a_members_cookie_of_one_club_does_not_open_another(app, client, club, sara):
    from loyalty.actions.create_club import create_club
    from tests.widgets.conftest import BYLAWS

    create_club("second", BYLAWS, club.clock.now)
    ask(client)
    open_with(client, club.code())
    value = client.get_cookie("member", path=ROOT).value
    client.set_cookie("member", value, path="/m/second/")
    assert "سارا محمدی" not in client.get("/m/second/").text


def test_the_sign_in_lasts_for_weeks_and_not_for_ever(client, club, sara, clock):
    ask(client)
    cookie = open_with(client, club.code()).headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert f"Max-Age={int(timedelta(days=90).total_seconds())}" in cookie


def test_an_unknown_club_is_said_to_be_unknown(client, app):
    answer = client.get("/m/nowhere/", headers={"Accept-Language": "en"})
    assert answer.status_code == 404
    assert "There is no such club." in answer.text


def test_the_bare_address_leads_to_the_one_clubs_door_and_else_to_the_peoples(app, client):
    assert client.get("/").location == "/admin/"
    Story()
    assert client.get("/").location == ROOT
    Story(code="other")
    assert client.get("/").location == "/admin/"
