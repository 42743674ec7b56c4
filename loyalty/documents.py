"""Bylaws as files: JSON or YAML, read into the same tree; YAML without guessed types."""

from __future__ import annotations

import json
import re
from typing import Any

import yaml

from loyalty.errors import Fault, Invalid
from loyalty.formats import number
from loyalty.values import Text

MAX_BYTES = 1_000_000
_INT = "tag:yaml.org,2002:int"
_BOOL = "tag:yaml.org,2002:bool"


class _Plain(yaml.BaseLoader):
    """Everything is text but whole numbers and true/false: `on` and `no` are keys, dates and ratios are text."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 - PyYAML's own name

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
        return int(self.construct_scalar(node))

    def flag(self, node: yaml.Node) -> bool:
        """true or false."""
        assert isinstance(node, yaml.ScalarNode)
        return self.construct_scalar(node) == "true"


_Plain.add_implicit_resolver(_INT, re.compile(r"^-?(?:0|[1-9][0-9]*)$", re.ASCII), list("-0123456789"))
_Plain.add_implicit_resolver(_BOOL, re.compile(r"^(?:true|false)$"), ["t", "f"])
_Plain.add_constructor(_INT, _Plain.whole)
_Plain.add_constructor(_BOOL, _Plain.flag)
_Plain.add_constructor("tag:yaml.org,2002:map", _Plain.flatten)


def parse(text: str) -> dict[str, Any]:
    """The tree of a document, JSON if it begins with a brace, else YAML.

    Raises:
        Invalid: too large, or not well formed; the fault names line and column.
    """
    if len(text.encode()) > MAX_BYTES:
        raise Invalid.at("", Text("The document is larger than 1 MB.", "متن بزرگ‌تر از ۱ مگابایت است."))
    try:
        tree = json.loads(text) if text.lstrip().startswith("{") else yaml.load(text, _Plain)  # noqa: S506 - a safe loader
    except json.JSONDecodeError as error:
        raise _malformed(error.lineno, error.colno, error.msg) from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise _malformed(mark.line + 1 if mark else 1, mark.column + 1 if mark else 1, error.problem or "") from None
    except (yaml.YAMLError, RecursionError) as error:
        raise _malformed(1, 1, str(error)) from None
    if not isinstance(tree, dict):
        raise Invalid.at("", Text("The document must be an object.", "متن باید فهرستی از فیلدهای نام‌دار باشد."))
    return tree


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
