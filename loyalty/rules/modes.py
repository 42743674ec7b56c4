"""Two ways in which a club shows itself: playful, or plain for whoever wants figures and no game."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from typing import ClassVar, Final

from loyalty.rules.phrase import Phrase
from loyalty.rules.reading import Node
from loyalty.rules.types import Choice, Field, Many, NameOf, read_fields
from loyalty.rules.voice import Voice
from loyalty.values import Text

PLAYFUL: Final = "playful"
PLAIN: Final = "plain"
MODES: Final = {
    PLAYFUL: Text("playful", "بازی‌گون"),
    PLAIN: Text("plain", "ساده"),
}


@dataclass(frozen=True, slots=True)
class Mode:
    """How members are shown the club who have not chosen: by default, and otherwise for some audiences."""

    default: str = PLAYFUL
    otherwise: tuple[str, ...] = ()
    """Audiences that are shown the other one."""
    fields: ClassVar[tuple[Field, ...]] = (
        Field("default", Choice(MODES), Text("Shown as", "نمایش"), PLAYFUL),
        Field("otherwise", Many(NameOf("audiences")), Text("Otherwise for", "به شکل دیگر برای"), ()),
    )

    def of(self, audiences: Set[str]) -> str:
        """The mode for a member of some audiences."""
        if not audiences & set(self.otherwise):
            return self.default
        return PLAIN if self.default == PLAYFUL else PLAYFUL

    def phrase(self, voice: Voice) -> Phrase:
        """`The club is shown playful, to teachers plain; each member may choose.`"""
        other = PLAIN if self.default == PLAYFUL else PLAYFUL
        whom = voice.listed([voice.text(voice.bylaws.audiences[code].title) for code in self.otherwise])
        first, second = voice.text(MODES[self.default]), voice.text(MODES[other])
        if voice.lang == "fa":
            more = ("، و به", voice.if_(whom), voice.then(second)) if whom else ()
            return ("باشگاه به شکل", voice.then(first), *more, "نشان داده می‌شود؛ هر عضو می‌تواند خودش برگزیند.")
        more = (", to", voice.if_(whom), voice.then(second)) if whom else ()
        return ("The club is shown", voice.then(first), *more, "; each member may choose.")


def read_mode(node: Node) -> Mode:
    """How members are shown the club."""
    return Mode(**read_fields(node, Mode.fields))
