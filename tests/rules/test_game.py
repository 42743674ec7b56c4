"""The game around the articles: story, teams, leagues, raffles, spins; what is odd of it, and what differs."""

from __future__ import annotations

from copy import deepcopy
from datetime import date
from typing import Any

import pytest

from loyalty.errors import Invalid
from loyalty.rules import load
from loyalty.rules.differences import differences
from loyalty.rules.findings import findings
from loyalty.rules.game import SECTIONS
from loyalty.rules.leagues import Division, League
from loyalty.rules.paying import Pays
from loyalty.rules.prizes import Prize
from loyalty.rules.raffles import Raffle
from loyalty.rules.reading import Bad, Node, Reading
from loyalty.rules.spins import Odd, Spin
from loyalty.rules.story import Chapter, End, Story, read_story
from loyalty.rules.teams import Teams
from tests.rules.wrong_game import league, raffle, spin, story
from tests.story import BASE, article, document, title

TODAY = date(2026, 11, 1)
PRIZE = {"points": {"fixed": 5}}
CLUB = document(
    BASE,
    article("2", PRIZE, {"reward": {"code": "coffee", "fixed": 1}}, {"tickets": {"raffle": "r", "fixed": 1}}),
    article("3", {"discount": {"percent": 5}}),
    story=story(end={"text": title("End"), "give": [{"reward": {"code": "cup", "fixed": 1}}]}),
    teams={"size": {"at_most": 5}},
    leagues=league(),
    raffles=raffle(),
    spins=spin({"chance": "1/2", "give": [PRIZE]}, {"chance": "50%"}),
    challenges={"c": {"title": title("C"), "by": "team", "goal": {"counter": {"name": "visits", "at_least": 9}}}},
    leaderboards={
        "all": {"title": title("All"), "counter": "spend", "scope": "club", "by": "member"},
        "friends": {"title": title("Friends"), "counter": "spend", "scope": "friends"},
        "teams": {"title": title("Teams"), "counter": "spend", "by": "team"},
    },
)
CLUB["wallets"] = deepcopy(CLUB["wallets"])
CLUB["wallets"]["points"].update(pays={"points": 1, "money": 10}, same_sale=True)
CLUB["wallets"]["cashback"].update(same_sale=False)


def found(bylaws: dict[str, Any], *codes: str) -> list[tuple[str, str]]:
    return [(its.code, its.path) for its in findings(load(bylaws), TODAY) if its.code in codes]


def test_a_club_without_a_story_is_warned_and_one_with_an_endless_one_too() -> None:
    assert found(document(), "no_story", "endless_story") == [("no_story", "/story")]
    endless = story()
    del endless["end"]
    assert found(document(story=endless), "no_story", "endless_story") == [("endless_story", "/story")]
    assert found(document(story=story()), "no_story", "endless_story") == []


def tale(*chapters: list[str]) -> Node:
    """A story told in a document that declares three challenges."""
    reading = Reading()
    reading.names["challenges"] = {"one", "two", "three"}
    told = [{"title": title("C"), "text": title("."), **({"challenges": its} if its else {})} for its in chapters]
    return Node(story(chapters=told), "/story", reading)


def test_each_chapter_is_carried_by_challenges_of_its_own() -> None:
    read = read_story(tale(["one", "two"], ["three"]))
    assert [chapter.challenges for chapter in read.chapters] == [("one", "two"), ("three",)]
    again = tale(["one", "two"], ["two"])
    with pytest.raises(Bad):
        read_story(again)
    assert [(its.path, its.message.en) for its in again.reading.faults] == [
        ("/story/chapters/1", "An earlier chapter has “two” already.")
    ]


def test_a_challenge_of_the_story_that_can_be_missed_is_odd_and_one_without_an_end_is_not() -> None:
    goal = {"counter": {"name": "orders", "over": "run", "at_least": 1}}
    counters = {"orders": {"of": "purchases", "measure": "times"}}
    begun = {"title": title("Begun"), "goal": goal}
    asked = begun | {"start": "handed_out"}
    for challenge, odd in ((asked, []), (asked | {"lasts": {"days": 9}}, [("missable", "/challenges/second")])):
        telling = {
            "title": title("A story"),
            "chapters": [
                {"title": title(code), "text": title("…"), "challenges": [code]} for code in ("first", "second")
            ],
            "end": {"text": title("Over.")},
        }
        form = document(counters=counters, challenges={"first": begun, "second": challenge}, story=telling)
        assert found(form, "missable") == odd
        assert [path for _, path in found(form, "no_limit") if path.startswith("/challenges")] == []


def test_a_chapter_from_which_nothing_leads_on_is_a_dead_end() -> None:
    assert found(document(story=story()), "dead_end") == [("dead_end", "/story/chapters/0")]


def test_a_raffle_that_was_drawn_is_over() -> None:
    past = document(raffles=raffle(draw="1405-08-09"))
    assert found(past, "out_of_date") == [("out_of_date", "/raffles/r/draw")]
    assert found(document(raffles=raffle(draw="1405-08-10")), "out_of_date") == []
    assert found(document(raffles=raffle(draw={"each": "month"})), "out_of_date") == []


def test_a_raffle_whose_tickets_nothing_gives_is_named() -> None:
    tickets = {"tickets": {"raffle": "r", "per": 1000, "give": 1}}
    assert found(document(raffles=raffle()), "no_tickets") == [("no_tickets", "/raffles/r")]
    twice = document(article("1", tickets), article("2", tickets), raffles=raffle())
    assert found(twice, "no_tickets", "overlap") == [("overlap", "/articles/1")]
    [overlap] = [its.message for its in findings(load(twice), TODAY) if its.code == "overlap"]
    assert "tickets in the raffle" in overlap.en
    assert "بلیت قرعه‌کشی" in overlap.fa


def test_what_is_said_otherwise_of_it_is_a_difference() -> None:
    other = deepcopy(CLUB)
    other["articles"][1]["give"][1]["reward"]["fixed"] = 2
    other["wallets"]["points"]["pays"]["money"] = 20
    other["leaderboards"]["friends"]["scope"] = {"league": "l"}
    other["story"]["title"] = title("Another")
    other["story"]["chapters"].append({"title": title("On"), "text": title("And on.")})
    other["teams"]["join"] = "open"
    other["leagues"]["l"]["up"] = 3
    other["raffles"]["r"]["prizes"][0]["winners"] = 3
    del other["spins"]
    assert {(its.part, its.no, its.what) for its in differences(load(CLUB), load(other))} == {
        ("articles", "2", "changed"),
        ("wallets", "points", "changed"),
        ("leaderboards", "friends", "changed"),
        ("story", "story", "changed"),
        ("story", "2", "added"),
        ("teams", "teams", "changed"),
        ("leagues", "l", "changed"),
        ("raffles", "r", "changed"),
        ("spins", "s", "removed"),
    }


@pytest.mark.parametrize("part", [Story, Chapter, End, Teams, League, Division, Raffle, Prize, Spin, Odd, Pays])
def test_each_part_brings_the_form_of_its_fields(part: Any) -> None:
    assert all(field.name and field.type.form and field.label.en and field.label.fa for field in part.fields)


@pytest.mark.parametrize("section", SECTIONS)
def test_a_section_that_is_no_object_is_a_fault_and_no_crash(section: str) -> None:
    for value in (None, 3, "x", [], [{}], True):
        with pytest.raises(Invalid) as refused:
            load(document(**{section: value}))
        assert {its.path for its in refused.value.faults} == {f"/{section}"}
