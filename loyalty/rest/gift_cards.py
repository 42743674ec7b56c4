"""Gift cards: issued by the club, paid with at any of its tills."""

from __future__ import annotations

from typing import Any, Final

from flask import Response

from loyalty.actions.block_gift_card import block_gift_card
from loyalty.actions.charge_gift_card import charge_gift_card
from loyalty.actions.issue_gift_card import issue_gift_card
from loyalty.actions.load_provider_codes import load_provider_codes
from loyalty.actions.refund_gift_card import refund_gift_card
from loyalty.actions.top_up_gift_card import top_up_gift_card
from loyalty.acts import By
from loyalty.carded import CardNow
from loyalty.config import now, settings
from loyalty.db import connection
from loyalty.queries import gift_cards
from loyalty.rest.access import caller, same_store
from loyalty.rest.answers_gift_card import (
    STATUSES,
    CardEntriesSchema,
    CardNowSchema,
    CardsSchema,
    IssuedCardSchema,
    LoadedSchema,
    OwnCardsSchema,
)
from loyalty.rest.blueprint import Blueprint
from loyalty.rest.fields import PageQuery
from loyalty.rest.members import MEMBER
from loyalty.rest.once import Done
from loyalty.rest.reply import reply
from loyalty.rest.rewards import REWARD
from loyalty.rest.shown_cards import shown, tried, which
from loyalty.rewards.card_moves import Sale
from loyalty.rewards.gift_cards import NewCard
from loyalty.schemas.fields import MAX_ID, Figure, OneOf, Words
from loyalty.schemas.gift_card import IssueBody, NamedBody, ProviderCodesBody, SaleBody, ShownBody, TopUpBody
from loyalty.schemas.said import told
from loyalty.stores import store_id
from loyalty.values import Text
from loyalty.whose import named

blp = Blueprint(
    Text("Gift cards", "کارت‌های هدیه"),
    __name__,
    Text(
        "Money on a code, spent in parts at any till. Cards that are unknown, blocked or over, and wrong PINs, are"
        " refused alike (404); after some tries for a while all are (429).",
        "پولی روی یک کد که تکه‌تکه در هر صندوقی خرج می‌شود. کارت ناشناخته، مسدود یا تمام‌شده و رمز نادرست یک‌سان رد"
        " می‌شوند (۴۰۴) و پس از چند بار آزمودن تا مدتی همه (۴۲۹).",
    ),
)

_CARD: Final = f"/gift-cards/<int(min=1, max={MAX_ID}):card_id>"


class CardsQuery(PageQuery):
    """Which cards to list."""

    status = OneOf(*STATUSES)
    hint = Words(8, metadata=told("The last characters of its code.", "نویسه‌های آخر کد."))
    member = Figure(1, MAX_ID, metadata=told("To whom they were given: a member's id.", "گیرنده: شناسهٔ عضو."))


@blp.operation(
    "POST",
    "/gift-cards",
    Text("Issue a gift card", "صدور کارت هدیه"),
    Text(
        "Puts money on a new card. Code and PIN are answered this once; a card that is given to a `member` can be read"
        " again by that member.",
        "مبلغی را روی کارت تازه‌ای می‌گذارد. کد و رمز تنها همین یک بار گفته می‌شوند؛ کارتی که به member داده شود را خود"
        " آن عضو دوباره می‌بیند.",
    ),
    {201: IssuedCardSchema},
    body=IssueBody,
    repeatable=True,
    secret=True,
)
def issue(body: dict[str, Any]) -> Done:
    """Put money on a new card."""
    club_id, to = caller().club_id, body.get("member")
    member_id = named(connection(), club_id, to, "/member") if to else None
    new = NewCard(body["amount"], body.get("expires_at"), member_id, with_pin=body["with_pin"])
    card = issue_gift_card(club_id, new, settings().secret_key, By(key=caller().key_id), now())
    content = {"balance": card.amount, "member": member_id, **card._asdict()}
    return Done(content, 201, member_id)


