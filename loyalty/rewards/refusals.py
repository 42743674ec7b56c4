"""Why a member cannot have a reward now: one reason after the other, as data that says itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final, NamedTuple

from loyalty.calendars import Calendar
from loyalty.errors import Conflict, Fault, InsufficientBalance, LimitReached, OutOfStock, Problem
from loyalty.formats import instant, number
from loyalty.rewards.catalogue import Limit, Reward
from loyalty.values import LANGS, Text

_ENDED: Final = Text("This reward is not offered any more.", "این پاداش دیگر عرضه نمی‌شود.")
_NOT_YET: Final = Text("This reward is offered from {at} on.", "این پاداش از {at} عرضه می‌شود.")
_OVER: Final = Text("This reward was offered until {at}.", "این پاداش تا {at} عرضه می‌شد.")
_DRAWN: Final = Text("The raffle was drawn already.", "قرعه‌کشی انجام شده است.")
_OTHERS: Final = Text("This reward is for other members.", "این پاداش برای گروه دیگری از اعضاست.")
_STANDING: Final = Text("The member's standing does not allow spending.", "وضعیت عضو اجازهٔ خرج کردن نمی‌دهد.")
_HAD: Final = Text("At most {most} of it: {had} were had already.", "حداکثر {most} عدد؛ پیش‌تر {had} عدد گرفته شده است.")
_NONE_LEFT: Final = Text("None is left of it.", "تمام شده است.")
_FEW_LEFT: Final = Text("Only {left} are left of it.", "تنها {left} عدد مانده است.")
_LACKS: Final = Text("It takes {price}; {lacking} are lacking.", "{price} لازم دارد؛ {lacking} کم است.")


class Refusal(NamedTuple):
    """One reason; `code` is stable."""

    code: str
    message: Text

    def problem(self) -> Problem:
        """The refusal as an answer to who asked for it."""
        kind = {
            "limit_reached": LimitReached,
            "out_of_stock": OutOfStock,
            "insufficient_balance": InsufficientBalance,
        }.get(self.code, Conflict)
        return kind(self.message, [Fault("/reward", self.message)])


class Look(NamedTuple):
    """What is seen of a member who might have a reward."""

    belongs: bool
    """Whether it is for this member."""
    may_spend: bool
    had: list[int]
    """How many were had already, by limit."""
    available: int
    """In the wallet of its price."""
    drawn: bool = False
    """Whether it is tickets of a raffle that is over."""


def refusals(
    reward: Reward, limits: list[Limit], look: Look, at: datetime, calendar: Calendar, quantity: int = 1
) -> Iterator[Refusal]:
    """All that keeps a member from so many of a reward, the first being what an answer names."""
    yield from _out_of_time(reward, look, at, calendar)
    if not look.may_spend:
        yield Refusal("standing", _STANDING)
    if not look.belongs:
        yield Refusal("not_for_you", _OTHERS)
    for limit, had in zip(limits, look.had, strict=True):
        if had + quantity > limit.at_most:
            yield Refusal("limit_reached", _numbers(_HAD, most=limit.at_most, had=had))
            break
    if reward.left is not None and reward.left < quantity:
        yield out_of_stock(reward.left)
    price = (reward.points or 0) * quantity
    if price > look.available:
        yield Refusal("insufficient_balance", _numbers(_LACKS, price=price, lacking=price - look.available))


def _out_of_time(reward: Reward, look: Look, at: datetime, calendar: Calendar) -> Iterator[Refusal]:
    if reward.archived:
        yield Refusal("ended", _ENDED)
    if reward.from_at is not None and at < reward.from_at:
        yield Refusal("not_yet", _dated(_NOT_YET, reward.from_at, calendar))
    if reward.until_at is not None and at > reward.until_at:
        yield Refusal("ended", _dated(_OVER, reward.until_at, calendar))
    if look.drawn:
        yield Refusal("ended", _DRAWN)


def out_of_stock(left: int) -> Refusal:
    """There are not so many left."""
    return Refusal("out_of_stock", _numbers(_FEW_LEFT, left=left) if left else _NONE_LEFT)


def _numbers(said: Text, **of: int) -> Text:
    return Text(*(said.to(lang).format(**{k: number(v, lang) for k, v in of.items()}) for lang in ("en", "fa")))


def _dated(said: Text, at: datetime, calendar: Calendar) -> Text:
    by_lang = {lang: instant(at, calendar, lang) for lang in LANGS}
    return Text(*(said.to(lang).format(at=by_lang[lang]) for lang in ("en", "fa")))
