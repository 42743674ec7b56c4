"""Whom a member brought to the club."""

from __future__ import annotations

from typing import Any, Final

from flask import Response
from marshmallow import Schema

from loyalty.queries import members
from loyalty.queries.referrals import referrals
from loyalty.rest.access import caller
from loyalty.rest.answers import at, many, next_page, text, whole
from loyalty.rest.blueprint import Blueprint
from loyalty.rest.fields import PageQuery
from loyalty.rest.members import MEMBER
from loyalty.rest.reply import reply, shown
from loyalty.schemas.said import told
from loyalty.values import Text

blp = Blueprint(
    Text("Referrals", "معرفی‌ها"),
    __name__,
    Text("Whom members brought to the club.", "کسانی که اعضا به باشگاه آورده‌اند."),
)
STATUSES: Final = ("invited", "waiting", "rewarded")


class ReferralSchema(Schema):
    """A friend, and what became of it."""

    friend = whole(metadata=told("The friend's id.", "شناسهٔ دوست."))
    joined_at = at()
    status = text(
        metadata=told(
            "Invited: nothing bought yet that counts. Waiting: a purchase counts, and may still come back. Rewarded.",
            "invited: هنوز خریدی نکرده که به حساب آید. waiting: خریدی به حساب آمده که هنوز ممکن است مرجوع شود."
            " rewarded: پاداش داده شده.",
            enum=list(STATUSES),
        )
    )
    due_at = at(allow_none=True, metadata=told("When the waiting ends.", "پایان انتظار."))


class ReferralsSchema(Schema):
    """A page of friends."""

    items = many(ReferralSchema)
    next = next_page()


@blp.operation(
    "GET",
    f"{MEMBER}/referrals",
    Text("A member's referrals", "معرفی‌های عضو"),
    Text(
        "The friends whom a member brought, the newest first: who was invited, whose purchase waits for its return"
        " window to pass, and for whom the bylaws have given their reward.",
        "دوستانی که عضو آورده، تازه‌ترین در آغاز: چه کسی دعوت شده، خرید چه کسی در انتظار پایان مهلت مرجوعی است و برای چه"
        " کسی پاداش داده شده است.",
    ),
    {200: ReferralsSchema},
    query=PageQuery,
)
def listed(query: dict[str, Any], member_id: int) -> Response:
    """The friends whom a member brought, the newest first."""
    club_id = caller().club_id
    page = referrals(club_id, members.one(club_id, member_id).id, query["limit"], query.get("cursor"))
    return reply({"items": shown(page.items), "next": page.next})
