"""What a purchase's words become, and how every fault is found at its place."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.errors import Fault, Invalid
from loyalty.rules.facts import Line, MemberRef, Tender
from loyalty.schemas import load_purchase
from loyalty.values import Text

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
SALE: dict[str, Any] = {
    "receipt": "A-1",
    "store": "tajrish",
    "occurred_at": "2026-11-12T18:30:00+03:30",
    "currency": "IRR",
    "gross": 1000,
    "net": 900,
}
LINE = {"line": "1", "sku": "x", "quantity": 1, "gross": 10, "net": 9}


def load(**changes: Any) -> Any:
    return load_purchase(SALE | changes, now=NOW)


def faults(data: Any) -> dict[str, str]:
    with pytest.raises(Invalid) as refused:
        load_purchase(data, now=NOW)
    return {fault.path: fault.message.en for fault in refused.value.faults}


def test_a_sale_in_full_becomes_values() -> None:
    lines = [LINE | {"quantity": "1.25", "category": "dairy", "tags": ["fresh"]}, LINE | {"line": "2", "brand": None}]
    tenders = [{"type": "cash", "amount": 18}]
    sale = {name: value for name, value in SALE.items() if name not in ("gross", "net")}
    purchase = load_purchase(
        sale | {"lines": lines, "tenders": tenders, "member": {"phone": "۰۹۱۲ ۱۲۳ ۴۵۶۷"}, "channel": "pos"}, now=NOW
    )
    assert purchase.lines == (Line("1", "x", 1250, 10, 9, "dairy", None, ("fresh",)), Line("2", "x", 1000, 10, 9))
    assert (purchase.gross, purchase.net, purchase.tenders) == (20, 18, (Tender("cash", 18),))
    assert purchase.member == MemberRef("phone", "+989121234567")
    assert purchase.occurred_at == datetime(2026, 11, 12, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        "2026-11-12T18:30:00+03:30",
        "2026-11-12t15:00:00z",
        "2026-11-12 15:00:00.000Z",
        "۲۰۲۶-۱۱-۱۲T۱۵:۰۰:۰۰Z",
        "٢٠٢٦-١١-١٢T١٥:٠٠:٠٠.٠٠٠٠٠٠٠٠٠Z",
    ],
)
def test_an_instant_is_one_however_it_is_written(written: str) -> None:
    assert load(occurred_at=written).occurred_at == datetime(2026, 11, 12, 15, tzinfo=UTC)


@pytest.mark.parametrize("written", ["1.5", "۱٫۵", "١.٥", "1.50", "01.500"])
def test_a_quantity_is_one_however_it_is_written(written: str) -> None:
    assert load(lines=[LINE | {"quantity": written}], gross=10, net=9).lines[0].quantity == 1500


@pytest.mark.parametrize("written", ["", "1.", ".5", "-1", "1e3", "1,5", "1.2345", " ", None, True, [], 0, "0.000"])
def test_what_is_no_quantity_is_refused(written: object) -> None:
    assert set(faults(SALE | {"lines": [LINE | {"quantity": written}]})) == {"/lines/0/quantity"}


@pytest.mark.parametrize(
    ("ref", "value"),
    [
        ({"card": " 7f42-9kd3 xh55"}, MemberRef("card", "7F429KD3XH55")),
        ({"id": 7}, MemberRef("id", "7")),
        ({"external_id": " C 1 "}, MemberRef("external_id", "C 1")),
        ({"phone": "0098-912-123-4567"}, MemberRef("phone", "+989121234567")),
    ],
)
def test_a_member_is_named_as_it_is_stored(ref: dict[str, Any], value: MemberRef) -> None:
    assert load(member=ref).member == value


def test_a_phone_without_a_prefix_is_of_the_clubs_country() -> None:
    purchase = load_purchase(SALE | {"member": {"phone": "020 7946 0018"}}, now=NOW, region="GB")
    assert purchase.member == MemberRef("phone", "+442079460018")


def test_every_fault_is_named_at_once() -> None:
    found = faults(SALE | {"receipt": 1, "lines": [LINE | {"net": -1, "a/b": 1}, 3], "tenders": {}})
    assert set(found) == {"/receipt", "/lines/0/net", "/lines/0/a~1b", "/lines/1", "/tenders"}


def test_five_minutes_ahead_are_a_till_s_clock_and_more_is_the_future() -> None:
    assert load(occurred_at="2026-11-22T08:05:00Z")
    assert set(faults(SALE | {"occurred_at": "2026-11-22T08:05:01Z"})) == {"/occurred_at"}


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
FIELDS = [*SALE, "lines", "member", "tenders", "tags", "attributes", "channel", "cashier", "nothing"]


@given(st.dictionaries(st.sampled_from(FIELDS), ANYTHING), st.dictionaries(st.sampled_from([*LINE, "tags"]), ANYTHING))
def test_whatever_comes_is_taken_or_refused_with_places(changes: dict[str, Any], line: dict[str, Any]) -> None:
    named: list[Fault] = [Fault("/", Text("taken", "گرفته شد"))]
    try:
        load_purchase(SALE | {"lines": [LINE | line]} | changes, now=NOW)
    except Invalid as refused:
        named = refused.faults
    assert named
    assert all(fault.path.startswith("/") for fault in named)
    assert all(fault.message.fa != fault.message.en for fault in named)
