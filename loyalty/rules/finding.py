"""What a finding is: something odd about bylaws that are sound."""

from __future__ import annotations

from datetime import date
from typing import Literal, NamedTuple

from loyalty.calendars import Calendar
from loyalty.formats import day as said_day
from loyalty.formats import digits
from loyalty.rules.parts import Article
from loyalty.values import Text

Code = Literal[
    "unreachable_tier",
    "unkeepable_tier",
    "lasting_tier",
    "overlap",
    "missable",
    "no_limit",
    "out_of_date",
    "impossible",
    "unearnable_badge",
    "unreachable_goal",
    "unread_counter",
    "unused_event",
    "no_story",
    "dead_end",
    "endless_story",
    "empty_audience",
    "unused_audience",
    "no_tickets",
    "no_pieces",
]


class Finding(NamedTuple):
    """One odd thing: what kind it is, the JSON pointer of its place, and a sentence."""

    code: Code
    path: str
    message: Text


def day_said(day: date, calendar: Calendar) -> Text:
    """A day in the club's calendar."""
    return Text(said_day(day, calendar, "en"), said_day(day, calendar, "fa"))


def article_said(article: Article) -> Text:
    """`Article 2 (“Weekend dairy”)`."""
    no = digits(article.no, "fa")
    return Text(f"Article {article.no} (“{article.title.en}”)", f"مادهٔ {no} («{article.title.fa}»)")
