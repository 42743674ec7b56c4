"""Types of events that a club declares, with the fields they carry: `review: {fields: {stars: {type: integer}}}`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from loyalty.calendars import parse_date
from loyalty.errors import Fault
from loyalty.formats import latin_digits, number
from loyalty.rules.facts import Event
from loyalty.rules.known import FIELD
from loyalty.rules.reading import Node, one_of, unknown_name
from loyalty.rules.types import BOOLEAN, MAX_NUMBER, WORD, Many, bilingual, integer
from loyalty.values import Text

TYPES: Final = ("integer", "text", "boolean", "date")
LONGEST: Final = 500
"""Characters of a text that an event carries."""
_LEAST: Final = -MAX_NUMBER
_WHOLE: Final = re.compile(r"-?\d{1,16}", re.ASCII)


@dataclass(frozen=True, slots=True)
class EventField:
    """What one field of an event may hold: an integer within bounds, a text (one of some), a truth or a day."""

    name: str
    type: str
    from_: int | None = None
    until: int | None = None
    one_of: tuple[str, ...] = ()
    optional: bool = False
    title: Text | None = None
    names: str = ""
    """Of what its values are the codes: `tiers`, `badges`, `challenges`."""

    @property
    def said(self) -> Text:
        """What it is called in a sentence: its title or its name, in quotes."""
        title = self.title or Text(self.name, self.name)
        return Text(f"“{title.en}”", f"«{title.fa}»")

    def read(self, value: Any) -> Any:
        """A value as it is kept; a day becomes ISO 8601, digits of any script become a number.

        Raises:
            Wrong: it is no value of this field.
        """
        match self.type:
            case "integer":
                return self._integer(value)
            case "boolean":
                if isinstance(value, bool):
                    return value
                raise Wrong(Text("true or false is expected.", "اینجا true یا false لازم است."))
            case "date":
                return self._date(value)
        value = value.strip() if isinstance(value, str) else ""
        if not value or len(value) > LONGEST or "\x00" in value:
            most = number(LONGEST, "fa")
            raise Wrong(Text(f"A text of at most {LONGEST} characters.", f"متنی با حداکثر {most} نویسه لازم است."))
        if self.one_of and value not in self.one_of:
            raise Wrong(one_of(self.one_of))
        return value

    def _integer(self, value: Any) -> int:
        if isinstance(value, str) and _WHOLE.fullmatch(written := latin_digits(value).strip()):
            value = int(written)
        if isinstance(value, bool) or not isinstance(value, int):
            raise Wrong(Text("A whole number is expected.", "اینجا یک عدد صحیح لازم است."))
        least = self.from_ if self.from_ is not None else _LEAST
        most = self.until if self.until is not None else MAX_NUMBER
        if not least <= value <= most:
            raise Wrong(
                Text(
                    f"A number from {least:,} to {most:,} is expected.",
                    f"اینجا عددی از {number(least, 'fa')} تا {number(most, 'fa')} لازم است.",
                )
            )
        return value

    def _date(self, value: Any) -> str:
        try:
            return parse_date(latin_digits(value)).isoformat() if isinstance(value, str) else _no_date()
        except ValueError:
            raise Wrong(
                Text("A date such as 1405-09-01 or 2026-11-22 is expected.", "اینجا تاریخی مانند 1405-09-01 لازم است.")
            ) from None


def _no_date() -> str:
    raise ValueError


class Wrong(Exception):
    """A value that a field does not take; says why."""

    def __init__(self, message: Text) -> None:
        super().__init__(message.en)
        self.message = message


@dataclass(frozen=True, slots=True)
class EventType:
    """A declared type of event."""

    code: str
    title: Text
    fields: tuple[EventField, ...] = ()

    def read(self, data: Mapping[str, Any]) -> tuple[dict[str, Any], list[Fault]]:
        """The data of an event as they are kept, and what is wrong with them, each at its place below `/data`."""
        kept, faults = {}, []
        known = {its.name: its for its in self.fields}
        for name in data.keys() - known.keys():
            faults.append(Fault(_place(name), Text("This field is not declared.", "این فیلد تعریف نشده است.")))
        for its in self.fields:
            if data.get(its.name) is None:
                if not its.optional:
                    faults.append(Fault(_place(its.name), Text("This field is missing.", "این فیلد نوشته نشده است.")))
                continue
            try:
                kept[its.name] = its.read(data[its.name])
            except Wrong as wrong:
                faults.append(Fault(_place(its.name), wrong.message))
        return kept, faults


def _place(name: str) -> str:
    return "/data/" + str(name).replace("~", "~0").replace("/", "~1")


RESERVED: Final = frozenset(
    {
        "purchase", "enrolment", "birthday", "anniversary", "referral", "tier_reached", "tier_lost", "badge_earned",
        "challenge_completed", "run_begun", "idle", "code", "schedule", "passed", "prize", "purchases",
        "lines", "given", "points",
    }
)  # fmt: skip
"""Names of occasions and of what counters count: a declared type has another."""


def read_event_type(code: str, node: Node) -> EventType:
    """A type of event: `{title?, fields?}`; without a title it is called by its code."""
    found = node.fields(optional=("title", "fields"))
    if code in RESERVED:
        raise node.bad(Text(f"“{code}” means something else already.", f"«{code}» پیش‌تر معنای دیگری دارد."))
    title = bilingual(found["title"]) if "title" in found else Text(f"“{code}”", f"«{code}»")
    fields = found["fields"].mapping() if "fields" in found else {}
    read = [node.reading.attempt(lambda n, name=name: _field(name, n), its) for name, its in fields.items()]  # type: ignore[misc]
    return EventType(code, title, tuple(its for its in read if its is not None))


def _field(name: str, node: Node) -> EventField:
    found = node.fields(["type"], ["from", "until", "one_of", "optional", "title"])
    type_ = found["type"].choice(TYPES)
    for word, only in (("from", "integer"), ("until", "integer"), ("one_of", "text")):
        if word in found and type_ != only:
            raise found[word].bad(Text(f"Only for {only}.", f"تنها برای {only} است."))
    from_, until = (integer(found[word], least=_LEAST) if word in found else None for word in ("from", "until"))
    if from_ is not None and until is not None and from_ > until:
        raise found["until"].bad(Text("The end comes before the beginning.", "پایان پیش از آغاز است."))
    options = Many(WORD).read(found["one_of"]) if "one_of" in found else ()
    optional = "optional" in found and BOOLEAN.read(found["optional"])
    title = bilingual(found["title"]) if "title" in found else None
    return EventField(name, type_, from_, until, options, optional, title)


_OWN_FIELDS: Final = {
    "tier_reached": {"tier": Text("tier", "سطح")},
    "tier_lost": {"tier": Text("tier", "سطح")},
    "badge_earned": {"badge": Text("badge", "نشان"), "level": Text("level", "تراز")},
    "challenge_completed": {"challenge": Text("challenge", "چالش")},
}
"""What the club's own occasions tell, with titles."""
_NAMED: Final = {"tier": "tiers", "badge": "badges", "challenge": "challenges"}
"""Which of these hold a name of the document, and of what."""


