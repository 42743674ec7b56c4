"""`bylaws.yaml` written by hand as one function: the floor that judging is held against.

Written for speed, as a programmer would who knows this club and no other: one pass over the lines, plain arithmetic.
"""

from __future__ import annotations

from typing import NamedTuple

from loyalty.rules.facts import Facts

Award = tuple[str, int, str, int, int, int]
"""As `ruling.Given`: article, place, wallet, amount, base, asked."""

DAIRY, FRUIT, SNACKS, SWEETS, OTHER = 1, 2, 4, 8, 16
CATEGORIES = {"dairy": DAIRY, "fruit": FRUIT, "snacks": SNACKS, "sweets": SWEETS}
BRANDS = frozenset(("pegah", "mihan"))
THURSDAY, FRIDAY, TUESDAY = 3, 4, 1
WELCOME = ("Welcome to the club!", "به باشگاه خوش آمدید!")
TENTH = ("Ten more together.", "ده خرید دیگر با هم.")
NOWRUZ = ("A happy Nowruz.", "نوروزتان پیروز.")


class ByHand(NamedTuple):
    """What the purchase gives, and what it adds to the counters in their order."""

    awards: list[Award]
    badges: list[tuple[str, int]]
    tier: str
    messages: list[tuple[str, str]]
    feeds: list[int]


