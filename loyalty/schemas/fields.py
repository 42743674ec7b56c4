"""Fields that say what is wrong in both languages, and take what people really type: digits of three scripts."""

from __future__ import annotations

import re
from functools import cache
from typing import Any, Final, TypeVar

from marshmallow import Schema, ValidationError, fields

from loyalty.errors import Invalid
from loyalty.formats import latin_digits
from loyalty.schemas.said import Said, faults
from loyalty.values import QUANTITY_SCALE

MAX_AMOUNT: Final = 10**14
"""The largest amount of money taken, in minor units: far above any sale, and sums of many stay within 64 bits."""
MAX_QUANTITY: Final = 10**9
MAX_ID: Final = 2**53 - 1
"""The largest id: what every JSON reader can hold exactly."""

Messages = dict[str, str | list[Any] | dict[Any, Any]]

NOT_AN_OBJECT: Final = Said("This must be an object.", "این باید یک شیء باشد.")
NOT_A_LIST: Final = Said("This must be a list.", "این باید یک فهرست باشد.")


def says(**own: Said) -> Messages:
    """A field's messages: those that every field has, and its own."""
    return {
        "required": Said("This field is required.", "این فیلد لازم است."),
        "null": Said("This may not be null.", "این فیلد نمی‌تواند null باشد."),
        "validator_failed": Said("This is not valid.", "این درست نیست."),
        **own,
    }


_QUANTITY = re.compile(r"(\d{1,10})(?:[.٫](\d{1,3}))?", re.ASCII)
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class Base(Schema):
    """A schema with errors in both languages; unknown fields are refused by name."""

    error_messages = {  # noqa: RUF012
        "type": NOT_AN_OBJECT,
        "unknown": Said("There is no such field.", "چنین فیلدی وجود ندارد."),
    }

    def __init__(self, *, region: str = "IR", **kwargs: Any) -> None:
        self.region = region
        """The country whose phone numbers need no prefix."""
        super().__init__(**kwargs)


S = TypeVar("S", bound=Base)


@cache
def schema_for(kind: type[S], region: str) -> S:
    """The one instance of a schema for a region: making one is dear, using it is safe in threads."""
    return kind(region=region)


def read(kind: type[Base], data: Any, region: str) -> Any:
    """Data loaded by a schema.

    Raises:
        Invalid: with every fault and its place.
    """
    try:
        return schema_for(kind, region).load(data)
    except ValidationError as error:
        raise Invalid(faults(error.messages)) from None


def storable(text: str) -> bool:
    """Whether PostgreSQL can keep a text: it takes neither NUL nor half a surrogate pair."""
    return "\0" not in text and (text.isascii() or not _UNSTORABLE.search(text))


class Words(fields.String):
    """Text of 1 to `longest` characters that PostgreSQL can store; spaces around it are dropped."""

    default_error_messages = says(
        invalid=Said("This must be text.", "این باید متن باشد."),
        blank=Said("This may not be empty.", "این نمی‌تواند خالی باشد."),
        long=Said("This may have at most {most} characters.", "این می‌تواند حداکثر {most} نویسه داشته باشد."),
        unstorable=Said("This holds a character that cannot be stored.", "این نویسه‌ای دارد که ذخیره نمی‌شود."),
        pattern=Said("This does not have the form that it needs.", "این شکل لازم را ندارد."),
    )

    def __init__(self, longest: int, pattern: str | None = None, **kwargs: Any) -> None:
        self.longest = longest
        self.pattern = re.compile(pattern, re.ASCII) if pattern else None
        meta = {"maxLength": longest, "minLength": 1, "pattern": f"^{pattern}$" if pattern else r"\S"}
        super().__init__(metadata=meta | kwargs.pop("metadata", {}), **kwargs)

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> str:
        if type(value) is not str:
            raise self.make_error("invalid")
        text: str = value.strip()
        if not text:
            raise self.make_error("blank")
        if len(text) > self.longest:
            raise self.make_error("long", most=self.longest)
        if not storable(text):
            raise self.make_error("unstorable")
        if self.pattern and not self.pattern.fullmatch(text):
            raise self.make_error("pattern")
        return text


