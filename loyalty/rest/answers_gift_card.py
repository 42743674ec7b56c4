"""What the operations on gift cards answer, for the OpenAPI document."""

from __future__ import annotations

from typing import Final

from marshmallow import Schema, fields

from loyalty.models.gift_card import KINDS
from loyalty.rest.answers import at, many, next_page, text, whole
from loyalty.schemas.said import told

STATUSES: Final = ("active", "blocked", "expired")

_ENDS: Final = told(
    "The last instant at which one can pay with it; null is never.",
    "آخرین لحظه‌ای که می‌توان با آن پرداخت کرد؛ null یعنی پایانی ندارد.",
)


def _hint() -> fields.String:
    return text(metadata=told("Its last characters.", "نویسه‌های آخرش.", example="9WPA"))


def _code() -> fields.String:
    return text(metadata={"example": "7K3M9Q-XT42HD-9F6WPA"})


def _pin() -> fields.String:
    return text(allow_none=True, metadata={"example": "402817"})


class IssuedCardSchema(Schema):
    """A new card; its code and PIN are told this once."""

    id = whole()
    code = _code()
    pin = _pin()
    hint = _hint()
    amount = whole(metadata={"example": 500_000})
    balance = whole(metadata={"example": 500_000})
    expires_at = at(allow_none=True, metadata=_ENDS)
    member = whole(allow_none=True)


class CardNowSchema(Schema):
    """Where a card stands after something was done with it."""

    id = whole()
    hint = _hint()
    amount = whole(metadata=told("How much was moved.", "مبلغ جابه‌جا شده."))
    balance = whole(metadata=told("What is on it after that.", "آنچه پس از آن در کارت است."))
    expires_at = at(allow_none=True, metadata=_ENDS)
    blocked = fields.Boolean(required=True)


class CardSchema(Schema):
    """A card as the club sees it."""

    id = whole()
    hint = _hint()
    status = text(metadata={"enum": list(STATUSES)})
    amount = whole(metadata=told("What it was issued with.", "مبلغ هنگام صدور."))
    balance = whole()
    expires_at = at(allow_none=True, metadata=_ENDS)
    member = whole(allow_none=True)
    redemption = whole(allow_none=True)
    created_at = at()


class CardsSchema(Schema):
    """A page of cards."""

    items = many(CardSchema)
    next = next_page()


class OwnCardSchema(CardSchema):
    """A card with its code and PIN, for the member to whom it was given."""

    code = _code()
    pin = _pin()


class OwnCardsSchema(Schema):
    """A page of a member's cards."""

    items = many(OwnCardSchema)
    next = next_page()


class CardEntrySchema(Schema):
    """One change of a card."""

    n = whole()
    kind = text(metadata={"enum": list(KINDS)})
    amount = whole(metadata=told("Below zero where it was taken.", "زیر صفر اگر برداشته شده باشد."))
    balance = whole(metadata=told("What was on it after that.", "آنچه پس از آن در کارت بود."))
    expires_at = at(allow_none=True, metadata=_ENDS)
    store = text(allow_none=True)
    receipt = text(allow_none=True)
    occurred_at = at()
    recorded_at = at()


class CardEntriesSchema(Schema):
    """A page of a card's changes."""

    items = many(CardEntrySchema)
    next = next_page()


class LoadedSchema(Schema):
    """What became of a provider's list."""

    added = whole(metadata={"example": 500})
    known = whole(metadata=told("How many were loaded before.", "شماری که پیش‌تر بارگذاری شده بود."))
    left = whole(metadata=told("How many are left to give out.", "شماری که برای دادن مانده است."))
