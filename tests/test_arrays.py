"""Columns as PostgreSQL's array literals: what goes in comes out."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loyalty.arrays import array, columns
from loyalty.db import transaction

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
MOMENTS = st.datetimes(datetime(1900, 1, 1), datetime(2999, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
TYPES = {
    "text": TEXTS,
    "bigint": st.integers(-(2**63), 2**63 - 1),
    "boolean": st.booleans(),
    "bytea": st.binary(),
    "date": st.dates(),
    "timestamptz": MOMENTS,
    "jsonb": st.dictionaries(TEXTS, TEXTS | st.integers()).map(lambda value: json.dumps(value, ensure_ascii=False)),
}


@pytest.mark.parametrize("type_", TYPES)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(data=st.data())
def test_every_value_comes_back_as_it_was(app: Flask, type_: str, data: st.DataObject):
    values = data.draw(st.lists(st.none() | TYPES[type_], max_size=8))

    with transaction() as conn:
        (found,) = conn.execute(f"SELECT %s::{type_}[]", [array(values)]).fetchone()

    if type_ == "jsonb":
        values = [value if value is None else json.loads(value) for value in values]
    assert found == values


@pytest.mark.parametrize("text", ["", "NULL", "null", "{}", '"', "\\", 'a"b\\c', "a,b", " سلام‌دنیا ", "\n\t", "'"])
def test_texts_that_mean_something_to_an_array_are_only_texts(app: Flask, text: str):
    with transaction() as conn:
        assert conn.execute("SELECT %s::text[]", [array([text, None, text])]).fetchone() == ([text, None, text],)


def test_an_instant_keeps_its_instant_whatever_its_offset(app: Flask):
    tehran = timezone(timedelta(hours=3, minutes=30))
    at = datetime(2026, 11, 12, 18, 30, 0, 5, tzinfo=tehran)

    with transaction() as conn:
        assert conn.execute("SELECT %s::timestamptz[]", [array([at])]).fetchone() == ([at],)


def test_rows_become_columns(app: Flask):
    rows = [(1, "a", date(1, 1, 1)), (2, None, date(2026, 11, 12))]

    with transaction() as conn:
        found = conn.execute("SELECT * FROM unnest(%s::bigint[], %s::text[], %s::date[])", columns(rows)).fetchall()

    assert found == rows


def test_a_value_of_another_type_is_refused_rather_than_guessed():
    with pytest.raises(KeyError):
        array([Decimal("1.5")])
