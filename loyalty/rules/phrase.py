"""Sentences made of words and slots: what the member reads, and what the marketer will click."""

from __future__ import annotations

from typing import Literal, NamedTuple

Role = Literal["when", "if", "then"]


class Slot(NamedTuple):
    """A part of a sentence that stands for one piece of the document."""

    role: Role
    text: str


Phrase = tuple[str | Slot, ...]
"""A sentence in one language; parts are joined by single spaces, but not before punctuation or in a bracket's mouth."""

_CLOSING = (".", "،", ",", ":", "؛", ";", ")", "»")
_OPENING = ("(", "«")


def close_up(before: str, word: str) -> bool:
    """Whether a part follows what stands before it without a space."""
    return not before or before.endswith(_OPENING) or word.startswith(_CLOSING)


def plain(phrase: Phrase) -> str:
    """The sentence as text."""
    text = ""
    for part in phrase:
        word = part.text if isinstance(part, Slot) else part
        text += word if close_up(text, word) else f" {word}"
    return text
