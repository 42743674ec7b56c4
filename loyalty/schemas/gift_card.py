"""Gift cards as they are sent."""

from __future__ import annotations

from typing import Any, Final

from marshmallow import ValidationError, validates_schema

from loyalty.formats import latin_digits
from loyalty.schemas.fields import MAX_AMOUNT, MAX_ID, Base, Inner, Many, Whole, Words, YesNo
from loyalty.schemas.moments import Instant
from loyalty.schemas.people import Ref
from loyalty.schemas.said import Said, told

LONGEST_CODE: Final = 60
MOST_CODES: Final = 5000
"""How many codes of a provider one request brings."""
PROVIDERS_CODE: Final = 200
PROVIDERS_PIN: Final = 50
"""Letters of a provider's code, and of its PIN."""

_ONE: Final = Said("Name the card by its code or by its id.", "کارت را با کد یا با شناسه‌اش نام ببرید.")


class Pin(Words):
    """Six digits, in digits of three scripts; loaded in Latin ones."""

    def __init__(self, **kwargs: Any) -> None:
        meta = told("Asked for where the card has one.", "اگر کارت رمز داشته باشد لازم است.")
        super().__init__(6, "[0-9۰-۹٠-٩]{6}", metadata=meta | kwargs.pop("metadata", {}), **kwargs)

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> str:
        return latin_digits(super()._deserialize(value, *args, **kwargs))


def card_code(**kwargs: Any) -> Words:
    """The code of a gift card."""
    meta = told("As it is typed or scanned.", "همان‌گونه که تایپ یا اسکن می‌شود.", example="7K3M9Q-XT42HD-9F6WPA")
    return Words(LONGEST_CODE, metadata=meta, **kwargs)


def money(**kwargs: Any) -> Whole:
    """An amount above zero, in minor units."""
    return Whole(1, MAX_AMOUNT, required=True, metadata={"example": 500_000}, **kwargs)


def _receipt(**kwargs: Any) -> Words:
    meta = told("The receipt of the sale, unique in its store.", "شمارهٔ رسید، یکتا در فروشگاه.", example="A-1001")
    return Words(100, metadata=meta, **kwargs)


def _store() -> Words:
    meta = told(
        "The store of that receipt; a till's own, if left out.",
        "فروشگاه همان رسید؛ اگر نباشد، فروشگاه خودِ صندوق.",
        example="tajrish",
    )
    return Words(64, metadata=meta)


class IssueBody(Base):
    """A new card."""

    amount = money()
    expires_at = Instant(
        allow_none=True,
        metadata=told(
            "The last instant at which one can pay with it; left out: never ends.",
            "آخرین لحظه‌ای که می‌توان با آن پرداخت کرد؛ اگر نباشد پایانی ندارد.",
            example="2027-03-20T23:59:59+03:30",
        ),
    )
    member = Ref(
        allow_none=True,
        metadata=told(
            "To whom it is given, and who can read its code again; anybody can pay with it.",
            "به چه کسی داده می‌شود و چه کسی می‌تواند کد را دوباره ببیند؛ هر کس می‌تواند با آن پرداخت کند.",
        ),
    )
    with_pin = YesNo(
        data_key="pin",
        load_default=True,
        metadata=told("Whether a PIN is asked for.", "آیا رمز خواسته شود.", default=True),
    )


class ShownBody(Base):
    """A card as it is shown."""

    code = card_code(required=True)
    pin = Pin(allow_none=True, metadata={"example": "402817"})


class SaleBody(ShownBody):
    """A card that pays a sale, or that something of a sale comes back to."""

    amount = money()
    receipt = _receipt(required=True)
    store = _store()


class NamedBody(Base):
    """A card as the club's server names it: by its code or by its id."""

    code = card_code()
    pin = Pin(allow_none=True)
    id = Whole(1, MAX_ID, metadata=told("As the list of cards tells it.", "همان که در فهرست کارت‌هاست."))

    @validates_schema
    def one_name(self, data: dict[str, Any], **_: Any) -> None:
        """Exactly one of the two."""
        if ("code" in data) == ("id" in data):
            raise ValidationError({"code": [_ONE]})


class TopUpBody(NamedBody):
    """How much is put on which card, and with which receipt that was sold."""

    amount = money()
    receipt = _receipt()
    store = _store()


class ProviderCodeBody(Base):
    """A code of a provider, as the provider wrote it."""

    code = Words(PROVIDERS_CODE, required=True, metadata={"example": "XK-2291-7745"})
    pin = Words(PROVIDERS_PIN, allow_none=True)


class ProviderCodesBody(Base):
    """Codes of a provider; sent again, none is loaded twice."""

    codes = Many(Inner(ProviderCodeBody), MOST_CODES, required=True)
