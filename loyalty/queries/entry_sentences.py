"""The sentence that explains an entry of the ledger: for each way that an amount can go."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from loyalty import formats
from loyalty.queries.entries import Row
from loyalty.queries.recorded import Recorded
from loyalty.rules import Bylaws
from loyalty.rules.explain import both, reckoned
from loyalty.rules.ruling import Given
from loyalty.rules.voice import Voice
from loyalty.values import LANGS, Text


def sentence(bylaws: Bylaws, row: Row, sale: Recorded | None) -> Text:
    """Why an entry was made: an award's arithmetic, the return or payment behind it, a day or a reason."""
    given = _award(row, sale)
    if given is not None and sale is not None:
        facts = sale.facts
        return both(bylaws, lambda voice: reckoned(voice, given, facts))
    said = _said(row)
    receipt = (sale.receipt if sale else None) or row.hold_receipt or ""
    return Text(**{lang: said.to(lang).format(**_slots(Voice(lang, bylaws), row, receipt)) for lang in LANGS})


def _said(row: Row) -> Text:
    """A sentence with its slots: of a payout, of a reward, or of its kind."""
    if row.payout is not None and row.kind in _OF_PAYOUT:
        return _OF_PAYOUT[row.kind]
    return _OF_REWARD[row.kind] if row.reward and row.kind in _OF_REWARD else _SAID[row.kind](row)


def _award(row: Row, sale: Recorded | None) -> Given | None:
    """The award that an entry posted when its sale was judged."""
    if row.kind != "awarded" or sale is None or row.return_of is not None:
        return None
    what = (row.article, row.wallet, row.amount)
    return next((given for given in sale.ruling.awards if (given.article, given.wallet, given.amount) == what), None)


def _slots(voice: Voice, row: Row, receipt: str) -> dict[str, str]:
    return {
        "worth": voice.worth(row.amount, row.wallet),
        "receipt": code(receipt),
        "key": code(row.return_key or ""),
        "earned": _day(row.earned_at, voice),
        "ends": _day(row.expires_at, voice),
        "day": _day(row.at, voice),
        "until": _moment(row.hold_until, voice),
        "reward": f"\u2068{row.reward.to(voice.lang) if row.reward else ''}\u2069",
        "account": code(row.payout or ""),
        "reason": f"\u2068{(row.reason or '').strip().rstrip('.')}\u2069",
    }


def _day(at: datetime | None, voice: Voice) -> str:
    return "" if at is None else voice.day(voice.bylaws.club.calendar.moment(at).day)


def _moment(at: datetime | None, voice: Voice) -> str:
    return "" if at is None else formats.instant(at, voice.bylaws.club.calendar, voice.lang)


def code(text: str) -> str:
    """A receipt's number inside a sentence, kept together and in its own direction; pages set it as code."""
    return f"\u2066{text}\u2069"


_RETURN: Final = Text("Return {key} of receipt {receipt}", "مرجوعی {key} از رسید {receipt}")
_VOID: Final = Text("Receipt {receipt} was undone", "رسید {receipt} باطل شد")


def _of_return(row: Row, en: str, fa: str) -> Text:
    """A sentence about a return, after what names it."""
    if row.return_of is None:
        return Text(en[0].upper() + en[1:], fa)
    named = _VOID if row.return_kind == "void" else _RETURN
    return Text(f"{named.en}: {en}", f"{named.fa}: {fa}")


def _awarded(row: Row) -> Text:
    return _of_return(
        row,
        "what was kept gives {worth} more by this article.",
        "آنچه مانده، طبق این ماده {worth} بیشتر می‌آورد.",
    )


def _taken_back(row: Row) -> Text:
    if row.source == "expired":
        return _of_return(
            row,
            "{worth} of it had already expired, so nothing more is lost.",
            "{worth} از آن پیش‌تر منقضی شده بود؛ پس چیز دیگری کم نشد.",
        )
    if row.source == "pending":
        return _of_return(
            row, "{worth} less, of what was still pending.", "{worth} کمتر شد، از آنچه هنوز در انتظار بود."
        )
    return _of_return(row, "{worth} less than it had given.", "{worth} کمتر از آنچه داده بود.")


def _expired(row: Row) -> Text:
    if row.expires_at is not None and row.at > row.expires_at:
        return Text(
            "Earned on {earned}; it came back after its end, {ends}.",
            "دریافتی {earned} بود و پس از پایان مهلتش، {ends}، برگشت.",
        )
    if row.at == row.expires_at:
        return Text(
            "Earned on {earned} and not spent by {ends}.", "دریافتی {earned} بود و تا پایان مهلتش، {ends}، خرج نشد."
        )
    return Text(
        "Earned on {earned}; the wallet lapsed on {day} after a long time without earning or spending.",
        "دریافتی {earned} بود؛ کیف در {day}، پس از مدتی بی‌دریافت و بی‌خرج، منقضی شد.",
    )


