"""The bylaws: read, judge, explain. Pure: no clock, no chance, no database."""

from loyalty.rules.bylaws import Bylaws
from loyalty.rules.document import load
from loyalty.rules.evaluate import evaluate
from loyalty.rules.facts import Event, Facts, Happening, Line, MemberRef, Purchase, Tender
from loyalty.rules.phrase import plain
from loyalty.rules.reviewing import review
from loyalty.rules.ruling import Ruling

__all__ = [
    "Bylaws",
    "Event",
    "Facts",
    "Happening",
    "Line",
    "MemberRef",
    "Purchase",
    "Ruling",
    "Tender",
    "evaluate",
    "load",
    "plain",
    "review",
]
