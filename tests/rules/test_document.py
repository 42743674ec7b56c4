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

from loyalty import documents
from loyalty.documents import MAX_BYTES, parse
from loyalty.errors import Invalid
from loyalty.rules import load
from loyalty.rules.awards.earn import Points
from loyalty.rules.windows import Window
from tests.rules.stories import article, document

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


def with_(path: str, value: Any) -> dict[str, Any]:
    """The small club with one value of its document replaced, named by its JSON pointer."""
    tree: Any = document(articles=[article()], badges={}, leaderboards={})
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


IF = "/articles/0/if"
GIVE = "/articles/0/give"

WRONG: list[tuple[str, Any, str, str]] = [
    # (where a value is put, the value, where the fault is, a part of what it says)
    ("/format", 2, "/format", "format 1"),
    ("/format", True, "/format", "format 1"),
    ("/format", 1.0, "/format", "format 1"),
    ("/club/currency", "XYZ", "/club/currency", "“IRR”"),
    ("/club/timezone", "Tehran", "/club/timezone", "Asia/Tehran"),
    ("/club/timezone", ["Asia/Tehran"], "/club/timezone", "Asia/Tehran"),
    ("/club/calendar", "lunar", "/club/calendar", "“jalali” or “gregorian”"),
    ("/club/display", "rial", "/club/display", "“toman”"),
    ("/club/name", {"en": "Club"}, "/club/name", "“fa” is missing"),
    ("/club/name", {"en": "Club", "fa": " "}, "/club/name/fa", "A text is expected"),
    ("/club/name", {"en": "Club", "fa": "با\x00شگاه"}, "/club/name/fa", "A text is expected"),
    ("/club/name", {"en": "Club", "fa": "\ud800"}, "/club/name/fa", "A text is expected"),
    ("/club/name", {"en": "Club", "fa": "ب" * 201}, "/club/name/fa", "At most 200 characters"),
    ("/club/motto", "x", "/club/motto", "“motto” is not known"),
    ("/club/curency", "IRR", "/club/curency", "Did you mean “currency”?"),
    ("/wallets/points/unit", "stars", "/wallets/points/unit", "“points” or “money”"),
    ("/wallets/points/rounds", "up", "/wallets/points/rounds", "“half_up”"),
    ("/wallets/1st", {"unit": "points", "name": {"en": "a", "fa": "ا"}}, "/wallets/1st", "A name is a letter"),
    ("/wallets/a~b", {"unit": "points", "name": {"en": "a", "fa": "ا"}}, "/wallets/a~0b", "A name is a letter"),
    ("/counters/spend/measure", "money", "/counters/spend/measure", "“amount”"),
    ("/counters/spend/where", {"category": "x"}, "/counters/spend/where", "Only a counter of lines"),
    ("/counters/milk/where", {}, "/counters/milk/where", "At least one of sku"),
    ("/counters/milk/where", {"colour": "x"}, "/counters/milk/where/colour", "“colour” is not known"),
    ("/counters/milk/where", {"category": []}, "/counters/milk/where/category", "At least 1 is needed"),
    ("/counters/milk/where", {"category": ["x", 3]}, "/counters/milk/where/category/1", "A text is expected"),
    ("/articles", {"no": "1"}, "/articles", "“title” is missing"),
    ("/articles/0", "free points", "/articles/0", "An object with named fields"),
    ("/articles/0/no", "§ 1", "/articles/0/no", "letters, digits"),
    ("/articles/0/on", "sale", "/articles/0/on", "“purchase”"),
    ("/articles/0/give", [], "/articles/0/give", "At least 1 is needed"),
    ("/articles/0/from", "1405-13-01", "/articles/0/from", "A date such as"),
    ("/articles/0/from", "1405-12-30", "/articles/0/from", "A date such as"),
    ("/articles/0/from", "2026-02-29", "/articles/0/from", "A date such as"),
    ("/articles/0/from", "1405-9-1", "/articles/0/from", "A date such as"),
    ("/articles/0/from", 14050901, "/articles/0/from", "A text is expected"),
    ("/articles/0/until", "9999-12-31", "/articles/0/until", "A date such as"),
    ("/articles/0/from", "0000-01-01", "/articles/0/from", "A date such as"),
    (IF, {}, IF, "One of “"),
    (IF, {"weekday": "friday", "hours": {}}, IF, "Exactly one condition"),
    (IF, {"weekdays": "friday"}, f"{IF}/weekdays", "Did you mean “weekday”?"),
    (IF, {"points": {"fixed": 1}}, f"{IF}/points", "“points” is not known"),
    (IF, {"all": []}, f"{IF}/all", "At least 1 is needed"),
    (IF, {"all": [{"weekday": "friday"}, {"weekday": "someday"}]}, f"{IF}/all/1/weekday", "“friday”"),
    (IF, {"weekday": ["friday", "friday"]}, f"{IF}/weekday/1", "stands here twice"),
    (IF, {"basket": {"of": "paid", "at_least": 1}}, f"{IF}/basket/of", "“net” or “gross”"),
    (IF, {"basket": {}}, f"{IF}/basket", "Exactly one of at_least"),
    (IF, {"basket": {"at_least": 1, "at_most": 2}}, f"{IF}/basket", "Exactly one of at_least"),
    (IF, {"basket": {"at_least": -1}}, f"{IF}/basket/at_least", "A number from 0"),
    (IF, {"basket": {"at_least": 10**16}}, f"{IF}/basket/at_least", "A number from 0"),
    (IF, {"basket": {"at_least": "9" * 5000}}, f"{IF}/basket/at_least", "A whole number"),
    (IF, {"basket": {"at_least": 1.5}}, f"{IF}/basket/at_least", "A whole number"),
    (IF, {"basket": {"at_least": "1.5"}}, f"{IF}/basket/at_least", "A whole number"),
    (IF, {"basket": {"at_least": True}}, f"{IF}/basket/at_least", "A whole number"),
    (IF, {"basket": {"at_least": None}}, f"{IF}/basket/at_least", "A whole number"),
    (IF, {"basket": {"between": [2, 1]}}, f"{IF}/basket/between", "the smaller first"),
    (IF, {"basket": {"between": [1]}}, f"{IF}/basket/between", "Two figures"),
    (IF, {"basket": {"between": [1, "x"]}}, f"{IF}/basket/between/1", "A whole number"),
    (IF, {"basket": {"less_than": 0}}, f"{IF}/basket/less_than", "less than nothing"),
    (IF, {"bought": {"quantity": {"at_least": 1}}}, f"{IF}/bought", "“where” is missing"),
    (IF, {"bought": {"where": {"sku": "x"}, "quantity": {}}}, f"{IF}/bought/quantity", "A bound is expected"),
    (
        IF,
        {"bought": {"where": {"sku": "x"}, "quantity": {"at_least": "0.0001"}}},
        f"{IF}/bought/quantity/at_least",
        "three decimal places",
    ),
    (IF, {"hours": {"from": "24:00", "until": "02:00"}}, f"{IF}/hours/from", "“22:00”"),
    (IF, {"hours": {"from": "7:00", "until": "10:00"}}, f"{IF}/hours/from", "“22:00”"),
    (IF, {"hours": {"from": "10:00", "until": "10:00"}}, f"{IF}/hours/until", "the same"),
    (IF, {"dates": {"from": "1405-02-01", "until": "1405-01-01"}}, f"{IF}/dates", "comes after the last"),
    (IF, {"dates": {"each_year": {"from": "1405-02-01"}}}, f"{IF}/dates/each_year", "“until” is missing"),
    (IF, {"tier": {"at_least": "platinum"}}, f"{IF}/tier/at_least", "“platinum” is not known"),
    (IF, {"tier": {"is": "sliver"}}, f"{IF}/tier/is", "Did you mean “silver”?"),
    (IF, {"tier": {"at_least": "silver", "is": "gold"}}, f"{IF}/tier", "Exactly one of"),
    (IF, {"counter": {"name": "spent", "at_least": 1}}, f"{IF}/counter/name", "Did you mean “spend”?"),
    (IF, {"counter": {"name": ["spend"], "at_least": 1}}, f"{IF}/counter/name", "is not known"),
    (IF, {"counter": {"at_least": 1}}, f"{IF}/counter", "“name” is missing"),
    (IF, {"counter": {"name": "spend", "over": "always", "at_least": 1}}, f"{IF}/counter/over", "A window is expected"),
    (
        IF,
        {"counter": {"name": "spend", "over": {"last": {"months": 0}}, "at_least": 1}},
        f"{IF}/counter/over/last/months",
        "A number from 1",
    ),
    (
        IF,
        {"counter": {"name": "spend", "over": {"last": {"years": 10**9}}, "at_least": 1}},
        f"{IF}/counter/over/last/years",
        "A number from 1",
    ),
    (
        IF,
        {"counter": {"name": "spend", "over": {"last": {"days": 1, "weeks": 1}}, "at_least": 1}},
        f"{IF}/counter/over/last",
        "A length of time",
    ),
    (
        IF,
        {"counter": {"name": "spend", "over": {"this": "decade"}, "at_least": 1}},
        f"{IF}/counter/over/this",
        "“quarter”",
    ),
    (IF, {"nth_purchase": 0}, f"{IF}/nth_purchase", "A number from 1"),
    (IF, {"nth_purchase": {"n": 1, "every": 2}}, f"{IF}/nth_purchase", "Either n or every"),
    (IF, {"member": {"attribute": "city"}}, f"{IF}/member", "attribute with is"),
    (IF, {"member": {"age": {}}}, f"{IF}/member/age", "A bound is expected"),
    (IF, {"member": {"age": {"at_leest": 18}}}, f"{IF}/member/age/at_leest", "Did you mean “at_least”?"),
    (GIVE, [{"points": {}}], f"{GIVE}/0/points", "Exactly one of fixed"),
    (GIVE, [{"points": {"per": 5}}], f"{GIVE}/0/points", "Exactly one of fixed"),
    (GIVE, [{"points": {"fixed": 0}}], f"{GIVE}/0/points/fixed", "A number from 1"),
    (GIVE, [{"points": {"fixed": 1, "of": "net"}}], f"{GIVE}/0/points/of", "A fixed amount is of nothing"),
    (GIVE, [{"points": {"per": 0, "give": 1}}], f"{GIVE}/0/points/per", "A number from 1"),
    (GIVE, [{"points": {"per": 5, "give": 0}}], f"{GIVE}/0/points", "This gives nothing"),
    (GIVE, [{"points": {"per": 5, "give": 1.25}}], f"{GIVE}/0/points/give", "An exact number in quotes"),
    (GIVE, [{"points": {"per": 5, "give": "1/0"}}], f"{GIVE}/0/points/give", "An exact number in quotes"),
    (GIVE, [{"points": {"per": 5, "give": "-1"}}], f"{GIVE}/0/points/give", "An exact number in quotes"),
    (GIVE, [{"points": {"per": 5, "give": "1e9"}}], f"{GIVE}/0/points/give", "An exact number in quotes"),
    (GIVE, [{"points": {"per": 5, "give": "999999999"}}], f"{GIVE}/0/points/give", "A number from 0"),
    (GIVE, [{"points": {"percent": "1.5/2"}}], f"{GIVE}/0/points/percent", "An exact number in quotes"),
    (GIVE, [{"points": {"percent": 1.5}}], f"{GIVE}/0/points/percent", "An exact number in quotes"),
    (GIVE, [{"points": {"percent": "1", "of": "paid"}}], f"{GIVE}/0/points/of", "“quantity”"),
    (GIVE, [{"points": {"fixed": 1, "wallet": "purse"}}], f"{GIVE}/0/points/wallet", "“purse” is not known"),
    (GIVE, [{"multiply": {"by": 1}}], f"{GIVE}/0/multiply/by", "above 1"),
    (GIVE, [{"multiply": {"by": 2, "of": {"category": "x"}}}], f"{GIVE}/0/multiply/of/category", "is not known"),
    (GIVE, [{"multiply": {"by": 2, "articles": ["9"]}}], f"{GIVE}/0/multiply/articles/0", "“9” is not known"),
    (GIVE, [{"badge": "founder"}], f"{GIVE}/0/badge", "“founder” is not known"),
    (GIVE, [{"message": "Hello"}], f"{GIVE}/0/message", "An object with named fields"),
    (GIVE, [{"message": {"en": "Hello", "fa": "س" * 501}}], f"{GIVE}/0/message/fa", "At most 500"),
    (GIVE, [{"prize": {}}], f"{GIVE}/0/prize", "“prize” is not known"),
    ("/articles/0/limits", [{"per": "store", "every": "day", "at_most": 1}], "/articles/0/limits/0/per", "“member”"),
    ("/articles/0/limits", [{"per": "member", "at_most": 1}], "/articles/0/limits/0", "Either every or over"),
    ("/articles/0/limits", [{"per": "member", "every": "day", "at_most": 0}], "/articles/0/limits/0/at_most", "from 1"),
    (
        "/articles/0/limits",
        [{"per": "club", "over": {"last": {"days": 3}}, "at_most": 1}],
        "/articles/0/limits/0/over",
        "calendar periods or ever",
    ),
    (
        "/articles/0/limits",
        [{"per": "club", "every": "day", "at_most": 1}, {"per": "club", "every": "day", "at_most": 2}],
        "/articles/0/limits/1",
        "stands here twice",
    ),
    ("/tiers/ladder", [], "/tiers/ladder", "At least 1 is needed"),
    ("/tiers/promote", "at_review", "/tiers/promote", "“at_once”"),
    ("/tiers/demote", "slowly", "/tiers/demote", "“one_step”"),
    ("/tiers/ladder/1", {"code": "silver", "title": {"en": "S", "fa": "ن"}}, "/tiers/ladder/1", "Only the first step"),
    ("/tiers/ladder/0/code", "silver", "/tiers/ladder/1", "already on the ladder"),
    ("/tiers/ladder/1/needs", {"weekday": "friday"}, "/tiers/ladder/1/needs", "only read counters"),
    (
        "/tiers/ladder/1/needs",
        {"any": [{"counter": {"name": "spend", "at_least": 1}}, {"nth_purchase": 3}]},
        "/tiers/ladder/1/needs",
        "only read counters",
    ),
    ("/badges/b", {"title": {"en": "B", "fa": "ن"}, "counter": "spend"}, "/badges/b", "“levels” is missing"),
    (
        "/badges/b",
        {"title": {"en": "B", "fa": "ن"}, "counter": "spend", "levels": [{"at": 2}, {"at": 2}]},
        "/badges/b/levels",
        "more than the one before",
    ),
    (
        "/badges/b",
        {"title": {"en": "B", "fa": "ن"}, "counter": "milk", "levels": [{"at": "0.0001"}]},
        "/badges/b/levels/0/at",
        "A quantity above zero",
    ),
    (
        "/badges/b",
        {"title": {"en": "B", "fa": "ن"}, "counter": "spend", "levels": [{"at": 2, "give": [{"badge": "c"}]}]},
        "/badges/b/levels/0/give/0/badge",
        "is not known",
    ),
    (
        "/badges/b",
        {
            "title": {"en": "B", "fa": "ن"},
            "counter": "spend",
            "levels": [{"at": 2, "give": [{"points": {"percent": 1}}]}],
        },
        "/badges/b/levels/0/give/0",
        "A badge gives fixed amounts",
    ),
    ("/badges/b", {"title": {"en": "B", "fa": "ن"}, "on": "purchase"}, "/badges/b", "on and if stand together"),
    ("/badges/b", {"title": {"en": "B", "fa": "ن"}, "over": "ever"}, "/badges/b/over", "Only a badge with a counter"),
    ("/leaderboards/m", {"title": {"en": "M", "fa": "م"}}, "/leaderboards/m", "“counter” is missing"),
    (
        "/leaderboards/m",
        {"title": {"en": "M", "fa": "م"}, "counter": "spend", "period": "decade"},
        "/leaderboards/m/period",
        "“ever”",
    ),
    ("/stacking", "pile", "/stacking", "“compound”"),
    ("/story", {}, "/story", "“story” is not known"),
]


