"""How occasions and receivers are said, and what is wrong with them, at its place."""

from __future__ import annotations

from typing import Any

import pytest

from loyalty.errors import Invalid
from loyalty.rules import load, plain
from loyalty.rules.sentences import sections
from tests.story import article, document


def said(on: object, *give: dict[str, Any], **more: Any) -> tuple[str, str]:
    bylaws = load(document(article("2", *(give or ({"points": {"fixed": 10}},)), on=on, **more)))
    [articles] = [part for part in sections(bylaws) if part.code == "articles"]
    phrases = articles.said[0].phrases
    return plain(phrases["en"]), plain(phrases["fa"])


@pytest.mark.parametrize(
    ("on", "en", "fa"),
    [
        (
            "enrolment",
            "On joining the club, the member gets 10 points.",
            "هنگام پیوستن به باشگاه، ۱۰ امتیاز داده می‌شود.",
        ),
        ("birthday", "On the member's birthday, the member gets 10 points.", "در زادروز عضو، ۱۰ امتیاز داده می‌شود."),
        (
            {"anniversary": "wedding"},
            "On each anniversary of “wedding”, the member gets 10 points.",
            "در هر سالگرد «wedding»، ۱۰ امتیاز داده می‌شود.",
        ),
        (
            {"schedule": {"each": "month", "at": "end"}},
            "On the last day of each month, the member gets 10 points.",
            "در آخرین روز هر ماه، ۱۰ امتیاز داده می‌شود.",
        ),
        (
            {"schedule": {"each": "year", "at": "01-01"}},
            "On 1 Farvardin of each year, the member gets 10 points.",
            "در ۱ فروردین هر سال، ۱۰ امتیاز داده می‌شود.",
        ),
        (
            {"schedule": {"each": "week", "at": "friday"}},
            "On each Friday, the member gets 10 points.",
            "در هر جمعه، ۱۰ امتیاز داده می‌شود.",
        ),
        (
            {"idle": {"months": 6}},
            "After 6 months without a purchase, the member gets 10 points.",
            "پس از ۶ ماه بدون خرید، ۱۰ امتیاز داده می‌شود.",
        ),
    ],
)
def test_an_occasion_begins_its_sentence(on: object, en: str, fa: str) -> None:
    assert said(on) == (en, fa)


def test_a_referral_says_who_gets_what_and_when() -> None:
    en, fa = said("referral", {"points": {"fixed": 100}}, {"points": {"fixed": 30, "to": "friend"}})
    assert en == (
        "With the first purchase of a friend whom the member referred, the member gets 100 points and the friend gets"
        " 30 points; this is given 14 days later, for what was not returned by then."
    )
    assert fa == (
        "با نخستین خرید دوستی که عضو معرفی کرده، ۱۰۰ امتیاز داده می‌شود و ۳۰ امتیاز به دوست معرفی‌شده داده می‌شود؛"
        " این ۱۴ روز بعد، برای آنچه تا آن زمان مرجوع نشده باشد، داده می‌شود."
    )


def faults(*articles: dict[str, Any], **more: Any) -> dict[str, str]:
    with pytest.raises(Invalid) as caught:
        load(document(*articles, **more))
    return {fault.path: fault.message.en for fault in caught.value.faults}


@pytest.mark.parametrize(
    ("on", "place"),
    [
        ({"schedule": {"each": "day", "at": 3}}, "/articles/0/on/schedule/at"),
        ({"schedule": {"each": "week", "at": 8}}, "/articles/0/on/schedule/at"),
        ({"schedule": {"each": "year", "at": "13-01"}}, "/articles/0/on/schedule/at"),
        ({"idle": {"months": 0}}, "/articles/0/on/idle/months"),
        ({"idle": {"months": 1}, "schedule": {"each": "day"}}, "/articles/0/on"),
        ("fullmoon", "/articles/0/on"),
    ],
)
def test_an_occasion_that_is_none_is_named_at_its_place(on: object, place: str) -> None:
    assert place in faults(article("2", {"points": {"fixed": 1}}, on=on))


def test_only_a_referral_has_a_friend() -> None:
    assert "/articles/0/give/0" in faults(article("2", {"points": {"fixed": 1, "to": "friend"}}))


@pytest.mark.parametrize(
    ("field", "value", "place"),
    [
        ({"type": "integer", "from": 1, "until": 5}, 6, "/data/stars"),
        ({"type": "integer"}, "many", "/data/stars"),
        ({"type": "boolean"}, "yes", "/data/stars"),
        ({"type": "date"}, "soon", "/data/stars"),
        ({"type": "text", "one_of": ["good", "bad"]}, "fair", "/data/stars"),
        ({"type": "text"}, None, "/data/stars"),
    ],
)
def test_a_field_of_an_event_takes_its_own_values_alone(field: dict[str, Any], value: object, place: str) -> None:
    bylaws = load(document(events={"review": {"fields": {"stars": field}}}))
    kept, wrong = bylaws.events["review"].read({"stars": value})
    assert [fault.path for fault in wrong] == [place]
    assert kept == {}


def test_an_event_is_kept_in_plain_values() -> None:
    fields = {"stars": {"type": "integer"}, "day": {"type": "date"}, "why": {"type": "text", "optional": True}}
    bylaws = load(document(events={"review": {"fields": fields}}))
    kept, wrong = bylaws.events["review"].read({"stars": "۵", "day": "1405-08-21"})
    assert (kept, wrong) == ({"stars": 5, "day": "2026-11-12"}, [])
