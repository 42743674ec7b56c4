"""A cancellation as a file tells it: what was taken back, not of which purchase."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from marshmallow import post_load, validate

from loyalty.cancellations import Cancellation, CancelledLine
from loyalty.schemas.fields import Base, Inner, Many, Quantity, Words, read
from loyalty.schemas.moments import Instant, not_ahead
from loyalty.schemas.people import Ref
from loyalty.schemas.purchase import MAX_LINES, money
from loyalty.schemas.said import Said

_NOTHING: Final = Said("A cancellation has at least one line.", "هر ابطال دست‌کم یک سطر دارد.")


class CancelledLineSchema(Base):
    """One line that is taken back; `net` is of the whole line."""

    sku = Words(100, required=True)
    quantity = Quantity(required=True)
    net = money(required=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> CancelledLine:
        """The line as a value."""
        return CancelledLine(**data)


class CancellationSchema(Base):
    """A cancelling invoice."""

    key = Words(90, required=True)  # the keys of its pieces are a little longer
    store = Words(64, required=True)
    member = Ref(allow_none=True)
    occurred_at = Instant(required=True)
    lines = Many(Inner(CancelledLineSchema), MAX_LINES, required=True, validate=validate.Length(1, error=_NOTHING))

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Cancellation:
        """The cancellation as a value."""
        return Cancellation(**data | {"lines": tuple(data["lines"])})


def load_cancellation(data: Any, *, now: datetime, region: str = "IR") -> Cancellation:
    """A cancellation from its fields, checked and normalised; `region` as for purchases.

    Raises:
        Invalid: with every fault and its place.
    """
    cancellation: Cancellation = read(CancellationSchema, data, region)
    not_ahead(cancellation.occurred_at, now, "/occurred_at")
    return cancellation
