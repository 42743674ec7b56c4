"""Members over time: two records that go on as one, a person who wants their data, or wants to be forgotten."""

from __future__ import annotations

from tempfile import SpooledTemporaryFile
from typing import Any, Final

from flask import Response
from marshmallow import Schema, fields
from werkzeug.wsgi import FileWrapper

from loyalty.actions.erase_member import erase_member
from loyalty.actions.merge_members import merge_members
from loyalty.actions.unmerge_members import unmerge_members
from loyalty.config import now
from loyalty.queries import members
from loyalty.queries.export import SECTIONS, export, whose
from loyalty.rest.access import caller
from loyalty.rest.answers import MemberSchema, at
from loyalty.rest.blueprint import Blueprint
from loyalty.rest.members import MEMBER, shown_member
from loyalty.rest.once import Done
from loyalty.rest.reply import MEDIA_TYPE, encoded, reply, shown
from loyalty.schemas.fields import Base, Words
from loyalty.schemas.people import Ref
from loyalty.schemas.said import told
from loyalty.values import Text

blp = Blueprint(
    Text("Membership", "عضویت در گذر زمان"),
    __name__,
    Text(
        "What happens to a membership over the years: two records of one person go on as one, somebody wants to see all"
        " that is kept of them, or wants it gone.",
        "آنچه در گذر سال‌ها بر عضویت می‌رود: دو پروندهٔ یک نفر یکی می‌شود، کسی می‌خواهد همهٔ داده‌هایش را ببیند یا"
        " می‌خواهد پاک شوند.",
    ),
)

_IN_MEMORY: Final = 1 << 20
"""Bytes of an export that are kept in memory; what is longer waits in a file without a name."""


class MergeBody(Base):
    """Into whom, and why."""

    into = Ref(
        required=True,
        metadata=told("The member who goes on for both.", "عضوی که به جای هر دو ادامه می‌دهد.", example={"id": 1024}),
    )
    reason = Words(500, required=True, metadata={"example": "Registered twice"})


class UnmergeBody(Base):
    """Why."""

    reason = Words(500, required=True, metadata={"example": "Mother and daughter"})


class MergedSchema(Schema):
    """Both members, as they are now."""

    member = fields.Nested(MemberSchema, required=True)
    other = fields.Nested(
        MemberSchema,
        required=True,
        metadata=told(
            "The member who goes on for both, or did until now.", "عضوی که به جای هر دو ادامه می‌دهد یا تاکنون می‌داد."
        ),
    )


ExportSchema: Final = Schema.from_dict(
    {"exported_at": at(), **{name: fields.List(fields.Dict(), required=True) for name in SECTIONS}}, name="Export"
)
"""All that is kept of a member; the sections are the query's."""


@blp.operation(
    "POST",
    f"{MEMBER}/merge",
    Text("Merge a member into another", "ادغام عضو در عضوی دیگر"),
    Text(
        "From now on whatever names this member, by id, card, phone or external id, reaches the other, who has the"
        " balances, counts and badges of both. Nothing that was written is changed, so that it can be undone. 409 while"
        " the member has an open hold.",
        "از این پس هر چه این عضو را نام ببرد (شناسه، کارت، تلفن یا شناسهٔ فروشگاه) به عضو دیگر می‌رسد که موجودی، شمارش‌ها"
        " و نشان‌های هر دو را دارد. هیچ نوشته‌ای عوض نمی‌شود، پس می‌توان آن را بازگرداند. تا وقتی عضو مبلغ مسدودشدهٔ باز"
        " دارد پاسخ ۴۰۹ است.",
    ),
    {201: MergedSchema},
    body=MergeBody,
    repeatable=True,
)
def merge(body: dict[str, Any], member_id: int) -> Done:
    """Let two records of one person go on as one."""
    other = merge_members(caller().club_id, member_id, body["into"], body["reason"], now())
    return _both(member_id, other)


