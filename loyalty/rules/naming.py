"""What a counter is called where the club gave it no name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from loyalty.formats import digits, listed
from loyalty.rules.counters import POINTS, Counter
from loyalty.rules.known import FIELD
from loyalty.values import Text

if TYPE_CHECKING:
    from loyalty.rules.bylaws import Bylaws
    from loyalty.rules.events import EventType
    from loyalty.rules.parts import Wallet

_WHOLE: Final = {
    "amount": Text("spend", "مبلغ خرید"),
    "gross": Text("spend before discount", "مبلغ خرید پیش از تخفیف"),
    "paid": Text("amount paid without wallets and gift cards", "مبلغ پرداختی بدون کیف و کارت هدیه"),
    "quantity": Text("units bought", "تعداد کالای خریداری‌شده"),
    "times": Text("purchases", "تعداد خرید"),
    "days": Text("days of purchase", "روزهای خرید"),
}
_DISTINCT: Final = {
    "store": Text("different stores", "فروشگاه‌های متفاوت"),
    "sku": Text("different products", "کالاهای متفاوت"),
    "category": Text("different categories", "دسته‌های متفاوت"),
    "brand": Text("different brands", "برندهای متفاوت"),
    "channel": Text("different channels", "کانال‌های خرید متفاوت"),
    "cashier": Text("different cashiers", "صندوق‌دارهای متفاوت"),
}
_OCCASIONS: Final = {
    "enrolment": Text("times of joining", "دفعات پیوستن به باشگاه"),
    "birthday": Text("birthdays", "زادروزها"),
    "anniversary": Text("anniversaries of joining", "سالگردهای عضویت"),
}
_BY: Final = {
    "store": Text("store", "فروشگاه"),
    "sku": Text("product", "کالا"),
    "category": Text("category", "دسته"),
    "brand": Text("brand", "برند"),
    "channel": Text("channel", "کانال خرید"),
    "cashier": Text("cashier", "صندوق‌دار"),
}


def counter_name(counter: Counter, events: Mapping[str, EventType], wallets: Mapping[str, Wallet]) -> Text:
    """A name said from the definition: `spend on goods in category “dairy”`. Its condition is not in it."""
    name = _counted(counter, events, wallets)
    if counter.where is not None:
        goods = counter.where.said()
        link = "on" if counter.measure in ("amount", "gross", "paid") else "of"
        name = Text(f"{name.en} {link} {goods.en}", f"{name.fa} از {goods.fa}")
    if counter.by and not counter.distinct:
        by = _BY.get(counter.by) or _field(counter, counter.by[len(FIELD) :], events)
        name = Text(f"{name.en} by {by.en}", f"{name.fa} به تفکیک {by.fa}")
    return name


def with_condition(name: Text, counter: Counter, bylaws: Bylaws) -> Text:
    """A name said from the definition, with the condition of what is counted."""
    if counter.condition is None:
        return name
    from loyalty.rules.explain import sentence

    said = sentence(bylaws, counter.condition)
    return Text(f"{name.en} (if {said.en})", f"{name.fa} (اگر {said.fa})")


def _counted(counter: Counter, events: Mapping[str, EventType], wallets: Mapping[str, Wallet]) -> Text:
    if counter.distinct:
        things = _DISTINCT.get(counter.by)
        if things is None:
            field = _field(counter, counter.by[len(FIELD) :], events)
            things = Text(f"different values of {field.en}", f"مقدارهای متفاوت {field.fa}")
        return things if counter.type is None or counter.of not in events else _in(things, events[counter.of].title)
    if counter.adds is not None:
        field = _field(counter, counter.adds, events)
        total = Text(f"total of {field.en}", f"جمع {field.fa}")
        return _in(total, events[counter.of].title) if counter.of in events else total
    if counter.of == POINTS:
        return _given(counter, wallets)
    if counter.of in events:
        title = events[counter.of].title
        if counter.measure == "days":
            return Text(f"days of {title.en} events", f"روزهای {title.fa}")
        return Text(f"{title.en} events", f"تعداد {title.fa}")
    if counter.of in _OCCASIONS:
        return _OCCASIONS[counter.of]
    return _WHOLE.get(counter.measure, Text("count", "شمار"))


def _given(counter: Counter, wallets: Mapping[str, Wallet]) -> Text:
    purse = wallets.get(counter.wallet or "")
    what = purse.name if purse else Text("points", "امتیاز")
    name = {
        "times": Text(f"times of earning {what.en}", f"دفعات دریافت {what.fa}"),
        "days": Text(f"days of earning {what.en}", f"روزهای دریافت {what.fa}"),
    }.get(counter.measure, Text(f"{what.en} earned", f"{what.fa} دریافتی"))
    if not counter.articles:
        return name
    one = len(counter.articles) == 1
    en = f"{'article' if one else 'articles'} {listed(list(counter.articles), 'en')}"
    fa = f"{'مادهٔ' if one else 'ماده‌های'} {digits(listed(list(counter.articles), 'fa'), 'fa')}"
    return Text(f"{name.en} by {en}", f"{name.fa} از {fa}")


def _in(what: Text, event: Text) -> Text:
    return Text(f"{what.en} in {event.en}", f"{what.fa} در {event.fa}")


def _field(counter: Counter, name: str, events: Mapping[str, EventType]) -> Text:
    """What a field is called, in quotes: as its type of event titles it, where it does."""
    declared = {its.name: its for its in events[counter.of].fields} if counter.of in events else {}
    return declared[name].said if name in declared else Text(f"“{name}”", f"«{name}»")
