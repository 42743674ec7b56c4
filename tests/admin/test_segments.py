"""A marketer keeps segments, sees who belongs to them and to the audiences of the bylaws, and lets them go."""

from __future__ import annotations

from copy import deepcopy

import pytest
from flask import Flask

from loyalty.actions.hand_out_runs import hand_out_runs
from loyalty.queries.challenges import challenges
from loyalty.queries.requests import acts
from tests.admin.conftest import BYLAWS, Desk, Shop, text_of
from tests.admin.test_drafting import colleague, writes

SPENT = "counter: {name: spend, at_least: 1}"
TITLES = {"title_en": "Buyers", "title_fa": "خریداران"}


def test_a_segment_is_kept_looked_at_changed_and_deleted(negar: Desk, anar: Shop, sara: int) -> None:
    anar.enrols("Nima Idle")
    page = anar.page("segments")
    assert negar.post(page, code="buyers", filter=SPENT, **TITLES).status_code == 303
    said = text_of(negar.get(page + "?lang=en"))
    assert "Buyers" in said
    assert "is at least" in said
    own = anar.page("segments/buyers")
    said = text_of(negar.get(own + "?lang=en"))
    assert "سارا محمدی" in said
    assert "Nima Idle" not in said
    assert negar.post(own, filter=f"none: [{{{SPENT}}}]", **TITLES).status_code == 303
    assert "Nima Idle" in text_of(negar.get(own))
    assert negar.post(f"{own}/delete", page=own).status_code == 303
    assert negar.get(own).status_code == 404
    assert [its.what for its in acts(anar.id)] == ["segment.deleted", "segment.changed", "segment.created"]


def test_faults_are_told_and_what_was_typed_is_kept(negar: Desk, anar: Shop) -> None:
    page = anar.page("segments")
    refused = negar.post(page + "?lang=en", page=page, code="x", filter="counter: {name: spnd, at_least: 1}", **TITLES)
    assert refused.status_code == 422
    assert "/filter/counter/name" in refused.text
    assert "name: spnd" in refused.text
    assert negar.post(page, code="x", filter="[", **TITLES).status_code == 422
    assert negar.post(page, code="1", filter=SPENT, **TITLES).status_code == 422


def test_audiences_of_the_bylaws_are_beside_them(negar: Desk, anar: Shop, sara: int) -> None:
    document = deepcopy(BYLAWS)
    condition = {"counter": {"name": "spend", "at_least": 1}}
    document["audiences"] = {"buyers": {"title": {"en": "Shoppers", "fa": "خریداران"}, "if": condition}}
    writes(negar, anar, document)
    anar.clock.move(minutes=1)
    page = anar.page("bylaws/draft")
    assert negar.post(f"{page}/publish", page=page).status_code == 303
    assert "Shoppers" in text_of(negar.get(anar.page("segments") + "?lang=en"))
    assert "سارا محمدی" in text_of(negar.get(anar.page("audiences/buyers")))
    assert negar.get(anar.page("audiences/nobody")).status_code == 404


@pytest.mark.parametrize("role", ["approver", "cashier", "viewer"])
def test_who_keeps_no_segments_sees_them_only(app: Flask, negar: Desk, anar: Shop, role: str) -> None:
    page = anar.page("segments")
    negar.post(page, code="buyers", filter=SPENT, **TITLES)
    desk = colleague(app, anar, "vida@anar.example", role)
    assert desk.get(f"{page}/buyers").status_code == 200
    elsewhere = anar.page("people")
    assert desk.post(page, page=elsewhere, code="more", filter=SPENT, **TITLES).status_code == 403
    assert desk.post(f"{page}/buyers", page=elsewhere, filter=SPENT, **TITLES).status_code == 403
    assert desk.post(f"{page}/buyers/delete", page=elsewhere).status_code == 403


def test_another_clubs_segments_are_not_there(negar: Desk, anar: Shop, elm: Shop) -> None:
    assert negar.get(elm.page("segments")).status_code == 404
    assert negar.get(anar.page("segments/nobodys")).status_code == 404


def test_a_challenge_is_handed_out_to_everybody_in_a_segment(negar: Desk, anar: Shop, sara: int) -> None:
    document = deepcopy(BYLAWS)
    goal = {"counter": {"name": "spend", "over": "run", "at_least": 10**9}}
    document["challenges"] = {"tour": {"title": {"en": "Tour", "fa": "گشت"}, "start": "handed_out", "goal": goal}}
    writes(negar, anar, document)
    anar.clock.move(minutes=1)
    page = anar.page("bylaws/draft")
    assert negar.post(f"{page}/publish", page=page).status_code == 303
    assert negar.post(anar.page("segments"), code="buyers", filter=SPENT, **TITLES).status_code == 303
    own = anar.page("segments/buyers")
    wrong = negar.post(f"{own}/handouts?lang=en", page=own, challenge="tour", until="soon")
    assert wrong.status_code == 422
    assert "/until" in wrong.text
    assert negar.post(f"{own}/handouts", page=own, challenge="tour", until="۱۴۰۵-۰۹-۳۰").status_code == 303
    assert "0 runs have begun · going on" in text_of(negar.get(own + "?lang=en"))
    assert hand_out_runs(anar.id, anar.clock.now) == 1
    assert "1 run has begun" in text_of(negar.get(own + "?lang=en"))
    [run] = challenges(anar.id, sara, anar.clock.now)
    assert run.until_at == anar.clock.now.replace(2026, 12, 21, 20, 29, 59, 999999)
    assert acts(anar.id)[0].what == "runs.handed_out"
