"""Purchases: recorded, one or thousands, quoted, read and explained."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any, Final

from flask import Response

from loyalty import absent
from loyalty.actions.record_purchases import record_purchases
from loyalty.card_tenders import cards_of
from loyalty.config import now
from loyalty.errors import Invalid, Problem
from loyalty.queries import explanation as explaining
from loyalty.queries import purchases
from loyalty.queries.answer import answer
from loyalty.queries.purchases import PurchaseView
from loyalty.queries.quote import quote as quoted
from loyalty.rest.access import caller, same_store
from loyalty.rest.answers_purchase import (
    AnswerSchema,
    BatchAnswerSchema,
    ExplanationSchema,
    PurchasesSchema,
    SaleSchema,
)
from loyalty.rest.answers_reward import QuotedSchema
from loyalty.rest.blueprint import Blueprint
from loyalty.rest.edge import region
from loyalty.rest.fields import PageQuery, PeriodQuery, period
from loyalty.rest.reply import lang, reply
from loyalty.rest.rewards import shown_reward
from loyalty.rest.sales import answered, explained, refused, result, sale
from loyalty.rest.shown_cards import too_often, tried, were_good, with_cards
from loyalty.rest.shown_codes import too_often as codes_too_often
from loyalty.rest.shown_codes import tried_on, tried_on_many, were_judged
from loyalty.rules.facts import CardShown, Purchase
from loyalty.rules.prizes import LATENESS_DAYS
from loyalty.schemas import load_purchase
from loyalty.schemas.fields import MAX_ID, Base, Figure, Inner, Many, Words
from loyalty.schemas.moments import not_ahead
from loyalty.schemas.purchase import PurchaseSchema, QuoteSchema
from loyalty.schemas.said import told
from loyalty.values import Text

blp = Blueprint(
    Text("Purchases", "خریدها"),
    __name__,
    Text(
        "What was sold, and what it gave. A receipt is safe to send again.",
        "آنچه فروخته شد و آنچه به عضو داد. فرستادن دوبارهٔ رسید بی‌خطر است.",
    ),
)

MAX_BATCH: Final = 5000
LATENESS: Final = timedelta(days=LATENESS_DAYS)
"""What a till sends later than this waits for a person's decision."""
STATUS: Final = {"recorded": 201, "unclaimed": 201, "set_aside": 202, "repeated": 200}
ONE: Final = "/purchases/<path:purchase>"

_ID: Final = re.compile(r"\d{1,16}", re.ASCII)


