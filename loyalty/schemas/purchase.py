"""A purchase as a till or a file tells it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from marshmallow import ValidationError, post_load

from loyalty.rules.facts import GIFT_CARD, CardTyped, Line, Purchase, Tender
from loyalty.schemas.fields import MAX_AMOUNT, Base, Inner, Many, Quantity, Whole, Words, read
from loyalty.schemas.gift_card import LONGEST_CODE, Pin
from loyalty.schemas.moments import Instant, not_ahead
from loyalty.schemas.people import Attributes, Ref
from loyalty.schemas.said import Said, told

MAX_LINES: Final = 2000  # a real wholesale invoice had 1,114
MAX_TAGS: Final = 20
MAX_TENDERS: Final = 20
MAX_CODES: Final = 20

_NET_ABOVE: Final = Said("net may not exceed gross.", "net نمی‌تواند از gross بیشتر باشد.")
_TWICE: Final = Said("Another line has this name.", "سطر دیگری همین نام را دارد.")
_SUM: Final = Said("This is not the sum of the lines ({total}).", "این با جمع سطرها ({total}) برابر نیست.")
_NOT_A_CARD: Final = Said("Only a gift_card has a code.", "تنها gift_card کد دارد.")
_PIN_ALONE: Final = Said("A PIN comes with a code.", "رمز همراه کد می‌آید.")
_NEEDED: Final = Said("Needed for a purchase without lines.", "برای خرید بدون سطر لازم است.")
_TOO_MUCH: Final = Said("The lines come to more than {most}.", "جمع سطرها از {most} بیشتر است.")


def money(**kwargs: Any) -> Whole:
    """An amount of money in minor units, zero or more."""
    return Whole(0, MAX_AMOUNT, **kwargs)


class LineSchema(Base):
    """One line of a receipt; amounts are of the whole line."""

    line = Words(
        64,
        required=True,
        metadata=told("The line's name, unique in the receipt.", "نام سطر، یکتا در رسید.", example="1"),
    )
    sku = Words(100, required=True, metadata={"example": "MILK-1L"})
    quantity = Quantity(required=True, metadata={"example": 2})
    gross = money(
        required=True, metadata=told("Before the shop's own discounts.", "پیش از تخفیف‌های خود فروشگاه.", example=960000)
    )
    net = money(required=True, metadata=told("After them.", "پس از تخفیف‌ها.", example=900000))
    category = Words(100, allow_none=True, metadata={"example": "dairy"})
    brand = Words(100, allow_none=True)
    tags = Many(Words(100), MAX_TAGS, allow_none=True, metadata={"example": ["fresh"]})

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Line:
        """The line as a value."""
        if data["net"] > data["gross"]:
            raise ValidationError({"net": [_NET_ABOVE]})
        tags = data.pop("tags", None)
        return Line(**data, tags=tuple(tags) if tags else ())


class TenderSchema(Base):
    """A means of payment."""

    type = Words(50, required=True, metadata={"example": "cash"})
    amount = money(required=True, metadata={"example": 900000})
    code = Words(
        LONGEST_CODE,
        allow_none=True,
        metadata=told(
            "Of a gift card: it is charged with the purchase.", "کد کارت هدیه: همراه با خرید از آن برداشته می‌شود."
        ),
    )
    pin = Pin(allow_none=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Tender:
        """The tender as a value."""
        code, pin = data.get("code"), data.get("pin")
        if code is not None and data["type"] != GIFT_CARD:
            raise ValidationError({"code": [_NOT_A_CARD]})
        if pin is not None and code is None:
            raise ValidationError({"pin": [_PIN_ALONE]})
        return Tender(data["type"], data["amount"], shown=CardTyped(code, pin) if code else None)


class RedeemSchema(Base):
    """A reward that is redeemed with a purchase."""

    reward = Words(60, required=True, metadata={"example": "free_coffee"})
    quantity = Whole(1, 100, load_default=1)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> tuple[str, int]:
        """Its code, and how many."""
        return data["reward"], data["quantity"]


class PurchaseSchema(Base):
    """A purchase as the till made it."""

    receipt = Words(
        100,
        required=True,
        metadata=told(
            "The till's number of the sale, unique in its store.",
            "شمارهٔ فروش نزد صندوق، یکتا در فروشگاه.",
            example="A-1001",
        ),
    )
    store = Words(64, required=True, metadata=told("The store's code.", "کد فروشگاه.", example="tajrish"))
    member = Ref(
        allow_none=True,
        metadata=told(
            "Who buys; without it nobody earns.",
            "خریدار؛ بدون آن کسی امتیاز نمی‌گیرد.",
            example={"phone": "09121234567"},
        ),
    )
    occurred_at = Instant(required=True, metadata={"example": "2026-11-12T18:30:00+03:30"})
    currency = Words(
        3,
        "[A-Z]{3}",
        required=True,
        metadata=told("The club's own (ISO 4217).", "واحد پول باشگاه (ISO 4217).", example="IRR"),
    )
    lines = Many(Inner(LineSchema), MAX_LINES, allow_none=True)
    gross = money(
        allow_none=True,
        metadata=told("Of the basket; with lines it is their sum.", "از کل سبد؛ اگر سطر باشد، جمع سطرهاست."),
    )
    net = money(
        allow_none=True,
        metadata=told("Of the basket; with lines it is their sum.", "از کل سبد؛ اگر سطر باشد، جمع سطرهاست."),
    )
    tenders = Many(Inner(TenderSchema), MAX_TENDERS, allow_none=True)
    codes = Many(
        Words(60),
        MAX_CODES,
        allow_none=True,
        metadata=told("Codes that the member presented.", "کدهایی که عضو ارائه کرده است.", example=["NOWRUZ"]),
    )
    redeem = Many(
        Inner(RedeemSchema),
        MAX_CODES,
        allow_none=True,
        metadata=told(
            "Rewards that the member redeems with it: discounts, and goods that are in the basket.",
            "پاداش‌هایی که عضو همراه آن می‌گیرد: تخفیف، و کالایی که در سبد است.",
            example=[],
        ),
    )
    channel = Words(50, allow_none=True, metadata={"example": "pos"})
    cashier = Words(100, allow_none=True)
    attributes = Attributes(allow_none=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Purchase:
        """The purchase as a value, its sums agreed."""
        lines = tuple(data.pop("lines", None) or ())
        gross, net = _sums(lines, data) if lines else _basket(data)
        return Purchase(
            receipt=data.get("receipt", ""),
            store=data["store"],
            occurred_at=data["occurred_at"],
            currency=data["currency"],
            gross=gross,
            net=net,
            member=data.get("member"),
            lines=lines,
            tenders=tuple(data.get("tenders") or ()),
            channel=data.get("channel"),
            cashier=data.get("cashier"),
            attributes=data.get("attributes") or {},
            codes=tuple(dict.fromkeys(data.get("codes") or ())),
            redeem=tuple(data.get("redeem") or ()),
        )


class QuoteSchema(PurchaseSchema):
    """A basket that is not sold yet: a purchase without its receipt."""

    class Meta:
        """The receipt is what a sale has and a quote doesn't."""

        exclude = ("receipt",)