def by_hand(facts: Facts) -> ByHand:  # noqa: C901 - one function on purpose
    """What a purchase gives an active member, whose event is not late."""
    purchase, moment = facts.event, facts.moment
    net, gross, weekday, minute = purchase.net, purchase.gross, moment.weekday, moment.minute
    dairy = fruit = local = branded = branded_dairy = organic = 0
    kinds = is_local = is_organic = 0
    for _, _, quantity, line_gross, line_net, category, brand, tags in purchase.lines:
        kind = CATEGORIES.get(category, OTHER)  # type: ignore[arg-type]
        kinds |= kind
        if kind == DAIRY:
            dairy += line_net
        elif kind == FRUIT:
            fruit += quantity
        if brand in BRANDS:
            branded += quantity
            if kind == DAIRY:
                branded_dairy += quantity
        if tags:
            if "local" in tags:
                is_local = 1
                local += line_net
            if "organic" in tags:
                is_organic = 1
                if kind != DAIRY:
                    organic += line_gross
    (
        purchases, dairy_today, morning_month, healthy_week, trolley_month, back_month, spring_year, opening_quarter,
        late_today, brand_month, visits_30, often_month, spend_month, strong_month, _, _, _, _, _,
    ) = facts.counts  # fmt: skip
    awards: list[Award] = []
    messages: list[tuple[str, str]] = []
    badges: list[tuple[str, int]] = []
    give = awards.append
    rank = facts.rank
    gave3 = gave4 = gave5 = gave6 = gave10 = gave11 = gave12 = gave13 = gave17 = gave18 = base19 = 0

    base_points = net // 100_000
    if base_points:
        give(("1", 0, "points", base_points, net, base_points))
    if purchases == 0:
        give(("2", 0, "points", 100, 0, 100))
    if fruit >= 3000 and not kinds & SNACKS and healthy_week < 2:
        gave5 = 1
        give(("5", 0, "points", 15, 0, 15))
    if net >= 8_000_000 and trolley_month < 2:
        gave6 = 1
        give(("6", 0, "points", 40, 0, 40))
    if purchases % 10 == 9:
        give(("7", 0, "points", 60, 0, 60))
    if rank >= 1:
        back = net // 100
        left = 300_000 - back_month
        gave10 = back if back < left else left if left > 0 else 0
        if gave10:
            give(("10", 0, "cashback", gave10, net, back))
    in_spring = False
    if is_local:
        _, month, _ = facts.calendar.parts(moment.day)
        in_spring = month == 1
        if in_spring and spring_year < 100:
            gave11 = 20 if spring_year <= 80 else 100 - spring_year
            give(("11", 0, "points", gave11, 0, 20))
    if (gross >= 6_000_000 or local >= 2_000_000) and opening_quarter < 1:
        year, month, _ = facts.calendar.parts(moment.day)
        if year == 1403 and month <= 6:
            gave12 = 1
            give(("12", 0, "points", 50, 0, 50))
    if (minute >= 1260 or minute < 120) and late_today < 1:
        gave13 = 1
        give(("13", 0, "points", 5, 0, 5))
    values = facts.values
    student = 0
    audience = values.get("attribute:audience")
    if audience in ("student", "pupil"):
        student = net // 200_000
        if student:
            give(("14", 0, "points", student, net, student))
    if weekday == TUESDAY and values.get("age", 0) >= 60:
        give(("15", 0, "points", 20, 0, 20))
    loyal = 0
    if values.get("years", 0) >= 1:
        loyal = min(net // 500_000, 12)
        if loyal:
            give(("16", 0, "points", loyal, net, loyal))
    branded_points = 0
    if branded >= 2000:
        branded_points = branded // 1000 * 2
        left = 60 - brand_month
        gave17 = branded_points if branded_points < left else left if left > 0 else 0
        if gave17:
            give(("17", 0, "points", gave17, branded, branded_points))
    if visits_30 >= 4 and often_month < 2:
        gave18 = 1
        give(("18", 0, "points", 10, 0, 10))
    if spend_month >= 15_000_000:
        asked = gross // 200
        left = 20_000_000 - strong_month
        base19 = gross if gross < left else left if left > 0 else 0
        amount = base19 // 200
        if amount:
            give(("19", 0, "cashback", amount, base19, asked))
        else:
            base19 = 0
    organic_points = 0
    if is_organic and not kinds & SWEETS:
        organic_points = organic // 50_000
        if organic_points:
            give(("20", 0, "points", organic_points, organic, organic_points))

    whole = base_points + student + loyal + gave17 + organic_points
    if weekday in (THURSDAY, FRIDAY):
        if dairy >= 1_000_000:
            of_dairy = dairy // 100_000
            if student:
                of_dairy += dairy // 200_000
            if loyal:
                of_dairy += min(dairy // 500_000, 12)
            if gave17:
                of_dairy += min(gave17, branded_dairy // 1000 * 2)
            left = 30 - dairy_today
            gave3 = of_dairy if of_dairy < left else left if left > 0 else 0
            if gave3:
                give(("3", 0, "points", gave3, of_dairy, of_dairy))
    elif 420 <= minute < 600 and whole:
        asked = whole // 4
        left = 60 - morning_month
        gave4 = asked if asked < left else left if left > 0 else 0
        if gave4:
            give(("4", 0, "points", gave4, whole, asked))
    if rank == 1:
        extra = base_points // 4
        if extra:
            give(("8", 0, "points", extra, base_points, extra))
    elif rank == 2:
        extra = base_points // 2
        if extra:
            give(("9", 0, "points", extra, base_points, extra))

    if purchases == 0:
        messages.append(WELCOME)
    if purchases % 10 == 9:
        messages.append(TENTH)
    if in_spring:
        messages.append(NOWRUZ)

    feeds = [
        net, 1, dairy, fruit, is_local, 1, gave3, gave4, gave5, gave6, gave10, gave11, gave12, gave13, gave17,
        gave18, base19,
    ]  # fmt: skip
    _, _, _, _, _, _, _, _, _, _, _, _, _, _, spend_12, visits_year, visits_12, visits, dairy_ever = facts.standing
    if not facts.active_days & 2:
        visits += 1
        visits_12 += 1
        visits_year += 1
    spend_12 += net
    dairy_ever += dairy
    has = facts.badges
    level = has.get("regular", 0)
    if level < 1 and visits >= 3:
        badges.append(("regular", 1))
    if level < 2 and visits >= 10:
        badges.append(("regular", 2))
        give(("badge:regular:2", 0, "points", 50, 0, 50))
    level = has.get("dairy", 0)
    if level < 1 and dairy_ever >= 5_000_000:
        badges.append(("dairy", 1))
    if level < 2 and dairy_ever >= 15_000_000:
        badges.append(("dairy", 2))
        give(("badge:dairy:2", 0, "points", 30, 0, 30))
    if net >= 12_000_000 and "host" not in has:
        badges.append(("host", 1))
    if (minute >= 1380 or minute < 120) and "night_owl" not in has:
        badges.append(("night_owl", 1))
    if in_spring and "spring" not in has:
        badges.append(("spring", 1))
    if spend_12 >= 80_000_000 and visits_12 >= 10:
        reached = 2
    elif spend_12 >= 30_000_000 or visits_year >= 12:
        reached = 1
    else:
        reached = 0
    stood = facts.standing_rank
    tier = ("bronze", "silver", "gold")[reached if reached > stood else stood]
    return ByHand(awards, badges, tier, messages, feeds)
