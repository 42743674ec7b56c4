"""A document is read whole: every fault at its place, in both languages; nothing is guessed, nothing crashes."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from copy import deepcopy
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from loyalty.documents import parse
from loyalty.errors import Invalid
from loyalty.rules import load
from loyalty.rules.awards.earn import Points
from loyalty.rules.windows import Window
from tests.rules.stories import article, document
from tests.rules.wrong import WRONG
from tests.rules.wrong_game import WRONG as WRONG_GAME
from tests.rules.wrong_runs import WRONG as WRONG_RUNS

SHIPPED = sorted((Path(__file__).parents[2] / "seed" / "bylaws").glob("*.yaml"))


def faults(tree: Any) -> dict[str, str]:
    """What is wrong with a document, by place, in English; each is told in Persian too."""
    with pytest.raises(Invalid) as refused:
        load(tree)
    for fault in refused.value.faults:
        assert fault.message.en.strip(), fault
        assert any("؀" <= letter <= "ۿ" for letter in fault.message.fa), fault
    found: dict[str, str] = {}
    for fault in refused.value.faults:
        found[fault.path] = f"{found.get(fault.path, '')} {fault.message.en}"
    return found


def test_a_tier_needs_no_audience_that_stands_on_tiers() -> None:
    audiences = {"golden": {"title": {"en": "G", "fa": "ط"}, "if": {"tier": {"is": "gold"}}}}
    ladder = [
        {"code": "bronze", "title": {"en": "B", "fa": "ب"}},
        {"code": "gold", "title": {"en": "G", "fa": "ط"}, "needs": {"audience": "golden"}},
    ]
    found = faults(document(articles=[article()], audiences=audiences, tiers={"ladder": ladder}))
    assert set(found) == {"/tiers/ladder/1/needs"}


def test_an_audience_that_cannot_be_read_is_named_once() -> None:
    audiences = {"golden": {"title": {"en": "G", "fa": "ط"}, "if": {"tier": {"is": "platinum"}}}}
    found = faults(document(articles=[article(**{"if": {"audience": "golden"}})], audiences=audiences))
    assert set(found) == {"/audiences/golden/if/tier/is"}


def with_(path: str, value: Any) -> dict[str, Any]:
    """The small club with one value of its document replaced, named by its JSON pointer."""
    tree: Any = document(articles=[article()], audiences={}, badges={}, leaderboards={})
    *parents, last = path.strip("/").split("/")
    place = tree
    for step in parents:
        place = place[int(step)] if isinstance(place, list) else place[step]
    if isinstance(place, list):
        place[int(last)] = value
    else:
        place[last] = value
    return tree


@pytest.mark.parametrize("path", SHIPPED, ids=[path.name for path in SHIPPED])
def test_the_documents_that_are_shipped_load(path: Path) -> None:
    bylaws = load(parse(path.read_text()))
    assert bylaws.articles


def test_there_are_shipped_documents() -> None:
    assert {path.name for path in SHIPPED} >= {"anar.yaml", "record_shop.yaml"}


def test_a_document_survives_json_and_yaml_alike() -> None:
    text = SHIPPED[0].read_text()
    tree = parse(text)
    assert parse(json.dumps(tree, ensure_ascii=False)) == tree


@pytest.mark.parametrize(
    ("put", "value", "place", "says"),
    [*WRONG, *WRONG_GAME, *WRONG_RUNS],
    ids=[f"{put} = {str(value)[:60]}" for put, value, _, _ in [*WRONG, *WRONG_GAME, *WRONG_RUNS]],
)
def test_a_fault_is_named_at_its_place(put: str, value: Any, place: str, says: str) -> None:
    found = faults(with_(put, value))
    assert place in found, found
    assert says in found[place]


@pytest.mark.parametrize("section", ["format", "club", "wallets", "articles"])
def test_a_missing_section_is_named(section: str) -> None:
    tree = document(articles=[article()])
    del tree[section]
    assert f"“{section}” is missing" in faults(tree)[""]


@pytest.mark.parametrize("tree", [[], "club", 3, None, True, {1: 2}, {"format": 1, 2: 3}])
def test_what_is_no_document_is_told(tree: Any) -> None:
    assert "An object with named fields" in faults(tree)[""]


@pytest.mark.parametrize("wrong", [None, [], {}, "", 0, 1.5, float("nan"), True, [[]], {"": {}}, {"x": None}])
def test_anything_in_any_place_is_a_fault_or_fine_but_never_a_crash(wrong: Any) -> None:
    whole = parse(SHIPPED[0].read_text())

    def places(tree: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        items = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
        return [path, *(inner for key, value in items for inner in places(value, (*path, key)))]

    for path in places(whole)[1::17]:
        tree = deepcopy(whole)
        place = tree
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = wrong
        with contextlib.suppress(Invalid):
            load(tree)


def test_several_faults_are_told_at_once() -> None:
    tree = document(
        articles=[
            article("1", give=[{"points": {"fixed": 0}}], **{"if": {"all": [{"weekday": "x"}, {"hours": {}}]}}),
            article("1"),
            article("3", give=[{"point": {"fixed": 5}}]),
        ],
        counters={"spend": {"of": "purchases", "measure": "amounts"}},
        stacking="pile",
        badges={"b": {"title": {"en": "B"}}},
    )
    tree["club"]["calendar"] = "lunar"
    found = faults(tree)
    assert set(found) >= {
        "/club/calendar",
        "/counters/spend/measure",
        "/articles/0/if/all/0/weekday",
        "/articles/0/if/all/1/hours",
        "/articles/0/give/0/points/fixed",
        "/articles/1/no",
        "/articles/2/give/0/point",
        "/badges/b/title",
        "/stacking",
    }


def test_faults_are_told_in_the_same_order_every_time() -> None:
    tree = document(articles=[article()])
    tree.update(dict.fromkeys(["zebra", "apple", "mango", "kiwi", "fig"], 1))
    with pytest.raises(Invalid) as refused:
        load(tree)
    assert [fault.path for fault in refused.value.faults] == ["/zebra", "/apple", "/mango", "/kiwi", "/fig"]


def test_an_article_may_stand_once_under_its_number() -> None:
    assert "already is an article 1" in faults(document(articles=[article("1"), article(1)]))["/articles/1/no"]  # type: ignore[arg-type]


def test_a_club_that_shows_toman_keeps_rial() -> None:
    tree = document(articles=[article()])
    tree["club"]["currency"] = "USD"
    assert "IRR" in faults(tree)["/club/display"]


def test_a_group_compares_like_with_like() -> None:
    both = {"group": "sale", "best": True}
    money = article("2", give=[{"cashback": {"fixed": 5}}], **both)
    found = faults(document(articles=[article("1", **both), money]))
    assert "give into one wallet" in found["/articles/1/group"]
    message = {"message": {"en": "Hi", "fa": "سلام"}}
    assert "no amount to compare" in faults(document(articles=[article(give=[message], **both)]))["/articles/0/group"]
    alone = article(exclusive=True, priority=3, **both)
    assert "cannot be exclusive too" in faults(document(articles=[alone]))["/articles/0/exclusive"]


def test_a_badge_has_the_levels_that_it_has() -> None:
    badges = {"b": {"title": {"en": "B", "fa": "ن"}, "counter": "spend", "levels": [{"at": 1}, {"at": 2}]}}
    wanted = article(
        **{"if": {"all": [{"badge": {"name": "b", "more_than": 2}}, {"badge": {"name": "b", "at_least": 2}}]}}
    )
    found = faults(document(articles=[wanted], badges=badges))
    assert list(found) == ["/articles/0/if/all/0/badge"]
    assert "no level above 2" in found["/articles/0/if/all/0/badge"]


def test_points_need_a_wallet_of_points() -> None:
    tree = document(articles=[article()], wallets={"cash": {"unit": "money", "name": {"en": "cash", "fa": "پول"}}})
    assert "No wallet in points" in faults(tree)["/articles/0/give/0/points"]


def test_a_message_alone_has_nothing_to_limit() -> None:
    only = article(
        give=[{"message": {"en": "Hi", "fa": "سلام"}}], limits=[{"per": "member", "every": "day", "at_most": 1}]
    )
    assert "no amount to limit" in faults(document(articles=[only]))["/articles/0/limits"]


@pytest.mark.parametrize("written", [500, "500", "۵۰۰", "٥٠٠"])
def test_numbers_are_read_in_three_scripts(written: Any) -> None:
    [one] = load(document(articles=[article(give=[{"points": {"per": written, "give": 1}}])])).articles
    [award] = one.give
    assert isinstance(award, Points)
    assert award.per == 500


@pytest.mark.parametrize(
    ("written", "exact"),
    [
        (2, Fraction(2)),
        ("1.25", Fraction(5, 4)),
        ("5/4", Fraction(5, 4)),
        ("۱٫۲۵", Fraction(5, 4)),
        ("٥/٤", Fraction(5, 4)),
        ("12.5%", Fraction(1, 8)),
        ("۱۲٫۵٪", Fraction(1, 8)),
        (" 1.25 ", Fraction(5, 4)),
    ],
)
def test_ratios_are_exact_however_they_are_written(written: Any, exact: Fraction) -> None:
    [one] = load(document(articles=[article(give=[{"points": {"per": 1, "give": written}}])])).articles
    [award] = one.give
    assert isinstance(award, Points)
    assert award.rate == exact


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("1405-09-01", date(2026, 11, 22)),
        ("۱۴۰۵-۰۹-۰۱", date(2026, 11, 22)),
        ("2026-11-22", date(2026, 11, 22)),
        ("1403-12-30", date(2025, 3, 20)),
        ("1408-12-30", date(2030, 3, 20)),
        ("2028-02-29", date(2028, 2, 29)),
    ],
)
def test_days_are_read_in_both_calendars(written: str, day: date) -> None:
    [one] = load(document(articles=[article(**{"from": written})])).articles
    assert one.from_ == day


def test_a_lone_value_stands_for_a_list_of_one() -> None:
    one = load(document(articles=[article(give={"points": {"fixed": 1}}, **{"if": {"weekday": "friday"}})]))
    same = load(document(articles=[article(give=[{"points": {"fixed": 1}}], **{"if": {"weekday": ["friday"]}})]))
    assert one.articles == same.articles


def test_equal_counters_are_one_and_their_identity_does_not_hang_on_how_they_are_written() -> None:
    def digests(where: dict[str, Any]) -> bytes:
        return (
            load(
                document(
                    articles=[article()],
                    counters={"c": {"of": "lines", "measure": "amount", "where": where}},
                    tiers=None,
                )
            )
            .counters["c"]
            .digest
        )

    assert digests({"category": ["b", "a"], "brand": "x"}) == digests({"brand": ["x"], "category": ["a", "b"]})
    assert digests({"category": "a"}) != digests({"category": "b"})
    assert digests({"category": "a"}) != digests({"category": "a", "not": {"brand": "x"}})


def test_an_alias_bomb_is_refused_and_quickly() -> None:
    lines = ["a0: &a0 {weekday: friday}"]
    lines += [f"a{n}: &a{n} {{any: [{', '.join([f'*a{n - 1}'] * 9)}]}}" for n in range(1, 7)]
    bomb = parse("\n".join(lines))["a6"]
    assert any("too large" in said for said in faults(document(articles=[article(**{"if": bomb})])).values())


def test_a_document_that_is_nested_too_deeply_is_refused() -> None:
    nested: dict[str, Any] = {"weekday": "friday"}
    for _ in range(50):
        nested = {"none": [nested]}
    found = faults(document(articles=[article(**{"if": nested})]))
    assert any("nested too deeply" in said for said in found.values())


def test_a_document_with_too_many_parts_is_refused() -> None:
    many = [article(str(n)) for n in range(10_000)]
    found = faults(document(articles=many))
    assert any("too large" in said for said in found.values())
    assert len(found) < 10, "one fault says it all"


@pytest.mark.parametrize("read", [parse, load])
def test_a_refusal_is_a_problem_of_the_caller(read: Callable[[Any], Any]) -> None:
    with pytest.raises(Invalid) as refused:
        read("" if read is parse else {})
    assert (refused.value.code, refused.value.status) == ("invalid", 422)


def test_windows_are_read_as_they_are_written() -> None:
    def over(written: Any) -> Window:
        bylaws = load(
            document(articles=[article(**{"if": {"counter": {"name": "spend", "over": written, "at_least": 1}}})])
        )
        return next(read.over for read in bylaws.reads)

    assert over("ever") == Window("ever")
    assert over({"last": {"months": "۱۲"}}) == Window("last", n=12, unit="months")
    assert over({"this": "quarter"}) == Window("this", period="quarter")
    assert over({"previous": "week"}) == Window("previous", period="week")
    assert over({"since": "1405-01-01"}) == Window("since", day=date(2026, 3, 21))
