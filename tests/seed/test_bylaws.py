"""The bylaws that are shipped: each loads, and does in a real club what its cases say (see `docs/bylaws-cases.md`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from flask import Flask

from loyalty.documents import parse
from loyalty.errors import Problem
from loyalty.rules import load
from loyalty.rules.findings import findings
from tests.conftest import Clock
from tests.rules.stories import compared, instant, said_wrong
from tests.seed.lives import MEMBER, PERSON, Life, Untold, known

FOLDER = Path(__file__).parents[2] / "seed" / "bylaws"
SHARED = {"given", "cases"}
PARTS = {"case", "given", "when", "then", "later", "says"}
TODAY = date(2026, 11, 1)
GIVEN = {*PERSON, "past", "others"}


class Case(NamedTuple):
    """One story of a case file: given, when, then."""

    bylaws: str
    file: str
    body: Mapping[str, Any]


def cases() -> Iterator[Case]:
    """Every case of every file in `cases/NAME/`, which are about `NAME.yaml`."""
    for path in sorted(FOLDER.glob("cases/*/*.yaml")):
        tree = parse(path.read_text())
        assert set(tree) <= SHARED, f"{path} has unknown parts {set(tree) - SHARED}"
        for body in tree["cases"]:
            assert set(body) <= PARTS, f"{path}, “{body.get('case')}” has unknown parts {set(body) - PARTS}"
            given = {**tree.get("given", {}), **body.get("given", {})}
            yield Case(path.parent.name, path.stem, {**body, "given": given})


ALL = list(cases())
DOCUMENTS = {path.stem: parse(path.read_text()) for path in sorted(FOLDER.glob("*.yaml"))}


@pytest.mark.parametrize("case", ALL, ids=[f"{case.bylaws}/{case.file}: {case.body['case']}" for case in ALL])
def test_case(app: Flask, clock: Clock, case: Case) -> None:
    place = f"seed/bylaws/cases/{case.bylaws}/{case.file}.yaml, “{case.body['case']}”"
    try:
        wrong = [*_said(case), *(_lived(case, clock) if "when" in case.body else ())]
    except (Problem, Untold) as untold:
        wrong = [f"  {untold}"]
    if wrong:
        pytest.fail(f"{place}\n" + "\n".join(wrong), pytrace=False)


DEFENDED = {
    "airline": {"no_limit"},
    "anar": {"no_limit"},
    "beauty": {"no_limit"},
    "hotel": {"no_limit"},
    "record_shop": {"no_limit"},
}
"""What is odd about a document and meant so: what a member spends, and how often they sleep, is bound enough."""


@pytest.mark.parametrize("name", sorted(DOCUMENTS))
def test_nothing_is_odd_about_the_shipped_bylaws_that_they_do_not_mean(name: str) -> None:
    odd = findings(load(DOCUMENTS[name]), TODAY)
    assert {its.code for its in odd} == DEFENDED.get(name, set()), [(its.path, its.message.en) for its in odd]


WRONG = [
    (
        {"awards": {"1": {"points": 46}}},
        ["  awards:", "    should be {'1': {'points': 46}}", "    but was   {'1': {'points': 45}}"],
    ),
    ({}, ["  awards:", "    should be {}", "    but was   {'1': {'points': 45}}"]),
    (
        {"awards": {"1": {"points": 45}}, "tier": "bloom"},
        ["  tier:", "    should be bloom", "    but was   bud"],
    ),
]


@pytest.mark.parametrize(("then", "told"), WRONG)
def test_a_case_that_is_wrong_says_what_should_have_been_and_what_was(
    app: Flask, clock: Clock, then: dict[str, Any], told: list[str]
) -> None:
    body = {"case": "wrong", "given": {}, "when": {"at": "2025-02-10", "net": 4599}, "then": then}
    assert _lived(Case("beauty", "points", body), clock) == told


def test_what_comes_later_is_compared_too_with_all_that_fell_due(app: Flask, clock: Clock) -> None:
    body = {
        "case": "late",
        "given": {},
        "when": {"at": "1405-01-10", "net": 5_000_000},
        "then": {"awards": {"1": {"points": 50}}},
        "later": {"1405-01-17 11:59": {"wallets": {"points": 50}}, "1405-01-17 12:00": {"wallets": {"points": 50}}},
    }
    assert _lived(Case("firuzeh", "points", body), clock) == [
        "  on 1405-01-17 11:59",
        "  wallets:",
        "    should be {'points': 50}",
        "    but was   {'points': 0}",
    ]


@pytest.mark.parametrize(
    "step",
    [
        {"nett": 5},
        {"net": 5, "recipt": "R"},
        {"event": "review", "fields": {"stars": 9}},
        {"event": "veriew"},
        {"returns": "R"},
    ],
)
def test_what_nobody_understands_is_turned_away(app: Flask, clock: Clock, step: dict[str, Any]) -> None:
    body = {"case": "odd", "given": {}, "when": {"at": "2025-02-10", **step}}
    with pytest.raises((Untold, Problem, AssertionError)):
        _lived(Case("beauty", "points", body), clock)


def _lived(case: Case, clock: Clock) -> list[str]:
    """What came of a case and should not have."""
    body, given = case.body, case.body["given"]
    known("given", given, GIVEN)
    past, when = _steps(given.get("past", [])), _steps(body["when"])
    life = Life(DOCUMENTS[case.bylaws], clock, [*past, *when])
    people = {MEMBER: {part: given[part] for part in PERSON & given.keys()}, **given.get("others", {})}
    joining = {step["joins"] for step in [*past, *when] if "joins" in step}
    for name, told in people.items():
        if name not in joining:
            life.enrols(name, told)
    for step in past:
        life.happens(step)
    life.mark()
    for step in when:
        life.happens(step)
    wrong = _answered(life, {"awards": {}, **body.get("then", {})})
    for at, then in body.get("later", {}).items():
        life.goes_on(instant(at, life.calendar))
        wrong += [f"  on {at}", *found] if (found := _answered(life, then)) else []
    if not life.books_agree():
        wrong.append("  the books do not agree")
    return wrong


def _answered(life: Life, then: Mapping[str, Any]) -> list[str]:
    then = dict(then)
    others = then.pop("others", {})
    wrong = compared(then, life.answers(MEMBER, then))
    for name, its in others.items():
        wrong += [f"  {name}", *found] if (found := compared(its, life.answers(name, its))) else []
    return wrong


def _steps(told: Any) -> list[Mapping[str, Any]]:
    return told if isinstance(told, list) else [told]


def _said(case: Case) -> list[str]:
    """Sentences that should read otherwise: `{articles: {1: {en, fa}}}`."""
    wanted = {(section, no): both for section, its in case.body.get("says", {}).items() for no, both in its.items()}
    return said_wrong(load(DOCUMENTS[case.bylaws]), wanted)