@blp.operation(
    "POST",
    "/gift-cards/balance",
    Text("What is on a card", "موجودی کارت"),
    Text("For whoever shows code and PIN.", "برای کسی که کد و رمز را نشان دهد."),
    {200: CardNowSchema},
    body=ShownBody,
)
def balance(body: dict[str, Any]) -> Response:
    """What is on the card that somebody shows."""
    card = shown(body)
    with tried([card]):
        return reply(_done(gift_cards.balance(caller().club_id, card, now())).content)


@blp.operation(
    "POST",
    "/gift-cards/charge",
    Text("Pay with a gift card", "پرداخت با کارت هدیه"),
    Text(
        "Takes an amount off a card for a sale. The same amount for the same receipt again is answered as before and"
        " takes nothing more. Less on the card is a 409 (insufficient_balance) that says how much. A return of that"
        " sale gives it back in proportion. A till charges for its own store.",
        "مبلغی را برای یک خرید از کارت برمی‌دارد. همان مبلغ برای همان رسید پاسخ پیشین را می‌گیرد و چیزی کم نمی‌کند."
        " موجودی کمتر ۴۰۹ (insufficient_balance) است و مانده را می‌گوید. با مرجوع شدن آن خرید به همان نسبت برمی‌گردد."
        " صندوق برای فروشگاه خودش برمی‌دارد.",
    ),
    {201: CardNowSchema},
    body=SaleBody,
    repeatable=True,
)
def charge(body: dict[str, Any]) -> Done:
    """Take an amount off a card for a sale."""
    card, sale = shown(body), _sale(body)
    with tried([card]):
        return _done(charge_gift_card(caller().club_id, card, body["amount"], sale, now()), 201)


@blp.operation(
    "POST",
    "/gift-cards/refund",
    Text("Give back onto a card", "برگرداندن به کارت"),
    Text(
        "Gives back at most what the card paid for that receipt. A card that ends sooner, or has ended, is good for 30"
        " days more. What a return of the sale gave back counts.",
        "حداکثر آنچه کارت برای آن رسید پرداخته برمی‌گردد. کارتی که زودتر تمام می‌شود یا تمام شده تا ۳۰ روز دیگر اعتبار"
        " دارد. آنچه با مرجوعی خرید برگشته حساب می‌شود.",
    ),
    {201: CardNowSchema},
    body=SaleBody,
    repeatable=True,
)
def refund(body: dict[str, Any]) -> Done:
    """Give back onto a card what it paid for a sale."""
    card, sale = shown(body), _sale(body)
    with tried([card]):
        return _done(refund_gift_card(caller().club_id, card, body["amount"], sale, now()), 201)


@blp.operation(
    "POST",
    "/gift-cards/top-up",
    Text("Put more on a card", "افزایش موجودی کارت"),
    Text(
        "By its code or its id; its end stays. With a `receipt` the same amount again puts nothing more on it.",
        "با کد یا شناسه‌اش؛ پایان اعتبار همان می‌ماند. اگر receipt باشد، همان مبلغ بار دوم چیزی نمی‌افزاید.",
    ),
    {201: CardNowSchema},
    body=TopUpBody,
    repeatable=True,
)
def top_up(body: dict[str, Any]) -> Done:
    """Put more on a card."""
    card, by = which(body), By(key=caller().key_id)
    sale = _sale(body) if "receipt" in body else None
    with tried([card]):
        return _done(top_up_gift_card(caller().club_id, card, body["amount"], by, now(), sale), 201)


@blp.operation(
    "POST",
    "/gift-cards/block",
    Text("Block a card", "مسدود کردن کارت"),
    Text(
        "Nobody can pay with it, by its code or its id, until it is unblocked; what is on it stays.",
        "تا باز نشود کسی نمی‌تواند با آن پرداخت کند؛ با کد یا شناسه‌اش. موجودی آن می‌ماند.",
    ),
    {200: CardNowSchema},
    body=NamedBody,
    repeatable=True,
)
def block(body: dict[str, Any]) -> Done:
    """Let nobody pay with a card."""
    return _blocked(body, blocked=True)


