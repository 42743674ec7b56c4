"""What the operations on raffles answer, for the OpenAPI document."""

from __future__ import annotations

from marshmallow import Schema, fields

from loyalty.rest.answers import TextSchema, at, both, many, next_page, text, whole
from loyalty.schemas.said import told


class PrizeSchema(Schema):
    """What so many winners get each."""

    prize = whole()
    gives = both()
    winners = whole()


class PublicSchema(Schema):
    """The value from outside that is mixed in."""

    source = both(metadata=told("What value it is.", "چه مقداری است."))
    value = text(allow_none=True, metadata=told("Null until it is known.", "تا دانسته نشود null است."))


class WinnerSchema(Schema):
    """Who won what, under a pseudonym."""

    prize = whole()
    holder = text()
    tickets = whole()
    member = fields.Integer(
        allow_none=True,
        metadata=told(
            "The member: told to server keys alone; null of one who was erased.",
            "عضو؛ تنها به کلید سرور گفته می‌شود و برای کسی که پاک شده null است.",
        ),
    )


class DrawSchema(Schema):
    """A draw and what anyone needs to check it."""

    raffle = text()
    day = fields.Date(required=True)
    ends_at = at(metadata=told("The last instant at which its tickets are good.", "آخرین لحظهٔ اعتبار بلیت‌های آن."))
    status = text(metadata={"enum": ["open", "closed", "drawn"]})
    prizes = many(PrizeSchema)
    tickets = whole(
        metadata=told("So far; once it is closed, of all who take part.", "تاکنون؛ پس از بسته شدن، از همهٔ شرکت‌کنندگان.")
    )
    commitment = text(metadata=told("SHA-256 of the seed, in hex.", "SHA-256 دانه، به شانزده‌شانزدهی."))
    committed_at = at()
    public = fields.Nested(PublicSchema, required=True, allow_none=True)
    closed_at = at(allow_none=True)
    entries_digest = text(
        allow_none=True, metadata=told("SHA-256 of the list of entries.", "SHA-256 فهرست شرکت‌کنندگان.")
    )
    holders = whole(allow_none=True)
    drawn_at = at(allow_none=True)
    seed = text(allow_none=True, metadata=told("Told once it is drawn.", "پس از قرعه‌کشی گفته می‌شود."))
    winners = fields.List(fields.Nested(WinnerSchema), required=True, allow_none=True)


class RaffleSchema(Schema):
    """A raffle."""

    code = text(metadata={"example": "nowruz"})
    title = both()
    text = both()
    next = fields.Nested(DrawSchema, required=True, allow_none=True)
    last = fields.Nested(DrawSchema, required=True, allow_none=True)


class RafflesSchema(Schema):
    """The raffles of the bylaws in force."""

    items = many(RaffleSchema)


class DrawsSchema(Schema):
    """A page of draws."""

    items = many(DrawSchema)
    next = next_page()


class WonSchema(Schema):
    """Something that was won."""

    day = fields.Date(required=True)
    gives = fields.Nested(TextSchema, required=True)


class RaffleOfMemberSchema(Schema):
    """A member's tickets of the draw to come, and prizes."""

    raffle = text()
    title = both()
    day = fields.Date(required=True)
    ends_at = at()
    tickets = whole()
    of = whole(
        metadata=told(
            "All tickets so far: the odds are tickets ÷ of.", "همهٔ بلیت‌ها تاکنون: شانس برابر tickets ÷ of است."
        )
    )
    holder = text(
        allow_none=True,
        metadata=told("The member's pseudonym in the list of entries.", "نام مستعار عضو در فهرست شرکت‌کنندگان."),
    )
    won = many(WonSchema)


class RafflesOfMemberSchema(Schema):
    """A member's raffles."""

    items = many(RaffleOfMemberSchema)
