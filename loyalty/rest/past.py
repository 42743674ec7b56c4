"""A member against their own past."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import Schema, fields

from loyalty.config import now
from loyalty.queries.past import BY, MOST, PastView, past
from loyalty.rest.access import caller
from loyalty.rest.answers import both, many, next_page, text, whole
from loyalty.rest.blueprint import Blueprint
from loyalty.rest.members import MEMBER
from loyalty.rest.reply import reply, shown
from loyalty.schemas.fields import Base, Figure, OneOf, Words
from loyalty.schemas.said import told
from loyalty.values import Text

blp = Blueprint(
    Text("Own past", "گذشتهٔ عضو"),
    __name__,
    Text(
        "A member against their own past: what a counter came to in each day, week or month of the club's calendar.",
        "عضو در برابر گذشتهٔ خودش: هر شمارنده در هر روز، هفته یا ماهِ تقویم باشگاه به چند رسیده است.",
    ),
)


class PastQuery(Base):
    """Which periods, and how many."""

    by = OneOf(*BY, load_default="month")
    limit = Figure(1, MOST, load_default=12, metadata=told("Periods on a page.", "شمار دوره‌های هر صفحه."))
    cursor = Words(64, metadata=told("The `next` of the page before.", "مقدار next صفحهٔ پیش."))


class PeriodSchema(Schema):
    """One period; both days are included."""

    period = text(metadata={"example": "1405-08"})
    since = fields.Date(required=True, data_key="from")
    until = fields.Date(required=True)
    value = whole()
    so_far = whole(
        metadata=told(
            "Of its first `days` days alone: what may be compared with the present period.",
            "تنها در `days` روز نخستش: آنچه با دورهٔ کنونی سنجیدنی است.",
        )
    )


class PastSchema(Schema):
    """A counter's periods."""

    counter = text(metadata={"example": "spend"})
    name = both()
    unit = text(
        metadata={"enum": ["money", "quantity", "times", "days", "count"]}
        | told("Money is in minor units, a quantity in thousandths.", "پول به کوچک‌ترین واحد است و مقدار به هزارم.")
    )
    by = text(metadata={"enum": list(BY)})
    days = whole(metadata=told("Days of the present period until today.", "روزهای دورهٔ کنونی تا امروز."))
    average = whole(
        allow_none=True,
        metadata=told(
            "The floored mean of `so_far` over the listed periods before the present one.",
            "میانگین `so_far` در دوره‌های پیشینِ این فهرست، رو به پایین گرد شده.",
        ),
    )
    items = many(PeriodSchema)
    next = next_page()


@blp.operation(
    "GET",
    f"{MEMBER}/counters/<name>",
    Text("A member's counter, period by period", "شمارندهٔ عضو، دوره به دوره"),
    Text(
        "The present period first, then those before it back to when the member joined, empty ones as 0. Each also says"
        " what its first days came to, as many as the present period has had, so that like is compared with like.",
        "نخست دورهٔ کنونی، سپس دوره‌های پیش تا زمان عضویت؛ دورهٔ خالی ۰ است. هر دوره این را هم می‌گوید که در روزهای"
        " نخستش، به شمار روزهای گذشته از دورهٔ کنونی، به چند رسیده بود، تا سنجش منصفانه باشد.",
    ),
    {200: PastSchema},
    query=PastQuery,
)
def counter(query: dict[str, Any], member_id: int, name: str) -> Response:
    """A counter's periods, the latest first."""
    found = past(
        caller().club_id, member_id, name, query["by"], now(), limit=query["limit"], cursor=query.get("cursor")
    )
    return reply(_shown(found))


def _shown(view: PastView) -> dict[str, Any]:
    form: dict[str, Any] = shown(view)
    items = [item | {"from": item.pop("start"), "until": item.pop("end")} for item in shown(view.items)]
    return form | {"items": items}
