"""Reports."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import Schema, fields

from loyalty.config import now
from loyalty.queries import summary as sums
from loyalty.rest.access import caller
from loyalty.rest.answers import text, whole
from loyalty.rest.blueprint import Blueprint
from loyalty.rest.fields import PeriodQuery, period
from loyalty.rest.reply import reply, shown
from loyalty.schemas.said import told
from loyalty.values import Text

blp = Blueprint(Text("Reports", "گزارش‌ها"), __name__, Text("What the programme comes to.", "حاصل برنامهٔ باشگاه."))


def _by_wallet(en: str, fa: str) -> fields.Dict:
    return fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        required=True,
        metadata=told(en, fa, example={"points": 184200}),
    )


class SummarySchema(Schema):
    """A period's sums; money in minor units, wallets by their codes."""

    purchases = whole()
    members = whole(metadata=told("Members who bought in the period.", "اعضایی که در این دوره خرید کرده‌اند."))
    enrolled = whole(metadata=told("Members who joined in the period.", "اعضایی که در این دوره پیوسته‌اند."))
    currency = text(metadata={"example": "IRR"})
    gross = whole()
    net = whole(metadata=told("As it was sold.", "همان‌گونه که فروخته شد."))
    returned = whole(
        metadata=told(
            "What returns of the period took off net amounts, whenever the sale was.",
            "آنچه مرجوعی‌های این دوره از مبلغ خالص کم کردند، فروش هر زمان که بوده باشد.",
        )
    )
    issued = _by_wallet(
        "Given in the period, less what was taken back.", "آنچه در این دوره داده شد، منهای آنچه پس گرفته شد."
    )
    spent = _by_wallet("Spent in the period, less what came back.", "آنچه در این دوره خرج شد، منهای آنچه برگشت.")
    expired = _by_wallet("Expired in the period.", "آنچه در این دوره منقضی شد.")
    outstanding = _by_wallet(
        "What members had when the period ended: available, pending or held, less what each of them owed, but for"
        " nobody less than nothing.",
        "آنچه اعضا در پایان دوره داشتند: خرج‌شدنی، در انتظار یا کنارگذاشته، منهای بدهی هر عضو، ولی برای هیچ‌کس کمتر"
        " از صفر نیست.",
    )
    debt = _by_wallet("What members owed when the period ended.", "آنچه اعضا در پایان دوره بدهکار بودند.")
    cards = whole(
        metadata=told("What was on gift cards when the period ended.", "آنچه در پایان دوره روی کارت‌های هدیه مانده بود.")
    )
    liability = whole(
        allow_none=True,
        metadata=told(
            "What the club owes in money: wallets in money and gift cards, and points at what the bylaws let them pay."
            " Points that pay nothing have no price, so a club with such points alone has null here.",
            "بدهی باشگاه به پول: ماندهٔ کیف‌های پولی و کارت‌های هدیه، و امتیازها به بهایی که آیین‌نامه برای پرداخت با"
            " آن‌ها گفته است. امتیازی که چیزی نمی‌پردازد بها ندارد؛ پس برای باشگاهی که تنها چنین امتیازی می‌دهد null"
            " است.",
        ),
    )


@blp.operation(
    "GET",
    "/reports/summary",
    Text("The sums of a period", "جمع‌های یک دوره"),
    Text(
        "What was sold, given and is held, by when it happened; an end that is left out is open.",
        "آنچه فروخته، داده و نگه داشته شده، بر پایهٔ زمان رویداد؛ سری که نیاید باز است.",
    ),
    {200: SummarySchema},
    query=PeriodQuery,
)
def summary(query: dict[str, Any]) -> Response:
    """What was sold, given and is held, by when it happened; without an end that end is open."""
    since, until = period(query, caller().timezone)
    return reply(shown(sums.summary(caller().club_id, now(), since, until)) | {"currency": caller().currency})
