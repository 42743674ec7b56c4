"""Bylaws as files: JSON or YAML, read into the same tree and written from it; YAML without guessed types."""

from __future__ import annotations

import json
import re
from typing import Any

import yaml

from loyalty.errors import Fault, Invalid
from loyalty.formats import number
from loyalty.values import Text

MAX_BYTES = 1_000_000
MAX_DEPTH = 50
MAX_PARTS = 50_000
_INT = "tag:yaml.org,2002:int"
_BOOL = "tag:yaml.org,2002:bool"
_WHOLE = re.compile(r"^-?(?:0|[1-9][0-9]*)$", re.ASCII)
_FLAG = re.compile(r"^(?:true|false)$")


class _Plain(yaml.BaseLoader):
    """Everything is text but whole numbers and true/false: `on` and `no` are keys, dates and ratios are text."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 - PyYAML's own name

    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self.depth = self.parts = 0

    def flatten(self, node: yaml.Node) -> dict[Any, Any]:
        """A mapping; the same key twice is an error, not a silent choice."""
        result: dict[Any, Any] = {}
        assert isinstance(node, yaml.MappingNode)
        for key_node, value_node in node.value:
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, str | int | bool) or key in result:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key!r} stands here twice or is no name", key_node.start_mark
                )
            result[str(key)] = self.construct_object(value_node, deep=True)
        return result

    def whole(self, node: yaml.Node) -> int:
        """A whole number."""
        assert isinstance(node, yaml.ScalarNode)
        try:
            return int(self.construct_scalar(node))
        except ValueError:
            raise yaml.constructor.ConstructorError(None, None, "no whole number", node.start_mark) from None

    def words(self, node: yaml.Node) -> str:
        """A text."""
        assert isinstance(node, yaml.ScalarNode)
        return str(self.construct_scalar(node))

    def items(self, node: yaml.Node) -> list[Any]:
        """A list."""
        assert isinstance(node, yaml.SequenceNode)
        return [self.construct_object(item, deep=True) for item in node.value]

    def flag(self, node: yaml.Node) -> bool:
        """true or false."""
        assert isinstance(node, yaml.ScalarNode)
        return self.construct_scalar(node) == "true"

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        """A node and what is in it, down to a sane depth and up to a sane number: reading is slow."""
        self.depth += 1
        self.parts += 1
        if self.depth > MAX_DEPTH or self.parts > MAX_PARTS:
            what = "nested too deeply" if self.depth > MAX_DEPTH else "too many parts"
            raise yaml.composer.ComposerError(None, None, what, self.get_mark())
        try:
            return super().compose_node(parent, index)
        finally:
            self.depth -= 1

    def unknown(self, node: yaml.Node) -> Any:
        """No other types: nothing is guessed, and nothing is run."""
        raise yaml.constructor.ConstructorError(None, None, f"the type {node.tag} is not known", node.start_mark)


_Plain.add_implicit_resolver(_INT, _WHOLE, list("-0123456789"))
_Plain.add_implicit_resolver(_BOOL, _FLAG, ["t", "f"])
_Plain.add_constructor(_INT, _Plain.whole)
_Plain.add_constructor(_BOOL, _Plain.flag)
_Plain.add_constructor("tag:yaml.org,2002:map", _Plain.flatten)
_Plain.add_constructor("tag:yaml.org,2002:str", _Plain.words)
_Plain.add_constructor("tag:yaml.org,2002:seq", _Plain.items)
_Plain.add_constructor(None, _Plain.unknown)


def parse(text: str) -> dict[str, Any]:
    """The tree of a document, JSON if it begins with a brace, else YAML.

    Raises:
        Invalid: too large, or not well formed; the fault names line and column.
    """
    if len(text.encode()) > MAX_BYTES:
        raise Invalid.at("", Text("The document is larger than 1 MB.", "متن بزرگ‌تر از ۱ مگابایت است."))
    try:
        tree = _json(text) if text.lstrip().startswith("{") else yaml.load(text, _Plain)  # noqa: S506 - a safe loader
    except json.JSONDecodeError as error:
        raise _malformed(error.lineno, error.colno, error.msg) from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise _malformed(mark.line + 1 if mark else 1, mark.column + 1 if mark else 1, error.problem or "") from None
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise _malformed(1, 1, str(error)) from None
    if not isinstance(tree, dict):
        raise Invalid.at("", Text("The document must be an object.", "متن باید فهرستی از فیلدهای نام‌دار باشد."))
    return tree


class _Written(yaml.SafeDumper):
    """What `_Plain` reads back: texts are quoted only where they would be taken for something else."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 - PyYAML's own name

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        """Every part is written out where it stands."""
        return True


_Written.add_implicit_resolver(_INT, _WHOLE, list("-0123456789"))
_Written.add_implicit_resolver(_BOOL, _FLAG, ["t", "f"])


def written(tree: dict[str, Any]) -> str:
    """A tree as YAML that `parse` reads back to the very same; as JSON where YAML can't say it."""
    text = yaml.dump(tree, Dumper=_Written, allow_unicode=True, sort_keys=False, width=120)
    try:
        if parse(text) == tree:
            return text
    except Invalid:
        pass  # beyond what is read as YAML: too large, or a key twice once it is text
    return json.dumps(tree, ensure_ascii=False, indent=2) + "\n"


def _json(text: str) -> Any:
    """JSON without what the format does not have: keys twice, NaN, halves of surrogate pairs.

    Raises:
        ValueError: it has one of them, or a number beyond all bounds.
    """
    tree = json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)
    json.dumps(tree, ensure_ascii=False).encode()
    return tree


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the key {key!r} stands here twice")
        found[key] = value
    return found


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no number")


def _malformed(line: int, column: int, what: str) -> Invalid:
    return Invalid(
        [
            Fault(
                "",
                Text(
                    f"Line {line}, column {column}: {what}",
                    f"سطر {number(line, 'fa')}، ستون {number(column, 'fa')}: {what}",
                ),
            )
        ],
        Text("The document is not well formed.", "ساختار متن درست نیست."),
    )
