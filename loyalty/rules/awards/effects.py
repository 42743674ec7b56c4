"""`badge`, `message`, `status` and `forfeit`: what an article does besides giving amounts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from loyalty.rules.kinds import Award
from loyalty.rules.membership import STATUS_TITLES
from loyalty.rules.phrase import Phrase
from loyalty.rules.types import BILINGUAL, Choice, Field, NameOf
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


@dataclass(frozen=True, slots=True)
class GiveStatus(Award):
    """Another standing in the club: `status: suspended`."""

    value: str
    kind: ClassVar[str] = "status"
    label: ClassVar[Text] = Text("standing", "وضعیت")
    fields: ClassVar[tuple[Field, ...]] = (Field("", Choice(STATUS_TITLES), Text("Standing", "وضعیت")),)

    def phrase(self, voice: Voice) -> Phrase:
        """`the membership becomes suspended`."""
        standing = voice.text(STATUS_TITLES[self.value])
        if voice.lang == "fa":
            return ("وضعیت عضو به", voice.then(f"«{standing}»"), "تغییر می‌کند")
        return ("the membership becomes", voice.then(standing))


@dataclass(frozen=True, slots=True)
class Forfeit(Award):
    """All that is in a wallet lapses: `forfeit: points`."""

    value: str
    kind: ClassVar[str] = "forfeit"
    label: ClassVar[Text] = Text("forfeit", "سوخت شدن")
    fields: ClassVar[tuple[Field, ...]] = (Field("", NameOf("wallets"), Text("Wallet", "کیف")),)

    def phrase(self, voice: Voice) -> Phrase:
        """`all the member's points lapse`."""
        purse = voice.wallet(self.value)
        if voice.lang == "fa":
            return (voice.then(f"همهٔ {purse} عضو"), "از میان می‌رود")
        return (voice.then(f"all the member's {purse}"), "lapse" if purse.endswith("s") else "lapses")
