"""What a counter is called where the club gave it no name."""

from __future__ import annotations

from loyalty.rules.counters import Counter
from loyalty.values import Text

_WHOLE = {
    "amount": Text("spend", "مبلغ خرید"),
    "gross": Text("spend before discount", "مبلغ خرید پیش از تخفیف"),
    "paid": Text("amount paid without wallets and gift cards", "مبلغ پرداختی بدون کیف و کارت هدیه"),
    "quantity": Text("units bought", "تعداد کالای خریداری‌شده"),
    "times": Text("purchases", "تعداد خرید"),
    "days": Text("days of purchase", "روزهای خرید"),
}


def counter_name(counter: Counter) -> Text:
    """A name said from the definition: `spend on goods in category “dairy”`."""
    whole = _WHOLE.get(counter.measure, Text("count", "شمار"))
    if counter.where is None:
        return whole
    goods = counter.where.said()
    link = "on" if counter.measure in ("amount", "gross", "paid") else "of"
    return Text(f"{whole.en} {link} {goods.en}", f"{whole.fa} از {goods.fa}")
