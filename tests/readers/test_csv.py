"""CSV comes from spreadsheets, tills and people: what is clear is taken, what isn't is left out with its line."""

import io
from typing import Any

import pytest

from loyalty.calendars import Calendar
from loyalty.errors import Invalid
from loyalty.readers import LeftOut, Taken, receipts
from loyalty.readers.lines import MAX_LINE

TEHRAN = Calendar("Asia/Tehran", "jalali")
HEAD = "receipt,store,occurred_at,currency,line,sku,gross,net,cashier"


def read(text: str | bytes, head: str = HEAD) -> tuple[list[dict[str, Any]], list[tuple[int, str]]]:
    """(purchases, (line, reason) of what was left out)."""
    content = text if isinstance(text, bytes) else f"{head}\n{text}".encode()
    items = list(receipts.rows(io.BytesIO(content), TEHRAN))
    taken = [item.purchase for item in items if isinstance(item, Taken)]
    return taken, [(item.line, item.reason.en) for item in items if isinstance(item, LeftOut)]


def test_every_field_of_a_purchase_has_its_column() -> None:
    head = (
        "receipt,store,member_card,occurred_at,currency,channel,cashier,tenders,attributes.table,"
        "line,sku,quantity,gross,net,category,brand,tags"
    )
    row = (
        "7,vanak,7F42-9KD3-XH5C,2026-10-01T10:00Z,IRR,pos,مریم,cash:۵۰۰|card:400,12,a,milk,۱٫۲۵۰,1000,900,dairy,Par,x|y"
    )
    assert read(row, head) == (
        [
            {
                "receipt": "7",
                "store": "vanak",
                "member": {"card": "7F42-9KD3-XH5C"},
                "occurred_at": "2026-10-01T10:00Z",
                "currency": "IRR",
                "channel": "pos",
                "cashier": "مریم",
                "tenders": [{"type": "cash", "amount": 500}, {"type": "card", "amount": 400}],
                "attributes": {"table": "12"},
                "lines": [
                    {
                        "line": "a",
                        "sku": "milk",
                        "quantity": "1.250",
                        "gross": 1000,
                        "net": 900,
                        "category": "dairy",
                        "brand": "Par",
                        "tags": ["x", "y"],
                    }
                ],
            }
        ],
        [],
    )


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_header_tells_the_delimiter_and_a_byte_order_mark_is_no_letter(mark: str, end: str) -> None:
    text = f"{HEAD}\n1,vanak,t,IRR,,,10,10,\n".replace(",", mark).replace("\n", end)
    taken, left = read(b"\xef\xbb\xbf" + text.encode())
    assert [purchase["net"] for purchase in taken] == [10]
    assert left == []


def test_a_quoted_field_may_hold_the_delimiter_quotes_and_a_line_end() -> None:
    taken, left = read('1,vanak,t,IRR,,,10,10,"Ali, ""the\nfast"""\n2,vanak,t,IRR,,,20,20,\n')
    assert [purchase.get("cashier") for purchase in taken] == ['Ali, "the\nfast"', None]
    assert left == []


def test_a_stray_quote_costs_its_row_and_not_the_rest_of_the_file() -> None:
    rows = [f"{n},vanak,t,IRR,,,{n},{n},{chr(34) if n == 3 else ''}x" for n in range(1, 101)]
    taken, left = read("\n".join(rows))
    assert [purchase["net"] for purchase in taken] == [n for n in range(1, 101) if n != 3]
    assert left == [(4, "The row can't be split into fields; its quotes don't match.")]


def test_bytes_that_are_no_text_cost_their_line() -> None:
    taken, left = read(f"{HEAD}\n1,vanak,t,IRR,,,1,1,\n".encode() + b"2,vanak,t,IRR,,,2,2,\xff\n3,vanak,t,IRR,,,3,3,\n")
    assert [purchase["receipt"] for purchase in taken] == ["1", "3"]
    assert left == [(3, "The line is not UTF-8 text.")]


def test_a_file_without_line_ends_does_not_fill_the_memory() -> None:
    taken, left = read(f"{HEAD}\n".encode() + b"x" * (3 * MAX_LINE) + b"\n3,vanak,t,IRR,,,3,3,\n")
    assert [purchase["receipt"] for purchase in taken] == ["3"]
    assert left == [(2, "The line is longer than one megabyte.")]


def test_an_unreadable_row_within_a_receipt_spoils_the_receipt_but_one_beside_it_does_not() -> None:
    within = b"1,vanak,t,IRR,1,a,1,1,\n\xff\n1,vanak,t,IRR,2,b,1,1,\n2,vanak,t,IRR,,,5,5,\n"
    taken, left = read(f"{HEAD}\n".encode() + within)
    assert [purchase["receipt"] for purchase in taken] == ["2"]
    assert [line for line, _ in left] == [2, 3, 4]
    beside = b"1,vanak,t,IRR,1,a,1,1,\n\xff\n2,vanak,t,IRR,,,5,5,\n"
    taken, left = read(f"{HEAD}\n".encode() + beside)
    assert [purchase["receipt"] for purchase in taken] == ["1", "2"]
    assert [line for line, _ in left] == [3]


def test_rows_of_one_receipt_may_not_contradict_each_other() -> None:
    _, left = read("1,vanak,t,IRR,1,a,1,1,Ali\n1,vanak,t,IRR,2,b,1,1,Sara\n")
    assert left == [
        (2, "Another row of the same receipt, line 3, is at fault."),
        (3, "“cashier” differs from the first row of the receipt, line 2."),
    ]
    _, left = read("1,vanak,t,IRR,,,1,1,\n1,vanak,t,IRR,,,1,1,\n")
    assert left[1] == (3, "A receipt has either lines or one row for the whole basket.")


def test_equal_receipts_of_two_stores_are_two_purchases() -> None:
    taken, _ = read("1,vanak,t,IRR,,,1,1,\n1,tajrish,t,IRR,,,2,2,\n")
    assert [(purchase["store"], purchase["net"]) for purchase in taken] == [("vanak", 1), ("tajrish", 2)]


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xff\xfe\n", b"a,b\n1,2\n", f"{HEAD},sku\n".encode()])
def test_without_a_proper_header_nothing_is_read(content: bytes) -> None:
    with pytest.raises(Invalid):
        list(receipts.rows(io.BytesIO(content), TEHRAN))