class OneOf(fields.String):
    """One of a few words."""

    default_error_messages = says(
        invalid=Said("This must be one of: {known}.", "این باید یکی از این‌ها باشد: {known}."),
    )

    def __init__(self, *known: str, **kwargs: Any) -> None:
        self.known = known
        super().__init__(metadata={"enum": list(known)} | kwargs.pop("metadata", {}), **kwargs)

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> str:
        if type(value) is not str or value not in self.known:
            raise self.make_error("invalid", known=", ".join(self.known))
        return str(value)


class Whole(fields.Integer):
    """An integer within bounds; never a string, a float or a truth value."""

    default_error_messages = says(
        invalid=Said("This must be an integer.", "این باید یک عدد صحیح باشد."),
        low=Said("This must be {least} or more.", "این باید {least} یا بیشتر باشد."),
        high=Said("This must be {most} or less.", "این باید {most} یا کمتر باشد."),
    )

    def __init__(self, least: int, most: int, **kwargs: Any) -> None:
        self.least, self.most = least, most
        super().__init__(metadata={"minimum": least, "maximum": most} | kwargs.pop("metadata", {}), **kwargs)

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> int:
        if type(value) is not int:
            raise self.make_error("invalid")
        if value < self.least:
            raise self.make_error("low", least=self.least)
        if value > self.most:
            raise self.make_error("high", most=self.most)
        return value


class Figure(Whole):
    """An integer in a query string, in digits of three scripts."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> int:
        text = latin_digits(value)
        if not (text.isascii() and text.isdigit() and len(text) <= 18):
            raise self.make_error("invalid")
        return super()._deserialize(int(text))


class YesNo(fields.Boolean):
    """true or false, nothing that looks like it."""

    default_error_messages = says(invalid=Said("This must be true or false.", "این باید true یا false باشد."))

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> bool:
        if type(value) is not bool:
            raise self.make_error("invalid")
        return value


class Quantity(fields.Field[int]):
    """More than zero, as an integer or a decimal string of at most three places; loaded as thousandths."""

    default_error_messages = says(
        invalid=Said(
            "This must be an integer or a decimal string with up to three places.",
            "این باید عدد صحیح یا رشتهٔ اعشاری با حداکثر سه رقم اعشار باشد.",
        ),
        low=Said("This must be more than zero.", "این باید بیشتر از صفر باشد."),
        high=Said("This must be {most} or less.", "این باید {most} یا کمتر باشد."),
    )

    def __init__(self, **kwargs: Any) -> None:
        meta = {
            "oneOf": [
                {"type": "integer", "minimum": 1, "maximum": MAX_QUANTITY},
                {"type": "string", "pattern": r"^[0-9]{1,10}(\.[0-9]{1,3})?$"},
            ]
        }
        super().__init__(metadata=meta | kwargs.pop("metadata", {}), **kwargs)

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> int:
        if type(value) is int:
            thousandths = value * QUANTITY_SCALE
        else:
            match = _QUANTITY.fullmatch(latin_digits(value)) if type(value) is str else None
            if not match:
                raise self.make_error("invalid")
            thousandths = int(match[1]) * QUANTITY_SCALE + int((match[2] or "").ljust(3, "0"))
        if thousandths <= 0:
            raise self.make_error("low")
        if thousandths > MAX_QUANTITY * QUANTITY_SCALE:
            raise self.make_error("high", most=MAX_QUANTITY)
        return thousandths


class Many(fields.List[Any]):
    """A list of at most `most`."""

    default_error_messages = says(
        invalid=NOT_A_LIST,
        long=Said("There may be at most {most} here.", "اینجا حداکثر {most} مورد می‌تواند باشد."),
    )

    def __init__(self, inner: fields.Field[Any], most: int, **kwargs: Any) -> None:
        self.most = most
        super().__init__(inner, metadata={"maxItems": most} | kwargs.pop("metadata", {}), **kwargs)

    def checked(self, value: Any) -> list[Any]:
        """The value, which is a list and not too long; what is in it is not looked at."""
        if type(value) is not list:
            raise self.make_error("invalid")
        if len(value) > self.most:
            raise self.make_error("long", most=self.most)
        return value

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> list[Any]:
        return super()._deserialize(self.checked(value), *args, **kwargs)


class Inner(fields.Nested):
    """An object inside another."""

    default_error_messages = says(type=NOT_AN_OBJECT)
