"""What names a person in a request, and what is kept of one besides."""

from __future__ import annotations

from math import isfinite
from typing import Any, ClassVar, Final, cast

from marshmallow import ValidationError, fields

from loyalty import cards, phones
from loyalty.rules.facts import IdentifierKind, MemberRef
from loyalty.schemas.fields import MAX_ID, NOT_AN_OBJECT, Whole, Words, says, storable
from loyalty.schemas.said import Said

MAX_ATTRIBUTES: Final = 50
MAX_VALUE: Final = 500
MAX_NAME: Final = 64

_SCALARS: Final[list[dict[str, Any]]] = [
    {"type": "string", "maxLength": MAX_VALUE},
    {"type": "number", "minimum": -MAX_ID, "maximum": MAX_ID},
    {"type": "boolean"},
]


class Phone(Words):
    """A telephone number as people write it; loaded as E.164."""

    default_error_messages = says(
        number=Said("This is not a telephone number.", "این شمارهٔ تلفن نیست."),
    )

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(40, **kwargs)

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> str:
        region = getattr(self.root, "region", "")
        found = phones.normal(super()._deserialize(value, *args, **kwargs), region)
        if found is None:
            raise self.make_error("number")
        return found


class Card(Words):
    """A card number as typed or scanned; loaded as it is stored. A shop's own numbers are taken too."""

    default_error_messages = says(
        number=Said("This is not a card number.", "این شمارهٔ کارت نیست."),
    )

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(cards.LONGEST, **kwargs)

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> str:
        found = cards.normal(super()._deserialize(value, *args, **kwargs))
        if not found:
            raise self.make_error("number")
        return found


class Ref(fields.Field[MemberRef]):
    """A member named by exactly one of id, card, phone and external_id."""

    default_error_messages = says(
        invalid=Said(
            "Name the member by exactly one of id, card, phone and external_id.",
            "عضو را تنها با یکی از id، card، phone و external_id نام ببرید.",
        ),
    )

    def __init__(self, **kwargs: Any) -> None:
        meta = {
            "type": "object",
            "properties": {
                "id": {"type": "integer", "minimum": 1, "maximum": MAX_ID},
                "card": {"type": "string", "example": "7F42-9KD3-XH55"},
                "phone": {"type": "string", "example": "09121234567"},
                "external_id": {"type": "string", "maxLength": 100},
            },
            "minProperties": 1,
            "maxProperties": 1,
            "additionalProperties": False,
        }
        super().__init__(metadata=meta | kwargs.pop("metadata", {}), **kwargs)

    def _bind_to_schema(self, field_name: str, parent: Any) -> None:
        super()._bind_to_schema(field_name, parent)
        # Made here and not in __init__: they must see the region of this schema, and fields are copied shallowly.
        self.kinds: dict[str, fields.Field[Any]] = {
            "id": Whole(1, MAX_ID),
            "card": Card(),
            "phone": Phone(),
            "external_id": Words(100),
        }
        for kind, inner in self.kinds.items():
            inner._bind_to_schema(kind, self)

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> MemberRef:
        if type(value) is not dict or len(value) != 1 or not self.kinds.keys() >= value.keys():
            raise self.make_error("invalid")
        ((kind, given),) = value.items()
        try:
            return MemberRef(cast(IdentifierKind, kind), str(self.kinds[kind].deserialize(given)))
        except ValidationError as error:
            raise ValidationError({kind: error.messages}) from None


class Attributes(fields.Field[dict[str, Any]]):
    """What a shop wants to keep besides: names with text, finite numbers, truth values or lists of them."""

    default_error_messages = says(
        invalid=NOT_AN_OBJECT,
        many=Said("There may be at most {most} here.", "اینجا حداکثر {most} مورد می‌تواند باشد."),
        name=Said("A name has 1 to 64 characters.", "هر نام ۱ تا ۶۴ نویسه دارد."),
        value=Said(
            "A value is text of up to 500 characters, a number, true, false, or a list of those.",
            "هر مقدار متنی تا ۵۰۰ نویسه، عدد، true، false یا فهرستی از این‌هاست.",
        ),
    )

    inner: ClassVar[dict[str, Any]] = {
        "anyOf": [*_SCALARS, {"type": "array", "maxItems": MAX_ATTRIBUTES, "items": {"anyOf": _SCALARS}}]
    }
    """A value's form in the OpenAPI document."""

    def __init__(self, *, removable: bool = False, **kwargs: Any) -> None:
        self.removable = removable
        """Whether null stands for taking a name away."""
        meta = {
            "type": "object",
            "maxProperties": MAX_ATTRIBUTES,
            "propertyNames": {"minLength": 1, "maxLength": MAX_NAME},
            "additionalProperties": {"anyOf": [self.inner, {"type": "null"}]} if removable else self.inner,
        }
        super().__init__(metadata=meta | kwargs.pop("metadata", {}), **kwargs)

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> dict[str, Any]:
        if type(value) is not dict:
            raise self.make_error("invalid")
        if len(value) > MAX_ATTRIBUTES:
            raise self.make_error("many", most=MAX_ATTRIBUTES)
        wrong = {}
        for name, given in value.items():
            if not (0 < len(name) <= MAX_NAME and storable(name)):
                wrong[name] = self.make_error("name").messages
            elif not (self._taken(given) or (given is None and self.removable)):
                wrong[name] = self.make_error("value").messages
        if wrong:
            raise ValidationError(wrong)
        return value

    def _taken(self, given: Any) -> bool:
        if type(given) is list:
            return len(given) <= MAX_ATTRIBUTES and all(_scalar(item) for item in given)
        return _scalar(given)


class Consents(Attributes):
    """Channels with true or false."""

    default_error_messages = says(value=Said("This must be true or false.", "این باید true یا false باشد."))
    inner: ClassVar[dict[str, Any]] = {"type": "boolean"}

    def _taken(self, given: Any) -> bool:
        return type(given) is bool


def _scalar(given: Any) -> bool:
    kind = type(given)
    if kind is str:
        return storable(given) and len(given) <= MAX_VALUE
    if kind is int:
        return bool(-MAX_ID <= given <= MAX_ID)
    return (kind is float and isfinite(given) and abs(given) <= MAX_ID) or kind is bool