def load_purchase(data: Any, *, now: datetime, region: str = "IR") -> Purchase:
    """A purchase from its JSON object, checked and normalised.

    `region` is the country whose phone numbers need no prefix.

    Raises:
        Invalid: with every fault and its place.
    """
    purchase: Purchase = read(PurchaseSchema, data, region)
    not_ahead(purchase.occurred_at, now, "/occurred_at")
    return purchase


def _sums(lines: tuple[Line, ...], data: dict[str, Any]) -> tuple[int, int]:
    gross = net = 0
    names = set()
    for line in lines:
        names.add(line.line)
        gross += line.gross
        net += line.net
    if len(names) < len(lines):
        raise ValidationError({"lines": _repeated(lines)})
    if gross > MAX_AMOUNT:
        raise ValidationError({"lines": [_TOO_MUCH.format(most=MAX_AMOUNT)]})
    given = {"gross": gross, "net": net}
    wrong = {k: [_SUM.format(total=v)] for k, v in given.items() if data.get(k) not in (None, v)}
    if wrong:
        raise ValidationError(wrong)
    return gross, net


def _repeated(lines: tuple[Line, ...]) -> dict[int, Any]:
    seen: set[str] = set()
    found = {}
    for index, line in enumerate(lines):
        if line.line in seen:
            found[index] = {"line": [_TWICE]}
        seen.add(line.line)
    return found


def _basket(data: dict[str, Any]) -> tuple[int, int]:
    missing = {key: [_NEEDED] for key in ("gross", "net") if data.get(key) is None}
    if missing:
        raise ValidationError(missing)
    if data["net"] > data["gross"]:
        raise ValidationError({"net": [_NET_ABOVE]})
    return data["gross"], data["net"]
