"""`code`: a code that the member presented with the purchase."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from loyalty.formats import code_key
from loyalty.rules.facts import HIDDEN, Facts
from loyalty.rules.kinds import Condition
from loyalty.rules.phrase import Phrase
from loyalty.rules.types import WORD, Field, Many
from loyalty.rules.voice import Voice
from loyalty.values import Text


@dataclass(frozen=True, slots=True)
class Code(Condition):
    """One of some codes was presented: `code: [NOWRUZ, YALDA]`."""

    value: tuple[str, ...]
    kind: ClassVar[str] = "code"
    label: ClassVar[Text] = Text("code", "کد")
    of_basket: ClassVar[bool] = True
    of_event: ClassVar[bool] = True
    fields: ClassVar[tuple[Field, ...]] = (Field("", Many(WORD), Text("Codes", "کدها")),)

    def holds(self, facts: Facts) -> bool:
        """Whether one of them was presented, however it was typed."""
        presented = [code for code in facts.event.codes if not code.startswith(HIDDEN)]
        if not presented:
            return False
        asked = {code_key(code) for code in self.value}
        return any(code_key(code) in asked for code in presented)

    def saw(self, facts: Facts, voice: Voice) -> str:
        """The codes that were presented."""
        presented = voice.listed(list(facts.event.codes))
        return voice.pick("presented: ", "ارائه‌شده: ") + presented if presented else voice.pick("no code", "بدون کد")

    def phrase(self, voice: Voice) -> Phrase:
        """`the code “NOWRUZ” is presented`."""
        codes = voice.if_(voice.any_of(self.value))
        if voice.lang == "fa":
            return ("کد", codes, "ارائه شده باشد")
        return ("the code", codes, "is presented")
