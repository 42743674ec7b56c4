"""How a club wants its members told, as it is sent: settings, and its own words for a kind."""

from __future__ import annotations

import re
from typing import Any, Final

from marshmallow import ValidationError, fields, post_load, validates_schema

from loyalty.formats import latin_digits
from loyalty.notices.base import CHANNELS
from loyalty.notices.kinds import KINDS
from loyalty.notices.terms import EXPIRING_DAYS, NEAR_SHARE, Terms, terms_of
from loyalty.schemas.fields import MAX_ID, Base, Inner, Many, OneOf, Whole, Words, YesNo, says
from loyalty.schemas.said import Said, told

_CLOCK: Final = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]", re.ASCII)
MOST_READ: Final = 200


class Clock(fields.String):
    """A time of day, `21:00`, in digits of three scripts."""

    default_error_messages = says(
        invalid=Said("This must be a time of day such as 21:00.", "این باید ساعتی مانند ۲۱:۰۰ باشد.")
    )

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(metadata={"pattern": f"^{_CLOCK.pattern}$"} | kwargs.pop("metadata", {}), **kwargs)

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> str:
        typed = latin_digits(value) if type(value) is str else ""
        if not _CLOCK.fullmatch(typed):
            raise self.make_error("invalid")
        return typed


class QuietBody(Base):
    """Hours of the club's day in which nothing leaves; over midnight where the first is the later one."""

    from_ = Clock(data_key="from", required=True, metadata={"example": "21:00"})
    until = Clock(required=True, metadata={"example": "09:00"})

    @validates_schema
    def lasts(self, data: dict[str, Any], **_: Any) -> None:
        """It is not quiet for ever."""
        if data.get("from_") == data.get("until"):
            raise ValidationError({"until": [Said("This is the same hour.", "این همان ساعت است.")]})

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> dict[str, str]:
        """As settings keep it."""
        return {"from": data["from_"], "until": data["until"]}


class RuleBody(Base):
    """How a channel may be used."""

    on = YesNo(metadata=told("Whether anything leaves by it.", "آیا چیزی از این راه برود."))
    day = Whole(0, 50, metadata=told("At most so many a day to one member.", "حداکثر در روز برای هر عضو.", example=2))
    week = Whole(0, 200, metadata=told("At most so many a week.", "حداکثر در هفته.", example=5))


class RulesBody(Base):
    """By channel."""

    email = Inner(RuleBody)
    sms = Inner(RuleBody)


KindsBody = Base.from_dict(
    {
        code: Many(OneOf(*CHANNELS), len(CHANNELS), metadata=told(kind.label.en, kind.label.fa, example=list(CHANNELS)))
        for code, kind in KINDS.items()
    },
    name="NoticeKinds",
)


class NoticeSettingsBody(Base):
    """Everything at once; what is left out is as everywhere."""

    quiet = Inner(
        QuietBody, allow_none=True, metadata=told("null: no hour is quiet.", "null یعنی هیچ ساعتی بی‌پیام نیست.")
    )
    channels = Inner(RulesBody)
    kinds = Inner(
        KindsBody,
        metadata=told(
            "By kind the channels; the feed is always among them. An empty list: nothing is told.",
            "راه‌های هر نوع؛ فهرست پیام‌های صفحه همیشه یکی از آن‌هاست. فهرست خالی یعنی هیچ چیزی گفته نمی‌شود.",
        ),
    )
    expiring_days = Whole(
        1,
        60,
        metadata=told("Days before points end.", "چند روز پیش از انقضای امتیاز.", example=EXPIRING_DAYS),
    )
    near_share = Whole(
        50,
        99,
        metadata=told(
            "The percentage from which a tier is near.", "از چند درصد، سطح بعدی نزدیک است.", example=NEAR_SHARE
        ),
    )

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Terms:
        """Settings as a value."""
        kinds = {
            code: [its for its in CHANNELS if its in channels or (its == "app" and channels)]
            for code, channels in data.get("kinds", {}).items()
        }
        return terms_of({**data, "kinds": kinds})


class WordingBody(Base):
    """Words in one language; what is left out is said as everywhere."""

    title = Words(120, metadata={"example": "{name}, a badge for you"})
    body = Words(1000, metadata={"example": "{badge} is yours. {club} is proud of you."})


class BodyBody(Base):
    """A text message has no title."""

    body = Words(500, metadata={"example": "{badge} is yours."})


class WordingsBody(Base):
    """By language."""

    en = Inner(WordingBody)
    fa = Inner(WordingBody)


class BodiesBody(Base):
    """By language."""

    en = Inner(BodyBody)
    fa = Inner(BodyBody)


class NoticeTextsBody(Base):
    """A club's own words by channel: the feed's serve e-mail and text messages too, unless they have their own."""

    app = Inner(WordingsBody)
    email = Inner(WordingsBody)
    sms = Inner(BodiesBody)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> dict[str, dict[str, dict[str, str]]]:
        """Without what is empty."""
        filled = {
            channel: {lang: parts for lang, parts in by_lang.items() if parts} for channel, by_lang in data.items()
        }
        return {channel: by_lang for channel, by_lang in filled.items() if by_lang}


class ReadBody(Base):
    """Which notices are read."""

    ids = Many(Whole(1, MAX_ID), MOST_READ, metadata=told("These.", "این‌ها.", example=[17, 18]))
    all = YesNo(metadata=told("Or every one.", "یا همه."))

    @validates_schema
    def one_of_them(self, data: dict[str, Any], **_: Any) -> None:
        """It says which."""
        if ("ids" in data) == bool(data.get("all")):
            raise ValidationError(Said("Give ids, or all: true.", "یا ids را بدهید یا all: true."))
