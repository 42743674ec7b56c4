"""What only these pages' templates say: figures apart from their units, spans of days, and the chart's spoken days."""

from __future__ import annotations

import hashlib
from datetime import date
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, Final

from flask import g, url_for

from admin.blueprint import admin, club
from loyalty import formats, web
from loyalty.config import now
from loyalty.queries.summary import DayOfSales
from loyalty.values import Lang, Text

RUNGS: Final = 5
"""How many colours the steps of a ladder have."""
TENDERS: Final = {
    "cash": Text("cash", "نقد"),
    "card": Text("bank card", "کارت بانکی"),
    "transfer": Text("transfer", "انتقال"),
    "online": Text("online", "اینترنتی"),
    "wallet": Text("club wallet", "کیف باشگاه"),
}

CHANNELS: Final = {
    "till": Text("till", "صندوق"),
    "pos": Text("till", "صندوق"),
    "store": Text("store", "فروشگاه"),
    "web": Text("web shop", "فروشگاه اینترنتی"),
    "app": Text("app", "برنامک"),
    "phone": Text("telephone", "تلفن"),
}

DONE: Final = {
    "password-set": Text("Your password is set.", "گذرواژهٔ شما ثبت شد."),
    "draft-saved": Text("The draft is saved.", "پیش‌نویس ثبت شد."),
    "published": Text("The version is published.", "نسخه منتشر شد."),
    "filling": Text(
        "The version is published; it takes force when what it counts is filled from history.",
        "نسخه منتشر شد؛ پس از آنکه شمارنده‌هایش از گذشته پر شوند به اجرا درمی‌آید.",
    ),
    "reward-saved": Text("The reward is saved.", "پاداش ثبت شد."),
    "notices-saved": Text("Saved: members are told so from now on.", "ثبت شد: از این پس اعضا چنین خبر می‌گیرند."),
    "words-saved": Text("The words are saved.", "متن ثبت شد."),
    "segment-saved": Text("The segment is saved.", "بخش ثبت شد."),
    "handed-out": Text("The challenge is being handed out.", "چالش دارد سپرده می‌شود."),
    "segment-deleted": Text("The segment is deleted.", "بخش حذف شد."),
    "pilot-ended": Text("The pilot has ended.", "آزمایش پایان یافت."),
    "asked": Text("Somebody else must approve it now.", "اکنون شخص دیگری باید آن را تأیید کند."),
    "approved": Text("Approved: the version is published.", "تأیید شد: نسخه منتشر شد."),
    "declined": Text("The request is declined.", "درخواست پذیرفته نشد."),
    "withdrawn": Text("The request is withdrawn.", "درخواست پس گرفته شد."),
    "approval": Text("Saved.", "ثبت شد."),
}
"""What is said on the page after something was done."""


@admin.app_context_processor
def _words() -> dict[str, Any]:
    if "club" not in g:
        return {"club": None, "own": own, "said_of": said_of}
    return {
        "club": g.club,
        "said_of": said_of,
        "own": own,
        "span": span,
        "said_day": said_day,
        "rung_class": rung_class,
        "tender_name": partial(known_word, TENDERS),
        "channel_name": partial(known_word, CHANNELS),
        "today": g.club.calendar.moment(now()).day,
    }


def said_of(done: str) -> str:
    """What was done, in words."""
    return web.t(DONE[done])


@admin.app_template_filter()
def in_digits(text: str, lang: Lang) -> str:
    """A text in the digits of a language that need not be the page's."""
    return formats.digits(text, lang)


def span(first: date, last: date) -> str:
    """Days of one month as one thinks of them: «۱ تا ۲۱ آبان ۱۴۰۵», `1–21 Aban 1405`."""
    lang, calendar = web.lang(), club().calendar
    if first == last:
        return formats.day(first, calendar, lang)
    begin = formats.digits(str(calendar.parts(first)[2]), lang)
    return f"{begin}{' تا ' if lang == 'fa' else '–'}{formats.day(last, calendar, lang)}"


def said_day(sold: DayOfSales) -> str:
    """A day of the chart in words: «۲۱ آبان ۱۴۰۵: ۴۳ خرید، ۱۲٬۳۰۰٬۰۰۰ تومان»."""
    lang, here = web.lang(), club()
    bought = formats.counted(sold.purchases, web.t("purchase", "خرید"), "purchases", lang)
    comma = "، " if lang == "fa" else ", "
    return f"{formats.day(sold.day, here.calendar, lang)}: {bought}{comma}{formats.money(sold.net, here.unit, lang)}"


def rung_class(place: int, of: int) -> str:
    """The colour of a step: the highest is always the star's gold, the lowest the palest."""
    return f"rung-{RUNGS - 1 if place == of - 1 else place * (RUNGS - 1) // max(of - 1, 1)}"


def known_word(words: dict[str, Text], sent: str) -> str:
    """What a till sent, in words where it is one of the common ones."""
    known = words.get(sent)
    return web.t(known) if known else sent


def own(name: str) -> str:
    """The address of a file under `admin/static`, with a mark of its content."""
    path = Path(__file__).parent / "static" / name
    return url_for("admin.static", filename=name, v=_mark(path, path.stat().st_mtime_ns))


@lru_cache(maxsize=16)
def _mark(path: Path, changed_ns: int) -> str:  # noqa: ARG001 - a changed file is another key of the cache
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10]
