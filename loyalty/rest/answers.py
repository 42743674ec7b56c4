"""What the operations answer, for the OpenAPI document; tests hold the answers against it."""

from __future__ import annotations

from typing import Any, Final

from marshmallow import Schema, fields

from loyalty.models.member import STATUSES
from loyalty.queries.entries import KINDS
from loyalty.schemas.said import told


def text(**kwargs: Any) -> fields.String:
    """A text that is always there."""
    return fields.String(required=True, **kwargs)


def whole(**kwargs: Any) -> fields.Integer:
    """An integer that is always there."""
    return fields.Integer(required=True, **kwargs)


def at(**kwargs: Any) -> fields.DateTime:
    """An instant that is always there."""
    return fields.DateTime(required=True, **kwargs)


def both(**kwargs: Any) -> fields.Nested:
    """A text in both languages that is always there."""
    return fields.Nested(TextSchema, required=True, **kwargs)


def many(schema: Any, **kwargs: Any) -> fields.List[Any]:
    """A list that is always there."""
    return fields.List(fields.Nested(schema), required=True, **kwargs)


def of_names(values: dict[str, Any], **kwargs: Any) -> fields.Dict:
    """An object whose names are codes of the bylaws."""
    metadata = {"additionalProperties": values} | kwargs.pop("metadata", {})
    return fields.Dict(required=True, metadata=metadata, **kwargs)


def next_page() -> fields.String:
    """Where a list goes on."""
    return fields.String(
        required=True,
        allow_none=True,
        metadata=told("Cursor of the page after; null at the end.", "نشانگر صفحهٔ بعد؛ در پایان null است."),
    )


class TextSchema(Schema):
    """A sentence or name in both languages."""

    en = text()
    fa = text()


class StoreSchema(Schema):
    """A store."""

    code = text(metadata={"example": "tajrish"})
    name = text(metadata={"example": "شعبهٔ تجریش"})
    partner = text(allow_none=True)


class StoresSchema(Schema):
    """A page of stores."""

    items = many(StoreSchema)
    next = next_page()


class MemberSchema(Schema):
    """A member."""

    id = whole(metadata={"example": 1024})
    card = text(allow_none=True, metadata={"example": "7F42-9KD3-XH55"})
    phone = text(allow_none=True, metadata={"example": "+989121234567"})
    external_id = text(allow_none=True)
    name = text(allow_none=True, metadata={"example": "سارا محمدی"})
    email = text(allow_none=True)
    birthday = fields.Date(required=True, allow_none=True)
    status = text(metadata={"enum": list(STATUSES)})
    tier = text(allow_none=True, metadata={"example": "silver"})
    joined_at = at()
    attributes = fields.Dict(required=True)
    consents = of_names({"type": "boolean"})
    lang = text(allow_none=True)
    referred_by = whole(allow_none=True)
    merged_into = whole(
        allow_none=True,
        metadata=told(
            "The member who goes on for this one since a merge.", "عضوی که پس از ادغام به جای این یکی ادامه می‌دهد."
        ),
    )


class MembersSchema(Schema):
    """A page of members."""

    items = many(MemberSchema)
    next = next_page()


class ExpiringSchema(Schema):
    """What expires at an instant, and is good up to it."""

    at = at(metadata=told("The last instant at which it is good.", "واپسین لحظه‌ای که معتبر است."))
    amount = whole(metadata={"example": 120})


class WalletSchema(Schema):
    """A member's wallet; money in minor units."""

    unit = text(metadata={"enum": ["points", "money"]})
    name = both()
    available = whole(metadata=told("What can be spent now.", "آنچه همین حالا می‌توان خرج کرد.", example=4820))
    pending = whole(metadata=told("Earned, and not to be spent yet.", "به دست آمده، ولی هنوز خرج‌شدنی نیست."))
    held = whole(metadata=told("Set apart by holds.", "کنار گذاشته‌شده برای پرداخت‌های در راه."))
    debt = whole(
        metadata=told("Owed after returns; the next earning pays it.", "بدهی پس از مرجوعی؛ از دریافت بعدی کم می‌شود.")
    )
    expiring = many(
        ExpiringSchema,
        metadata=told(
            "The nearest dates on which something of it expires, at most twelve.",
            "نزدیک‌ترین زمان‌هایی که بخشی از آن منقضی می‌شود، حداکثر دوازده تا.",
        ),
    )
    lapses_at = at(
        allow_none=True,
        metadata=told(
            "Of a wallet that lapses after idleness: all of it is good until then, unless something happens.",
            "برای کیفی که با بی‌کاری منقضی می‌شود: همهٔ آن تا این زمان معتبر است، مگر دریافت یا خرجی رخ دهد.",
        ),
    )
    earned = whole(metadata=told("Given and not taken back.", "آنچه داده شده و پس گرفته نشده است.", example=4820))
    spent = whole()
    expired = whole()
    forgiven = whole(
        metadata=told(
            "What the club let go of when what had been spent was to be taken back.",
            "آنچه باید پس گرفته می‌شد ولی خرج شده بود و باشگاه از آن گذشت.",
        )
    )
    other = whole(
        metadata=told(
            "By hand, from an older programme or another member: what came in, less what went out.",
            "به‌دست باشگاه، از برنامهٔ پیشین یا از عضوی دیگر: آنچه آمد، منهای آنچه رفت.",
        )
    )


