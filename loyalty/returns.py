"""What comes back of a purchase, as a till or a file tells it, and what is left of the purchase after it. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Literal, NamedTuple

from loyalty.errors import Fault, Invalid
from loyalty.rules import Purchase
from loyalty.rules.returned import Left
from loyalty.values import Text

Kind = Literal["return", "void"]


class ReturnedLine(NamedTuple):
    """How much of one line of the purchase comes back; `quantity` in thousandths."""

    line: str
    quantity: int


class Return(NamedTuple):
    """A return of one purchase: by lines, by amount (minor units), or of all that is left. `key` is once per store."""

    key: str
    store: str
    occurred_at: datetime
    lines: tuple[ReturnedLine, ...] = ()
    amount: int | None = None
    all: bool = False
    reason: str | None = None
    debt: str | None = None
    """`allow`: record it although the wallet's bylaws refuse a debt."""
    kind: Kind = "return"

    def content(self) -> dict[str, Any]:
        """What comes back, as it is stored."""
        form: dict[str, Any] = {}
        if self.lines:
            form["lines"] = [list(line) for line in self.lines]
        for name in ("amount", "reason", "debt"):
            if (value := getattr(self, name)) is not None:
                form[name] = value
        return form | {"all": True} if self.all else form

    def digest(self, purchase_id: int) -> bytes:
        """What tells a repeated return from another one under the same key: SHA-256 of the normalised content."""
        said = [purchase_id, self.kind, self.occurred_at.astimezone(UTC).isoformat(), self.content()]
        return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).digest()


def stored_return(key: str, kind: Kind, occurred_at: datetime, content: Mapping[str, Any]) -> Return:
    """A return read back from its row."""
    lines = tuple(ReturnedLine(*line) for line in content.get("lines", ()))
    return Return(
        key,
        "",
        occurred_at,
        lines,
        content.get("amount"),
        content.get("all", False),
        content.get("reason"),
        content.get("debt"),
        kind,
    )


def left_after(purchase: Purchase, left: Left, asked: Return) -> Left:
    """What is left of a purchase after one return more.

    Raises:
        Invalid: more than is left, a line that was not sold or comes twice, or nothing comes back.
    """
    if asked.all:
        if left == Left.nothing(purchase):
            raise Invalid.at("/all", _NOTHING_LEFT)
        return Left.nothing(purchase)
    if purchase.lines:
        if asked.amount is not None:
            raise Invalid.at("/amount", _BY_LINES)
        return Left(_lines_left(left.lines, asked.lines))
    if asked.lines:
        raise Invalid.at("/lines", _BY_AMOUNT)
    amount, net = asked.amount or 0, left.net or 0
    if not 0 < amount <= net:
        raise Invalid.at("/amount", _TOO_MUCH)
    return Left(net=net - amount or None)


def _lines_left(left: Mapping[str, int], returned: Sequence[ReturnedLine]) -> dict[str, int]:
    rest, faults = dict(left), list[Fault]()
    seen: set[str] = set()
    for index, (line, quantity) in enumerate(returned):
        if line in seen:
            faults.append(Fault(f"/lines/{index}/line", _TWICE))
        elif line not in rest:
            faults.append(Fault(f"/lines/{index}/line", _NOT_SOLD))
        elif quantity > rest[line]:
            faults.append(Fault(f"/lines/{index}/quantity", _TOO_MUCH))
        else:
            rest[line] -= quantity
        seen.add(line)
    if not returned:
        faults.append(Fault("/lines", _NOTHING))
    if faults:
        raise Invalid(faults)
    return rest


_NOTHING_LEFT = Text("All of it came back already.", "همهٔ آن پیش‌تر برگشته است.")
_BY_LINES = Text(
    "This purchase has lines: say which of them come back.", "این خرید سطر دارد؛ بگویید کدام سطرها برمی‌گردند."
)
_BY_AMOUNT = Text(
    "This purchase has no lines: say the amount that comes back.", "این خرید سطر ندارد؛ مبلغی را که برمی‌گردد بگویید."
)
_TOO_MUCH = Text("This is more than is left of it.", "این بیش از مقدار باقی‌مانده است.")
_TWICE = Text("This line comes twice.", "این سطر دو بار آمده است.")
_NOT_SOLD = Text("The purchase has no such line.", "این خرید چنین سطری ندارد.")
_NOTHING = Text(
    "Say what comes back: lines, an amount, or all.", "بگویید چه برمی‌گردد: سطرها (lines)، مبلغ (amount) یا همه (all)."
)
