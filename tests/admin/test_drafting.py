"""A marketer writes a draft, sees what is wrong or odd and what differs, and publishes it, alone or by twos."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from flask import Flask

from loyalty.actions.create_person import create_person
from loyalty.actions.require_approval import require_approval
from loyalty.actions.set_password import set_password
from loyalty.db import transaction
from loyalty.documents import parse, written
from loyalty.queries.bylaws import in_force
from loyalty.queries.drafts import draft_if_any
from loyalty.queries.requests import acts, waiting
from loyalty.versions import in_group
from tests.admin.conftest import BYLAWS, PASSWORD, Desk, Shop, text_of


def double() -> dict[str, Any]:
    document = deepcopy(BYLAWS)
    document["articles"][-1]["give"] = [{"points": {"fixed": 50}}]
    return document


def colleague(app: Flask, shop: Shop, email: str, role: Any) -> Desk:
    """Somebody else at another desk, signed in."""
    made = create_person(shop.id, email, shop.clock.now, role=role)
    assert made.token
    set_password(made.token, PASSWORD, shop.clock.now)
    desk = Desk(app)
    assert desk.signs_in(email).status_code == 303
    return desk


def writes(desk: Desk, shop: Shop, document: dict[str, Any]) -> None:
    assert desk.post(shop.page("bylaws/draft"), text=written(document)).status_code == 303


def version(shop: Shop) -> int:
    return in_force(shop.id, shop.clock.now).version


@pytest.fixture
def two(anar: Shop) -> Shop:
    """Anar, where publishing takes two people."""
    require_approval(anar.id, True, anar.clock.now)
    return anar


def test_a_draft_begins_with_the_text_in_force_and_says_what_differs(negar: Desk, anar: Shop) -> None:
    page = negar.get(anar.page("bylaws/draft"))
    assert "Dairy on a quiet morning" in page.text
    writes(negar, anar, double())
    said = text_of(negar.get(anar.page("bylaws/draft") + "?lang=en"))
    assert "What differs from version 1" in said
    assert "25 points" in said
    assert "50 points" in said
    assert "has no limit" in said


def test_faults_are_told_and_what_cannot_be_read_is_not_lost(negar: Desk, anar: Shop) -> None:
    broken = double()
    broken["articles"][0]["give"] = [{"pionts": {"fixed": 1}}]
    writes(negar, anar, broken)
    page = negar.get(anar.page("bylaws/draft") + "?lang=en")
    assert "/articles/0/give/0/pionts" in page.text
    assert "bylaws/draft/publish" not in page.text
    typo = negar.post(anar.page("bylaws/draft"), text="format: 1\nclub: [")
    assert typo.status_code == 422
    assert "club: [" in typo.text
    kept = draft_if_any(anar.id)
    assert kept
    assert kept.document == broken


def test_what_keeps_it_from_being_published_is_told_and_it_is_not(negar: Desk, anar: Shop) -> None:
    ahead = double()
    ahead["articles"][0]["give"].append({"reward": {"code": "cup", "fixed": 1}})
    writes(negar, anar, ahead)
    page = negar.get(anar.page("bylaws/draft") + "?lang=en")
    assert "What keeps it from being published" in page.text
    assert "The catalogue has no reward “cup”" in page.text
    assert "bylaws/draft/publish" not in page.text
    assert "در فهرست جوایز" in negar.get(anar.page("bylaws/draft") + "?lang=fa").text
    refused = negar.post(anar.page("bylaws/draft/publish"), page=anar.page("bylaws/draft"))
    assert refused.status_code == 422
    assert version(anar) == 1


def test_the_owner_publishes_and_goes_back(negar: Desk, anar: Shop) -> None:
    writes(negar, anar, double())
    anar.clock.move(minutes=1)
    assert negar.post(anar.page("bylaws/draft/publish"), page=anar.page("bylaws/draft"), note="More").status_code == 303
    assert version(anar) == 2
    said = text_of(negar.get(anar.page("bylaws") + "?lang=en"))
    assert "The version is published." in said
    assert "Go back to this text" in said
    anar.clock.move(minutes=1)
    assert negar.post(anar.page("bylaws/draft/from/1"), page=anar.page("bylaws")).status_code == 303
    assert negar.post(anar.page("bylaws/draft/publish"), page=anar.page("bylaws/draft")).status_code == 303
    assert version(anar) == 3
    assert [its.what for its in acts(anar.id)] == ["bylaws.published", "draft.saved", "bylaws.published", "draft.saved"]


def test_a_day_to_begin_is_one_of_the_clubs_calendar(negar: Desk, anar: Shop) -> None:
    writes(negar, anar, double())
    page = anar.page("bylaws/draft")
    assert negar.post(f"{page}/publish", page=page, **{"from": "soon"}).status_code == 422
    assert negar.post(f"{page}/publish", page=page, **{"from": "1404-01-01"}).status_code == 422
    assert negar.post(f"{page}/publish", page=page, **{"from": "1405-09-01"}).status_code == 303
    assert "to come" in text_of(negar.get(anar.page("bylaws") + "?lang=en"))


def test_with_two_people_one_asks_and_the_other_approves(app: Flask, negar: Desk, two: Shop) -> None:
    page = two.page("bylaws/draft")
    writes(negar, two, double())
    assert negar.post(f"{page}/publish", page=page, note="More dairy").status_code == 303
    asked = waiting(two.id)
    assert asked
    assert version(two) == 1
    own = negar.post(two.page(f"bylaws/requests/{asked.id}/approved"), page=page)
    assert own.status_code == 403
    ada = colleague(app, two, "ada@anar.example", "approver")
    said = text_of(ada.get(page + "?lang=en"))
    assert "More dairy" in said
    assert "50 points" in said
    two.clock.move(minutes=1)
    done = ada.post(two.page(f"bylaws/requests/{asked.id}/approved"), page=page, answer="Good")
    assert done.status_code == 303
    assert version(two) == 2
    assert draft_if_any(two.id) is None
    assert ada.post(two.page(f"bylaws/requests/{asked.id}/declined"), page=page).status_code == 409
    assert [(its.what, its.name) for its in acts(two.id)][:2] == [("bylaws.approved", "ada"), ("bylaws.asked", "negar")]


def test_what_is_approved_is_what_was_asked_for_however_the_draft_went_on(app: Flask, negar: Desk, two: Shop) -> None:
    page = two.page("bylaws/draft")
    writes(negar, two, double())
    negar.post(f"{page}/publish", page=page)
    later = double()
    later["articles"][-1]["give"] = [{"points": {"fixed": 9999}}]
    writes(negar, two, later)
    asked = waiting(two.id)
    assert asked
    two.clock.move(minutes=1)
    ada = colleague(app, two, "ada@anar.example", "approver")
    ada.post(two.page(f"bylaws/requests/{asked.id}/approved"), page=page)
    with transaction() as conn:
        row = conn.execute("SELECT document FROM bylaws WHERE club_id = %s AND version = 2", [two.id]).fetchone()
    assert row == (double(),)
    kept = draft_if_any(two.id)
    assert kept
    assert kept.document == later


def test_a_request_is_declined_with_a_word_or_withdrawn(app: Flask, negar: Desk, two: Shop) -> None:
    page = two.page("bylaws/draft")
    ada = colleague(app, two, "ada@anar.example", "approver")
    writes(negar, two, double())
    negar.post(f"{page}/publish", page=page)
    asked = waiting(two.id)
    assert asked
    assert ada.post(two.page(f"bylaws/requests/{asked.id}/withdrawn"), page=page).status_code == 403
    ada.post(two.page(f"bylaws/requests/{asked.id}/declined"), page=page, answer="Too dear")
    assert waiting(two.id) is None
    assert "Too dear" in text_of(negar.get(page + "?lang=en"))
    negar.post(f"{page}/publish", page=page)
    again = waiting(two.id)
    assert again
    assert negar.post(two.page(f"bylaws/requests/{again.id}/withdrawn"), page=page).status_code == 303
    assert waiting(two.id) is None
    assert version(two) == 1


@pytest.mark.parametrize("role", ["approver", "cashier", "viewer"])
def test_who_does_not_write_bylaws_sees_them_only(app: Flask, anar: Shop, role: str) -> None:
    desk = colleague(app, anar, "vida@anar.example", role)
    page = anar.page("bylaws/draft")
    assert desk.get(page).status_code == 200
    assert desk.post(page, text=written(double())).status_code == 403
    assert desk.post(f"{page}/publish", page=page).status_code == 403
    assert desk.post(f"{page}/from/1", page=page).status_code == 403
    assert desk.post(anar.page("people"), email="x@x.example", role="owner").status_code == 403
    assert draft_if_any(anar.id) is None


def test_people_are_added_get_another_role_and_go(app: Flask, negar: Desk, anar: Shop) -> None:
    people = anar.page("people")
    added = negar.post(people, email="Dara@anar.example", role="marketer")
    assert "/admin/set-password/" in added.text
    assert "dara@anar.example" in text_of(negar.get(people))
    assert negar.post(people, email="dara@anar.example", role="nobody").status_code == 422
    assert negar.post(people, email="dara@anar.example", role="viewer").status_code == 200
    with transaction() as conn:
        row = conn.execute(
            "SELECT p.id, role FROM role JOIN person p ON p.id = person_id WHERE role = 'viewer'"
        ).fetchone()
    assert row
    assert negar.post(anar.page(f"people/{row[0]}/remove"), page=people).status_code == 303
    assert "dara@anar.example" not in text_of(negar.get(people))
    said = text_of(negar.get(people + "?lang=en"))
    assert "gave somebody a role" in said
    assert "took somebody's role" in said.replace("&#39;", "'")


def test_a_club_keeps_an_owner(negar: Desk, anar: Shop) -> None:
    refused = negar.post(anar.page("people"), email=anar.owner, role="viewer")
    assert refused.status_code == 409


def test_a_second_pair_of_eyes_is_asked_for_on_the_page(negar: Desk, anar: Shop) -> None:
    people = anar.page("people")
    assert negar.post(f"{people}/approval", page=people, wanted="yes").status_code == 303
    assert "takes two people" in text_of(negar.get(people + "?lang=en"))
    page = anar.page("bylaws/draft")
    writes(negar, anar, double())
    negar.post(f"{page}/publish", page=page)
    assert negar.post(f"{people}/approval", page=people, wanted="no").status_code == 409


def test_another_clubs_draft_and_people_are_not_there(negar: Desk, anar: Shop, elm: Shop) -> None:
    for page in ("bylaws/draft", "people"):
        assert negar.get(elm.page(page)).status_code == 404
    assert parse(written(double())) == double()


def test_a_draft_is_tried_by_a_pilot_group_compared_and_then_for_everybody(negar: Desk, anar: Shop) -> None:
    members = [anar.enrols(f"M{n}") for n in range(12)]
    page = anar.page("bylaws/draft")
    writes(negar, anar, double())
    for share in ("0", "100", "ten", ""):
        refused = negar.post(f"{page}/publish", page=page, to="pilot", share=share)
        assert refused.status_code == 422
        assert "/share" in refused.text
    anar.clock.move(minutes=1)
    assert negar.post(f"{page}/publish", page=page, to="pilot", share="۵۰٪").status_code == 303
    assert version(anar) == 1
    anar.clock.move(minutes=1)
    for member in members:
        anar.buys(member, 1_000_000)
    anar.clock.move(minutes=1)
    own = sum(in_group(anar.id, 2, 50, member) for member in members)
    said = text_of(negar.get(anar.page("bylaws") + "?lang=en"))
    assert "The pilot: version 2" in said
    assert "For 50% of the members, chosen by chance, since" in said
    assert f"{own} of them have been judged by it" in said
    assert f"Members {own} {12 - own}" in said
    writes(negar, anar, double())
    assert "ends the pilot that goes on" in text_of(negar.get(page + "?lang=en"))
    bylaws = anar.page("bylaws")
    assert negar.post(f"{bylaws}/pilot/publish", page=bylaws).status_code == 303
    assert version(anar) == 3
    assert "The pilot: version" not in text_of(negar.get(bylaws + "?lang=en"))
    assert negar.post(f"{bylaws}/pilot/publish", page=page).status_code == 404


def test_a_pilot_is_ended_and_where_two_are_wanted_asked_for(app: Flask, negar: Desk, two: Shop) -> None:
    page, bylaws = two.page("bylaws/draft"), two.page("bylaws")
    writes(negar, two, double())
    negar.post(f"{page}/publish", page=page, to="pilot", share="20")
    assert "to a pilot group of 20% of the members" in text_of(negar.get(page + "?lang=en"))
    asked = waiting(two.id)
    assert asked
    assert asked.pilot == 20
    two.clock.move(minutes=1)
    ada = colleague(app, two, "ada@anar.example", "approver")
    ada.post(two.page(f"bylaws/requests/{asked.id}/approved"), page=page)
    two.clock.move(minutes=1)
    assert negar.post(f"{bylaws}/pilot/publish", page=bylaws).status_code == 303
    wider = waiting(two.id)
    assert wider
    assert (wider.pilot, wider.document, version(two)) == (None, double(), 1)
    viewer = colleague(app, two, "vida@anar.example", "viewer")
    assert viewer.post(f"{bylaws}/pilot/end", page=two.page("people")).status_code == 403
    assert negar.post(f"{bylaws}/pilot/end", page=bylaws).status_code == 303
    assert "The pilot has ended." in text_of(negar.get(bylaws + "?lang=en"))
    assert [its.what for its in acts(two.id)][:2] == ["pilot.ended", "bylaws.asked"]