class Rows(Many):
    """Rows that are documented by a schema, and loaded one by one: a bad one refuses itself alone."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> list[Any]:
        return self.checked(value)


class BatchBody(Base):
    """Purchases, at most 5,000."""

    purchases = Rows(Inner(PurchaseSchema), MAX_BATCH, required=True)


class PurchasesQuery(PageQuery, PeriodQuery):
    """Which purchases to list."""

    member = Figure(1, MAX_ID, metadata=told("A member's id.", "شناسهٔ عضو."))
    store = Words(64, metadata=told("A store's code.", "کد فروشگاه."))


@blp.operation(
    "POST",
    "/purchases",
    Text("Record a purchase", "ثبت خرید"),
    Text(
        "Judges a purchase by the bylaws in force when it happened, and says what it gave and why not more. The"
        " same receipt and content again is answered 200 with the first answer; other content is a 409. Without a"
        " member the purchase is kept unclaimed. What a till's key sends more than 30 days late is set aside"
        " (202).",
        "خرید را با اساسنامه‌ای می‌سنجد که هنگام خرید جاری بود، و می‌گوید چه داد و چرا بیشتر نداد. همان رسید با"
        " همان محتوا پاسخ نخست را با ۲۰۰ می‌گیرد؛ با محتوای دیگر ۴۰۹ است. خرید بدون عضو بی‌صاحب نگه داشته می‌شود."
        " آنچه کلید صندوق با بیش از ۳۰ روز تأخیر بفرستد برای بررسی کنار می‌رود (۲۰۲).",
    ),
    {
        201: AnswerSchema,
        200: (AnswerSchema, Text("The same purchase again: the first answer", "همان خرید دوباره: پاسخ نخست")),
        202: (
            AnswerSchema,
            Text("Too late for a till: set aside for a person", "برای صندوق دیر است: تا بررسی کنار رفت"),
        ),
    },
    body=PurchaseSchema,
)
def record(purchase: Purchase) -> Response:
    """Judge a purchase by the bylaws in force when it happened, and say what it gave and why not more."""
    at = now()
    not_ahead(purchase.occurred_at, at, "/occurred_at")
    same_store(purchase.store)
    club_id = caller().club_id
    purchase = with_cards(purchase)
    with tried(cards_of(purchase)), tried_on(purchase) as judged:
        (outcome,) = record_purchases(club_id, [purchase], at, lateness=lateness())
        judged.append(outcome.facts)
        if outcome.problem is not None:
            raise outcome.problem
    return reply(answered(club_id, outcome), STATUS[outcome.status])


@blp.operation(
    "POST",
    "/purchases/batch",
    Text("Record many purchases", "ثبت گروهی خریدها"),
    Text(
        "Records purchases in their order, at most 5,000; a bad one refuses itself alone, and sending all again"
        " completes the rest.",
        "خریدها را به ترتیب ثبت می‌کند، حداکثر ۵٬۰۰۰ تا؛ خرید نادرست تنها خودش رد می‌شود و فرستادن دوبارهٔ همه،"
        " بقیه را کامل می‌کند.",
    ),
    {200: BatchAnswerSchema},
    body=BatchBody,
)
def batch(body: dict[str, list[Any]]) -> Response:
    """Record purchases in their order; a bad one refuses itself alone, and sending all again completes the rest."""
    at = now()
    read = [_row(data, at) for data in body["purchases"]]
    limited = too_often(row for row in read if isinstance(row, Purchase))
    rows = [_limited(row, limited) for row in read]
    shown = [row for row in rows if isinstance(row, Purchase)]
    counted = dict(zip(map(id, shown), tried_on_many(shown), strict=True))
    rows = [(isinstance(row, Purchase) and codes_too_often(counted[id(row)])) or row for row in rows]
    good = [row for row in rows if isinstance(row, Purchase)]
    recorded = record_purchases(caller().club_id, good, at, lateness=lateness())
    were_good(zip(good, recorded, strict=True))
    were_judged([(row, counted[id(row)], outcome) for row, outcome in zip(good, recorded, strict=True)])
    outcomes = iter(recorded)
    results = [
        result(next(outcomes)) if isinstance(row, Purchase) else refused(data, row)
        for data, row in zip(body["purchases"], rows, strict=True)
    ]
    return reply({"results": results})


@blp.operation(
    "POST",
    "/quotes",
    Text("Quote a basket", "پیش‌نمایش سبد خرید"),
    Text(
        "What a purchase would give if it were made, with the codes and rewards that it asks for; and which rewards"
        " could be redeemed with it, what each would take off, and why others cannot. Nothing is written.",
        "اگر این خرید، با کدها و پاداش‌هایی که می‌خواهد، انجام شود چه می‌دهد؛ و کدام پاداش‌ها همراه آن گرفتنی است،"
        " هر کدام چقدر کم می‌کند و بقیه چرا نه. چیزی ثبت نمی‌شود.",
    ),
    {200: QuotedSchema},
    body=QuoteSchema,
)
def quote(purchase: Purchase) -> Response:
    """What a purchase would give if it were made; nothing is written."""
    at = now()
    not_ahead(purchase.occurred_at, at, "/occurred_at")
    same_store(purchase.store)
    with tried_on(purchase) as judged:
        found = quoted(caller().club_id, purchase)
        judged.append(found.judged.facts)
    rewards = [shown_reward(its.view) | {"discount": its.off} for its in found.rewards]
    told = {"id": None, "receipt": None, "status": "quoted", "rewards": rewards}
    told["yours"] = [
        {"redemption": its.redemption, "title": its.title, "discount": its.off, "expires_at": its.expires_at}
        for its in found.yours
    ]
    return reply(answer(found.judged, lang()) | told)


@blp.operation(
    "GET",
    "/purchases",
    Text("List purchases", "فهرست خریدها"),
    Text(
        "Judged purchases, the latest first; a till's key sees those of its store. Days include both ends,"
        " instants the first only.",
        "خریدهای سنجیده‌شده، تازه‌ترین در آغاز؛ کلید صندوق تنها خریدهای فروشگاه خود را می‌بیند. روزها هر دو سر را"
        " در بر می‌گیرند و زمان‌ها تنها سر نخست را.",
    ),
    {200: PurchasesSchema},
    query=PurchasesQuery,
)
def listed(query: dict[str, Any]) -> Response:
    """Judged purchases, the latest first; a till's key sees those of its store."""
    who = caller()
    if query.get("store"):
        same_store(query["store"])
    since, until = period(query, who.timezone)
    page = purchases.page(
        who.club_id,
        member_id=query.get("member"),
        store=query.get("store") or who.store_code,
        since=since,
        until=until,
        limit=query["limit"],
        cursor=query.get("cursor"),
    )
    return reply({"items": [sale(view) for view in page.items], "next": page.next})


