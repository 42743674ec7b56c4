"""What a version says otherwise is told in sentences, before and after."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from loyalty.rules import load
from loyalty.rules.differences import Difference, differences
from tests.story import BASE, article, document, title

BADGES = {"secret": {"title": title("Secret"), "secret": True, "counter": "visits", "levels": [{"at": 3}]}}
ONE = document(BASE, article("2", {"points": {"fixed": 5}}), badges=BADGES)


def between(one: dict[str, Any], other: dict[str, Any]) -> list[Difference]:
    return differences(load(one), load(other))


def test_the_same_differs_in_nothing() -> None:
    assert between(ONE, deepcopy(ONE)) == []


def test_articles_added_removed_and_changed() -> None:
    other = document(
        article("1", {"points": {"per": 1000, "give": 2}}), article("3", {"points": {"fixed": 7}}), badges=BADGES
    )
    changed, added, removed = between(ONE, other)
    assert (changed.part, changed.no, changed.what) == ("articles", "1", "changed")
    assert changed.before
    assert changed.after
    assert "1 points for each full" in changed.before.en.replace("1 point ", "1 points ")
    assert "2 points for each full" in changed.after.en
    assert "۲ امتیاز" in changed.after.fa
    assert (added.no, added.what, added.before) == ("3", "added", None)
    assert (removed.no, removed.what, removed.after) == ("2", "removed", None)


def test_who_is_in_an_audience() -> None:
    one, other = deepcopy(ONE), deepcopy(ONE)
    for tree, least in ((one, 1), (other, 2)):
        years = {"member": {"years": {"at_least": least}}}
        tree["audiences"] = {"old_friends": {"title": title("Old friends"), "if": years}}
    [changed] = between(one, other)
    assert (changed.part, changed.no, changed.what) == ("audiences", "old_friends", "changed")
    assert [its.what for its in between(ONE, one)] == ["added"]


def test_a_new_title_is_a_change() -> None:
    other = deepcopy(ONE)
    other["articles"][1]["title"] = {"en": "Welcome", "fa": "خوشامد"}
    [changed] = between(ONE, other)
    assert changed.after
    assert changed.after.en.startswith("Welcome: ")


def test_wallets_tiers_badges_boards_counters_and_stacking() -> None:
    other = deepcopy(ONE)
    other["wallets"]["points"]["expires"] = {"months": 6}
    other["badges"]["secret"]["levels"] = [{"at": 4}]
    other["tiers"] = {"ladder": [{"code": "a", "title": title("A")}]}
    other["leaderboards"] = {"m": {"title": title("M"), "counter": "spend"}}
    other["counters"]["spend"]["measure"] = "gross"
    found = [(its.part, its.no, its.what) for its in between(ONE, other)]
    assert found == [
        ("badges", "secret", "changed"),
        ("wallets", "points", "changed"),
        ("counters", "spend", "changed"),
        ("tiers", "a", "added"),
        ("returns", "standing", "added"),
        ("leaderboards", "m", "added"),
    ]


def test_how_multipliers_go_together() -> None:
    doubles = article("2", {"multiply": {"by": "2"}})
    [changed] = between(document(BASE, doubles), document(BASE, doubles, stacking="add"))
    assert changed.after
    assert changed.after.en == "Multipliers add up."


def test_challenges_and_streaks() -> None:
    one, other = deepcopy(ONE), deepcopy(ONE)
    goal = {"counter": {"name": "visits", "at_least": 2}}
    one["challenges"] = {"c": {"title": title("C"), "goal": goal}}
    other["challenges"] = {"c": {"title": title("C"), "goal": goal, "each": "month"}}
    other["streaks"] = {"s": {"title": title("S"), "counter": "visits", "every": "week"}}
    assert [(its.part, its.no, its.what) for its in between(one, other)] == [
        ("challenges", "c", "changed"),
        ("streaks", "s", "added"),
    ]


def test_how_long_a_tier_is_held() -> None:
    needs = {"counter": {"name": "spend", "at_least": 5}}
    ladder = {"ladder": [{"code": "a", "title": title("A")}, {"code": "b", "title": title("B"), "needs": needs}]}
    before = document(BASE, tiers={**ladder, "holds_for": {"months": 12}})
    for more in (
        {"grace": {"days": 3}},
        {"demote": "one_step"},
        {"holds_for": {"months": 6}},
        {"promote": "at_review"},
    ):
        [changed] = between(before, document(BASE, tiers={**ladder, "holds_for": {"months": 12}, **more}))
        assert (changed.part, changed.no) == ("tiers", "b"), more
