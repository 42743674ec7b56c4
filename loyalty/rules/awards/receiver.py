"""To whom an award goes: the member, or somebody whom the club finds by the member or by the event."""

from __future__ import annotations

from typing import Final

from loyalty.rules.events import field_key
from loyalty.rules.kinds import MEMBER
from loyalty.rules.known import FIELD
from loyalty.rules.reading import Node
from loyalty.rules.types import Reads
from loyalty.rules.voice import Voice
from loyalty.values import Text

REFERRER: Final = "referrer"
FRIEND: Final = "friend"
CASHIER: Final = "cashier"
_NAMES: Final = {
    MEMBER: Text("the member", ""),
    REFERRER: Text("whoever referred the member", "به معرف عضو "),
    FRIEND: Text("the friend", "به دوست معرفی‌شده "),
    CASHIER: Text("the cashier", "به صندوق‌دار "),
}


def _read(node: Node) -> str:
    """`member`, `referrer`, `friend`, `cashier`, or `{field: NAME}`, which holds a member's external id."""
    if isinstance(node.value, dict):
        return field_key(node.fields(["field"])["field"])
    to = node.choice(tuple(_NAMES))
    if to == CASHIER:
        node.needs_basket()
    if to == REFERRER:
        node.reading.member_reads.add("referred")
    return to


RECEIVER: Final = Reads("receiver", _read)


def receiver(to: str, voice: Voice) -> str:
    """Who gets it, as a part of a sentence; in Persian nobody where it is the member."""
    if to in _NAMES:
        return voice.text(_NAMES[to])
    name = to.removeprefix(FIELD)
    return voice.pick(f"the member named in “{name}”", f"به عضوی که «{name}» نام می‌برد ")
