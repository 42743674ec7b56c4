"""Redemptions: a reward held, captured, voided, reversed."""

from __future__ import annotations

from typing import Any, Final

from flask import Response

from loyalty.actions.capture_redemption import capture_redemption
from loyalty.actions.redeem_reward import redeem_reward
from loyalty.actions.reverse_redemption import reverse_redemption
from loyalty.actions.void_redemption import void_redemption
from loyalty.config import now, settings
from loyalty.db import connection
from loyalty.issuing import Issuer
from loyalty.queries import rewards
from loyalty.redeeming import Asked, Redeemed
from loyalty.rest.access import caller
from loyalty.rest.answers_reward import RedeemedSchema, RedemptionSchema, RedemptionsSchema
from loyalty.rest.blueprint import Blueprint
from loyalty.rest.fields import PageQuery
from loyalty.rest.members import MEMBER
from loyalty.rest.once import Done
from loyalty.rest.reply import reply
from loyalty.schemas.fields import MAX_ID
from loyalty.schemas.reward import RedemptionBody
from loyalty.values import Text
from loyalty.whose import named

blp = Blueprint(
    Text("Redemptions", "دریافت پاداش"),
    __name__,
    Text("Rewards in members' hands.", "پاداش‌هایی که به دست اعضا می‌رسد."),
)

_ONE: Final = f"/redemptions/<int(min=1, max={MAX_ID}):redemption>"


def issuer() -> Issuer:
    """What issues codes under this instance's key."""
    return Issuer(settings().secret_key)


@blp.operation(
    "POST",
    "/redemptions",
    Text("Redeem a reward", "دریافت پاداش"),
    Text(
        "Spends its price and issues it, or with `hold` sets both apart for 15 minutes. Never more than the stock,"
        " never below zero: out_of_stock, limit_reached and insufficient_balance are 409.",
        "بها را خرج و پاداش را صادر می‌کند؛ یا با hold هر دو را ۱۵ دقیقه کنار می‌گذارد. هرگز بیش از موجودی و هرگز زیر صفر"
        " نمی‌رود: out_of_stock، limit_reached و insufficient_balance خطای ۴۰۹ هستند.",
    ),
    {201: RedeemedSchema},
    body=RedemptionBody,
    repeatable=True,
    secret=True,
)
def redeem(body: dict[str, Any]) -> Done:
    """Let a member have a reward."""
    club_id = caller().club_id
    member_id = named(connection(), club_id, body["member"], "/member")
    asked = Asked(body["reward"], body["quantity"], body.get("choice"), body.get("pay_from"))
    return _answer(redeem_reward(club_id, member_id, asked, issuer(), now(), hold=body["hold"]), 201)


@blp.operation(
    "POST",
    f"{_ONE}/capture",
    Text("Capture a held redemption", "نهایی کردن دریافت"),
    Text("Spends what is held, and issues the reward.", "آنچه نگه داشته شده خرج و پاداش صادر می‌شود."),
    {200: RedeemedSchema},
    repeatable=True,
    secret=True,
)
def capture(redemption: int) -> Done:
    """Spend what is held and issue the reward."""
    return _answer(capture_redemption(caller().club_id, redemption, issuer(), now()))


@blp.operation(
    "POST",
    f"{_ONE}/void",
    Text("Void a held redemption", "لغو دریافت"),
    Text("Sets free what is held, with its ends.", "آنچه نگه داشته شده با همان زمان‌های انقضا آزاد می‌شود."),
    {200: RedeemedSchema},
    repeatable=True,
)
def void(redemption: int) -> Done:
    """Set free what is held."""
    return _answer(void_redemption(caller().club_id, redemption, now()))


@blp.operation(
    "POST",
    f"{_ONE}/reverse",
    Text("Reverse a redemption", "برگرداندن دریافت"),
    Text(
        "Takes back what was issued and not used, and brings its price back. What was used is a 409.",
        "آنچه صادر و هنوز استفاده نشده پس گرفته می‌شود و بها برمی‌گردد. اگر استفاده شده باشد ۴۰۹ است.",
    ),
    {200: RedeemedSchema},
    repeatable=True,
)
def reverse(redemption: int) -> Done:
    """Take back what was issued."""
    return _answer(reverse_redemption(caller().club_id, redemption, now()))


@blp.operation(
    "GET",
    _ONE,
    Text("A redemption", "یک دریافت"),
    Text("A redemption, with its codes for a server's key.", "یک دریافت؛ کدها تنها با کلید سرور دیده می‌شوند."),
    {200: RedemptionSchema},
)
def one(redemption: int) -> Response:
    """A redemption."""
    return reply(rewards.redemption(caller().club_id, redemption, now(), _key()))


@blp.operation(
    "GET",
    f"{MEMBER}/redemptions",
    Text("A member's redemptions", "دریافت‌های یک عضو"),
    Text("Newest first, with their codes for a server's key.", "از تازه‌ترین؛ کدها تنها با کلید سرور دیده می‌شوند."),
    {200: RedemptionsSchema},
    query=PageQuery,
)
def of_member(query: dict[str, Any], member_id: int) -> Response:
    """What a member redeemed or was given."""
    page = rewards.of_member(caller().club_id, member_id, now(), query["limit"], query.get("cursor"), _key())
    return reply({"items": page.items, "next": page.next})


def _key() -> str | None:
    """The instance's key, for callers who may read codes again: a till is shown them by the member."""
    return settings().secret_key if caller().kind == "server" else None


def _answer(made: Redeemed, status: int = 200) -> Done:
    content = {
        "id": made.id,
        "status": made.status,
        "reward": made.reward,
        "title": made.title,
        "kind": made.kind,
        "quantity": made.quantity,
        "spent": {"points": made.points, "money": made.money},
        "codes": made.codes,
        "until": made.until,
        "expires_at": made.expires_at,
        "wallets": made.wallets,
    }
    return Done(content, status, made.member_id)
