"""Reports."""

from __future__ import annotations

from typing import Any, Final

from flask import Response
from marshmallow import Schema, fields

from loyalty.config import now
from loyalty.queries import summary as sums
from loyalty.queries.effort import effort
from loyalty.rest.access import caller
from loyalty.rest.answers import at, both, many, text, whole
from loyalty.rest.blueprint import Blueprint
from loyalty.rest.fields import PeriodQuery, period
from loyalty.rest.reply import reply, shown
from loyalty.schemas.said import told
from loyalty.values import Text

_VERDICT: Final = {"enum": ["fine", "too_easy", "too_hard", "dead", "too_early"]}

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


class BadgeEffortSchema(Schema):
    """A level of a badge, among active members."""

    code = text()
    title = both()
    level = whole()
    holders = whole()
    share = whole(metadata=told("Percent of active members, floored.", "درصد اعضای فعال، رو به پایین گرد شده."))
    days = whole(
        allow_none=True, metadata=told("The median of days from joining to it.", "میانهٔ روزها از پیوستن تا گرفتن آن.")
    )
    latest_at = at(allow_none=True)
    verdict = text(metadata=_VERDICT)
    why = both()


class ChallengeEffortSchema(Schema):
    """A challenge, by all its runs."""

    code = text()
    title = both()
    runs = whole()
    completed = whole()
    missed = whole(metadata=told("Ended without being completed.", "پایان‌یافته و ناتمام."))
    share = whole(allow_none=True, metadata=told("Percent of those that are over.", "درصد دورهای پایان‌یافته."))
    latest_at = at(allow_none=True)
    verdict = text(metadata=_VERDICT)
    why = both()


class EffortSchema(Schema):
    """What the club asks of its members, and how many manage it."""

    active = whole()
    badges = many(BadgeEffortSchema)
    challenges = many(ChallengeEffortSchema)


@blp.operation(
    "GET",
    "/reports/effort",
    Text("Levels of effort", "سطح‌های تلاش"),
    Text(
        "Which badges and challenges are too easy (more than 80 % reach them), too hard (fewer than 1 % of active"
        " members hold a badge, fewer than 5 % of runs are completed) or dead (nobody for 90 days), by what members"
        " really did.",
        "کدام نشان‌ها و چالش‌ها زیادی آسان‌اند (بیش از ۸۰٪ به آن می‌رسند)، زیادی سخت (کمتر از ۱٪ اعضای فعال نشان را"
        " دارند، کمتر از ۵٪ دورها کامل می‌شود) یا بی‌جان (۹۰ روز است کسی نگرفته)، از روی آنچه اعضا به‌راستی کرده‌اند.",
    ),
    {200: EffortSchema},
)
def levels_of_effort() -> Response:
    """Which badges and challenges are too easy, too hard or dead."""
    return reply(effort(caller().club_id, now()))
