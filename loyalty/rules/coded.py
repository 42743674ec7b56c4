"""Parts of a list that are known by a code and shown by a title: divisions of a league, pieces of a set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, TypeVar

from loyalty.rules.reading import Node
from loyalty.rules.types import TITLE, WORD, Field, read_fields
from loyalty.values import Text


@dataclass(frozen=True, slots=True)
class Coded:
    """A code and a title."""

    code: str
    title: Text
    fields: ClassVar[tuple[Field, ...]] = (
        Field("code", WORD, Text("Code", "کد")),
        Field("title", TITLE, Text("Title", "عنوان")),
    )


C = TypeVar("C", bound=Coded)


def read_coded(node: Node, kind: type[C], taken: Text) -> tuple[C, ...]:
    """At least two of a kind, each with a code of its own.

    Raises:
        Bad: something of them is wrong; of a code that is there already it says `taken`.
    """
    found = node.every(lambda its: kind(**read_fields(its, kind.fields)), least=2)
    codes = [its.code for its in found]
    for place, child in enumerate(node.items()):
        if codes[place] in codes[:place] or "/" in codes[place]:
            raise child.bad(taken)
    return found
