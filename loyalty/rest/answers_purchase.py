"""What the operations on purchases answer, for the OpenAPI document."""

from __future__ import annotations

from typing import Final

from marshmallow import Schema, fields

from loyalty.rest.answers import TextSchema, at, both, many, next_page, text, whole
from loyalty.rest.problems import ProblemSchema
from loyalty.schemas.said import told

STATUSES: Final = ("recorded", "set_aside", "unclaimed")


class GivenSchema(Schema):
    """What an article gave."""

    article = text(
        metadata=told(
            "An article's number, badge:CODE:LEVEL or challenge:CODE with the run's key.",
            "شمارهٔ ماده، badge:CODE:LEVEL یا challenge:CODE با کلید دور.",
            example="1",
        )
    )
    wallet = text(metadata={"example": "points"})
    amount = whole(metadata={"example": 144})
    sentence = text(metadata=told("The arithmetic, in the language asked for.", "حساب آن، به زبان درخواست."))


class StepSchema(Schema):
    """A level of a badge that was reached."""

    code = text(metadata={"example": "regular"})
    level = whole()


class RunNameSchema(Schema):
    """A run of a challenge."""

    challenge = text(metadata={"example": "three_in_aban"})
    run = text(
        metadata=told(
            "Its key among the member's runs of the challenge; empty where there is only one.",
            "کلید آن میان دورهای عضو در این چالش؛ اگر تنها یکی باشد خالی است.",
        )
    )


class CompletedSchema(RunNameSchema):
    """A run that was completed, and when it lasts."""

    since = at(data_key="from", allow_none=True)
    until = at(allow_none=True)


class ReachedSchema(Schema):
    """A milestone of a streak."""

    code = text(metadata={"example": "weekly"})
    milestone = whole(metadata=told("How many periods in a row.", "چند دورهٔ پیاپی.", example=4))


class MoveSchema(Schema):
    """The tier before and after."""

    before = text(data_key="from", allow_none=True)
    after = text(data_key="to", allow_none=True)


class WithheldSchema(Schema):
    """An article that gave nothing, and the first condition or limit that stopped it."""

    article = text()
    because = text(metadata=told("In the language asked for.", "به زبان درخواست."))


class OffLineSchema(Schema):
    """What was taken off a line."""

    line = text()
    amount = whole()


class DiscountSchema(Schema):
    """What was taken off the basket before anything was earned."""

    by = text(
        metadata=told(
            "The article, or `code:ID` or `redeem:ID`.", "شمارهٔ ماده، یا `code:ID` یا `redeem:ID`.", example="3"
        )
    )
    title = both()
    amount = whole(metadata={"example": 45_000})
    lines = many(
        OffLineSchema, metadata=told("Empty where the basket alone is lowered.", "خالی است اگر تنها جمع سبد کم شود.")
    )
    sentence = text(metadata=told("In the language asked for.", "به زبان درخواست."))


class PresentedSchema(Schema):
    """A code that was presented."""

    code = text(
        metadata=told(
            "As it is kept: of a secret one only its end.", "همان‌گونه که نگه داشته شده: از کد محرمانه تنها پایانش."
        )
    )
    used = fields.Boolean(required=True)
    because = text(allow_none=True, metadata=told("Why it was not used.", "چرا به کار نرفت."))


class HeldSchema(Schema):
    """What a wallet holds after it."""

    available = whole(metadata={"example": 4820})
    earned = whole(metadata={"example": 5820})
    pending = whole(metadata=told("Earned, and not to be spent yet.", "به دست آمده، ولی هنوز خرج‌شدنی نیست."))
    held = whole(metadata=told("Set apart by holds.", "کنار گذاشته‌شده برای پرداخت‌های در راه."))
    debt = whole(
        metadata=told("Owed after returns; the next earning pays it.", "بدهی پس از مرجوعی؛ از دریافت بعدی کم می‌شود.")
    )


def held_wallets() -> fields.Dict:
    """What a member has after an event, by wallet."""
    return fields.Dict(keys=fields.String(), values=fields.Nested(HeldSchema), required=True)


class JudgedSchema(Schema):
    """What something that happened gave, and why not more."""

    bylaws = whole(allow_none=True, metadata=told("The version that judged it.", "نسخه‌ای که آن را سنجید."))
    awards = many(GivenSchema)
    badges = many(StepSchema)
    challenges = many(CompletedSchema, metadata=told("Runs that it completed.", "دورهایی که با آن کامل شد."))
    streaks = many(ReachedSchema, metadata=told("Milestones that it reached.", "منزل‌هایی که با آن به دست آمد."))
    tier = fields.Nested(MoveSchema, required=True)
    withheld = many(WithheldSchema)
    wallets = held_wallets()
    message = fields.Nested(TextSchema, required=True, allow_none=True)


