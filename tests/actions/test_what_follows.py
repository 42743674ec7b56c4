"""What follows from what was given: a tier reached or lost, a badge, a challenge done, a story that ends."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from loyalty.actions.give_tier import give_tier
from loyalty.actions.return_purchases import return_purchases
from loyalty.actions.review_tiers import review_tiers
from loyalty.acts import By
from loyalty.db import connection
from loyalty.errors import Invalid
from loyalty.queries.answer import first_answer
from loyalty.queries.quote import quote
from loyalty.queries.story import story as told_story
from loyalty.returns import Return
from loyalty.rules import load
from loyalty.take_back import Taken
from tests.conftest import START
from tests.story import BASE, Story, article, document, title

DAY = timedelta(days=1)


def points(n: int) -> dict[str, Any]:
    return {"points": {"fixed": n}}


def spends(at_least: int) -> dict[str, Any]:
    return {"counter": {"name": "spend", "over": {"last": {"days": 30}}, "at_least": at_least}}


def on(occasion: str, *give: dict[str, Any], no: str = "2", **more: Any) -> dict[str, Any]:
    return article(no, *give, on=occasion, **more)


LADDER: dict[str, Any] = {
    "ladder": [
        {"code": "bronze", "title": title("Bronze")},
        {"code": "silver", "title": title("Silver"), "needs": spends(10_000)},
        {"code": "gold", "title": title("Gold"), "needs": spends(50_000)},
    ],
    "returns": "at_once",
}
ORDERS = {"orders": {"of": "purchases", "measure": "times"}}


def challenge(orders: int, *give: dict[str, Any], **more: Any) -> dict[str, Any]:
    goal = {"counter": {"name": "orders", "over": "run", "at_least": orders}}
    return {"title": title("Challenge"), "goal": goal, **({"give": list(give)} if give else {}), **more}


def told(story: Story, member: int) -> list[tuple[str, dict[str, Any]]]:
    """The events that followed, as they were recorded."""
    rows = connection().execute(
        "SELECT type, data FROM event WHERE member_id = %s AND root IS NOT NULL ORDER BY id", [member]
    )
    return rows.fetchall()


def comes_back(story: Story, purchase: int | None) -> Taken:
    assert purchase
    asked = Return(f"back {purchase}", "s1", story.now, all=True, debt="allow")
    [answer] = return_purchases(story.club_id, [(purchase, asked)], story.now)
    assert answer.problem is None
    assert answer.taken
    return answer.taken


def answered(story: Story, id_: int | None) -> dict[str, Any]:
    assert id_
    found = first_answer(story.club_id, id_, "en")
    assert found
    return found


def test_whoever_passes_two_steps_at_once_is_welcomed_on_both_and_the_till_says_so(app: Flask) -> None:
    welcome = {"message": {"en": "Welcome to Gold!", "fa": "به سطح طلایی خوش آمدید!"}}
    golden = {"event": {"field": "tier", "is": "gold"}}
    story = Story(
        document(
            BASE,
            on("tier_reached", points(100)),
            on("tier_reached", welcome, no="3", if_=golden),
            on("tier_reached", points(7), no="4", if_={"tier": {"is": "silver"}}),
            tiers=LADDER,
        )
    )
    sara = story.enrols()
    quoted = quote(story.club_id, story.sale(sara, 60_000))
    bought = story.buys(sara, 60_000)
    assert told(story, sara) == [("tier_reached", {"tier": "silver"}), ("tier_reached", {"tier": "gold"})]
    assert story.balance(sara) == 60 + 2 * 100 + 7
    answer = answered(story, bought.id)
    assert [(its["article"], its["amount"]) for its in answer["awards"]] == [
        ("1", 60),
        ("2", 100),
        ("4", 7),
        ("2", 100),
    ]
    assert answer["message"]["en"] == "Welcome to Gold!"
    assert answer["tier"] == {"from": "bronze", "to": "gold"}
    assert answer["wallets"]["points"]["available"] == 267
    assert [ruling.awards for ruling, _ in quoted.judged.followed] == [ruling.awards for ruling, _ in bought.followed]
    assert story.books_agree()


def test_a_tier_that_goes_with_the_goods_takes_its_welcome_along(app: Flask) -> None:
    story = Story(document(BASE, on("tier_reached", points(100)), tiers=LADDER))
    sara = story.enrols()
    first = story.buys(sara, 12_000)
    assert story.balance(sara) == 112
    comes_back(story, first.id)
    assert (story.tier(sara), story.balance(sara)) == ("bronze", 0)
    story.buys(sara, 15_000)  # reached anew, and welcomed anew
    assert story.balance(sara) == 115
    assert story.books_agree()


def test_whoever_falls_back_hears_of_it_once_from_the_timer(app: Flask) -> None:
    consoled = on("tier_lost", points(5), if_={"event": {"field": "tier", "is": "silver"}})
    story = Story(document(BASE, consoled, tiers=LADDER))
    sara, lena = story.enrols(), story.enrols("Lena")
    for member in (sara, lena):
        story.buys(member, 12_000)
    story.now += 40 * DAY
    for _ in range(2):
        review_tiers(story.club_id, story.now)
    assert (story.tier(sara), story.balance(sara)) == ("bronze", 17)
    assert told(story, sara) == [("tier_lost", {"tier": "silver"})]
    assert story.balance(lena) == 17
    assert story.books_agree()


def test_a_fall_that_nobody_looked_at_comes_before_the_next_purchase(app: Flask) -> None:
    story = Story(document(BASE, on("tier_lost", points(5)), on("tier_reached", points(100), no="3"), tiers=LADDER))
    sara = story.enrols()
    story.buys(sara, 12_000)
    story.now += 40 * DAY
    bought = story.buys(sara, 1_000)
    assert [type_ for type_, _ in told(story, sara)] == ["tier_reached", "tier_lost"]
    assert story.balance(sara) == 112 + 5 + 1
    assert [its["article"] for its in answered(story, bought.id)["awards"]] == ["1"]  # the fall was not the till's
    assert story.books_agree()


def test_a_tier_by_hand_is_a_tier_reached(app: Flask) -> None:
    story = Story(document(BASE, on("tier_reached", points(100)), tiers=LADDER))
    sara = story.enrols()
    give_tier(story.club_id, sara, "gold", story.now + 30 * DAY, "a friend of the house", story.now, By())
    assert (story.tier(sara), story.balance(sara)) == ("gold", 200)


def test_an_article_lets_a_member_stand_higher_for_a_while(app: Flask) -> None:
    taste = article(
        "2", {"tier": {"tier": "gold", "until": {"days": 10}}}, if_={"basket": {"of": "net", "at_least": 5_000}}
    )
    story = Story(document(BASE, taste, on("tier_reached", points(100), no="3"), tiers=LADDER))
    sara = story.enrols()
    bought = story.buys(sara, 5_000)
    assert bought.ruling
    assert (bought.ruling.tier_from, bought.ruling.tier_to) == ("bronze", "gold")
    assert story.balance(sara) == 5 + 200
    story.now += 9 * DAY
    story.buys(sara, 1_000)
    assert story.tier(sara) == "gold"
    story.now += 2 * DAY
    review_tiers(story.club_id, story.now)
    assert story.tier(sara) is None  # where everybody begins
    assert story.books_agree()


def test_a_tier_that_an_article_gave_goes_with_the_goods(app: Flask) -> None:
    taste = article("2", {"tier": {"tier": "gold", "until": {"days": 10}}})
    story = Story(document(BASE, taste, tiers=LADDER))
    sara = story.enrols()
    bought = story.buys(sara, 5_000)
    assert story.tier(sara) == "gold"
    taken = comes_back(story, bought.id)
    assert story.tier(sara) is None
    assert taken.tier == ("gold", "bronze")


def test_a_badge_brings_points_that_lead_to_a_badge_that_brings_a_message(app: Flask) -> None:
    rich = {"title": title("Rich"), "counter": "given", "levels": [{"at": 50}]}
    regular = {"title": title("Regular"), "counter": "visits", "levels": [{"at": 1}, {"at": 2, "give": [points(1)]}]}
    story = Story(
        document(
            on("badge_earned", points(50), if_={"event": {"field": "badge", "is": "regular"}}),
            on("badge_earned", {"message": title("Rich!")}, no="3", if_={"event": {"field": "badge", "is": "rich"}}),
            counters={"given": {"of": "points", "measure": "amount", "articles": ["2"]}},
            badges={"regular": regular, "rich": rich},
            tiers={**LADDER},
        )
    )
    sara = story.enrols()
    bought = story.buys(sara, 1_000)
    assert [its[1]["badge"] for its in told(story, sara)] == ["regular", "rich"]
    answer = answered(story, bought.id)
    assert [its["code"] for its in answer["badges"]] == ["regular", "rich"]
    assert answer["message"]["en"] == "Rich!"
    comes_back(story, bought.id)
    assert story.balance(sara) == 0
    left = connection().execute("SELECT code FROM badge_level WHERE member_id = %s", [sara]).fetchall()
    assert left == []
    assert story.books_agree()


def test_what_badges_and_challenges_give_counts_as_points_and_goes_off_again(app: Flask) -> None:
    """Gifts go round to counters: the badge's points reach the tier in the same purchase, and go back with it."""
    regular = {"title": title("Regular"), "counter": "visits", "levels": [{"at": 1, "give": [points(30)]}]}
    needs = {"counter": {"name": "all_points", "over": "ever", "at_least": 31}}
    ladder = [LADDER["ladder"][0], {"code": "silver", "title": title("Silver"), "needs": needs}]
    story = Story(
        document(
            BASE,
            counters={"all_points": {"of": "points", "measure": "amount"}},
            badges={"regular": regular},
            tiers={"ladder": ladder, "returns": "at_once"},
        )
    )
    sara = story.enrols()
    bought = story.buys(sara, 1_000)
    assert (story.tier(sara), story.balance(sara)) == ("silver", 31)
    comes_back(story, bought.id)
    assert (story.tier(sara), story.balance(sara)) == ("bronze", 0)
    assert story.books_agree()


