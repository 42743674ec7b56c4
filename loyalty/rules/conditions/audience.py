"""`audience`: the member is in an audience that the bylaws name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final, Self

from loyalty.rules.conditions.basket import voice_be
from loyalty.rules.facts import Facts
from loyalty.rules.kinds import Condition, Measured
from loyalty.rules.phrase import Phrase
from loyalty.rules.reading import Bad, Node
from loyalty.rules.types import Field, Many, NameOf
from loyalty.rules.voice import Voice
from loyalty.values import Text

_NAMES: Final = Many(NameOf("audiences"))


@dataclass(frozen=True, slots=True)
class AudienceIs(Condition):
    """In one of some audiences: `audience: students`, `audience: [students, teachers]`.

    Of one audience the part inside is that audience's own condition; of several there is such a part for each.
    """

    names: tuple[str, ...]
    inside: tuple[Condition, ...]
    kind: ClassVar[str] = "audience"
    label: ClassVar[Text] = Text("audience", "گروه مخاطب")
    fields: ClassVar[tuple[Field, ...]] = (Field("", _NAMES, Text("Audiences", "گروه‌های مخاطب")),)

    @classmethod
    def load(cls, node: Node) -> Self:
        """The names, each with what it stands for: figures that it reads are read wherever it is asked for."""
        reading = node.reading
        if reading.audiences is None:
            raise node.bad(Text("An audience can't be made of others.", "گروه مخاطب را نمی‌توان از گروه‌های دیگر ساخت."))
        names: tuple[str, ...] = _NAMES.read(node)
        reading.audience_reads.update(names)
        if not reading.audiences.keys() >= set(names):
            raise Bad  # one is declared and could not be read: that fault is noted where it stands
        each = [cls((name,), (reading.audiences[name].condition,)) for name in names]
        return each[0] if len(each) == 1 else cls(names, tuple(each))

    def holds(self, facts: Facts) -> bool:
        """Whether the member is in one of them."""
        for one in self.inside:  # noqa: SIM110 - `any` over a generator takes twice as long
            if one.holds(facts):
                return True
        return False

    def share(self, facts: Facts) -> int:
        """How near the nearest is."""
        return max(one.share(facts) for one in self.inside)

    def measured(self, facts: Facts) -> list[Measured]:
        """What the audiences themselves hold against bounds."""
        return [measured for one in self.inside for measured in one.measured(facts)]

    def parts(self) -> tuple[Condition, ...]:
        """The conditions inside."""
        return self.inside

    def saw(self, facts: Facts, voice: Voice) -> str:
        """What the audience's condition saw; of several, which of them the member is in."""
        if len(self.names) == 1:
            return self.inside[0].saw(facts, voice)
        own = [f"“{title}”" if voice.lang == "en" else f"«{title}»" for title in self._titles(facts, voice)]
        return voice.listed(own) or voice.pick("in none of them", "در هیچ‌کدام نیست")

    def phrase(self, voice: Voice) -> Phrase:
        """`the member is among “Students” or “Teachers”`."""
        names = voice.any_of(voice.audience(name) for name in self.names)
        if voice.lang == "fa":
            return ("عضو در گروه", voice.if_(names), *voice_be(voice))
        return ("the member is", voice.if_(f"among {names}"))

    def _titles(self, facts: Facts, voice: Voice) -> list[str]:
        both = zip(self.names, self.inside, strict=True)
        return [voice.audience(name) for name, one in both if one.holds(facts)]
