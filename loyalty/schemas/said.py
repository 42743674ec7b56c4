"""Messages in both languages through marshmallow, which knows only strings; and its errors as faults."""

from __future__ import annotations

from typing import Any

from loyalty import formats
from loyalty.errors import Fault
from loyalty.values import LANGS, Text

_SCHEMA = "_schema"
"""Where marshmallow keeps what is wrong with an object as a whole."""


class Said(str):
    """An English message that carries its Persian; formatting fills the slots of both."""

    __slots__ = ("fa",)
    fa: str

    def __new__(cls, en: str, fa: str) -> Said:
        """Both wordings."""
        said = super().__new__(cls, en)
        said.fa = fa
        return said

    def format(self, *args: Any, **kwargs: Any) -> Said:
        """Both wordings with their slots filled; numbers in each language's digits."""
        fa, en = ({k: formats.number(v, lang) if type(v) is int else v for k, v in kwargs.items()} for lang in LANGS)
        return Said(super().format(*args, **en), self.fa.format(*args, **fa))


def told(en: str, fa: str, **more: Any) -> dict[str, Any]:
    """What the API's documents tell of a field, in both languages, and more of its JSON schema."""
    return {"description": en, "x-description-fa": fa, **more}


def faults(messages: Any, path: str = "") -> list[Fault]:
    """marshmallow's messages as faults at JSON pointers, in the order of the document."""
    if isinstance(messages, dict):
        found: list[Fault] = []
        for key, inner in messages.items():
            found += faults(inner, path if key == _SCHEMA else pointer(path, key))
        return found
    if isinstance(messages, list):
        return [fault for message in messages for fault in faults(message, path)]
    return [Fault(path, Text(str(messages), messages.fa if isinstance(messages, Said) else str(messages)))]


def pointer(path: str, key: object) -> str:
    """One step further in a JSON pointer (RFC 6901)."""
    return f"{path}/{str(key).replace('~', '~0').replace('/', '~1')}"