@blp.operation(
    "POST",
    f"{MEMBER}/unmerge",
    Text("Undo a merge", "بازگرداندن ادغام"),
    Text(
        "Both members go on by themselves. The one who was merged gets back what they had, less what was returned or"
        " expired meanwhile; what the other has spent of it is taken from the other's own points and, where those don't"
        " suffice, stays as a debt.",
        "هر دو عضو باز جدا می‌شوند. عضو ادغام‌شده آنچه را داشت پس می‌گیرد، منهای آنچه در این میان مرجوع یا منقضی شده است؛"
        " آنچه عضو دیگر از آن خرج کرده از دارایی خودش کم می‌شود و اگر کافی نباشد بدهی او می‌ماند.",
    ),
    {201: MergedSchema},
    body=UnmergeBody,
    repeatable=True,
)
def unmerge(body: dict[str, Any], member_id: int) -> Done:
    """Let two members go on by themselves again."""
    other = unmerge_members(caller().club_id, member_id, body["reason"], now())
    return _both(member_id, other)


@blp.operation(
    "GET",
    f"{MEMBER}/export",
    Text("All that is kept of a member", "همهٔ داده‌های یک عضو"),
    Text(
        "One document with the profile, identifiers, consents, purchases and what they gave, returns, wallets, lots and"
        " entries, badges, tiers and standings; also of everybody who was merged into the member. Rows name theirs as"
        " `member`; money in minor units.",
        "یک سند با مشخصات، شناسه‌ها، رضایت‌ها، خریدها و آنچه دادند، مرجوعی‌ها، کیف‌ها، بسته‌ها و ثبت‌ها، نشان‌ها، سطح‌ها و"
        " وضعیت‌ها؛ و نیز از هر که در این عضو ادغام شده است. هر ردیف عضو خود را با `member` نام می‌برد؛ پول به کوچک‌ترین"
        " واحد است.",
    ),
    {200: ExportSchema},
)
def exported(member_id: int) -> Response:
    """Everything about a member as one document: whole before the first byte goes out, and never whole in memory."""
    document = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - the response closes it
    document.write(b'{"exported_at":' + encoded(shown(now())))
    for name, rows in export(whose(caller().club_id, member_id)):
        document.write(b"," + encoded(name) + b":[")
        for n, row in enumerate(rows):
            document.write((b"," if n else b"") + encoded(shown(row)))
        document.write(b"]")
    document.write(b"}")
    length = document.tell()
    document.seek(0)
    response = Response(FileWrapper(document), mimetype=MEDIA_TYPE, direct_passthrough=True)
    response.content_length = length
    return response


@blp.operation(
    "DELETE",
    MEMBER,
    Text("Erase a person", "پاک کردن داده‌های یک نفر"),
    Text(
        "Forgets who the member was: profile, identifiers, free attributes and whatever somebody wrote about them; also"
        " of everybody merged with them. Amounts stay under the id, so that sums still add up; what is left in the"
        " wallets expires, as nobody can claim it. It cannot be undone; doing it again changes nothing.",
        "فراموش می‌کند که عضو که بود: مشخصات، شناسه‌ها، ویژگی‌های آزاد و هر چه دربارهٔ او نوشته‌اند؛ و نیز هر که با او ادغام"
        " شده است. مبلغ‌ها زیر شناسه می‌مانند تا جمع‌ها درست بماند؛ ماندهٔ کیف‌ها منقضی می‌شود، چون دیگر کسی نمی‌تواند آن را"
        " بخواهد. این کار بازگشت ندارد؛ تکرارش چیزی را عوض نمی‌کند.",
    ),
    {200: MemberSchema},
)
def erase(member_id: int) -> Response:
    """Forget who the member was; sums stay."""
    erase_member(caller().club_id, member_id, now())
    return reply(shown_member(members.one(caller().club_id, member_id)))


def _both(member_id: int, other: int) -> Done:
    club_id = caller().club_id
    both = [shown_member(members.one(club_id, each)) for each in (member_id, other)]
    return Done({"member": both[0], "other": both[1]}, member_id=member_id)