def _own_fields(occasion: str, node: Node) -> tuple[EventField, ...]:
    return tuple(
        EventField(
            name,
            "text" if name in _NAMED else "integer",
            one_of=tuple(sorted(node.reading.names[_NAMED[name]])) if name in _NAMED else (),
            title=title,
            names=_NAMED.get(name, ""),
        )
        for name, title in _OWN_FIELDS.get(occasion, {}).items()
    )


def named_field(node: Node) -> EventField | str:
    """The field that a node names: declared by the type of event that is awaited; of a purchase only its name."""
    name, occasion = node.text(100), node.reading.occasion
    if occasion is None or occasion.has_basket:
        return name
    declared = node.reading.events.get(occasion.type)
    known = {its.name: its for its in (declared.fields if declared else _own_fields(occasion.type, node))}
    if name not in known:
        raise node.bad(unknown_name(name, list(known)))
    return known[name]


def field_key(node: Node) -> str:
    """The name under which the value of a field that a node names is kept with a ruling (see `known.py`)."""
    its = named_field(node)
    return FIELD + (its if isinstance(its, str) else its.name)


def checked(types: Mapping[str, EventType], event: Event) -> tuple[Event, list[Fault]]:
    """An event with its data as they are kept, and what is wrong with its type or data."""
    declared = types.get(event.type)
    if declared is None:
        return event, [Fault("/type", unknown_name(event.type, list(types)))]
    data, faults = declared.read(event.attributes)
    return replace(event, attributes=data), faults
