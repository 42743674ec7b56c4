"""Every kind of condition and award, tried on readable cases: see `cases/README.md` for how to add one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from loyalty.documents import parse
from loyalty.rules import Bylaws, load
from loyalty.rules.catalogue import award_kinds, condition_kinds
from loyalty.rules.explain import arithmetic, withheld
from loyalty.rules.member import MemberFacts
from loyalty.rules.tenure import INSTANT
from loyalty.values import Text
from tests.rules.stories import Judged, Story, article, compared, document, said_wrong

FOLDER = Path(__file__).parent / "cases"
BESIDES = (
    "counters",
    "totals",
    "limits",
    "tables",
    "tiers",
    "terms",
    "badges",
    "challenges",
    "streaks",
    "stacking",
    "time",
    "late",
    "wallets",
    "standings",
    "game",
)
"""What else has its own file: it is no kind, but a part of the bylaws' exactness."""
PARTS = {"case", "bylaws", "article", "articles", "given", "when", "then", "says"}
ANSWERS = {
    "awards",
    "badges",
    "completed",
    "milestones",
    "tier",
    "until",
    "grace",
    "messages",
    "withheld",
    "arithmetic",
}


class Case(NamedTuple):
    """One story of a case file: given, when, then."""

    file: str
    name: str
    body: Mapping[str, Any]

    def bylaws(self) -> Bylaws:
        """The club of `club.yaml` with what the file and then the case put in its place."""
        body = self.body
        if "articles" in body:
            articles = [article(str(n), **each) for n, each in enumerate(body["articles"], 1)]
        else:
            articles = [article(**body.get("article", {}))]
        return load(document(articles=articles, **body.get("bylaws", {})))


def cases() -> Iterator[Case]:
    """Every case of every file."""
    for path in sorted(FOLDER.glob("*.yaml")):
        tree = parse(path.read_text())
        shared = {name: tree[name] for name in ("bylaws", "article", "articles", "given") if name in tree}
        assert set(tree) <= {"cases", *shared}, f"{path.name} has unknown parts {set(tree) - {'cases', *shared}}"
        for body in tree["cases"]:
            assert set(body) <= PARTS, f"{path.name}, “{body.get('case')}” has unknown parts {set(body) - PARTS}"
            yield Case(path.stem, body["case"], {**shared, **body})


ALL = list(cases())


@pytest.mark.parametrize("case", ALL, ids=[f"{case.file}: {case.name}" for case in ALL])
def test_case(case: Case) -> None:
    check(case)


def check(case: Case) -> None:
    """Try a case; what is wrong is told as the case file would say it."""
    bylaws = case.bylaws()
    wrong = _said_wrong(bylaws, case.body.get("says", {}))
    if "when" in case.body:
        story = Story(bylaws, case.body.get("given"))
        judged = story.buys(case.body["when"])
        wrong += _judged_wrong(bylaws, judged, story.member, case.body["then"])
    if wrong:
        pytest.fail(f"cases/{case.file}.yaml, “{case.name}”\n" + "\n".join(wrong), pytrace=False)


def _judged_wrong(bylaws: Bylaws, judged: Judged, member: MemberFacts, then: Mapping[str, Any]) -> list[str]:
    """What came of a purchase and should not have; only what `then` names is compared, `awards` always."""
    assert set(then) <= ANSWERS, f"then has unknown parts {set(then) - ANSWERS}"
    facts, ruling = judged
    came: dict[str, Any] = {
        "awards": _awards(judged),
        "badges": {step.code: step.level for step in ruling.badges},
        "milestones": [list(its) for its in ruling.milestones],
        "completed": [run.challenge for run in ruling.completed],
        "tier": ruling.tier_to,
        "until": _on_the_clock(bylaws, member.tenure.until),
        "grace": _on_the_clock(bylaws, member.tenure.grace),
        "messages": [_both(message) for message in ruling.messages],
        "withheld": {why.article: _both(why.because) for why in withheld(bylaws, facts, ruling)},
        "arithmetic": {},
    }
    for given in ruling.awards:
        came["arithmetic"].setdefault(given.article, []).append(_both(arithmetic(bylaws, given, facts)))
    return compared({"awards": {}, **then}, came)


def _on_the_clock(bylaws: Bylaws, at: datetime | None) -> str | None:
    """The club's date, and the time where it is not the day's last instant."""
    if at is None:
        return None
    calendar = bylaws.club.calendar
    moment = calendar.moment(at)
    day = calendar.label("day", moment.day)
    last = calendar.moment(at + INSTANT).day != moment.day
    return day if last else f"{day} {moment.minute // 60:02}:{moment.minute % 60:02}"


def _awards(judged: Judged) -> dict[str, dict[str, int]]:
    """Per article (a badge's level is `badge:CODE:LEVEL`) what it gave into each wallet."""
    gave: dict[str, dict[str, int]] = {}
    for given in judged.ruling.awards:
        wallets = gave.setdefault(given.article, {})
        wallets[given.wallet] = wallets.get(given.wallet, 0) + given.amount
    return gave


def _said_wrong(bylaws: Bylaws, says: Mapping[str, Any]) -> list[str]:
    """Sentences that should read otherwise: of article 1, or by section and code (`tiers: {silver: {en, fa}}`)."""
    if says and not set(says) <= {"en", "fa"}:
        wanted = {(section, code): both for section, codes in says.items() for code, both in codes.items()}
    else:
        wanted = {("articles", bylaws.articles[0].no): says} if says else {}
    return said_wrong(bylaws, wanted)


def _both(text: Text) -> dict[str, str]:
    return {"en": text.en, "fa": text.fa}


def _names(tree: Any) -> set[str]:
    """Every key of a tree."""
    if isinstance(tree, Mapping):
        return set(tree) | {name for value in tree.values() for name in _names(value)}
    if isinstance(tree, list):
        return {name for value in tree for name in _names(value)}
    return set()


@pytest.mark.parametrize("kind", sorted({*condition_kinds(), *award_kinds()}))
def test_every_kind_has_its_cases_and_says_itself(kind: str) -> None:
    own = [case for case in ALL if case.file == kind]
    assert own, f"“{kind}” has no cases: write tests/rules/cases/{kind}.yaml (how: tests/rules/cases/README.md)"
    using = [case for case in own if kind in _names({**case.body, "case": None, "says": None})]
    assert using, f"no case of {kind}.yaml uses “{kind}”"
    assert any(case.body.get("says") for case in using), f"no case of {kind}.yaml shows its sentence (`says`)"


@pytest.mark.parametrize("kind", sorted(condition_kinds()))
def test_every_condition_is_seen_to_hold_and_not_to_hold(kind: str) -> None:
    own = [case.body["then"] for case in ALL if case.file == kind and "then" in case.body]
    assert any(then.get("awards") for then in own), f"{kind}.yaml never shows it hold"
    assert any(then.get("withheld") for then in own), f"{kind}.yaml never shows why it does not hold (`withheld`)"


@pytest.mark.parametrize("file", BESIDES)
def test_what_is_no_kind_has_its_cases_too(file: str) -> None:
    assert any(case.file == file for case in ALL)


def test_every_case_file_is_about_something() -> None:
    known = {*condition_kinds(), *award_kinds(), *BESIDES}
    assert {case.file for case in ALL} <= known
