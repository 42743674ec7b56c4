"""`badge` and `message`: what an article gives besides amounts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from loyalty.rules.kinds import Award
from loyalty.rules.phrase import Phrase
from loyalty.rules.types import BILINGUAL, Field, NameOf
from loyalty.rules.voice import Voice
from loyalty.values import Text


@dataclass(frozen=True, slots=True)
class GiveBadge(Award):
    """A badge that is handed out by an article: `badge: founder`."""

    value: str
    kind: ClassVar[str] = "badge"
    label: ClassVar[Text] = Text("badge", "نشان")
    fields: ClassVar[tuple[Field, ...]] = (Field("", NameOf("granted_badges"), Text("Badge", "نشان")),)

    def phrase(self, voice: Voice) -> Phrase:
        """`the member gets the badge …`."""
        name = voice.badge(self.value)
        if voice.lang == "fa":
            return (voice.then(f"نشان «{name}»"), "داده می‌شود")
        return ("the member gets", voice.then(f"the badge “{name}”"))


@dataclass(frozen=True, slots=True)
class GiveMessage(Award):
    """A sentence shown at the till and to the member: `message: {en: …, fa: …}`."""

    value: Text
    kind: ClassVar[str] = "message"
    label: ClassVar[Text] = Text("message", "پیام")
    fields: ClassVar[tuple[Field, ...]] = (Field("", BILINGUAL, Text("Message", "پیام")),)

    def phrase(self, voice: Voice) -> Phrase:
        """`the member gets the message “…”`."""
        if voice.lang == "fa":
            return (voice.then(f"پیام «{voice.text(self.value)}»"), "نمایش داده می‌شود")
        return ("the member gets", voice.then(f"the message “{voice.text(self.value)}”"))
