"""Codes: made in series, checked and used on a basket, given back, and claimed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from flask import Response
from marshmallow import Schema, fields

from loyalty.actions.claim_code import claim_code
from loyalty.actions.create_code_series import NewSeries, create_code_series
from loyalty.actions.make_codes import make_codes, share_code
from loyalty.actions.redeem_code import Checked, check_code, redeem_code, release_code
from loyalty.acts import By
from loyalty.config import now, settings
from loyalty.queries import code_series
from loyalty.queries.code_series import SeriesView
from loyalty.rest.access import caller, same_store
from loyalty.rest.answers import at, both, many, next_page, text, whole
from loyalty.rest.answers_event import EventAnswerSchema
from loyalty.rest.blueprint import Blueprint
from loyalty.rest.events import answered
from loyalty.rest.fields import PageQuery
from loyalty.rest.once import Done
from loyalty.rest.reply import lang, reply
from loyalty.rest.shown_codes import tried
from loyalty.rules.facts import Purchase
from loyalty.schemas.code import CheckBody, ClaimBody, MakeBody, ReleaseBody, SeriesBody, UseBody
from loyalty.schemas.said import told
from loyalty.values import Text

blp = Blueprint(
    Text("Codes", "کدها"),
    __name__,
    Text(
        "Codes that are shown at the till, and codes out of packs.",
        "کدهایی که پای صندوق نشان داده می‌شوند، و کدهای داخل بسته.",
    ),
)

SERIES: Final = "/code-series/<series>"


class SeriesSchema(Schema):
    """A series of codes."""

    code = text()
    title = both()
    purpose = text(metadata={"enum": ["discount", "pack"]})
    reward = text(allow_none=True)
    uses = whole(allow_none=True)
    per_member = whole(allow_none=True)
    from_at = at(allow_none=True, data_key="from")
    until_at = at(allow_none=True, data_key="until")
    made = whole()
    used = whole()
    discount = whole(metadata=told("What its codes took off.", "آنچه کدهایش کم کرده‌اند."))
    created_at = at()
    created_by = text()


class SeriesPageSchema(Schema):
    """A page of series."""

    items = many(SeriesSchema)
    next = next_page()


class MadeSchema(Schema):
    """Codes that were made; they are told once."""

    codes = fields.List(fields.String(), required=True)


class LineOffSchema(Schema):
    """What is taken off a line."""

    line = text()
    discount = whole()


class CodeCheckedSchema(Schema):
    """What a good code takes off the basket; what the basket lacks is said."""

    reward = text()
    title = both()
    discount = whole()
    lines = many(LineOffSchema)
    because = text(allow_none=True, metadata=told("Why it takes nothing off.", "چرا چیزی کم نمی‌کند."))


class ReleasedSchema(Schema):
    """A use that was given back."""

    released = fields.Boolean(required=True)


class ClaimedSchema(Schema):
    """A code that now is the member's, or what it brought."""

    yours = fields.Boolean(
        required=True,
        metadata=told(
            "Whether it is for a discount, and the member's own now.", "آیا کد تخفیفی است که اکنون از آنِ عضو است."
        ),
    )
    event = fields.Nested(EventAnswerSchema, required=True, allow_none=True)


@blp.operation(
    "POST",
    "/code-series",
    Text("Begin a series of codes", "ساختن سری کد"),
    Text(
        "Codes for a discount or goods of the catalogue; without `reward`, codes that lie in packs.",
        "کدهایی برای تخفیف یا کالایی از فهرست؛ بدون reward، کدهایی که داخل بسته‌اند.",
    ),
    {201: SeriesSchema},
    body=SeriesBody,
)
def create(body: dict[str, Any]) -> Response:
    """Begin a series."""
    create_code_series(caller().club_id, NewSeries(**body), By(key=caller().key_id), now())
    return reply(_series(code_series.one(caller().club_id, body["code"])), 201)


@blp.operation(
    "GET",
    "/code-series",
    Text("List series of codes", "فهرست سری‌های کد"),
    Text("In the order of their codes.", "به ترتیب کد."),
    {200: SeriesPageSchema},
    query=PageQuery,
)
def listed(query: dict[str, Any]) -> Response:
    """A page of series."""
    page = code_series.page(caller().club_id, query["limit"], query.get("cursor"))
    return reply({"items": [_series(its) for its in page.items], "next": page.next})


@blp.operation(
    "POST",
    f"{SERIES}/codes",
    Text("Make codes", "ساختن کد"),
    Text(
        "At most 1,000 at random, told once; or one with a text that everybody may know. Many more are made by"
        " `loyalty codes make`.",
        "حداکثر ۱٬۰۰۰ کد تصادفی که تنها همین یک بار نشان داده می‌شود؛ یا یک کد با متنی که همه می‌توانند بدانند. تعداد"
        " بسیار بیشتر با فرمان `loyalty codes make` ساخته می‌شود.",
    ),
    {201: MadeSchema},
    body=MakeBody,
)
def make(body: dict[str, Any], series: str) -> Response:
    """Make codes of a series."""
    by, key = By(key=caller().key_id), settings().secret_key
    if "text" in body:
        share_code(caller().club_id, series, body["text"], by, key, now())
        return reply({"codes": [body["text"]]}, 201)
    made = make_codes(caller().club_id, series, body["count"], by, key, now(), prefix=body["prefix"])
    return reply({"codes": [code for chunk in made for code in chunk]}, 201)


