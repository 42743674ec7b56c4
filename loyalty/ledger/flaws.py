"""What an audit can find, and what each thing is called."""

from __future__ import annotations

from typing import Final, NamedTuple

from loyalty.values import Text

FLAWS: Final = {
    "gap": Text("entry missing", "جای خالی ردیف"),
    "digest": Text("entry changed", "ردیف تغییر کرده"),
    "club": Text("entry of another club", "ردیف به نام باشگاهی دیگر"),
    "entries": Text("number of entries", "شمار ردیف‌ها"),
    "head": Text("head of the chain", "سر زنجیره"),
    "sealed": Text("entry is not the one sealed", "ردیف همان مهرشده نیست"),
    "seal_gap": Text("seal missing", "جای خالی مهر"),
    "seal": Text("seal or its heads changed", "مهر یا سرهای آن تغییر کرده"),
    "seal_members": Text("number of heads sealed", "شمار سرهای مهرشده"),
    "no_seal": Text("heads without their seal", "سرهایی بی مهر"),
    "outside": Text("seal is not the one kept outside", "مهر همان نسخهٔ بیرون نیست"),
}
"""Every kind of difference, by its stable code."""


class Flaw(NamedTuple):
    """One thing that is kept and what it is proven to be; empty where it is missing. Digests are written in hex."""

    what: str
    """A key of `FLAWS`."""
    kept: str
    proven: str
    member: int | None = None
    n: int | None = None
    """The number of the member's entry."""
    seal: int | None = None