def test_a_challenge_done_hands_out_the_next_one(app: Flask) -> None:
    second = challenge(2, points(70), start="handed_out", lasts={"days": 5})
    story = Story(
        document(
            BASE,
            on("challenge_completed", {"challenge": "second"}, if_={"event": {"field": "challenge", "is": "first"}}),
            counters=ORDERS,
            challenges={"first": challenge(1), "second": second},
        )
    )
    sara = story.enrols()
    story.buys(sara, 1_000)
    for _ in range(2):
        story.now += DAY
        story.buys(sara, 1_000)
    assert story.balance(sara) == 3 + 70
    assert [type_ for type_, _ in told(story, sara)] == ["challenge_completed", "run_begun", "challenge_completed"]
    assert story.books_agree()


STORY = {
    "title": {"en": "The garden", "fa": "باغ"},
    "chapters": [
        {"title": title("One"), "text": title("A seed."), "challenges": ["first"]},
        {"title": title("Two"), "text": title("A tree."), "challenges": ["second"]},
    ],
    "end": {"text": title("Fruit."), "give": [points(500)]},
}


def test_the_story_ends_once_with_its_gift_and_begins_to_end_again_where_a_return_opens_it(app: Flask) -> None:
    story = Story(
        document(
            BASE,
            counters=ORDERS,
            tiers=LADDER,
            story=STORY,
            challenges={"first": challenge(1), "second": challenge(2)},
        )
    )
    sara = story.enrols()
    story.buys(sara, 1_000)
    assert story.balance(sara) == 1
    last = story.buys(sara, 1_000)
    assert story.balance(sara) == 2 + 500
    [sentence] = [its["sentence"] for its in answered(story, last.id)["awards"] if its["article"] == "story:end"]
    assert "500" in sentence
    story.buys(sara, 1_000)
    assert story.balance(sara) == 3 + 500
    for id_ in (last.id,):
        comes_back(story, id_)
    assert story.balance(sara) == 2 + 500  # the third purchase stands for the second
    assert story.books_agree()