def wallets() -> fields.Dict:
    """A member's wallets by their codes."""
    return fields.Dict(keys=fields.String(), values=fields.Nested(WalletSchema), required=True)


class EnrolledSchema(MemberSchema):
    """A new member, with wallets."""

    wallets = wallets()


class StatementLineSchema(Schema):
    """One entry of a member's ledger."""

    id = whole()
    at = at()
    wallet = text(metadata={"example": "points"})
    kind = text(metadata=told("What it is for the member.", "معنای آن برای عضو.", enum=list(KINDS)))
    amount = whole(
        metadata=told(
            "How it changed what the member has, pending or available; 0 where it only changed its state.",
            "تغییر آنچه عضو دارد، در انتظار یا خرج‌شدنی؛ اگر تنها حالتش عوض شده باشد ۰ است.",
            example=144,
        )
    )
    moved = whole(metadata=told("The amount itself, without a sign.", "خود مقدار، بدون علامت.", example=144))
    version = whole(
        allow_none=True,
        metadata=told("The version of the bylaws that moved it.", "نسخه‌ای از اساسنامه که آن را جابه‌جا کرد."),
    )
    article = text(allow_none=True, metadata={"example": "1"})
    title = both()
    event = whole(metadata=told("The id of what caused it.", "شناسهٔ رویدادی که سبب آن شد."))
    purchase = whole(
        allow_none=True,
        metadata=told(
            "The purchase that earned it, was returned or was paid.", "خریدی که آن را داد، مرجوع شد یا با آن پرداخت شد."
        ),
    )
    receipt = text(allow_none=True)
    occasion = fields.Nested(
        TextSchema,
        required=True,
        allow_none=True,
        metadata=told(
            "What another event than a purchase, behind it, is called.", "نام رویدادِ پشت آن، اگر خرید نباشد."
        ),
    )
    sentence = both(metadata=told("Its arithmetic, or why it happened.", "حساب آن، یا دلیلش."))


class StatementSchema(Schema):
    """A page of a member's ledger, the newest first."""

    items = many(StatementLineSchema)
    next = next_page()


class ProgressSchema(Schema):
    """How far a need is met; `share` is a floored percentage, so 100 means done."""

    counter = text(metadata={"example": "spend"})
    name = both()
    value = whole()
    needed = whole()
    share = whole(metadata={"minimum": 0, "maximum": 100})
    sentence = both()


class TierStepSchema(Schema):
    """A step of the ladder, and how far the member is from it."""

    code = text(metadata={"example": "gold"})
    title = both()
    share = whole()
    needs = many(ProgressSchema)
    sentence = both()


class RungSchema(Schema):
    """A step's code and title."""

    code = text()
    title = both()


class TierSchema(Schema):
    """Where a member stands on the ladder."""

    tier = text(allow_none=True, metadata={"example": "silver"})
    title = fields.Nested(TextSchema, required=True, allow_none=True)
    since = at(allow_none=True)
    until = at(
        allow_none=True,
        metadata=told(
            "The last instant for which the tier is held, grace included; null where no term says so.",
            "آخرین لحظه‌ای که سطح نگه داشته می‌شود، مهلت هم در آن؛ null یعنی مدتی برای آن نیست.",
        ),
    )
    next = fields.Nested(TierStepSchema, required=True, allow_none=True)
    keep = fields.Nested(TierStepSchema, required=True, allow_none=True)
    ladder = many(RungSchema, metadata=told("Every step, the lowest first.", "همهٔ پله‌ها، از پایین‌ترین."))


class BadgeSchema(Schema):
    """A badge as its member sees it; a secret one is listed once it is earned."""

    code = text(metadata={"example": "regular"})
    title = both()
    how = both()
    level = whole()
    levels = whole()
    next = whole(allow_none=True)
    value = whole()
    needed = whole()
    share = whole()
    earned_at = at(allow_none=True)
    rarity = whole(
        metadata=told(
            "Active members who hold it, as a floored percentage: of those to whom something happened within a year,"
            " counted once a night.",
            "درصد اعضای فعالی که آن را دارند، رو به پایین گرد شده: از میان کسانی که در یک سال گذشته رویدادی داشته‌اند؛"
            " هر شب یک بار شمرده می‌شود.",
        )
    )
    family = both(
        allow_none=True,
        metadata=told("What it belongs together with.", "خانواده‌ای که نشان از آن است."),
    )


class BadgesSchema(Schema):
    """A member's badges."""

    items = many(BadgeSchema)


WALLETS: Final = {"type": "object", "additionalProperties": {"$ref": "#/components/schemas/Wallet"}}
"""A member's wallets as a whole answer."""
