"""The refusals for what a club does not have, worded alike everywhere."""

from __future__ import annotations

from typing import Final

from loyalty.errors import Conflict, Fault, NotFound
from loyalty.values import Text

NO_GOOD: Final = Text("This code cannot be used.", "این کد به کار نمی‌آید.")


class CardRefused(NotFound):
    """A gift card that is unknown, blocked or over, or whose PIN is wrong: nobody is told which."""


def gift_card() -> CardRefused:
    """One sentence for every card that nothing can be done with."""
    return CardRefused(
        Text(
            "This gift card is not accepted. Check its code and PIN.",
            "این کارت هدیه پذیرفته نشد. کد و رمز آن را بررسی کنید.",
        )
    )


class CodeRefused(NotFound):
    """A code that is unknown, another's, used, over or blocked: nobody is told which."""


def code() -> CodeRefused:
    """One sentence for every code that nothing can be done with."""
    return CodeRefused(NO_GOOD, [Fault("/code", NO_GOOD)])


def member() -> NotFound:
    """The club has no such member."""
    return NotFound(Text("There is no such member.", "چنین عضوی نیست."))


def gone(merged_into: int | None) -> Conflict:
    """The member was merged into another, or erased: nothing more happens to this one."""
    if merged_into is None:
        return Conflict(Text("This member was erased.", "داده‌های این عضو پاک شده است."))
    return Conflict(
        Text(
            f"This member goes on as member {merged_into} since a merge.",
            f"این عضو پس از ادغام با شناسهٔ {merged_into} ادامه می‌دهد.",
        )
    )


def club() -> NotFound:
    """The instance has no such club."""
    return NotFound(Text("There is no such club.", "چنین باشگاهی نیست."))


def store() -> NotFound:
    """The club has no such store."""
    return NotFound(Text("There is no such store.", "چنین فروشگاهی نیست."))


def purchase() -> NotFound:
    """The club has no such purchase."""
    return NotFound(Text("There is no such purchase.", "چنین خریدی نیست."))


def event() -> NotFound:
    """The club has no such event."""
    return NotFound(Text("There is no such event.", "چنین رویدادی نیست."))


def webhook() -> NotFound:
    """The club has no such webhook."""
    return NotFound(Text("There is no such webhook.", "چنین وب‌هوکی نیست."))


def delivery() -> NotFound:
    """Nothing of that id is kept for the webhook."""
    return NotFound(Text("There is no such delivery, or no longer.", "چنین پیامی برای این وب‌هوک نیست یا دیگر نیست."))


def rehearsal() -> NotFound:
    """The club has no such rehearsal."""
    return NotFound(Text("There is no such rehearsal.", "چنین اجرای آزمایشی‌ای نیست."))


def segment() -> NotFound:
    """The club keeps no such segment."""
    return NotFound(Text("There is no such segment.", "چنین بخشی نیست."))


def reward() -> NotFound:
    """The club has no such reward."""
    return NotFound(Text("The club has no such reward.", "باشگاه چنین پاداشی ندارد."))


def redemption() -> NotFound:
    """The club has no such redemption."""
    return NotFound(Text("There is no such redemption.", "چنین دریافت پاداشی نیست."))


def code_series() -> NotFound:
    """The club has no such series of codes."""
    return NotFound(Text("The club has no such series of codes.", "باشگاه چنین سری کدی ندارد."))


def raffle() -> NotFound:
    """The club has no such raffle."""
    return NotFound(Text("There is no such raffle.", "چنین قرعه‌کشی‌ای نیست."))


def draw() -> NotFound:
    """The raffle has no draw at the end of that day."""
    return NotFound(Text("There is no draw of that day.", "قرعه‌کشی‌ای در این روز نیست."))


def payout() -> NotFound:
    """The club has no such payout."""
    return NotFound(Text("There is no such payout.", "چنین برداشتی نیست."))


def payout_file() -> NotFound:
    """The club has made no such file."""
    return NotFound(Text("There is no such file.", "چنین فایلی نیست."))


def notice_kind() -> NotFound:
    """Members are told of nothing of that kind."""
    return NotFound(Text("There is no such kind of notice.", "چنین نوعی از پیام نیست."))