@pytest.mark.parametrize("returns", ["at_once", "at_review"])
def test_the_end_goes_where_too_much_comes_back(app: Flask, returns: str) -> None:
    story = Story(
        document(
            BASE,
            counters=ORDERS,
            tiers={**LADDER, "returns": returns},
            story=STORY,
            challenges={"first": challenge(1), "second": challenge(2)},
        )
    )
    sara = story.enrols()
    story.buys(sara, 1_000)
    last = story.buys(sara, 1_000)
    comes_back(story, last.id)
    story.now += 2 * DAY
    review_tiers(story.club_id, story.now)
    assert story.balance(sara) == 1
    assert story.books_agree()


def test_many_purchases_at_once_cost_as_many_statements_as_one(app: Flask) -> None:
    story = Story(document(BASE, on("tier_reached", points(100)), tiers=LADDER))
    members = [story.enrols(str(n)) for n in range(40)]
    story.records([story.sale(member, 60_000) for member in members])
    assert {story.balance(member) for member in members} == {260}
    assert story.now == START
    assert story.books_agree()


def test_a_chapter_that_opens_hands_out_its_challenge_and_its_text_is_told_then(app: Flask) -> None:
    second = challenge(1, start="handed_out", lasts={"days": 5})
    story = Story(document(BASE, counters=ORDERS, story=STORY, challenges={"first": challenge(1), "second": second}))
    sara = story.enrols()

    def seen() -> list[tuple[str, int, bool]]:
        told = told_story(story.club_id, sara, story.now)
        assert told
        return [(its.state, its.share, its.text is not None) for its in told.chapters]

    assert seen() == [("open", 0, True), ("closed", 0, False)]
    story.buys(sara, 1_000)
    assert seen() == [("done", 100, True), ("open", 0, True)]
    assert told(story, sara)[0][0] == "run_begun"
    story.now += DAY
    story.buys(sara, 1_000)
    assert seen() == [("done", 100, True), ("done", 100, True)]
    end = told_story(story.club_id, sara, story.now).end  # type: ignore[union-attr]
    assert end
    assert end.reached_at == story.now
    assert end.text
    assert end.gives == ("500 points", "۵۰۰ امتیاز")
    assert story.balance(sara) == 502
    assert story.books_agree()


