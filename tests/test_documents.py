"""Bylaws as files: JSON and YAML give one tree; nothing is guessed, nothing is run, and what is broken is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty import documents
from loyalty.documents import MAX_BYTES, parse, written
from loyalty.errors import Invalid


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


_leaves = st.one_of(
    st.text(st.characters(codec="utf-8")),
    st.integers(),
    st.booleans(),
    st.sampled_from(
        [
            "on",
            "no",
            "yes",
            "null",
            "~",
            "1405-09-01",
            "007",
            "-1",
            "1.5",
            "5/4",
            "0.75%",
            "true",
            "",
            " a ",
            "«۱»",
            "a: b",
            "#",
        ]
    ),
)
_trees = st.recursive(
    _leaves,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(min_size=1), inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(st.text(min_size=1, max_size=10), _trees, max_size=5))
def test_whatever_is_written_is_read_back_the_same(tree: dict[str, Any]) -> None:
    assert parse(written(tree)) == tree


def test_shipped_documents_are_written_as_people_write_them() -> None:
    for file in sorted(Path("seed/bylaws").glob("*.yaml")):
        tree = parse(file.read_text("utf-8"))
        text = written(tree)
        assert parse(text) == tree
        assert not text.startswith("{")
        assert "on: purchase" in text
