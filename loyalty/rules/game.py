"""What of a version belongs to the game around the articles: story, teams, leagues, raffles, spins."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from loyalty.rules.challenges import Challenge
from loyalty.rules.leagues import League, read_league
from loyalty.rules.modes import Mode, read_mode
from loyalty.rules.phrase import Phrase
from loyalty.rules.raffles import Raffle, read_raffle
from loyalty.rules.reading import Node, Reading
from loyalty.rules.sets import Collection, read_set
from loyalty.rules.spins import Spin, read_spin
from loyalty.rules.standings import named
from loyalty.rules.story import Story, read_story
from loyalty.rules.teams import Teams, read_teams
from loyalty.rules.voice import Voice
from loyalty.rules.winning import NamedPrize
from loyalty.values import Text

SECTIONS: Final = ("story", "teams", "leagues", "raffles", "spins", "sets", "mode")


class Told(NamedTuple):
    """A part as it is told: its code and title, and how it says itself."""

    no: str
    title: Text
    phrase: Callable[[Voice], Phrase]


@dataclass(frozen=True, slots=True)
class Game:
    """The sections of the document that nothing but the game reads."""

    story: Story | None = None
    teams: Teams | None = None
    leagues: dict[str, League] = field(default_factory=dict)
    raffles: dict[str, Raffle] = field(default_factory=dict)
    spins: dict[str, Spin] = field(default_factory=dict)
    team_challenges: dict[str, Challenge] = field(default_factory=dict)
    sets: dict[str, Collection] = field(default_factory=dict)
    mode: Mode | None = None

    def prizes(self) -> Iterator[NamedPrize]:
        """What the club may give by itself, each prize once."""
        if self.story:
            yield from self.story.named_prizes()
        for code, challenge in self.team_challenges.items():
            said = Text("Team challenge “{c}”", "چالش تیمی «{c}»").with_(c=challenge.title)
            yield NamedPrize(team_prize(code), said, challenge.give)
        for code, league in self.leagues.items():
            yield from league.named_prizes(code)
        for code, raffle in self.raffles.items():
            yield from raffle.named_prizes(code)
        for code, spin in self.spins.items():
            yield from spin.named_prizes(code)
        for code, its in self.sets.items():
            yield from its.named_prizes(code)

    def sections(self) -> Iterator[tuple[str, Text, list[Told]]]:
        """Its sections in reading order: code, title and parts."""
        yield "story", Text("Story", "داستان"), _story(self.story) if self.story else []
        teams = [Told("teams", Text("Teams", "تیم‌ها"), self.teams.phrase)] if self.teams else []
        yield "teams", Text("Teams", "تیم‌ها"), teams
        yield "leagues", Text("Leagues", "لیگ‌ها"), [Told(no, its.title, its.phrase) for no, its in self.leagues.items()]
        raffles = [Told(no, its.title, its.phrase) for no, its in self.raffles.items()]
        yield "raffles", Text("Raffles", "قرعه‌کشی‌ها"), raffles
        yield "spins", Text("Spins", "گردونه‌ها"), [Told(no, its.title, its.phrase) for no, its in self.spins.items()]
        yield "sets", Text("Sets", "مجموعه‌ها"), [Told(no, its.title, its.phrase) for no, its in self.sets.items()]
        shown = [Told("mode", Text("Playful or plain", "بازی‌گون یا ساده"), self.mode.phrase)] if self.mode else []
        yield "mode", Text("How the club is shown", "نمایش باشگاه"), shown


def team_prize(challenge: str) -> str:
    """What the gifts of a challenge of teams are named by in a ruling."""
    return f"team:{challenge}"


def _story(story: Story) -> list[Told]:
    chapters = [Told(str(n), chapter.title, chapter.phrase) for n, chapter in enumerate(story.chapters, 1)]
    end = [Told("end", Text("The end", "پایان"), story.end.phrase)] if story.end else []
    return [Told("story", story.title, story.phrase), *chapters, *end]


def read_game(found: dict[str, Node], reading: Reading, challenges: dict[str, Challenge]) -> Game:
    """The game of a document's sections, and its challenges of teams; what is wrong is noted."""
    attempt = reading.attempt
    return Game(
        attempt(read_story, found["story"]) if "story" in found else None,
        attempt(read_teams, found["teams"]) if "teams" in found else None,
        named(found.get("leagues"), read_league),
        named(found.get("raffles"), read_raffle),
        named(found.get("spins"), read_spin),
        {code: its for code, its in challenges.items() if its.by == "team"},
        named(found.get("sets"), read_set),
        attempt(read_mode, found["mode"]) if "mode" in found else None,
    )