@pytest.mark.parametrize(
    ("sections", "path"),
    [
        ({"articles": [on("tier_reached", points(5))], "tiers_on": "points"}, "/articles/1"),
        (
            {"badges": {"b": {"title": title("B"), "counter": "given", "levels": [{"at": 5, "give": [points(1)]}]}}},
            "/badges/b",
        ),
        (
            {
                "articles": [on("badge_earned", {"badge": "b"}, if_={"event": {"field": "badge", "is": "b"}})],
                "badges": {"b": {"title": title("B")}},
            },
            "/articles/1",
        ),
        (
            {
                "articles": [on("challenge_completed", {"challenge": "c"})],
                "challenges": {"c": challenge(1, start="handed_out")},
            },
            "/challenges/c",
        ),
    ],
)
def test_what_would_follow_from_itself_is_refused_at_the_check(sections: dict[str, Any], path: str) -> None:
    given = {"given": {"of": "points", "measure": "amount"}}
    needs = {"counter": {"name": "given", "over": "ever", "at_least": 9}}
    tiers = {"ladder": [LADDER["ladder"][0], {"code": "silver", "title": title("Silver"), "needs": needs}]}
    more = {"tiers": tiers} if sections.pop("tiers_on", None) else {}
    body = document(BASE, *sections.pop("articles", ()), counters={**ORDERS, **given}, **more, **sections)
    with pytest.raises(Invalid) as refused:
        load(body)
    assert path in [fault.path for fault in refused.value.faults]
    assert all("without end" in fault.message.en for fault in refused.value.faults)


def test_a_chain_that_is_too_long_is_refused(app: Flask) -> None:
    badges = {f"b{n}": {"title": title(f"B{n}")} for n in range(5)}
    chain = [
        article("2", {"badge": "b0"}),
        *(
            on("badge_earned", {"badge": f"b{n + 1}"}, no=str(n + 3), if_={"event": {"field": "badge", "is": f"b{n}"}})
            for n in range(4)
        ),
    ]
    load(document(BASE, *chain[:4], badges=badges))
    with pytest.raises(Invalid) as refused:
        load(document(BASE, *chain, badges=badges))
    assert [fault.path for fault in refused.value.faults] == ["/articles/5"]