@blp.operation(
    "POST",
    "/gift-cards/unblock",
    Text("Unblock a card", "باز کردن کارت"),
    Text("It is good again, until its end.", "تا پایان اعتبارش دوباره پذیرفته می‌شود."),
    {200: CardNowSchema},
    body=NamedBody,
    repeatable=True,
)
def unblock(body: dict[str, Any]) -> Done:
    """Let a card be good again."""
    return _blocked(body, blocked=False)


@blp.operation(
    "GET",
    "/gift-cards",
    Text("List gift cards", "فهرست کارت‌های هدیه"),
    Text("The newest first, by hints and balances; never their codes.", "از تازه‌ترین، با نشانه و موجودی؛ هرگز با کد."),
    {200: CardsSchema},
    query=CardsQuery,
)
def listed(query: dict[str, Any]) -> Response:
    """Cards, the newest first."""
    page = gift_cards.page(
        caller().club_id,
        now(),
        query["limit"],
        query.get("cursor"),
        status=query.get("status"),
        hint=query.get("hint"),
        member_id=query.get("member"),
    )
    return reply({"items": page.items, "next": page.next})


@blp.operation(
    "GET",
    f"{_CARD}/entries",
    Text("What happened to a card", "گردش یک کارت"),
    Text("The latest first.", "از تازه‌ترین."),
    {200: CardEntriesSchema},
    query=PageQuery,
)
def entries(query: dict[str, Any], card_id: int) -> Response:
    """What happened to a card."""
    page = gift_cards.entries(caller().club_id, card_id, now(), query["limit"], query.get("cursor"))
    return reply({"items": page.items, "next": page.next})


@blp.operation(
    "GET",
    f"{MEMBER}/gift-cards",
    Text("A member's gift cards", "کارت‌های هدیهٔ یک عضو"),
    Text(
        "What a member was given, with code and PIN to read again; for the shop's own page of its members.",
        "آنچه به یک عضو داده شده، با کد و رمز؛ برای صفحهٔ خود فروشگاه برای اعضایش.",
    ),
    {200: OwnCardsSchema},
    query=PageQuery,
)
def of_member(query: dict[str, Any], member_id: int) -> Response:
    """The cards that a member was given."""
    club_id, key = caller().club_id, settings().secret_key
    page = gift_cards.of_member(club_id, member_id, now(), query["limit"], query.get("cursor"), key)
    items = [{**its.card._asdict(), "code": its.code, "pin": its.pin} for its in page.items]
    return reply({"items": items, "next": page.next})


@blp.operation(
    "POST",
    f"{REWARD}/provider-codes",
    Text("Load codes of a provider", "بارگذاری کدهای صادرکننده"),
    Text(
        "Codes that a reward of the kind gift_card with `provider` gives out, one to each who has it; they are its"
        " stock. Sent again, none is loaded twice.",
        "کدهایی که پاداش gift_card دارای provider به هر گیرنده یکی می‌دهد؛ موجودی پاداش همین‌هاست. با فرستادن دوباره"
        " هیچ کدی دو بار بارگذاری نمی‌شود.",
    ),
    {201: LoadedSchema},
    body=ProviderCodesBody,
)
def load_codes(body: dict[str, Any], code: str) -> Response:
    """Load codes that a reward gives out."""
    codes = [(its["code"], its.get("pin")) for its in body["codes"]]
    by = By(key=caller().key_id)
    return reply(load_provider_codes(caller().club_id, code, codes, settings().secret_key, by, now()), 201)


def _blocked(body: dict[str, Any], *, blocked: bool) -> Done:
    card, by = which(body), By(key=caller().key_id)
    with tried([card]):
        return _done(block_gift_card(caller().club_id, card, by, now(), blocked=blocked))


def _sale(body: dict[str, Any]) -> Sale:
    """The sale that a body names, of the caller's own store."""
    who, code = caller(), body.get("store")
    if code is not None:
        same_store(code)
    return Sale(body["receipt"], store_id(connection(), who.club_id, code or who.store_code))


def _done(card: CardNow, status: int = 200) -> Done:
    content = card._asdict()
    return Done(content, 200 if content.pop("again") else status)