class AnswerSchema(JudgedSchema):
    """What a purchase gave, and why not more."""

    id = whole(allow_none=True, metadata=told("null in a quote.", "در پیش‌نمایش null است."))
    receipt = text(allow_none=True, metadata={"example": "A-1001"})
    discounts = many(DiscountSchema)
    codes = many(PresentedSchema)
    to_pay = whole(
        allow_none=True,
        metadata=told(
            "The net amount after discounts, before wallets and cards pay.",
            "مبلغ خالص پس از تخفیف‌ها، پیش از پرداخت با کیف و کارت.",
        ),
    )
    status = text(
        metadata=told(
            "What waits has given nothing yet.", "آنچه در انتظار است هنوز چیزی نداده است.", enum=[*STATUSES, "quoted"]
        )
    )


class ResultSchema(Schema):
    """What became of one row."""

    receipt = text(allow_none=True)
    status = text(metadata={"enum": [*STATUSES, "repeated", "refused"]})
    id = whole(allow_none=True)
    error = fields.Nested(ProblemSchema, required=True, allow_none=True)


class BatchAnswerSchema(Schema):
    """What became of each row, in their order."""

    results = many(ResultSchema)


class SoldLineSchema(Schema):
    """A line as it was recorded."""

    line = text()
    sku = text()
    quantity = fields.Raw(required=True, metadata={"type": ["integer", "string"]})
    kept = fields.Raw(
        metadata=told(
            "How many of it are kept; left out while nothing of the purchase was returned.",
            "چند عدد از آن مانده است؛ تا چیزی از خرید مرجوع نشده، نمی‌آید.",
            type=["integer", "string"],
        )
    )
    gross = whole()
    net = whole()
    category = fields.String()
    brand = fields.String()
    tags = fields.List(fields.String())


class PaidSchema(Schema):
    """A means of payment."""

    type = text()
    amount = whole()
    card = fields.String(
        metadata=told(
            "The gift card that was charged with it: its last characters.",
            "کارت هدیه‌ای که با آن پرداخت شد: نویسه‌های آخرش.",
        )
    )


class CameBackSchema(Schema):
    """What was given back of a purchase."""

    gross = whole()
    net = whole()


class SaleSchema(Schema):
    """A purchase as it was recorded."""

    id = whole()
    receipt = text()
    store = text()
    member = whole(allow_none=True)
    occurred_at = at()
    recorded_at = at()
    status = text(metadata={"enum": [*STATUSES, "partly_returned", "returned", "void"]})
    gross = whole()
    net = whole()
    returned = fields.Nested(
        CameBackSchema,
        required=True,
        metadata=told("What returns took off the amounts.", "آنچه مرجوعی‌ها از مبلغ‌ها کم کرده‌اند."),
    )
    bylaws = whole(allow_none=True)
    lines = many(SoldLineSchema)
    given = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        required=True,
        metadata=told(
            "What it gives its member for what is kept, by wallet.",
            "آنچه برای بخش نگه‌داشته به عضو می‌دهد، به تفکیک کیف.",
        ),
    )
    tenders = fields.List(fields.Nested(PaidSchema), required=True, allow_none=True)
    codes = fields.List(fields.String(), required=True, allow_none=True)
    channel = text(allow_none=True)
    cashier = text(allow_none=True)
    attributes = fields.Dict(required=True, allow_none=True)


class PurchasesSchema(Schema):
    """A page of purchases, the latest first."""

    items = many(SaleSchema)
    next = next_page()


class ConditionSchema(Schema):
    """A condition as it was judged."""

    holds = fields.Boolean(required=True)
    sentence = both()
    saw = both(metadata=told("What the condition was held against.", "آنچه شرط با آن سنجیده شد."))
    depth = whole(metadata=told("0 for the article's own condition.", "۰ برای شرط خود ماده."))


class GaveSchema(Schema):
    """What an award came to."""

    wallet = text()
    amount = whole()
    sentence = both()


class JudgedArticleSchema(Schema):
    """An article of the version that judged a purchase or an event."""

    no = text()
    title = both()
    gave = many(GaveSchema)
    conditions = many(ConditionSchema)
    because = fields.Nested(
        TextSchema,
        required=True,
        allow_none=True,
        metadata=told("Why it gave nothing, or less.", "چرا چیزی نداد، یا کمتر داد."),
    )


class ExplainedSchema(Schema):
    """Why something that happened gave what it gave."""

    version = whole()
    occurred_at = at()
    tier = text(allow_none=True, metadata=told("The member's tier before it.", "سطح عضو پیش از آن."))
    articles = many(JudgedArticleSchema)


class ExplanationSchema(ExplainedSchema):
    """A purchase explained from the facts that were kept when it was judged."""

    purchase = whole()
