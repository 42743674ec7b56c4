"""The catalogue of rewards."""

from __future__ import annotations

from typing import Any, Final

from flask import Response

from loyalty.actions.create_reward import NewReward, create_reward
from loyalty.actions.update_reward import update_reward
from loyalty.acts import By
from loyalty.config import now
from loyalty.queries import rewards
from loyalty.queries.rewards import RewardView
from loyalty.rest.access import caller
from loyalty.rest.answers_reward import RedemptionsSchema, RewardSchema, RewardsSchema
from loyalty.rest.blueprint import Blueprint
from loyalty.rest.fields import PageQuery
from loyalty.rest.reply import reply
from loyalty.schemas.fields import MAX_ID, Figure
from loyalty.schemas.reward import RewardBody, RewardChangeBody
from loyalty.schemas.said import told
from loyalty.values import Text

blp = Blueprint(
    Text("Rewards", "پاداش‌ها"),
    __name__,
    Text("What members can have for points, money or nothing.", "آنچه اعضا با امتیاز، با پول یا رایگان می‌گیرند."),
)

REWARD: Final = "/rewards/<code>"


class RewardsQuery(PageQuery):
    """A page of the catalogue."""

    member = Figure(1, MAX_ID, metadata=told("With whose eyes: a member's id.", "از نگاه چه کسی: شناسهٔ عضو."))
    archived = Figure(0, 1, load_default=0, metadata=told("1: also what was taken off.", "۱: آنچه برداشته شده نیز."))


@blp.operation(
    "POST",
    "/rewards",
    Text("Offer a reward", "افزودن پاداش"),
    Text(
        "Puts a reward into the catalogue. Each kind has fields of its own: `value` (cashback, gift_card), `discount`,"
        " `sku` (goods), `raffle`, `words` (certificate), `to` (donation), `choices` (mixed).",
        "پاداشی را به فهرست می‌افزاید. هر گونه فیلدهای خودش را دارد: value (بازگشت وجه، کارت هدیه)، discount،"
        " sku (کالا)، raffle، words (گواهی)، to (نیکوکاری)، choices (انتخابی).",
    ),
    {201: RewardSchema},
    body=RewardBody,
)
def create(body: dict[str, Any]) -> Response:
    """Put a reward into the catalogue."""
    create_reward(caller().club_id, NewReward(**body), By(key=caller().key_id), now())
    return reply(shown_reward(rewards.one(caller().club_id, body["code"])), 201)


@blp.operation(
    "GET",
    "/rewards",
    Text("List rewards", "فهرست پاداش‌ها"),
    Text(
        "The catalogue in the order of codes. With `member`, each says whether that member can have it now, and why"
        " not.",
        "فهرست به ترتیب کد. با member، هر پاداش می‌گوید آیا آن عضو اکنون می‌تواند آن را بگیرد و اگر نه، چرا.",
    ),
    {200: RewardsSchema},
    query=RewardsQuery,
)
def listed(query: dict[str, Any]) -> Response:
    """A page of the catalogue."""
    page = rewards.page(
        caller().club_id,
        now(),
        query["limit"],
        query.get("cursor"),
        member_id=query.get("member"),
        archived=bool(query["archived"]),
    )
    return reply({"items": [shown_reward(its) for its in page.items], "next": page.next})


@blp.operation(
    "GET",
    REWARD,
    Text("A reward", "یک پاداش"),
    Text("A reward, also one that was taken off the catalogue.", "یک پاداش، هرچند از فهرست برداشته شده باشد."),
    {200: RewardSchema},
)
def one(code: str) -> Response:
    """A reward."""
    return reply(shown_reward(rewards.one(caller().club_id, code)))


@blp.operation(
    "PATCH",
    REWARD,
    Text("Change a reward", "تغییر پاداش"),
    Text(
        "What was issued before stays as it was promised. `archived` takes it off the catalogue.",
        "آنچه پیش‌تر صادر شده همان می‌ماند که وعده داده شده بود. archived آن را از فهرست برمی‌دارد.",
    ),
    {200: RewardSchema},
    body=RewardChangeBody,
)
def update(body: dict[str, Any], code: str) -> Response:
    """Change a reward."""
    update_reward(caller().club_id, code, dict(body), By(key=caller().key_id), now())
    return reply(shown_reward(rewards.one(caller().club_id, code)))


@blp.operation(
    "GET",
    f"{REWARD}/redemptions",
    Text("Who redeemed a reward", "دریافت‌کنندگان یک پاداش"),
    Text("Newest first.", "از تازه‌ترین."),
    {200: RedemptionsSchema},
    query=PageQuery,
)
def redemptions(query: dict[str, Any], code: str) -> Response:
    """Who redeemed a reward."""
    rewards.one(caller().club_id, code)
    page = rewards.of_reward(caller().club_id, code, now(), query["limit"], query.get("cursor"))
    return reply({"items": page.items, "next": page.next})


def shown_reward(view: RewardView) -> dict[str, Any]:
    """A reward as the API tells it."""
    its = view.reward
    form: dict[str, Any] = {
        "code": its.code,
        "title": its.title,
        "text": its.text,
        "kind": its.kind,
        "price": {"points": its.points, "wallet": its.wallet, "money": its.money},
        "stock": its.stock,
        "left": its.left,
        "for": its.who,
        "from": its.from_at,
        "until": its.until_at,
        "limits": its.limits,
        "lasts": its.lasts,
        "uses": its.uses,
        "archived": its.archived,
        "content": its.content,
    }
    if view.open is not None:
        form |= {"open": view.open, "because": view.because}
    return form
