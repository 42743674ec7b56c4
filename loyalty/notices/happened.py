"""What a member is told happened, each kind a small class with its words in both languages. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar, Final

from loyalty import formats
from loyalty.notices.base import BADGE, CHALLENGE, DAY, SILVER, Notice, Words, figure
from loyalty.rules.explain import both
from loyalty.rules.gifts import said_gifts
from loyalty.rules.windows import PERIOD_NAMES
from loyalty.values import Text

_NO_TIER: Final = Text("no tier", "بدون سطح")


@dataclass(frozen=True, slots=True)
class TierReached(Notice):
    """A step up."""

    tier: str
    at: datetime
    kind: ClassVar = "tier_reached"
    label: ClassVar = Text("A tier is reached", "رسیدن به سطح بالاتر")
    title: ClassVar = Text("You are {tier} now", "به سطح {tier} رسیدید")
    body: ClassVar = Text(
        "You have reached the tier {tier} of {club}. What it brings you is on your page.",
        "تبریک! در {club} به سطح {tier} رسیدید. مزایای آن را در صفحهٔ خود ببینید.",
    )
    examples: ClassVar = {"tier": SILVER}

    @property
    def key(self) -> str:
        """Each time anew."""
        return f"{self.kind}:{self.tier}:{self.at.isoformat()}"

    def about(self) -> dict[str, Any]:
        """The tier."""
        return {"tier": self.tier}

    def slots(self, words: Words) -> dict[str, Text]:
        """The tier's title."""
        return {"tier": words.tier(self.tier)}


@dataclass(frozen=True, slots=True)
class TierLost(Notice):
    """A step down; `tier` is None below the ladder."""

    tier: str | None
    before: str
    at: datetime
    kind: ClassVar = "tier_lost"
    label: ClassVar = Text("A tier is lost", "پایین آمدن سطح")
    title: ClassVar = Text("Your tier has changed", "سطح شما تغییر کرد")
    body: ClassVar = Text(
        "Your tier was {before}; now it is {tier}. Your page shows what leads up again.",
        "سطح شما {before} بود و اکنون {tier} است. راه بازگشت به آن در صفحهٔ شما نوشته شده است.",
    )
    examples: ClassVar = {"tier": Text("Bronze", "برنزی"), "before": SILVER}

    @property
    def key(self) -> str:
        """Each time anew."""
        return f"{self.kind}:{self.before}:{self.at.isoformat()}"

    def about(self) -> dict[str, Any]:
        """Both tiers."""
        return {"tier": self.tier, "before": self.before}

    def slots(self, words: Words) -> dict[str, Text]:
        """Both tiers' titles."""
        tier = words.tier(self.tier) if self.tier is not None else _NO_TIER
        return {"tier": tier, "before": words.tier(self.before)}


@dataclass(frozen=True, slots=True)
class BadgeEarned(Notice):
    """A level of a badge."""

    badge: str
    level: int
    kind: ClassVar = "badge_earned"
    label: ClassVar = Text("A badge is earned", "گرفتن نشان")
    title: ClassVar = Text("A badge for you: {badge}", "نشان تازهٔ شما: {badge}")
    body: ClassVar = Text(
        "You have earned the badge {badge} of {club}.",
        "نشان {badge} در {club} به شما رسید. آفرین!",
    )
    examples: ClassVar = {"badge": BADGE, "level": figure(2)}

    @property
    def key(self) -> str:
        """The badge and its level: one that was lost is not told again."""
        return f"{self.kind}:{self.badge}:{self.level}"

    def slots(self, words: Words) -> dict[str, Text]:
        """The badge's title, with the level where it has several."""
        return {"badge": words.badge(self.badge, self.level), "level": figure(self.level)}


@dataclass(frozen=True, slots=True)
class ChallengeCompleted(Notice):
    """A run of a challenge that is done."""

    challenge: str
    run: str
    kind: ClassVar = "challenge_completed"
    label: ClassVar = Text("A challenge is completed", "انجام چالش")
    title: ClassVar = Text("Challenge done: {challenge}", "چالش انجام شد: {challenge}")
    body: ClassVar = Text(
        "You have completed “{challenge}”. Well done!", "چالش «{challenge}» را به پایان رساندید. آفرین!"
    )
    examples: ClassVar = {"challenge": CHALLENGE}

    @property
    def key(self) -> str:
        """The run."""
        return f"{self.kind}:{self.challenge}:{self.run}"

    def slots(self, words: Words) -> dict[str, Text]:
        """The challenge's title."""
        return {"challenge": words.challenge(self.challenge)}