@pytest.mark.parametrize(
    ("put", "value", "place", "says"), WRONG, ids=[f"{put} = {str(value)[:60]}" for put, value, _, _ in WRONG]
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


# --- files ---------------------------------------------------------------------------------------------------------


def test_yaml_guesses_nothing() -> None:
    tree = parse("on: purchase\nno: 12\nyes: no\nday: 1405-09-01\nrate: 5/4\nhalf: 0.5\ntime: 22:00\noct: 012\nnull: ~")
    assert tree == {
        "on": "purchase",
        "no": 12,
        "yes": "no",
        "day": "1405-09-01",
        "rate": "5/4",
        "half": "0.5",
        "time": "22:00",
        "oct": "012",
        "null": "~",
    }
    assert parse("a: true\nb: false\nc: True\nd: -3") == {"a": True, "b": False, "c": "True", "d": -3}


def test_anchors_may_be_used() -> None:
    assert parse("a: &x {b: 1}\nc: *x") == {"a": {"b": 1}, "c": {"b": 1}}


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


@pytest.mark.parametrize(
    "text",
    [
        "{",
        '{"a": }',
        '{"a": 1, "a": 2}',
        '{"a": {"b": 1, "b": 2}}',
        '{"a": NaN}',
        '{"a": Infinity}',
        '{"a": ' + "1" * 5000 + "}",
        '{"a": "\\ud800"}',
        '{"a":' + "[" * 100_000,
        "a: 1\na: 2",
        "a: {b: 1, b: 2}",
        "a: [",
        "a: *b",
        "a: &a {b: *a}",
        "a: \x01",
        "\t- a",
        "a: " + "1" * 5000,
        "a: !!int abc",
        "a: !!python/object/apply:os.system [id]",
        "? [a, b]\n: c",
        "[" * 3000,
        "a: 1\n---\nb: 2",
        "",
        "- a",
        "text",
        "[1, 2]",
        "# nothing",
    ],
    ids=lambda text: repr(text[:30]),
)
def test_a_broken_file_is_told_in_both_languages(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse(text)
    [fault] = refused.value.faults
    assert fault.message.en
    assert fault.message.fa


def test_a_broken_file_names_line_and_column() -> None:
    with pytest.raises(Invalid) as refused:
        parse("format: 1\nclub: {name\n")
    assert "Line 3, column 1" in refused.value.faults[0].message.en
    assert "سطر ۳، ستون ۱" in refused.value.faults[0].message.fa
    with pytest.raises(Invalid) as refused:
        parse('{"format": 1,\n "club" 2}')
    assert "Line 2, column 9" in refused.value.faults[0].message.en


def test_a_key_that_stands_twice_is_named() -> None:
    for text in ("a: 1\nbread: 2\nbread: 3", '{"a": 1, "bread": 2, "bread": 3}'):
        with pytest.raises(Invalid) as refused:
            parse(text)
        assert "bread" in refused.value.faults[0].message.en


def test_a_file_beyond_a_megabyte_is_refused_before_it_is_read() -> None:
    with pytest.raises(Invalid, match="larger than 1 MB"):
        parse("# " + "x" * MAX_BYTES)


def test_a_file_with_too_many_parts_is_refused_before_it_costs_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "MAX_PARTS", 500)
    with pytest.raises(Invalid, match="too many parts"):
        parse("a: [" + "b," * 600 + "]")


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
