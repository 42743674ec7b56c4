"""What the operations on rewards and redemptions answer, for the OpenAPI document."""

from __future__ import annotations

from marshmallow import Schema, fields

from loyalty.models.reward import KINDS, STATUSES
from loyalty.rest.answers import TextSchema, at, both, many, next_page, text, whole
from loyalty.rest.answers_purchase import AnswerSchema, held_wallets
from loyalty.schemas.said import told

_UNTIL = told("When what is held lapses by itself.", "زمانی که نگهداشت خودبه‌خود آزاد می‌شود.")
_ENDS = told(
    "The last instant at which what is issued can be used; null is for ever.",
    "آخرین لحظه‌ای که آنچه صادر شده به کار می‌آید؛ null یعنی همیشه.",
)


class PriceSchema(Schema):
    """What a reward costs."""

    points = whole(allow_none=True)
    wallet = text(allow_none=True)
    money = whole(allow_none=True)


class RefusalSchema(Schema):
    """Why a member cannot have it now."""

    code = text(metadata={"example": "insufficient_balance"})
    message = both()


class RewardSchema(Schema):
    """A reward of the catalogue; besides these the fields of its kind."""

    code = text(metadata={"example": "free_coffee"})
    title = both()
    text_ = fields.Nested(TextSchema, required=True, allow_none=True, data_key="text")
    kind = text(metadata={"enum": list(KINDS)})
    price = fields.Nested(PriceSchema, required=True)
    stock = whole(allow_none=True)
    left = whole(allow_none=True, metadata=told("How many are left of the stock.", "از موجودی چند عدد مانده است."))
    who = fields.Dict(required=True, allow_none=True, data_key="for")
    from_at = at(allow_none=True, data_key="from")
    until_at = at(allow_none=True, data_key="until")
    limits = fields.List(fields.Dict(), required=True)
    lasts = fields.Dict(required=True, allow_none=True)
    uses = whole()
    archived = fields.Boolean(required=True)
    content = fields.Dict(
        required=True, metadata=told("What it promises, by its kind.", "آنچه وعده می‌دهد، بر پایهٔ گونه‌اش.")
    )
    open = fields.Boolean(
        metadata=told("For a member: whether it can be had now.", "برای یک عضو: آیا اکنون گرفتنی است.")
    )
    because = fields.List(fields.Nested(RefusalSchema), metadata=told("For a member: why not.", "برای یک عضو: چرا نه."))


class RewardOnBasketSchema(RewardSchema):
    """A reward on a basket: what it would take off."""

    discount = whole()


class YoursSchema(Schema):
    """What the member has in hand: what showing its code would take off."""

    redemption = whole()
    title = both()
    discount = whole()
    expires_at = at(allow_none=True, metadata=_ENDS)


class QuotedSchema(AnswerSchema):
    """What a purchase would give, and the rewards that could be redeemed with it: open ones first."""

    rewards = many(RewardOnBasketSchema)
    yours = many(YoursSchema)


class RewardsSchema(Schema):
    """A page of rewards."""

    items = many(RewardSchema)
    next = next_page()


class SpentSchema(Schema):
    """What was spent, or is held, for it."""

    points = whole()
    money = whole(metadata=told("In minor units.", "به کوچک‌ترین واحد پول."))


class IssuedCodeSchema(Schema):
    """A code by which it is used."""

    code = text(metadata={"example": "7K3M9Q-XT42HD-9F6WPA"})
    pin = text(allow_none=True)


class RedeemedSchema(Schema):
    """Where a redemption stands, and what the member has after it."""

    id = whole()
    status = text(metadata={"enum": list(STATUSES)})
    reward = text(metadata={"example": "free_coffee"})
    title = both()
    kind = text(metadata={"enum": list(KINDS)})
    quantity = whole()
    spent = fields.Nested(SpentSchema, required=True)
    codes = many(IssuedCodeSchema)
    until = at(allow_none=True, metadata=_UNTIL)
    expires_at = at(allow_none=True, metadata=_ENDS)
    wallets = held_wallets()


class KeptCodeSchema(Schema):
    """A code, and how often it was used."""

    code = text()
    used = whole()
    uses = whole(allow_none=True)
    blocked = fields.Boolean(required=True)
    until_at = at(allow_none=True)
    pin = text(allow_none=True)
    balance = whole(allow_none=True, metadata=told("Of a gift card: what is on it.", "از کارت هدیه: آنچه در آن است."))


class RedemptionSchema(Schema):
    """A redemption."""

    member = whole()
    id = whole()
    reward = text()
    title = both()
    kind = text(metadata={"enum": list(KINDS)})
    quantity = whole()
    status = text(metadata={"enum": list(STATUSES)})
    points = whole()
    money = whole()
    until = at(allow_none=True, metadata=_UNTIL)
    expires_at = at(allow_none=True, metadata=_ENDS)
    occurred_at = at()
    used_at = at(allow_none=True)
    store = text(allow_none=True)
    receipt = text(allow_none=True)
    given_by = whole(allow_none=True, metadata=told("The event that gave it.", "رویدادی که آن را داد."))
    article = text(allow_none=True)
    codes = many(KeptCodeSchema)


class RedemptionsSchema(Schema):
    """A page of redemptions."""

    items = many(RedemptionSchema)
    next = next_page()
