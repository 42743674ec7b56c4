"""What a member is told is near, each kind a small class with its words in both languages. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar

from loyalty.notices.base import BADGE, CHALLENGE, DAY, SILVER, Channel, Notice, Words, figure, percent
from loyalty.values import Text


@dataclass(frozen=True, slots=True)
class TierNear(Notice):
    """A step that little is missing to; told once a month at most."""

    tier: str
    share: int
    month: str
    kind: ClassVar = "tier_near"
    label: ClassVar = Text("A tier is near", "نزدیک شدن به سطح بعدی")
    title: ClassVar = Text("{tier} is near", "تا سطح {tier} چیزی نمانده")
    body: ClassVar = Text(
        "{share} of what the tier {tier} asks is done. Your page shows what is still missing.",
        "{share} راه تا سطح {tier} را آمده‌اید. آنچه مانده در صفحهٔ شما نوشته شده است.",
    )
    examples: ClassVar = {"tier": SILVER, "share": percent(92)}
    channels: ClassVar[tuple[Channel, ...]] = ("app", "email")

    @property
    def key(self) -> str:
        """The step and the month."""
        return f"{self.kind}:{self.tier}:{self.month}"

    def about(self) -> dict[str, Any]:
        """The step and how far it is."""
        return {"tier": self.tier, "share": self.share}

    def slots(self, words: Words) -> dict[str, Text]:
        """The step's title, and the share of it that is done."""
        return {"tier": words.tier(self.tier), "share": percent(self.share)}


@dataclass(frozen=True, slots=True)
class BadgeNear(Notice):
    """A level of a badge that little is missing to."""

    badge: str
    level: int
    share: int
    kind: ClassVar = "badge_near"
    label: ClassVar = Text("A badge is near", "نزدیک شدن به نشان")
    title: ClassVar = Text("Almost there: {badge}", "تا نشان {badge} چیزی نمانده")
    body: ClassVar = Text(
        "{share} of what the badge {badge} asks is done.",
        "{share} راه تا نشان {badge} را آمده‌اید.",
    )
    examples: ClassVar = {"badge": BADGE, "level": figure(2), "share": percent(92)}
    channels: ClassVar[tuple[Channel, ...]] = ("app",)

    @property
    def key(self) -> str:
        """The badge and its level."""
        return f"{self.kind}:{self.badge}:{self.level}"

    def slots(self, words: Words) -> dict[str, Text]:
        """The badge's title, and the share of it that is done."""
        badge = words.badge(self.badge, self.level)
        return {"badge": badge, "level": figure(self.level), "share": percent(self.share)}


@dataclass(frozen=True, slots=True)
class RunEnding(Notice):
    """A run of a challenge that ends soon and is not done."""

    challenge: str
    run: str
    share: int
    ends_at: datetime
    kind: ClassVar = "run_ending"
    label: ClassVar = Text("A challenge ends soon", "نزدیک شدن پایان چالش")
    title: ClassVar = Text("“{challenge}” ends soon", "«{challenge}» رو به پایان است")
    body: ClassVar = Text(
        "“{challenge}” ends on {day}, and {share} of it is done.",
        "مهلت چالش «{challenge}» تا {day} است و {share} آن را انجام داده‌اید.",
    )
    examples: ClassVar = {"challenge": CHALLENGE, "day": DAY, "share": percent(66)}

    @property
    def key(self) -> str:
        """The run."""
        return f"{self.kind}:{self.challenge}:{self.run}"

    def about(self) -> dict[str, Any]:
        """The run, its end, and the share of it that is done."""
        end = self.ends_at.isoformat()
        return {"challenge": self.challenge, "run": self.run, "share": self.share, "ends_at": end}

    def slots(self, words: Words) -> dict[str, Text]:
        """The challenge's title, its last day, and the share of it that is done."""
        its = {"challenge": words.challenge(self.challenge), "share": percent(self.share)}
        return {**its, "day": words.day(words.calendar.moment(self.ends_at).day)}


@dataclass(frozen=True, slots=True)
class PointsExpiring(Notice):
    """What of a wallet ends soon, all that ends on one day together."""

    wallet: str
    amount: int
    day: date
    kind: ClassVar = "points_expiring"
    label: ClassVar = Text("Points end soon", "نزدیک شدن انقضای امتیاز")
    title: ClassVar = Text("Use them in time: {amount}", "{amount} رو به انقضاست")
    body: ClassVar = Text(
        "{amount} of yours in {club} are good until {day}. Use them before.",
        "{amount} شما در {club} تا {day} معتبر است؛ پیش از آن خرجش کنید.",
    )
    examples: ClassVar = {"amount": Text("120 points", "۱۲۰ امتیاز"), "day": DAY}

    @property
    def key(self) -> str:
        """The wallet and the day."""
        return f"{self.kind}:{self.wallet}:{self.day.isoformat()}"

    def about(self) -> dict[str, Any]:
        """The wallet, how much, and its last day."""
        return {"wallet": self.wallet, "amount": self.amount, "day": self.day.isoformat()}

    def slots(self, words: Words) -> dict[str, Text]:
        """The amount, and its last day."""
        return {"amount": words.amount(self.wallet, self.amount), "day": words.day(self.day)}