@dataclass(frozen=True, slots=True)
class StreakReached(Notice):
    """A milestone of a streak."""

    streak: str
    at: int
    event: int
    kind: ClassVar = "streak_reached"
    label: ClassVar = Text("A streak goes on", "ادامهٔ زنجیره")
    title: ClassVar = Text("{streak}: {count} in a row", "{streak}: {count} پیاپی")
    body: ClassVar = Text("Your streak “{streak}” has lasted {count} now.", "زنجیرهٔ «{streak}» شما به {count} رسید.")
    examples: ClassVar = {"streak": Text("Every week", "هر هفته"), "count": Text("4 weeks", "۴ هفته")}

    @property
    def key(self) -> str:
        """The milestone, and the event that reached it: a streak that begins anew may reach it again."""
        return f"{self.kind}:{self.streak}:{self.at}:{self.event}"

    def about(self) -> dict[str, Any]:
        """The streak and how many periods."""
        return {"streak": self.streak, "at": self.at}

    def slots(self, words: Words) -> dict[str, Text]:
        """The streak's title, and how many periods it has lasted."""
        its = words.bylaws.streaks.get(self.streak)
        if its is None:
            return {"streak": Text(self.streak, self.streak), "count": figure(self.at)}
        one = PERIOD_NAMES[its.every]
        many = Text(f"{one.en}s", one.fa)
        count = (formats.counted(self.at, one.to(lang), many.to(lang), lang) for lang in ("en", "fa"))
        return {"streak": its.title, "count": Text(*count)}


@dataclass(frozen=True, slots=True)
class RewardReady(Notice):
    """A reward in the member's hands, redeemed or given."""

    redemption: int
    reward: str
    reward_title: Text
    kind: ClassVar = "reward_ready"
    label: ClassVar = Text("A reward is ready", "آماده شدن پاداش")
    title: ClassVar = Text("Yours now: {reward}", "پاداش شما آماده است: {reward}")
    body: ClassVar = Text(
        "“{reward}” is in your hands. What you need to use it is on your page, under Rewards.",
        "«{reward}» از آنِ شماست. هرچه برای استفاده از آن لازم است، در بخش پاداش‌های صفحهٔ شماست.",
    )
    examples: ClassVar = {"reward": Text("A free coffee", "یک قهوهٔ رایگان")}

    @property
    def key(self) -> str:
        """The redemption."""
        return f"{self.kind}:{self.redemption}"

    def about(self) -> dict[str, Any]:
        """The redemption and its reward."""
        return {"redemption": self.redemption, "reward": self.reward}

    def slots(self, words: Words) -> dict[str, Text]:  # noqa: ARG002 - as every kind is asked
        """The reward's title as it was promised."""
        return {"reward": self.reward_title}


@dataclass(frozen=True, slots=True)
class RaffleWon(Notice):
    """A prize that was drawn for the member."""

    raffle: str
    day: date
    prize: int
    kind: ClassVar = "raffle_won"
    label: ClassVar = Text("A raffle is won", "برنده شدن در قرعه‌کشی")
    title: ClassVar = Text("You have won: {raffle}", "برنده شدید: {raffle}")
    body: ClassVar = Text(
        "In the draw “{raffle}” of {day} you have won {prize}. Congratulations!",
        "در قرعه‌کشی «{raffle}»، {day}، {prize} به نام شما درآمد. مبارک باشد!",
    )
    examples: ClassVar = {
        "raffle": Text("The autumn draw", "قرعه‌کشی پاییز"),
        "prize": Text("1,000 points", "۱٬۰۰۰ امتیاز"),
        "day": DAY,
    }

    @property
    def key(self) -> str:
        """The draw and the prize: each once, however often."""
        return f"{self.kind}:{self.raffle}:{self.day.isoformat()}:{self.prize}"

    def about(self) -> dict[str, Any]:
        """The draw and the prize."""
        return {"raffle": self.raffle, "day": self.day.isoformat(), "prize": self.prize}

    def slots(self, words: Words) -> dict[str, Text]:
        """The raffle's title, its day, and what is won."""
        its = words.bylaws.game.raffles[self.raffle]
        prize = its.prizes[self.prize - 1].give
        won = both(words.bylaws, lambda voice: said_gifts(prize, voice))
        return {"raffle": its.title, "prize": won, "day": words.day(self.day)}
