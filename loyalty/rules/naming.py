"""What a counter is called where the club gave it no name."""

from __future__ import annotations

from collections.abc import Mapping

from loyalty.rules.counters import Counter
from loyalty.rules.events import EventType
from loyalty.values import Text

_WHOLE = {
    "amount": Text("spend", "مبلغ خرید"),
    "gross": Text("spend before discount", "مبلغ خرید پیش از تخفیف"),
    "paid": Text("amount paid without wallets and gift cards", "مبلغ پرداختی بدون کیف و کارت هدیه"),
    "quantity": Text("units bought", "تعداد کالای خریداری‌شده"),
    "times": Text("purchases", "تعداد خرید"),
    "days": Text("days of purchase", "روزهای خرید"),
}


_OF_EVENTS = {
    "times": Text("{title} events", "تعداد {title}"),
    "days": Text("days of {title} events", "روزهای {title}"),
}


def counter_name(counter: Counter, events: Mapping[str, EventType]) -> Text:
    """A name said from the definition: `spend on goods in category “dairy”`, `Review events`."""
    if counter.of in events and counter.measure in _OF_EVENTS:
        return _OF_EVENTS[counter.measure].with_(title=events[counter.of].title)
    whole = _WHOLE.get(counter.measure, Text("count", "شمار"))
    if counter.where is None:
        return whole
    goods = counter.where.said()
    link = "on" if counter.measure in ("amount", "gross", "paid") else "of"
    return Text(f"{whole.en} {link} {goods.en}", f"{whole.fa} از {goods.fa}")
