"""The way in: e-mail and password, refused alike; and the way out."""

import re
import time
from datetime import timedelta

import pytest
from argon2 import PasswordHasher

from loyalty import passwords
from loyalty.actions.create_person import create_person
from loyalty.actions.set_password import set_password
from loyalty.valkey import connect
from tests.admin.conftest import PASSWORD, Desk, text_of


def test_the_owner_signs_in_and_finds_the_club(desk, anar):
    answer = desk.signs_in(anar.owner)
    assert (answer.status_code, answer.location) == (303, "/admin/")
    assert desk.get("/admin/").location == anar.page()
    assert "Anar Club" in text_of(desk.get(f"{anar.page()}?lang=en"))


def test_an_address_is_written_as_one_likes(desk, anar):
    assert desk.signs_in(f"  {anar.owner.upper()} ").status_code == 303


def test_digits_of_three_scripts_are_one_password(desk, anar, clock):
    invited = create_person(anar.id, "reza@anar.example", clock.now)
    set_password(invited.token, "گذرواژهٔ ۱۴۰۵ من", clock.now)
    assert desk.signs_in("reza@anar.example", "گذرواژهٔ 1405 من").status_code == 303


def test_every_refusal_reads_alike(desk, anar, clock):
    create_person(anar.id, "invited@anar.example", clock.now)
    pages = set()
    for email, password in (
        (anar.owner, "a wrong password"),
        ("nobody@anar.example", PASSWORD),
        ("invited@anar.example", PASSWORD),
        (anar.owner, ""),
        ("", ""),
    ):
        answer = desk.signs_in(email, password)
        assert answer.status_code == 401
        assert desk.get("/admin/").status_code == 302
        page = re.sub(r'value="[^"]*"', "", answer.text)
        pages.add(re.sub(r"nonce-[^']+", "", page))
    assert len(pages) == 1


def test_an_unknown_address_costs_the_time_of_a_known_one(monkeypatch):
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher())
    kept = passwords.hashed(PASSWORD)

    def spent(hash_: str | None) -> float:
        began = time.perf_counter()
        assert not passwords.matches(hash_, "a wrong password")
        return time.perf_counter() - began

    known, unknown = min(spent(kept) for _ in range(3)), min(spent(None) for _ in range(3))
    assert 0.5 < unknown / known < 2


def test_a_form_without_its_token_is_refused(desk, anar):
    answer = desk.client.post("/admin/sign-in", data={"email": anar.owner, "password": PASSWORD})
    assert answer.status_code == 400
    assert desk.get("/admin/").status_code == 302


def test_a_request_of_htmx_needs_the_token_as_well(negar):
    asked = {"HX-Request": "true"}
    assert negar.client.post("/admin/sign-out", headers=asked).status_code == 400
    assert negar.get("/admin/").status_code == 302
    assert "clubs" in negar.get("/admin/").location
    token = negar.token("/admin/nowhere")
    assert negar.client.post("/admin/sign-out", headers={**asked, "X-CSRFToken": token}).status_code == 303


def test_signing_out_ends_it(negar, anar):
    assert negar.signs_out().location == "/admin/sign-in"
    answer = negar.get(anar.page("members"))
    assert (answer.status_code, answer.location) == (302, "/admin/sign-in?next=/admin/clubs/anar/members")
    live = negar.get(anar.page("members"), headers={"HX-Request": "true"})
    assert (live.status_code, live.headers["HX-Redirect"]) == (204, "/admin/sign-in?next=/admin/clubs/anar/members")


def test_pages_are_not_kept_by_the_browser(negar, anar):
    assert negar.get(anar.page()).headers["Cache-Control"] == "no-store"


def test_one_comes_back_to_where_one_was_going(desk, anar):
    answer = desk.signs_in(anar.owner, page="/admin/sign-in", address_of="10.0.0.2")
    assert answer.status_code == 303
    desk.signs_out()
    again = desk.post("/admin/sign-in?next=/admin/clubs/anar/members?q=sara", email=anar.owner, password=PASSWORD)
    assert again.location == "/admin/clubs/anar/members?q=sara"


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/admin/", "/\\evil.example", "/m/anar/"])
def test_the_way_back_never_leads_elsewhere(desk, anar, elsewhere):
    answer = desk.post(f"/admin/sign-in?next={elsewhere}", email=anar.owner, password=PASSWORD)
    assert answer.location == "/admin/"


def test_a_session_brought_along_is_not_carried_over(desk, anar):
    planted = desk.token()
    with desk.client.session_transaction() as session:
        before = session["csrf_token"]
        session["member"] = "kept"
    desk.signs_in(anar.owner)
    with desk.client.session_transaction() as session:
        assert session.get("csrf_token") != before
        assert session["member"] == "kept"
    assert desk.client.post("/admin/sign-out", data={"csrf_token": planted}).status_code == 400


def test_a_session_ends_after_a_week(negar, anar, clock):
    clock.move(days=6)
    assert negar.get(anar.page()).status_code == 200
    clock.move(days=2)
    assert negar.get(anar.page()).status_code == 302


def test_guessing_is_slowed_and_says_until_when(desk, anar):
    for _ in range(8):
        assert desk.signs_in(anar.owner, "a wrong password").status_code == 401
    for email, password in ((anar.owner, "a wrong password"), (anar.owner, PASSWORD)):
        refused = desk.signs_in(email, password)
        assert refused.status_code == 429
        assert 0 < int(refused.headers["Retry-After"]) <= 15 * 60
    assert desk.signs_in(anar.owner, address_of="10.0.0.9").status_code == 303, "elsewhere the owner still gets in"


def test_guessing_at_nobody_is_slowed_alike(desk, anar):
    answers = [desk.signs_in("nobody@anar.example", "a wrong password").status_code for _ in range(9)]
    assert answers == [401] * 8 + [429]


def test_one_address_has_a_limit_over_all_accounts(desk, anar):
    answers = [desk.signs_in(f"somebody{n}@anar.example", "x").status_code for n in range(41)]
    assert answers == [401] * 40 + [429]


def test_the_right_password_does_not_use_attempts_up(app, anar):
    for _ in range(12):
        assert Desk(app).signs_in(anar.owner).status_code == 303


def test_nobody_is_locked_out_while_valkey_is_away(app, desk, anar, monkeypatch):
    away = connect("redis://127.0.0.1:1/0", patience=0.1)
    monkeypatch.setitem(app.extensions, "loyalty.valkey", away)
    assert desk.signs_in(anar.owner, "a wrong password").status_code == 401
    assert desk.signs_in(anar.owner).status_code == 303


def test_a_new_password_ends_the_sessions_of_the_old_one(app, negar, anar, clock):
    from loyalty.db import transaction

    other = Desk(app)
    other.signs_in(anar.owner)
    with transaction() as conn:
        conn.execute(
            "INSERT INTO password_link SELECT %s, id, %s FROM person WHERE email = %s",
            [passwords.digest("a-link"), clock.now + timedelta(days=1), anar.owner],
        )
    set_password("a-link", "another four words", clock.now)
    assert negar.get(anar.page()).status_code == 302
    assert other.get(anar.page()).status_code == 302
    assert negar.signs_in(anar.owner, "another four words").status_code == 303