@blp.operation(
    "POST",
    "/codes/check",
    Text("Check a code", "بررسی کد"),
    Text(
        "What it takes off a basket as it is sent; nothing is written. A code that is unknown, used, expired, blocked"
        " or another's is a 404, all alike.",
        "آنچه از سبد، همان‌گونه که فرستاده شده، کم می‌کند؛ چیزی ثبت نمی‌شود. کد ناشناخته، استفاده‌شده، منقضی، مسدود یا از"
        " آنِ دیگری، همگی یکسان ۴۰۴ می‌گیرند.",
    ),
    {200: CodeCheckedSchema},
    body=CheckBody,
)
def check(body: dict[str, Any]) -> Response:
    """What a code takes off a basket."""
    same_store(body["purchase"].store, "/purchase/store")
    with tried(body["code"], body["purchase"].member):
        return reply(_checked(check_code(caller().club_id, body["code"], body["purchase"], settings().secret_key)))


@blp.operation(
    "POST",
    "/codes/redeem",
    Text("Use a code", "استفاده از کد"),
    Text(
        "Uses it on the sale of a receipt, once however often it is asked; the purchase that is posted later with that"
        " receipt and code uses the same. Where the basket lacks something for it, a 422 says what and the code stays.",
        "آن را برای خریدِ یک رسید به کار می‌برد، هر چند بار که درخواست شود تنها یک بار؛ خریدی که بعداً با همان رسید و کد"
        " ثبت شود همان استفاده است. اگر سبد چیزی کم داشته باشد ۴۲۲ می‌گوید چه کم دارد و کد استفاده نمی‌شود.",
    ),
    {201: CodeCheckedSchema},
    body=UseBody,
    repeatable=True,
)
def redeem(body: dict[str, Any]) -> Done:
    """Use a code on a sale."""
    same_store(body["purchase"].store, "/purchase/store")
    sale: Purchase = replace(body["purchase"], receipt=body["receipt"])
    with tried(body["code"], sale.member):
        return Done(_checked(redeem_code(caller().club_id, body["code"], sale, settings().secret_key, now())))


@blp.operation(
    "POST",
    "/codes/release",
    Text("Give a code back", "پس دادن کد"),
    Text(
        "Gives back its use on a sale that was never posted; a posted one gives it back by its return.",
        "استفادهٔ آن را برای خریدی که هرگز ثبت نشد پس می‌دهد؛ خرید ثبت‌شده آن را با مرجوعی پس می‌دهد.",
    ),
    {200: ReleasedSchema},
    body=ReleaseBody,
    repeatable=True,
)
def release(body: dict[str, Any]) -> Done:
    """Give back the use of a code."""
    same_store(body["store"])
    with tried(body["code"], None):
        release_code(caller().club_id, body["code"], body["store"], body["receipt"], settings().secret_key, now())
    return Done({"released": True}, 200)


@blp.operation(
    "POST",
    "/codes/claim",
    Text("Claim a code", "ثبت کد"),
    Text(
        "A code out of a pack is told as an event of the member's, once; a single code for a discount becomes the"
        " member's own. One that cannot be used is a 404, all alike.",
        "کد داخل بسته یک بار به‌صورت رویداد عضو ثبت می‌شود؛ کد یک‌بارمصرف تخفیف از آنِ عضو می‌شود. کدی که به کار نمی‌آید ۴۰۴"
        " است، همگی یکسان.",
    ),
    {201: ClaimedSchema},
    body=ClaimBody,
    repeatable=True,
)
def claim(body: dict[str, Any]) -> Done:
    """Let a member have a code."""
    club_id = caller().club_id
    with tried(body["code"], body["member"]):
        outcome = claim_code(club_id, body["member"], body["code"], settings().secret_key, now())
    if outcome is None:
        return Done({"yours": True, "event": None})
    return Done({"yours": False, "event": answered(club_id, outcome)}, 201, outcome.member_id)


def _series(view: SeriesView) -> dict[str, Any]:
    form = view._asdict()
    return form | {"from": form.pop("from_at"), "until": form.pop("until_at")}


def _checked(found: Checked) -> dict[str, Any]:
    off = found.off
    return {
        "reward": found.code.reward,
        "title": found.title,
        "discount": off.amount if off else 0,
        "lines": [{"line": line, "discount": amount} for line, amount in off.lines] if off else [],
        "because": found.lacks(lang()),
    }
