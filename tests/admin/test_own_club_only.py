"""A person sees the rows of their own club; whatever is another's is missing exactly like what is nobody's."""

import pytest

from tests.admin.conftest import text_of


@pytest.fixture
def eve(elm):
    """A member of the other club, with a purchase judged and one set aside."""
    member = elm.enrols("Eve Stranger", phone="+447911123456", external_id="eve-1")
    return member, elm.buys(member, 5000), elm.buys(None, 7000)


def test_another_clubs_pages_are_not_there(negar, elm, eve):
    member, purchase, _ = eve
    for page in ("", "bylaws", "members", "purchases", f"members/{member}", f"purchases/{purchase}"):
        foreign, nobodys = negar.get(elm.page(page)), negar.get(f"/admin/clubs/no-such-club/{page}")
        assert foreign.status_code == nobodys.status_code == 404
        assert text_of(foreign) == text_of(nobodys)


def test_another_clubs_rows_are_not_there_under_ones_own_club(negar, anar, elm, eve):
    member, purchase, aside = eve
    for page in (f"members/{member}", f"purchases/{purchase}", f"purchases/{aside}"):
        kind = page.partition("/")[0]
        foreign, nobodys = negar.get(anar.page(page)), negar.get(anar.page(kind, 999999))
        assert foreign.status_code == nobodys.status_code == 404
        assert text_of(foreign) == text_of(nobodys)


def test_lists_and_searches_find_only_ones_own(negar, anar, elm, eve, sara):
    assert "Eve" not in negar.get(anar.page("members")).text
    for known in ("eve", "stranger", "eve-1", "+447911123456"):
        found = text_of(negar.get(anar.page("members"), query_string={"q": known, "lang": "en"}))
        assert "Nobody is known by" in found
    for shown in ("", "?show=aside"):
        assert "elm-" not in negar.get(anar.page("purchases") + shown).text
    assert "elm-" not in negar.get(anar.page()).text


def test_a_store_of_another_club_selects_nothing(negar, anar, elm, eve):
    from loyalty.actions.create_store import create_store

    create_store(elm.id, "soho", "Soho")
    page = negar.get(anar.page("purchases"), query_string={"store": "soho", "lang": "en"})
    assert "No purchase is like that." in text_of(page)
    assert "Soho" not in page.text


def test_who_left_the_club_sees_nothing_more(negar, anar):
    from loyalty.db import transaction

    with transaction() as conn:
        conn.execute("DELETE FROM role")
    assert negar.get(anar.page()).status_code == 404
    assert "You do not work for any club yet" in text_of(negar.get("/admin/?lang=en"))


def test_a_member_signed_in_is_no_person_of_the_club(desk, anar, sara):
    with desk.client.session_transaction() as session:
        session["_user_id"] = str(sara)
    assert desk.get(anar.page()).status_code == 302
