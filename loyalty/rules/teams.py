"""Teams of members."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final

from loyalty.rules.bounds import AMOUNT, Bounds
from loyalty.rules.phrase import Phrase
from loyalty.rules.reading import Node
from loyalty.rules.types import Choice, Field, read_fields
from loyalty.rules.voice import Voice
from loyalty.values import Text

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
    fields: ClassVar[tuple[Field, ...]] = (
        Field("size", AMOUNT, Text("Members", "اعضا")),
        Field("join", Choice(JOIN), Text("Joining", "پیوستن"), "invited"),
    )

    def phrase(self, voice: Voice) -> Phrase:
        """`A team has between 2 and 8 members; whoever is invited by the team may join.`"""
        size, join = voice.if_(self.size.say(voice, "count")), voice.text(JOIN[self.join])
        if voice.lang == "fa":
            return ("هر تیم", size, "عضو دارد", "؛", f"{join}.")
        return ("A team has", size, "members", ";", f"{join}.")


def read_teams(node: Node) -> Teams:
    """How teams are made."""
    node.unbuilt(Text("What is said of teams", "آنچه دربارهٔ تیم‌ها آمده"))
    teams = Teams(**read_fields(node, Teams.fields))
    if teams.size.high is not None and teams.size.high < 2:
        raise node.bad(Text("Nobody is a team alone.", "یک نفر به‌تنهایی تیم نیست."))
    return teams
