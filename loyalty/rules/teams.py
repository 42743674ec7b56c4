"""Teams of members."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, Final

from loyalty.rules.bounds import AMOUNT, Bounds
from loyalty.rules.phrase import Phrase
from loyalty.rules.reading import Node
from loyalty.rules.types import POSITIVE, Choice, Field, read_fields
from loyalty.rules.voice import Voice
from loyalty.values import Text

MOST: Final = 500
"""Members of a team, whatever the bylaws say."""
JOIN: Final = {
    "invited": Text("whoever is invited by the team may join", "هر که از سوی تیم دعوت شود می‌تواند بپیوندد"),
    "open": Text("whoever wants may join", "هر که بخواهد می‌تواند بپیوندد"),
    "assigned": Text("the club puts members into teams", "باشگاه اعضا را در تیم‌ها جای می‌دهد"),
}


@dataclass(frozen=True, slots=True)
class Teams:
    """How many a team is made of, and how one gets into it. A member is in one team at a time."""

    size: Bounds
    join: str = "invited"
    best: int | None = None
    """How many of a team count on boards, the best of them; None is all."""
    fields: ClassVar[tuple[Field, ...]] = (
        Field("size", AMOUNT, Text("Members", "اعضا")),
        Field("join", Choice(JOIN), Text("Joining", "پیوستن"), "invited"),
        Field("best", POSITIVE, Text("The best count", "بهترین‌ها به حساب می‌آیند"), None),
    )

    @property
    def most(self) -> int:
        """How many members a team may have at most."""
        return MOST if self.size.high is None else min(self.size.high, MOST)

    def score(self, scores: Iterable[int]) -> int:
        """A team's score of its members': the floored mean of all, or of the best; never of fewer than a team needs.

        So a large team does not win by its size, nor a star alone.
        """
        sums = sorted(scores, reverse=True)[: self.best]
        return sum(sums) // max(len(sums), self.best or 0, self.size.low, 1)

    def phrase(self, voice: Voice) -> Phrase:
        """`A team has between 2 and 8 members; whoever is invited by the team may join. On boards its mean counts.`"""
        size, join = voice.if_(self.size.say(voice, "count")), voice.text(JOIN[self.join])
        score = voice.if_(
            voice.pick("the mean of its members", "میانگین اعضایش")
            if self.best is None
            else voice.pick(f"the mean of its best {self.best}", f"میانگین {voice.number(self.best)} عضو برترش")
        )
        if voice.lang == "fa":
            return ("هر تیم", size, "عضو دارد", "؛", f"{join}.", "در جدول‌ها", score, "به حساب می‌آید.")
        return ("A team has", size, "members", ";", f"{join}.", "On boards", score, "counts.")


def read_teams(node: Node) -> Teams:
    """How teams are made."""
    teams = Teams(**read_fields(node, Teams.fields))
    if teams.size.high is not None and teams.size.high < 2:
        raise node.bad(Text("Nobody is a team alone.", "یک نفر به‌تنهایی تیم نیست."))
    if teams.best is not None and teams.best > teams.most:
        raise node.bad(Text("More would count than a team has.", "بیش از اعضای یک تیم به حساب می‌آید."))
    return teams
