"""What is odd about bylaws is named with its place, and nothing that is sound is complained about."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from loyalty.rules import load
from loyalty.rules.findings import findings
from tests.story import BASE, article, document, title

TODAY = date(2026, 11, 1)
LIMITED = {"limits": [{"per": "member", "every": "day", "at_most": 50, "of": "points"}]}
WEEKEND = {"weekday": ["thursday", "friday"]}
LIKES_TEA, LIKES_JAM = ({"member": {"attribute": "likes", "is": its}} for its in ("tea", "jam"))


def found(bylaws: dict[str, Any]) -> list[tuple[str, str]]:
    """What is odd, but for the story that all of these lack, and counters that they have to spare."""
    odd = findings(load(bylaws), TODAY)
    return [(its.code, its.path) for its in odd if its.code not in ("no_story", "unread_counter")]


def base(**more: Any) -> dict[str, Any]:
    return article("1", {"points": {"per": 1000, "give": 1}}, **{**LIMITED, **more})


def extra(**more: Any) -> dict[str, Any]:
    return article("2", {"points": {"per": 500, "give": 1}}, **{**LIMITED, **more})


def spend(at_least: int, over: Any = "ever") -> dict[str, Any]:
    return {"counter": {"name": "spend", "over": over, "at_least": at_least}}


def ladder(*needs: Any) -> dict[str, Any]:
    steps = [
        {"code": f"t{n}", "title": title(f"T{n}"), **({"needs": its} if its else {})} for n, its in enumerate(needs)
    ]
    return document(base(), tiers={"ladder": steps})


def test_sound_bylaws_are_not_complained_about() -> None:
    assert found(ladder(None, spend(1000), {"any": [spend(5000), {"member": {"age": {"at_least": 60}}}]})) == []


def test_an_article_without_any_limit_is_named() -> None:
    assert found(document(BASE)) == [("no_limit", "/articles/0")]
    assert found(document(article("1", {"points": {"fixed": 5}}))) == [("no_limit", "/articles/0")]
    assert found(document(article("1", {"points": {"per": 10, "give": 1, "at_most": 9}}))) == []
    assert found(document(article("1", {"points": {"fixed": 5}}, if_={"nth_purchase": 1}))) == []
    assert found(document(article("1", {"points": {"fixed": 5}}, if_={"nth_purchase": {"every": 9}}))) != []
    assert found(document(article("1", {"message": title("Thanks")}))) == []


@pytest.mark.parametrize("on", ["enrolment", "birthday", {"schedule": {"each": "month"}}, {"idle": {"months": 3}}])
def test_a_gift_on_a_day_that_comes_by_itself_needs_no_limit(on: Any) -> None:
    assert found(document(article("1", {"points": {"fixed": 5}}, on=on))) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({}, {}),
        ({}, {"if_": WEEKEND}),
        (
            {"if_": {"member": {"attribute": "likes", "is": "tea"}}},
            {"if_": {"member": {"attribute": "likes", "is": "jam"}}},
        ),
        ({"if_": {"weekday": ["friday", "monday"]}}, {"if_": WEEKEND}),
        ({"until": "2027-01-10"}, {"from": "2027-01-10"}),
        ({"if_": {"any": [WEEKEND, spend(10)]}}, {"if_": {"weekday": ["monday"]}}),
    ],
)
def test_articles_that_can_give_together_for_the_same_goods_are_named(one: Any, other: Any) -> None:
    assert found(document(base(**one), extra(**other))) == [("overlap", "/articles/1")]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"if_": WEEKEND}, {"if_": {"none": [WEEKEND]}}),
        ({"if_": {"all": [WEEKEND, spend(10)]}}, {"if_": {"any": [{"weekday": ["monday"]}, {"weekday": ["sunday"]}]}}),
        ({"if_": spend(1000)}, {"if_": {"counter": {"name": "spend", "over": "ever", "less_than": 1000}}}),
        ({"if_": {"nth_purchase": 1}}, {"if_": {"nth_purchase": 2}}),
        ({"until": "2027-01-10"}, {"from": "2027-01-11"}),
        ({"if_": {"member": {"age": {"less_than": 18}}}}, {"if_": {"member": {"age": {"at_least": 18}}}}),
    ],
)
def test_articles_of_which_only_one_can_give_are_not(one: Any, other: Any) -> None:
    assert found(document(base(**one), extra(**other))) == []


def test_other_wallets_other_goods_and_fixed_amounts_do_not_overlap() -> None:
    dairy = article("2", {"points": {"per": 9, "give": 1, "of": {"lines": {"category": "dairy"}}}}, **LIMITED)
    bread = article("3", {"points": {"per": 9, "give": 1, "of": {"lines": {"category": "bread"}}}}, **LIMITED)
    assert found(document(dairy, bread)) == []
    money = article("2", {"cashback": {"percent": "1"}}, limits=[{"per": "club", "every": "day", "at_most": 9}])
    assert found(document(base(), money)) == []
    assert found(document(base(), article("2", {"points": {"fixed": 5}}, **LIMITED))) == []


def test_articles_that_do_the_same_besides_giving_amounts_are_named() -> None:
    tour = {"title": title("Tour"), "start": "handed_out", "lasts": {"days": 3}, "goal": {"basket": {"at_least": 5}}}
    steps = [{"code": "a", "title": title("A")}, {"code": "b", "title": title("B"), "needs": spend(5)}]

    def overlaps(one: Any, other: Any, **more: Any) -> list[str]:
        pair = article("1", one), article("2", other, **more)
        odd = findings(load(document(*pair, challenges={"tour": tour}, tiers={"ladder": steps})), TODAY)
        assert all(its.path == "/articles/1" for its in odd if its.code == "overlap")
        return [its.message.en for its in odd if its.code == "overlap"]

    gift, until = {"tier": {"tier": "b", "until": {"days": 9}}}, {"tier": {"tier": "b", "until": {"months": 2}}}
    [runs] = overlaps({"challenge": "tour"}, {"challenge": "tour"})
    assert runs.startswith("Article 1 (“Article 1”) and Article 2 (“Article 2”) can both begin challenge “Tour”")
    assert runs.endswith("the member then has two runs of it.")
    assert "only the highest of them counts" in overlaps(gift, until)[0]
    assert "what Article 2 (“Article 2”) says counts" in overlaps({"status": "suspended"}, {"status": "left"})[0]
    assert overlaps({"status": "suspended"}, {"status": "suspended"}) == []
    assert overlaps({"challenge": "tour"}, gift) == []
    assert overlaps({"challenge": "tour"}, {"challenge": "tour"}, on="birthday") == []


def test_tiers_apart_do_not_overlap() -> None:
    bylaws = document(
        base(if_={"tier": {"at_most": "a"}}),
        extra(if_={"tier": {"at_least": "b"}}),
        tiers={"ladder": [{"code": "a", "title": title("A")}, {"code": "b", "title": title("B"), "needs": spend(5)}]},
    )
    assert found(bylaws) == []


@pytest.mark.parametrize(
    ("needs", "place"),
    [
        ((None, spend(5000), spend(1000)), 1),
        ((None, spend(5000), spend(5000)), 1),
        ((None, {"all": [spend(5000), {"member": {"age": {"at_least": 60}}}]}, spend(3000)), 1),
        ((None, spend(5000, {"this": "year"}), spend(5000)), 1),
        ((None, spend(5000), {"any": [spend(4000), {"member": {"age": {"at_least": 60}}}]}), 1),
        ((None, {"all": [spend(50), {"counter": {"name": "spend", "over": "ever", "at_most": 40}}]}, spend(99)), 1),
        ((None, spend(0)), 0),
    ],
)
def test_a_tier_on_which_nobody_can_stand_is_named(needs: Any, place: int) -> None:
    assert found(ladder(*needs)) == [
        ("unreachable_tier", f"/tiers/ladder/{place}" + ("/needs" if needs[place] else ""))
    ]


def test_what_is_over_is_named() -> None:
    assert found(document(base(until="2026-10-31"))) == [("out_of_date", "/articles/0/until")]
    assert found(document(base(until="2026-11-01"))) == []
    past = {"all": [{"dates": {"from": "1404-01-01", "until": "1404-12-29"}}, WEEKEND]}
    assert found(document(base(if_=past))) == [("out_of_date", "/articles/0/if")]


def test_an_impossible_condition_is_named() -> None:
    assert found(document(base(if_={"all": [WEEKEND, {"weekday": ["monday"]}]}))) == [("impossible", "/articles/0/if")]


def test_a_badge_that_nobody_can_earn_is_named() -> None:
    badges = {
        "gift": {"title": title("Gift")},
        "visits": {"title": title("V"), "counter": "visits", "levels": [{"at": 1}]},
    }
    assert found(document(base(), badges=badges)) == [("unearnable_badge", "/badges/gift")]
    gives = article("2", {"badge": "gift"})
    assert found(document(base(), gives, badges=badges)) == []
    over = article("2", {"badge": "gift"}, until="2026-10-31")
    assert ("unearnable_badge", "/badges/gift") in found(document(base(), over, badges=badges))


def audiences(**conditions: Any) -> dict[str, Any]:
    return {"audiences": {code: {"title": title(code), "if": condition} for code, condition in conditions.items()}}


def test_an_audience_that_nothing_asks_for_and_one_that_nobody_can_be_in_are_named() -> None:
    odd = audiences(idle=spend(10), empty={"all": [spend(10), {"none": [spend(5)]}]}, good=spend(10))
    asking = base(if_={"audience": ["good", "empty"]})
    assert found(document(asking, **odd)) == [
        ("unused_audience", "/audiences/idle"),
        ("empty_audience", "/audiences/empty/if"),
    ]


def test_audiences_are_held_against_other_conditions_by_what_they_stand_for() -> None:
    apart = audiences(
        young={"member": {"age": {"less_than": 30}}}, old={"member": {"age": {"at_least": 60}}}, rich=spend(5000)
    )
    young, old = base(if_={"audience": "young"}), extra(if_={"audience": "old"})
    assert ("overlap", "/articles/1") not in found(document(young, old, **apart))
    assert ("overlap", "/articles/1") in found(document(young, extra(if_={"audience": ["old", "rich"]}), **apart))
    nobody = base(if_={"all": [{"audience": "young"}, {"audience": "old"}]})
    assert ("impossible", "/articles/0/if") in found(document(nobody, **apart))
    steps = ladder(None, {"audience": "rich"}, spend(1000)) | apart
    assert ("unreachable_tier", "/tiers/ladder/1/needs") in found(steps)


def challenge(**body: Any) -> dict[str, Any]:
    goal = {"goal": {"counter": {"name": "visits", "at_least": 2}}}
    return {"c": {"title": title("C"), "until": "2026-12-31", **({} if "steps" in body else goal), **body}}


@pytest.mark.parametrize(
    ("body", "code", "path"),
    [
        ({"until": "2026-10-31"}, "out_of_date", "/until"),
        ({"goal": {"all": [WEEKEND, {"weekday": ["monday"]}]}}, "unreachable_goal", "/goal"),
        ({"steps": [WEEKEND, {"all": [WEEKEND, {"weekday": ["monday"]}]}]}, "unreachable_goal", "/steps/1"),
        ({"until": "2026-11-01"}, None, ""),
        ({"each": "month"}, None, ""),
    ],
)
def test_a_challenge_that_is_over_or_impossible_is_named(body: dict[str, Any], code: str | None, path: str) -> None:
    expected = [(code, f"/challenges/c{path}")] if code else []
    assert found(document(base(), challenges=challenge(**body))) == expected


def test_a_challenge_without_end_is_named() -> None:
    for start in ("automatic", "handed_out"):
        endless = challenge(start=start)
        del endless["c"]["until"]
        assert found(document(base(), challenges=endless)) == [("no_limit", "/challenges/c")]
    lasting = challenge(start="handed_out", lasts={"days": 14})
    del lasting["c"]["until"]
    assert found(document(base(), challenges=lasting)) == []


def test_a_badge_that_a_challenge_gives_can_be_earned() -> None:
    badges = {"gift": {"title": title("Gift")}}
    assert found(document(base(), badges=badges, challenges=challenge(give=[{"badge": "gift"}]))) == []


def test_every_finding_is_a_sentence_in_both_languages() -> None:
    limit, overlap, *_, no_story = findings(load(document(BASE, extra())), TODAY)
    assert limit.message.en == "Article 1 (“Article 1”) has no limit: nothing bounds what it may cost."
    assert overlap.message.en.endswith("can both give points for the same goods; what they give adds up.")
    assert overlap.message.fa.startswith("مادهٔ ۱ («Article 1») و مادهٔ ۲")
    assert no_story.message.en.startswith("There is no story")


def held(**more: Any) -> Any:
    step = {"code": "b", "title": title("B"), "needs": spend(1000), **more}
    return document(base(), tiers={"ladder": [{"code": "a", "title": title("A")}, step]})


def test_a_tier_that_nobody_can_keep_or_lose_is_named() -> None:
    since = {"counter": {"name": "spend", "over": {"since": "tier"}, "at_least": 5}}
    year = {"at": "end_of_year"}
    assert found(held()) == []
    assert found(held(keep={"all": [spend(50), {"counter": {"name": "spend", "over": "ever", "at_most": 40}}]})) == [
        ("unkeepable_tier", "/tiers/ladder/1/keep")
    ]
    assert found(held(keep=spend(50), demote="never")) == [("lasting_tier", "/tiers/ladder/1/keep")]
    assert found(held(needs=since)) == [("lasting_tier", "/tiers/ladder/1")]
    assert found(held(keep=since, holds_for=year)) == [("lasting_tier", "/tiers/ladder/1")]
    assert found(held(needs=since, demote="never")) == []
