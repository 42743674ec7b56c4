"""A draft of the bylaws as it is sent, and how it is to be published."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from marshmallow import ValidationError, fields, validates_schema

from loyalty.documents import MAX_BYTES, MAX_DEPTH
from loyalty.schemas.event import TriedEventSchema
from loyalty.schemas.fields import NOT_AN_OBJECT, Base, OneOf, Whole, Words, says, storable
from loyalty.schemas.moments import Instant
from loyalty.schemas.people import Ref
from loyalty.schemas.purchase import QuoteSchema
from loyalty.schemas.said import Said, told

MAX_VERSION: Final = 2**31 - 1
_ONE: Final = Said(
    "Exactly one of “document”, “text” or “version” is expected.",
    "دقیقاً یکی از «document»، «text» و «version» لازم است.",
)

_EITHER: Final = Said("Either “purchase” or “event”.", "یا «purchase» لازم است یا «event».")
_SHARE: Final = Said("A pilot needs a share, and only a pilot has one.", "آزمایش سهم می‌خواهد، و تنها آزمایش سهم دارد.")


class Tree(fields.Field[dict[str, Any]]):
    """A document as an object; what is in it the bylaws' own reader looks at."""

    default_error_messages = says(
        invalid=NOT_AN_OBJECT,
        deep=Said("This is nested too deeply.", "این بیش از اندازه تودرتوست."),
        unstorable=Said("This holds a character that cannot be stored.", "این نویسه‌ای دارد که ذخیره نمی‌شود."),
    )

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(metadata={"type": "object"} | kwargs.pop("metadata", {}), **kwargs)

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> dict[str, Any]:
        if type(value) is not dict:
            raise self.make_error("invalid")
        level: list[Any] = [value]
        for _depth in range(MAX_DEPTH):
            if not all(storable(part) for part in level if isinstance(part, str)):
                raise self.make_error("unstorable")
            level = [part for node in level for part in _inner(node)]
            if not level:
                return value
        raise self.make_error("deep")


def _inner(node: Any) -> Iterable[Any]:
    """What is in a node: of an object its names too."""
    if isinstance(node, dict):
        return [*node, *node.values()]
    return node if isinstance(node, list) else ()


class DraftBody(Base):
    """The draft: a document, the text of one, or a published version to begin from."""

    document = Tree(metadata=told("The document as JSON.", "سند به شکل JSON."))
    text = Words(MAX_BYTES, metadata=told("The document as text, YAML or JSON.", "سند به شکل متن، YAML یا JSON."))
    version = Whole(
        1,
        MAX_VERSION,
        metadata=told(
            "A published version: its text becomes the draft. Publishing it goes back to it.",
            "نسخه‌ای منتشرشده: متنش پیش‌نویس می‌شود. انتشار آن بازگشت به همان نسخه است.",
        ),
    )

    @validates_schema
    def one(self, data: dict[str, Any], **_: Any) -> None:
        """One way to say it."""
        if len(data) != 1:
            raise ValidationError({"document": [_ONE]})


class TrialBody(Base):
    """A purchase or another event to judge under the draft."""

    purchase = fields.Nested(QuoteSchema)
    event = fields.Nested(TriedEventSchema)
    member = Ref(
        allow_none=True,
        metadata=told(
            "For whom, if the purchase or event names nobody; for nobody, as of somebody who joins with it.",
            "برای چه کسی، اگر خود آن نامی نبرده؛ بدون آن، مانند کسی که همان‌گاه عضو می‌شود.",
            example={"phone": "09121234567"},
        ),
    )

    @validates_schema
    def one_of_them(self, data: dict[str, Any], **_: Any) -> None:
        """Either a purchase or an event."""
        if ("purchase" in data) == ("event" in data):
            raise ValidationError({"purchase": [_EITHER]})


class PublishBody(Base):
    """From when, for whom and why."""

    since = Instant(
        data_key="from",
        allow_none=True,
        metadata=told("In force from then; now, if none.", "از آن زمان جاری است؛ بدون آن از هم‌اکنون."),
    )
    to = OneOf("everyone", "pilot", metadata=told("For whom it is in force.", "برای چه کسانی جاری می‌شود."))
    share = Whole(
        1,
        99,
        metadata=told(
            "With `pilot`: for how many percent of the members, chosen by a hash.",
            "با `pilot`: برای چند درصد از اعضا، که با درهم‌سازی برگزیده می‌شوند.",
        ),
    )
    note = Words(2000, metadata=told("Why, for the history of versions.", "چرا؛ برای تاریخچهٔ نسخه‌ها."))

    @validates_schema
    def agrees(self, data: dict[str, Any], **_: Any) -> None:
        """A pilot has a share, and nothing else has one."""
        if ("share" in data) != (data.get("to") == "pilot"):
            raise ValidationError({"share": [_SHARE]})
