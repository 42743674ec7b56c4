"""Members: enrolled, found, changed; what they have and how far they are."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from flask import Response

from loyalty import avatars, cards
from loyalty.actions.enrol_members import enrol_members
from loyalty.actions.update_member import update_member
from loyalty.config import now
from loyalty.enrolment import Enrolment
from loyalty.errors import Forbidden, Invalid
from loyalty.models.member import STATUSES
from loyalty.queries import members
from loyalty.queries import statement as ledger
from loyalty.queries import wallets as purses
from loyalty.queries.members import MemberView
from loyalty.queries.paging import Page, id_after
from loyalty.rest.access import caller
from loyalty.rest.answers import (
    WALLETS,
    EnrolledSchema,
    MemberSchema,
    MembersSchema,
    StatementSchema,
)
from loyalty.rest.blueprint import Blueprint
from loyalty.rest.fields import At, PageQuery
from loyalty.rest.reply import reply, shown
from loyalty.rules.facts import IdentifierKind
from loyalty.rules.modes import MODES
from loyalty.schemas.fields import MAX_ID, Base, OneOf, Words
from loyalty.schemas.member import EnrolmentSchema, PersonSchema, check_times
from loyalty.schemas.people import Attributes, Card, Consents, Phone
from loyalty.schemas.said import told
from loyalty.values import Text

blp = Blueprint(
    Text("Members", "اعضا"),
    __name__,
    Text(
        "People of the club. A member is named by id, card, phone or external id.",
        "افراد باشگاه. هر عضو با شناسه، کارت، تلفن یا شناسهٔ فروشگاه نام برده می‌شود.",
    ),
)

MEMBER: Final = f"/members/<int(min=1, max={MAX_ID}):member_id>"
_KNOWN_BY: Final[tuple[IdentifierKind, ...]] = ("card", "phone", "external_id")


class MembersQuery(PageQuery):
    """Find by exactly one of phone, card and external_id; or list, by a part of the name."""

    phone = Phone(metadata={"example": "09121234567"})
    card = Card(metadata={"example": "7F42-9KD3-XH55"})
    external_id = Words(100)
    q = Words(
        100,
        metadata=told(
            "A part of a name, or a whole card, phone or external id.", "بخشی از نام، یا کارت، تلفن یا شناسهٔ کامل."
        ),
    )


class WalletsQuery(Base):
    """As of when."""

    as_of = At(
        metadata=told(
            "An instant that has passed; else now.", "زمانی در گذشته؛ وگرنه اکنون.", example="2026-11-12T18:30:00+03:30"
        )
    )


class MemberChange(PersonSchema):
    """What to change; null takes a value away. Attributes and consents are merged by name."""

    mode = OneOf(
        *MODES,
        allow_none=True,
        metadata=told(
            "How the member wants the club; null is as the bylaws say.",
            "عضو باشگاه را چگونه می‌خواهد؛ null یعنی چنان‌که آیین‌نامه می‌گوید.",
        ),
    )
    avatar = Words(
        2,
        avatars.FORM,
        allow_none=True,
        metadata=told(
            "The picture on boards, two digits: figure (0 to 7) and hue (0 to 4). Null gives the member's own back.",
            "تصویر عضو در جدول‌ها، دو رقم: نقش (۰ تا ۷) و رنگ (۰ تا ۴). با null تصویر خود عضو برمی‌گردد.",
            example="31",
        ),
    )

    card = Card(
        metadata=told("A new card; the old one is no longer known.", "کارت تازه؛ کارت پیشین دیگر شناخته نمی‌شود.")
    )
    attributes = Attributes(removable=True, allow_none=True)
    consents = Consents(removable=True, allow_none=True)
    status = OneOf(
        *STATUSES,
        metadata=told(
            "The bylaws say who earns and spends, and whether the wallets are kept.",
            "اساسنامه می‌گوید در هر وضعیت چه کسی امتیاز می‌گیرد و خرج می‌کند و کیف‌ها می‌مانند یا نه.",
        ),
    )
    reason = Words(500, metadata=told("Of a new status; kept with it.", "دلیل وضعیت تازه؛ همراه آن می‌ماند."))


@blp.operation(
    "POST",
    "/members",
    Text("Enrol a member", "عضوگیری"),
    Text(
        "Enrols a person; a card number is made where none is given. What the member is known by must be new to"
        " the club, else 409 names the field.",
        "کسی را عضو می‌کند؛ اگر شمارهٔ کارت داده نشود، ساخته می‌شود. مشخصه‌های عضو باید در باشگاه تازه باشند،"
        " وگرنه ۴۰۹ فیلد تکراری را نام می‌برد.",
    ),
    {201: EnrolledSchema},
    body=EnrolmentSchema,
)
def enrol(body: Enrolment) -> Response:
    """Enrol a person; a card number is made where none is given.

    What the member is known by must be new to the club, else 409 names the field.
    """
    club_id, at = caller().club_id, now()
    check_times(body.birthday, body.joined_at, at)
    (new,) = enrol_members(club_id, [body], at)
    return reply(shown_member(members.one(club_id, new.id)) | {"wallets": _wallets(club_id, new.id)}, 201)


@blp.operation(
    "GET",
    "/members",
    Text("Find or list members", "یافتن و فهرست اعضا"),
    Text(
        "With phone, card or external_id: the one member known by it, or none. Without them: members, the newest"
        " first. A till's key finds, it doesn't list.",
        "با phone، card یا external_id تنها همان عضو می‌آید، یا هیچ‌کس. بدون آن‌ها فهرست اعضا می‌آید، تازه‌ترین"
        " در آغاز. کلید صندوق می‌یابد ولی فهرست نمی‌کند.",
    ),
    {200: MembersSchema},
    query=MembersQuery,
)
def listed(query: dict[str, Any]) -> Response:
    """With phone, card or external_id: the one member known by it, or none. Else the newest first.

    A till's key finds, it doesn't list.
    """
    club_id = caller().club_id
    named = [kind for kind in _KNOWN_BY if kind in query]
    if len(named) > 1 or (named and "q" in query):
        raise Invalid.at(
            f"/{named[-1]}", Text("Look for one thing at a time.", "هر بار تنها با یکی از این‌ها جست‌وجو کنید.")
        )
    if named:
        found = members.find(club_id, named[0], query[named[0]])
        page = Page([found] if found else [], None)
    elif caller().kind == "till":
        raise Forbidden(
            Text("A till finds members by phone, card or external id.", "صندوق عضو را با تلفن، کارت یا شناسه می‌یابد.")
        )
    else:
        page = members.page(club_id, query.get("q"), query["limit"], query.get("cursor"))
    return reply({"items": [shown_member(member) for member in page.items], "next": page.next})


@blp.operation(
    "GET",
    MEMBER,
    Text("A member", "یک عضو"),
    Text("What is known of a member.", "آنچه از یک عضو می‌دانیم."),
    {200: MemberSchema},
)
def one(member_id: int) -> Response:
    """What is known of a member."""
    return reply(shown_member(members.one(caller().club_id, member_id)))


@blp.operation(
    "PATCH",
    MEMBER,
    Text("Change a member", "تغییر عضو"),
    Text(
        "Changes what is known of a member, or the standing in the club. Null takes a value away; attributes and"
        " consents are merged by name.",
        "آنچه از عضو می‌دانیم یا وضعیت او در باشگاه را عوض می‌کند. null مقدار را برمی‌دارد؛ attributes و consents"
        " نام‌به‌نام ادغام می‌شوند.",
    ),
    {200: MemberSchema},
    body=MemberChange,
)
def update(body: dict[str, Any], member_id: int) -> Response:
    """Change what is known of a member, or the standing in the club.

    Null takes a value away; attributes and consents are merged by name.
    """
    check_times(body.get("birthday"), None, now())
    update_member(caller().club_id, member_id, body, now(), by=f"key:{caller().key_id}")
    return reply(shown_member(members.one(caller().club_id, member_id)))


@blp.operation(
    "GET",
    f"{MEMBER}/wallets",
    Text("A member's wallets", "کیف‌های عضو"),
    Text(
        "What a member has, by the wallet's code; money in minor units. `as_of` answers what the member would have"
        " been shown then.",
        "دارایی عضو به تفکیک کد کیف؛ پول به کوچک‌ترین واحد. با as_of پاسخ همان است که در آن زمان به عضو نشان داده می‌شد.",
    ),
    {200: WALLETS},
    query=WalletsQuery,
)
def wallets(query: dict[str, Any], member_id: int) -> Response:
    """What a member has, by wallet; or had, at an instant."""
    return reply(_wallets(*named(member_id), as_of=query.get("as_of")))


@blp.operation(
    "GET",
    f"{MEMBER}/statement",
    Text("A member's ledger", "دفتر عضو"),
    Text(
        "Every entry, the newest first: what it is, how it changed what the member has, and a sentence that explains"
        " it.",
        "همهٔ ثبت‌ها، تازه‌ترین در آغاز: هر یک چیست، دارایی عضو را چگونه تغییر داده، و جمله‌ای که آن را توضیح می‌دهد.",
    ),
    {200: StatementSchema},
    query=PageQuery,
)
def statement(query: dict[str, Any], member_id: int) -> Response:
    """Every entry, the newest first, with the sentence that explains it in both languages."""
    club_id, member_id = named(member_id)
    after = id_after(query.get("cursor"))
    lines, following = ledger.statement(club_id, member_id, limit=query["limit"], cursor=after)
    return reply({"items": lines, "next": None if following is None else str(following)})


def named(member_id: int) -> tuple[int, int]:
    """The caller's club and the member, who must be of it."""
    club_id = caller().club_id
    return club_id, members.one(club_id, member_id).id


def _wallets(club_id: int, member_id: int, as_of: datetime | None = None) -> dict[str, Any]:
    forms: list[dict[str, Any]] = shown(purses.wallets(club_id, member_id, now(), as_of=as_of))
    return {form.pop("code"): form for form in forms}


def shown_member(member: MemberView) -> dict[str, Any]:
    """A member as the API shows one."""
    answer: dict[str, Any] = shown(member)
    del answer["seq"]
    return answer | {"card": cards.shown(member.card) if member.card else None}
