"""`badge`, `tier`, `challenge`, `message`, `status`, `forfeit`: what an article does besides giving amounts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from loyalty.rules.kinds import Award
from loyalty.rules.membership import STATUS_TITLES
from loyalty.rules.phrase import Phrase
from loyalty.rules.reading import Node
from loyalty.rules.terms import TERM, Term
from loyalty.rules.types import BILINGUAL, Choice, Field, NameOf, read_fields
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
class GiveTier(Award):
    """A tier, whatever is earned, until its end: `tier: {tier: gold, until: {months: 3}}`."""

    tier: str
    until: Term
    kind: ClassVar[str] = "tier"
    label: ClassVar[Text] = Text("tier", "سطح")
    fields: ClassVar[tuple[Field, ...]] = (
        Field("tier", NameOf("tiers"), Text("Tier", "سطح")),
        Field("until", TERM, Text("Until", "تا")),
    )

    def phrase(self, voice: Voice) -> Phrase:
        """`the member stands at least on Gold, until 3 months later`."""
        name, end = voice.tier(self.tier), self.until.say(voice)
        if voice.lang == "fa":
            return ("عضو دست‌کم در سطح", voice.then(f"«{name}»"), "می‌ماند، تا", voice.then(end))
        return ("the member stands at least on", voice.then(f"“{name}”"), "until", voice.then(end))


@dataclass(frozen=True, slots=True)
class HandOut(Award):
    """A run of a challenge: `challenge: tour`, or with its own length `challenge: {challenge: tour, lasts: …}`."""

    challenge: str
    lasts: Term | None = None
    kind: ClassVar[str] = "challenge"
    label: ClassVar[Text] = Text("challenge", "چالش")
    fields: ClassVar[tuple[Field, ...]] = (
        Field("challenge", NameOf("handed_challenges"), Text("Challenge", "چالش")),
        Field("lasts", TERM, Text("Lasts", "مدت"), None),
    )

    @classmethod
    def load(cls, node: Node) -> Self:
        """The challenge alone, or with how long it lasts."""
        if isinstance(node.value, str):
            return cls(node.name("handed_challenges"))
        return cls(**read_fields(node, cls.fields))

    def phrase(self, voice: Voice) -> Phrase:
        """`the challenge “Tour” begins for the member`."""
        name = voice.challenge(self.challenge)
        until = (voice.pick("until", "تا"), voice.then(self.lasts.say(voice))) if self.lasts else ()
        if voice.lang == "fa":
            return ("چالش", voice.then(f"«{name}»"), *until, "برای عضو آغاز می‌شود")
        return ("the challenge", voice.then(f"“{name}”"), "begins for the member", *until)


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