@blp.operation(
    "GET",
    f"{ONE}/explanation",
    Text("Explain a purchase", "توضیح یک خرید"),
    Text(
        "Every article of the version that judged it: each condition with what it saw, and whether it held.",
        "همهٔ ماده‌های نسخه‌ای که آن را سنجید: هر شرط با آنچه دید، و اینکه برقرار بود یا نه.",
    ),
    {200: ExplanationSchema},
)
def explanation(purchase: str) -> Response:
    """Every article of the version that judged it: each condition with what it saw, and whether it held."""
    return reply(explained(explaining.explanation(caller().club_id, found(purchase).id), "purchase"))


@blp.operation(
    "GET",
    ONE,
    Text("A purchase", "یک خرید"),
    Text(
        "A purchase as it was recorded, by id or as `store:receipt`.",
        "خرید همان‌گونه که ثبت شد؛ با شناسه یا به شکل store:receipt.",
    ),
    {200: SaleSchema},
)
def one(purchase: str) -> Response:
    """A purchase as it was recorded, by id or as `store:receipt`."""
    return reply(sale(found(purchase)))


def lateness() -> timedelta | None:
    """Only a till's clock is doubted: a server may bring any past."""
    return LATENESS if caller().kind == "till" else None


def _row(data: Any, at: Any) -> Purchase | Problem:
    try:
        purchase = load_purchase(data, now=at, region=region())
        same_store(purchase.store)
    except Problem as problem:
        return problem
    return with_cards(purchase)


def _limited(row: Purchase | Problem, limited: dict[CardShown, Problem]) -> Purchase | Problem:
    """A row, refused where a card of it may not be tried now."""
    cards = cards_of(row) if limited and isinstance(row, Purchase) else []
    return next((limited[card] for card in cards if card in limited), row)


def found(name: str) -> PurchaseView:
    """The purchase that an id or `store:receipt` names; a till sees those of its store."""
    club_id, own = caller().club_id, caller().store_code
    store, colon, receipt = name.partition(":")
    if "\0" in name:
        raise absent.purchase()
    if colon:
        view = purchases.one(club_id, purchases.id_of_receipt(club_id, store, receipt))
    elif _ID.fullmatch(name):
        view = purchases.one(club_id, int(name))
    else:
        raise Invalid.at(
            "/purchase",
            Text("Name a purchase by its id or as store:receipt.", "خرید را با شناسه یا store:receipt نام ببرید."),
        )
    if own is not None and view.store != own:
        raise absent.purchase()
    return view