def _held(row: Row) -> Text:
    until = Text(", until {until} at most", "، حداکثر تا {until}") if row.hold_until else Text("", "")
    if row.hold_receipt:
        return Text(f"To pay receipt {{receipt}}{until.en}.", f"برای پرداخت رسید {{receipt}}{until.fa}.")
    return Text(f"For a payment{until.en}.", f"برای یک پرداخت{until.fa}.")


def _released(row: Row) -> Text:
    if row.hold_until is not None and row.at == row.hold_until:
        return Text("The payment was not completed in time.", "پرداخت تا پایان مهلتش کامل نشد.")
    return Text("The payment was called off.", "پرداخت لغو شد.")


def _spent(row: Row) -> Text:
    if row.hold_receipt:
        return Text("Paid {worth} of receipt {receipt}.", "{worth} از رسید {receipt} با آن پرداخت شد.")
    return Text("{worth} was spent.", "{worth} خرج شد.")


def _restored(row: Row) -> Text:
    if row.hold_receipt:
        return Text(
            "What paid receipt {receipt} came back after a return.",
            "آنچه برای رسید {receipt} پرداخت شده بود، پس از مرجوعی برگشت.",
        )
    return Text("What had been spent came back.", "آنچه خرج شده بود برگشت.")


def _forgiven(row: Row) -> Text:
    if row.source == "issued":
        return _of_return(
            row,
            "{worth} that it gives again make up for what the club let go of before.",
            "{worth} که دوباره می‌دهد، جای آنچه باشگاه پیش‌تر از آن گذشته بود را می‌گیرد.",
        )
    return _of_return(
        row,
        "{worth} of what it had given was spent already; the club lets go of it.",
        "{worth} از آنچه داده بود پیش‌تر خرج شده بود؛ باشگاه از آن گذشت.",
    )


def _owed(row: Row) -> Text:
    return _of_return(
        row,
        "{worth} of what it had given was spent already; the next earning pays it.",
        "{worth} از آنچه داده بود پیش‌تر خرج شده بود؛ از دریافت بعدی کم می‌شود.",
    )


def _by_hand(row: Row) -> Text:
    if row.by_hand == "forfeit":
        return Text("Forfeited: {reason}.", "سلب شد: {reason}.")
    return Text("Reason: {reason}.", "دلیل: {reason}.") if row.reason else Text("{worth}.", "{worth}.")


def _transferred(row: Row) -> Text:
    because = Text(" {reason}.", " {reason}.") if row.reason else Text("", "")
    if row.by_hand in ("merge", "unmerge"):
        told = {
            "merge": Text("Two memberships became one.", "دو عضویت یکی شد."),
            "unmerge": Text("A membership was parted again.", "عضویت‌ها دوباره از هم جدا شدند."),
        }[row.by_hand]
    elif row.source == "moved":
        told = Text("From another member.", "از عضوی دیگر.")
    else:
        told = Text("To another member.", "به عضوی دیگر.")
    return Text(told.en + because.en, told.fa + because.fa)


_SAID: Final[dict[str, Callable[[Row], Text]]] = {
    "awarded": _awarded,
    "taken_back": _taken_back,
    "matured": lambda _: Text(
        "Earned on {earned}; {worth} can be spent from now on.", "دریافتی {earned}؛ از این پس {worth} خرج‌شدنی است."
    ),
    "expired": _expired,
    "held": _held,
    "released": _released,
    "spent": _spent,
    "restored": _restored,
    "owed": _owed,
    "paid_debt": lambda _: Text(
        "What came in paid {worth} that was owed after a return.",
        "{worth} از آنچه رسید، بدهی پس از مرجوعی را پرداخت.",
    ),
    "forgiven": _forgiven,
    "adjusted": _by_hand,
    "opening": lambda _: Text("Earned on {earned}.", "دریافتی {earned}."),
    "transferred": _transferred,
}
"""By kind: the sentence with its slots."""
_OF_PAYOUT: Final = {
    "held": Text(
        "On its way to the bank account that ends in {account}.", "در راه حساب بانکی‌ای که به {account} پایان می‌یابد."
    ),
    "spent": Text(
        "Paid to the bank account that ends in {account}.", "به حساب بانکی‌ای که به {account} پایان می‌یابد واریز شد."
    ),
    "released": Text("It was not paid out, and came back.", "واریز نشد و برگشت."),
    "restored": Text("The bank sent it back.", "بانک آن را برگرداند."),
}
"""The same for what is paid out."""
_OF_REWARD: Final = {
    "spent": Text("Spent for “{reward}”.", "برای «{reward}» خرج شد."),
    "held": Text(
        "Set apart for “{reward}”, until {until} at most.", "برای «{reward}» کنار گذاشته شد، حداکثر تا {until}."
    ),
    "released": Text("“{reward}” was not completed.", "«{reward}» کامل نشد."),
    "restored": Text("“{reward}” was taken back, and its price came back.", "«{reward}» پس گرفته شد و بهایش برگشت."),
    "adjusted": Text("From the reward “{reward}”.", "از پاداش «{reward}»."),
}
"""The same for what rewards cost and bring."""
