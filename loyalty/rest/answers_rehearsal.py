"""What the operations on rehearsals answer."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from loyalty.models.rehearsal import STATUSES
from loyalty.rehearsal.tally import FIGURES
from loyalty.rest.answers import at, many, next_page, of_names, text, whole
from loyalty.schemas.said import told

_INTEGER: dict[str, Any] = {"type": "integer"}
_FIGURES: dict[str, Any] = {
    "type": "object",
    "properties": dict.fromkeys(FIGURES, _INTEGER),
    "required": list(FIGURES),
}
_CHANGES: dict[str, Any] = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": dict.fromkeys(("member", "rehearsed", "recorded", "difference"), _INTEGER),
        "required": ["member", "rehearsed", "recorded", "difference"],
    },
}


class AskedSchema(Schema):
    """A rehearsal that was asked for."""

    id = whole()


class LadderSchema(Schema):
    """Moves between tiers in the span, and members by the tier on which they end."""

    up = whole()
    down = whole()
    members = of_names(_INTEGER, metadata=told("Empty for no tier.", "نام خالی یعنی بدون سطح.", example={"silver": 12}))


class SideSchema(Schema):
    """What a span came to."""

    wallets = of_names(
        _FIGURES,
        metadata=told(
            "By wallet, in minor units: what was issued, taken back, spent and expired in the span; what members had"
            " and owed at its end; and `short`, what they spent and would not have had.",
            "به تفکیک کیف و به کوچک‌ترین واحد: آنچه در بازه داده، پس گرفته، خرج و منقضی شد؛ آنچه اعضا در پایان داشتند و"
            " بدهکار بودند؛ و short یعنی آنچه خرج شد و در این حالت موجود نبود.",
        ),
    )
    articles = of_names(
        {
            "type": "object",
            "properties": {"times": _INTEGER, "amounts": {"type": "object", "additionalProperties": _INTEGER}},
            "required": ["times", "amounts"],
        },
        metadata=told(
            "By article (`badge:CODE:LEVEL`, `challenge:CODE`, `streak:CODE:AT` for what these gave): for how many"
            " purchases it gave something, and how much, less what came back.",
            "به تفکیک ماده (برای هدیهٔ نشان، چالش و زنجیره: badge:CODE:LEVEL، challenge:CODE و streak:CODE:AT): برای چند"
            " خرید چیزی داد، و چه مقدار پس از کسر مرجوعی‌ها.",
        ),
    )
    tiers = fields.Nested(LadderSchema, required=True)
    badges = of_names(
        {"type": "object", "additionalProperties": _INTEGER},
        metadata=told("By badge and level: members who earned it.", "به تفکیک نشان و سطح: اعضایی که گرفتند."),
    )
    liability = whole(
        allow_none=True,
        metadata=told("What the club would owe in money.", "آنچه باشگاه به پول بدهکار می‌بود."),
    )


class ReportSchema(Schema):
    """What a draft would have given, beside what was recorded."""

    purchases = whole(metadata=told("Purchases that it judged.", "خریدهایی که داوری کرد."))
    members = whole()
    affected = whole(metadata=told("Members for whom something differs.", "اعضایی که چیزی برایشان فرق می‌کند."))
    refused_returns = whole(
        metadata=told(
            "Returns that its wallets would have refused; they are taken all the same.",
            "مرجوعی‌هایی که کیف‌هایش نمی‌پذیرفت؛ با این حال حساب شده‌اند.",
        )
    )
    left_out = of_names(
        _INTEGER,
        metadata=told(
            "Purchases and events that were not judged, by the reason: `late`, `unclaimed`, or of members whose merge"
            " was undone: `unmerged`.",
            "خریدها و رویدادهایی که داوری نشدند، به تفکیک دلیل: late (دیررسیده)، unclaimed (بی‌صاحب) یا unmerged (اعضایی"
            " که ادغامشان برگردانده شده است).",
        ),
    )
    rehearsed = fields.Nested(SideSchema, required=True)
    recorded = fields.Nested(SideSchema, required=True)
    difference = fields.Dict(
        required=True,
        metadata=told("`rehearsed` less `recorded`, in the same form.", "rehearsed منهای recorded، به همان شکل."),
    )
    gain = of_names(
        _CHANGES,
        metadata=told("By wallet, the twenty who gain most.", "به تفکیک کیف، بیست عضوی که بیش از همه سود می‌برند."),
    )
    lose = of_names(
        _CHANGES,
        metadata=told("By wallet, the twenty who lose most.", "به تفکیک کیف، بیست عضوی که بیش از همه از دست می‌دهند."),
    )


class RehearsedSchema(Schema):
    """A rehearsal: who asked for what, and how far it is."""

    id = whole()
    status = text(metadata={"enum": list(STATUSES)})
    done = whole(metadata=told("Members that are done.", "اعضایی که انجام شده‌اند."))
    of = whole(metadata=told("Members in all.", "همهٔ اعضا."))
    since = at(data_key="from", allow_none=True)
    until = at()
    asked_at = at()
    asked_by = text(
        allow_none=True,
        metadata=told(
            "`person:ID` or `key:ID`; null for the command line.",
            "person:ID یا key:ID؛ برای خط فرمان null.",
        ),
    )
    finished_at = at(allow_none=True)


class RehearsalsSchema(Schema):
    """A page of rehearsals, the newest first; each is asked for by its id to see its report."""

    items = many(RehearsedSchema)
    next = next_page()


class RehearsalSchema(RehearsedSchema):
    """A rehearsal, and its report once it is done."""

    report = fields.Nested(ReportSchema, required=True, allow_none=True)
