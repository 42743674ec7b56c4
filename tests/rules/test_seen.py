"""An explanation shows what stands inside: of an audience its own condition, of several each with its name."""

from __future__ import annotations

from typing import Any

from loyalty.rules import load
from loyalty.rules.explain import seen
from tests.rules.stories import Story, article, document

AUDIENCES = {
    "students": {
        "title": {"en": "Students", "fa": "دانشجویان"},
        "if": {"member": {"attribute": "occupation", "is": "student"}},
    },
    "spenders": {
        "title": {"en": "Spenders", "fa": "پرخریدها"},
        "if": {"all": [{"counter": {"name": "spend", "at_least": 100}}, {"member": {"years": {"at_least": 1}}}]},
    },
}


def told(condition: dict[str, Any]) -> list[tuple[int, bool, str]]:
    """What an explanation shows of a condition of a student who has never bought: (depth, holds, sentence)."""
    bylaws = load(document(articles=[article(**{"if": condition})], audiences=AUDIENCES))
    facts = Story(bylaws, {"attributes": {"occupation": "student"}}).buys({"net": 100}).facts
    [its] = bylaws.articles
    assert its.condition
    return [(one.depth, one.holds, one.sentence.en) for one in seen(bylaws, its.condition, facts)]


def test_one_audience() -> None:
    assert told({"audience": "students"}) == [
        (0, True, "the member is among “Students”"),
        (1, True, "the member's occupation is “student”"),
    ]


def test_several_audiences() -> None:
    assert told({"audience": ["students", "spenders"]}) == [
        (0, True, "the member is among “Students” or “Spenders”"),
        (1, True, "the member is among “Students”"),
        (2, True, "the member's occupation is “student”"),
        (1, False, "the member is among “Spenders”"),
        (2, False, "all of these"),
        (3, False, "the member's spend in all is at least 10 toman"),
        (3, True, "the length of membership is at least 1 year"),
    ]
