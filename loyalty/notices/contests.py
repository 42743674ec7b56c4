"""What a member is told when a season of a leaderboard or league is settled. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, Final

from loyalty.notices.base import DAY, Notice, Words, figure
from loyalty.rules.explain import both
from loyalty.rules.gifts import said_gifts
from loyalty.values import Text

LEAGUE: Final = Text("Stars", "لیگ ستارگان")
GOLD: Final = Text("Gold", "طلایی")


@dataclass(frozen=True, slots=True)
class PlaceWon(Notice):
    """A prize for a place on a board, or in a group of a league."""

    part: str
    code: str
    start: date
    rank: int
    prize: int
    last: date
    """The last day of the season."""
    room: str = ""
    """Of a board of several rooms: which of them."""
    kind: ClassVar = "place_won"
    label: ClassVar = Text("A place wins", "بردن جایزهٔ رده‌بندی")
    title: ClassVar = Text("Place {rank}: {board}", "رتبهٔ {rank}: {board}")
    body: ClassVar = Text(
        "“{board}” up to {day} is settled: you came in at place {rank} and have won {prize}. Congratulations!",
        "رده‌بندی «{board}» تا {day} نهایی شد: رتبهٔ {rank} از آنِ شماست و {prize} جایزه بردید. مبارک باشد!",
    )
    examples: ClassVar = {
        "board": Text("Best of the month", "برترین‌های ماه"),
        "rank": figure(2),
        "prize": Text("1,000 points", "۱٬۰۰۰ امتیاز"),
        "day": DAY,
    }

    @property
    def key(self) -> str:
        """The season and the room: one place in each."""
        return f"{self.kind}:{self.part}:{self.code}:{self.start.isoformat()}:{self.room}"

    def about(self) -> dict[str, Any]:
        """The season, the place and the prize."""
        start = self.start.isoformat()
        return {"part": self.part, "code": self.code, "start": start, "rank": self.rank, "prize": self.prize}

    def slots(self, words: Words) -> dict[str, Text]:
        """The ranking's title, the place, what is won, and the season's last day."""
        bylaws = words.bylaws
        its = bylaws.leaderboards[self.code] if self.part == "board" else bylaws.game.leagues[self.code]
        give = its.prizes[self.prize - 1].give
        won = both(bylaws, lambda voice: said_gifts(give, voice))
        return {"board": its.title, "rank": figure(self.rank), "prize": won, "day": words.day(self.last)}


@dataclass(frozen=True, slots=True)
class Moved(Notice):
    """A move from one division of a league to the next."""

    league: str
    start: date
    division: str
    """Where the member is now."""
    examples: ClassVar[Mapping[str, Text]] = {"league": LEAGUE, "division": GOLD}

    @property
    def key(self) -> str:
        """The season."""
        return f"{self.kind}:{self.league}:{self.start.isoformat()}"

    def about(self) -> dict[str, Any]:
        """The season and the division."""
        return {"league": self.league, "start": self.start.isoformat(), "division": self.division}

    def slots(self, words: Words) -> dict[str, Text]:
        """The titles of league and division."""
        its = words.bylaws.game.leagues[self.league]
        return {"league": its.title, "division": its.divisions[its.rank(self.division)].title}


@dataclass(frozen=True, slots=True)
class DivisionReached(Moved):
    """A rise."""

    kind: ClassVar = "division_reached"
    label: ClassVar = Text("A division up", "صعود در لیگ")
    title: ClassVar = Text("Up to {division}", "صعود به {division}")
    body: ClassVar = Text(
        "You were among the first of your group in “{league}”: from the next round on you play in {division}.",
        "در «{league}» از نفرهای نخست گروه خود بودید؛ از دور بعد در دستهٔ {division} بازی می‌کنید.",
    )


@dataclass(frozen=True, slots=True)
class DivisionLost(Moved):
    """A fall."""

    kind: ClassVar = "division_lost"
    label: ClassVar = Text("A division down", "سقوط در لیگ")
    title: ClassVar = Text("Down to {division}", "رفتن به {division}")
    body: ClassVar = Text(
        "In “{league}” you play in {division} from the next round on. The way up is open again.",
        "در «{league}» از دور بعد در دستهٔ {division} بازی می‌کنید. راه بالا باز هم باز است.",
    )
