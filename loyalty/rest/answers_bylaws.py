"""What the operations on bylaws and their draft answer, for the OpenAPI document."""

from __future__ import annotations

from typing import Final

from marshmallow import Schema, fields

from loyalty.rest.answers import TextSchema, at, both, many, next_page, of_names, text, whole
from loyalty.rest.answers_purchase import (
    GivenSchema,
    JudgedArticleSchema,
    MoveSchema,
    StepSchema,
    WithheldSchema,
    held_wallets,
)
from loyalty.schemas.said import told

STATUSES: Final = ("draft", "filling", "scheduled", "pilot", "in_force", "superseded")


class ArticleTextSchema(Schema):
    """A numbered article, a tier, a badge or a board, in one language."""

    no = text(metadata={"example": "2"})
    title = text()
    text = text()


class SectionSchema(Schema):
    """A part of the bylaws in one language."""

    code = text(metadata={"example": "articles"})
    title = text()
    articles = many(ArticleTextSchema)


class BothTextsSchema(Schema):
    """The bylaws as members read them."""

    fa = many(SectionSchema)
    en = many(SectionSchema)


class BylawsSchema(Schema):
    """A version of the bylaws."""

    version = whole()
    since = at(
        data_key="from",
        metadata=told(
            "In force from then; the first version since ever.", "از آن زمان جاری است؛ نخستین نسخه از همیشه."
        ),
    )
    document = fields.Dict(required=True)
    text = fields.Nested(BothTextsSchema, required=True)


class FillingSchema(Schema):
    """How far counters are filled from history, in members."""

    done = whole()
    of = whole()


def filling_field() -> fields.Nested:
    """How far what a version counts is filled; null where nothing is left to fill."""
    return fields.Nested(
        FillingSchema,
        required=True,
        allow_none=True,
        metadata=told(
            "How many members the new counters count already; null once all are.",
            "شمارنده‌های تازه تاکنون چند عضو را شمرده‌اند؛ پس از شمردن همه null است.",
        ),
    )


class VersionSchema(Schema):
    """A version, without its text."""

    version = whole(allow_none=True, metadata=told("null for the draft.", "برای پیش‌نویس null است."))
    status = text(metadata={"enum": list(STATUSES)})
    since = at(
        data_key="from",
        allow_none=True,
        metadata=told("While it is filling: at the earliest.", "تا پر نشده است: زودترین زمان ممکن."),
    )
    published_at = at(allow_none=True)
    note = text()
    filling = filling_field()


class VersionsSchema(Schema):
    """The draft, if there is one, and every version, the newest first."""

    items = many(VersionSchema)
    next = next_page()


class DifferenceSchema(Schema):
    """A part that differs, with its sentences before and after."""

    part = text(metadata={"example": "articles"})
    no = text(metadata={"example": "2"})
    what = text(metadata={"enum": ["added", "removed", "changed"]})
    title = both()
    before = fields.Nested(TextSchema, required=True, allow_none=True)
    after = fields.Nested(TextSchema, required=True, allow_none=True)


class DifferencesSchema(Schema):
    """What one version says otherwise than another."""

    items = many(DifferenceSchema)


class DraftSchema(Schema):
    """The draft as it was saved last."""

    document = fields.Dict(required=True)
    based_on = whole(
        allow_none=True, metadata=told("The version it was made of, if any.", "نسخه‌ای که از روی آن ساخته شد، اگر باشد.")
    )
    saved_at = at()


class FaultSchema(Schema):
    """What is wrong, with the JSON pointer of its place."""

    path = text(metadata={"example": "/articles/0/give/0/points/per"})
    message = both()


class FindingSchema(FaultSchema):
    """What is odd."""

    code = text(metadata={"example": "overlap"})


class CheckedSchema(Schema):
    """What keeps the draft from being published, and what somebody should look at before."""

    errors = many(FaultSchema)
    warnings = many(FindingSchema)
    publishable = fields.Boolean(
        required=True,
        metadata=told("False where there are errors.", "اگر ایرادی باشد برابر false است."),
    )


class TriedSchema(Schema):
    """What a version gives for a purchase, and why."""

    bylaws = whole(allow_none=True, metadata=told("null for the draft.", "برای پیش‌نویس null است."))
    awards = many(GivenSchema)
    badges = many(StepSchema)
    tier = fields.Nested(MoveSchema, required=True)
    withheld = many(WithheldSchema)
    wallets = held_wallets()
    message = fields.Nested(TextSchema, required=True, allow_none=True)
    articles = many(JudgedArticleSchema)


class TrialSchema(Schema):
    """A purchase under the draft, beside the version in force at its time."""

    draft = fields.Nested(TriedSchema, required=True)
    in_force = fields.Nested(TriedSchema, required=True)


class PublishedSchema(Schema):
    """What became of the draft."""

    status = text(metadata={"enum": ["asked", "filling", "scheduled", "pilot", "in_force"]})
    version = whole(allow_none=True)
    since = at(data_key="from", allow_none=True)
    request = whole(allow_none=True, metadata=told("What waits for a second person.", "آنچه در انتظار نفر دوم است."))
    filling = filling_field()


class GroupSchema(Schema):
    """One of both groups; figures per member are of all its members, floored."""

    members = whole()
    buyers = whole()
    purchases = whole()
    net = whole(metadata=told("Less what came back.", "منهای مرجوعی."))
    net_per_member = whole()
    points = of_names({"type": "integer"})
    points_per_member = of_names({"type": "integer"})


class PilotSchema(Schema):
    """A version for a group of the members, and how both groups did."""

    version = whole()
    share = whole(metadata=told("Percent of the members.", "درصدی از اعضا."))
    since = at(data_key="from")
    until = at(allow_none=True, metadata=told("null while it goes on.", "تا در جریان است null است."))
    entered = whole(
        metadata=told("How many of its group it has judged so far.", "تاکنون چند عضو گروهش با آن سنجیده شده‌اند.")
    )
    pilot = fields.Nested(GroupSchema, required=True)
    rest = fields.Nested(GroupSchema, required=True)


class PilotEndedSchema(Schema):
    """The pilot that ended."""

    version = whole()
