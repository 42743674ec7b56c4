"""How a club wants its members told: by which channels, not by night, and not too often. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final, NamedTuple

from loyalty.calendars import Calendar
from loyalty.notices.base import OUTWARD, Channel
from loyalty.notices.kinds import KINDS

MINUTES: Final = 24 * 60
NEWS: Final = timedelta(days=30)
"""What happened longer ago is history, and told to nobody: an import brings in years of it."""
FRESH: Final = timedelta(days=3)
"""What happened longer ago stands in the feed, and is sent to nobody."""
RUN_ENDS: Final = timedelta(days=2)
"""Before the end of a run, or in its last tenth where that is shorter."""
EXPIRING_DAYS: Final = 7
NEAR_SHARE: Final = 90


class Quiet(NamedTuple):
    """Minutes of the local day, from the first to before the second; over midnight where that comes first."""

    start: int
    end: int

    def holds(self, minute: int) -> bool:
        """Whether it is quiet."""
        if self.start < self.end:
            return self.start <= minute < self.end
        return minute >= self.start or minute < self.end


class Rule(NamedTuple):
    """How a channel may be used."""

    on: bool
    day: int
    """At most so many a day to one member."""
    week: int


_QUIET: Final = Quiet(21 * 60, 9 * 60)
_RULES: Final[Mapping[Channel, Rule]] = {"email": Rule(False, 2, 5), "sms": Rule(False, 1, 3)}


@dataclass(frozen=True, slots=True)
class Terms:
    """A club's settings; as they stand here where it has not said otherwise. Nothing leaves before it says so."""

    quiet: Quiet | None = _QUIET
    rules: Mapping[Channel, Rule] = field(default_factory=lambda: _RULES)
    kinds: Mapping[str, tuple[Channel, ...]] = field(
        default_factory=lambda: {code: kind.channels for code, kind in KINDS.items()}
    )
    """By kind the channels; of one without any nothing is noted at all."""
    expiring_days: int = EXPIRING_DAYS
    near_share: int = NEAR_SHARE

    def outward(self, kind: str) -> list[Channel]:
        """By which channels a kind leaves."""
        return [channel for channel in OUTWARD if channel in self.kinds[kind] and self.rules[channel].on]

    def leaves_at(self, now: datetime, calendar: Calendar) -> datetime:
        """When what is noted now leaves: at once, or when the quiet hours end."""
        moment = calendar.moment(now)
        if self.quiet is None or not self.quiet.holds(moment.minute):
            return now
        day = moment.day if moment.minute < self.quiet.end else moment.day + timedelta(days=1)
        return calendar.instant(day, self.quiet.end)

    def form(self) -> dict[str, Any]:
        """As it is stored and told."""
        quiet = None if self.quiet is None else {"from": _clock(self.quiet.start), "until": _clock(self.quiet.end)}
        return {
            "quiet": quiet,
            "channels": {channel: rule._asdict() for channel, rule in self.rules.items()},
            "kinds": {code: list(channels) for code, channels in self.kinds.items()},
            "expiring_days": self.expiring_days,
            "near_share": self.near_share,
        }


def terms_of(form: Mapping[str, Any]) -> Terms:
    """Settings as they are stored; whatever is left out is as everywhere."""
    usual = Terms()
    quiet = form.get("quiet", usual.form()["quiet"])
    rules = {
        channel: Rule(**(usual.rules[channel]._asdict() | form.get("channels", {}).get(channel, {})))
        for channel in OUTWARD
    }
    kinds = {code: tuple(form.get("kinds", {}).get(code, channels)) for code, channels in usual.kinds.items()}
    return Terms(
        None if quiet is None else Quiet(_minute(quiet["from"]), _minute(quiet["until"])),
        rules,
        kinds,
        form.get("expiring_days", usual.expiring_days),
        form.get("near_share", usual.near_share),
    )


class Tally:
    """On which local days, and how often, something leaves for each member by each channel."""

    def __init__(self, days: Mapping[tuple[int, str], Mapping[date, int]], calendar: Calendar) -> None:
        self._days = {whose: Counter(its) for whose, its in days.items()}
        self._calendar = calendar

    def takes(self, member_id: int, channel: Channel, day: date, rule: Rule) -> bool:
        """Whether one more may leave on a day; it is counted, then."""
        days = self._days.setdefault((member_id, channel), Counter())
        week = self._calendar.span("week", day)
        if days[day] >= rule.day or sum(n for its, n in days.items() if week.holds(its)) >= rule.week:
            return False
        days[day] += 1
        return True


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _minute(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)
