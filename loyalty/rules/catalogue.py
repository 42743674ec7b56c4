"""The kinds there are: every module of `conditions` and `awards` brings its own, so adding one is adding a file."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from functools import cache
from types import ModuleType
from typing import TypeVar

from loyalty.rules import awards, conditions
from loyalty.rules.kinds import Award, Condition, Kind
from loyalty.rules.reading import Node, one_of, unknown_name
from loyalty.values import Text

K = TypeVar("K", bound=Kind)


def _found(package: ModuleType, base: type[K]) -> dict[str, type[K]]:
    kinds: dict[str, type[K]] = {}
    for info in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
        for member in vars(importlib.import_module(info.name)).values():
            own = inspect.isclass(member) and issubclass(member, base) and member.__module__ == info.name
            if own and not inspect.isabstract(member) and hasattr(member, "kind"):
                kinds[member.kind] = member
    return kinds


@cache
def condition_kinds() -> dict[str, type[Condition]]:
    """Every kind of condition by its name in the document."""
    return _found(conditions, Condition)  # type: ignore[type-abstract]


@cache
def award_kinds() -> dict[str, type[Award]]:
    """Every kind of award by its name in the document."""
    return _found(awards, Award)  # type: ignore[type-abstract]


def _read(node: Node, kinds: dict[str, type[K]], what: Text) -> K:
    found = node.mapping()
    if len(found) != 1:
        raise node.bad(
            Text(f"Exactly one {what.en} is expected here.", f"اینجا دقیقاً یک {what.fa} لازم است.")
            if found
            else one_of(list(kinds))
        )
    [(name, body)] = found.items()
    if name not in kinds:
        raise body.bad(unknown_name(name, list(kinds)))
    kind = kinds[name]
    if kind.of_basket:
        body.needs_basket()
    return kind.load(body)


def read_condition(node: Node) -> Condition:
    """A condition: an object with one key, its kind."""
    return _read(node, condition_kinds(), Text("condition", "شرط"))


def read_award(node: Node) -> Award:
    """An award: an object with one key, its kind."""
    return _read(node, award_kinds(), Text("award", "پاداش"))
