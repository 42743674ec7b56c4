"""The refusals for what a club does not have, worded alike everywhere."""

from __future__ import annotations

from loyalty.errors import Conflict, NotFound
from loyalty.values import Text


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
