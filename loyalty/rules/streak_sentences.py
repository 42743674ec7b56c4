"""What people read of a streak: what it counts, what does not break it, and what its milestones give."""

from __future__ import annotations

from loyalty.rules.gifts import said_gifts
from loyalty.rules.phrase import Phrase, Slot
from loyalty.rules.streaks import Streak
from loyalty.rules.voice import Voice, ezafe, singular
from loyalty.rules.windows import PERIOD_NAMES


def streak_phrase(streak: Streak, voice: Voice) -> Phrase:
    """The whole of a streak."""
    return (*_counts(streak, voice), *_frozen(streak, voice), *_gives(streak, voice))


def _counts(streak: Streak, voice: Voice) -> Phrase:
    name, unit = voice.counter(streak.counter), streak.definition.unit
    if voice.lang == "fa":
        least = voice.if_(f"دست‌کم {voice.measured(streak.at_least, 'count' if unit == 'times' else unit)}")
        periods = {"day": "روزهای", "week": "هفته‌های", "month": "ماه‌های"}[streak.every]
        return (f"{periods} پیاپی را می‌شمارد که در هر یک،", name, least, "باشد", ".")
    amount = voice.measured(streak.at_least, {"money": "money", "quantity": "plain"}.get(unit, "count"))
    if unit == "money":
        least = voice.if_(f"at least {amount} of {name}")
    else:
        least = voice.if_(f"at least {amount} {singular(name) if amount == '1' else name}")
    return (f"Counts the {streak.every}s in a row, each with", least, ".")


def _frozen(streak: Streak, voice: Voice) -> Phrase:
    if not streak.freezes:
        return ()
    n, every, each = (
        voice.number(streak.freezes),
        voice.text(PERIOD_NAMES[streak.every]),
        voice.text(PERIOD_NAMES[streak.each]),
    )
    if voice.lang == "fa":
        return (voice.when(f"در هر {each}،"), f"{n} {ezafe(every)} خالی آن را نمی‌شکند.")
    one = streak.freezes == 1
    said = f"{n} missed {every if one else every + 's'}"
    return (said, voice.when(f"each {each}"), f"{'does' if one else 'do'} not break it.")


def _gives(streak: Streak, voice: Voice) -> Phrase:
    words: list[str | Slot] = []
    given = [(its.at, said) for its in streak.milestones if (said := said_gifts(its.give, voice))]
    for n, (at, said) in enumerate(given):
        length = voice.number(at)
        if voice.lang == "fa":
            words += ["؛"] if n else []
            words += [voice.if_(f"با {length} پیاپی"), voice.then(said)]
        else:
            words += ["; at" if n else "At", voice.if_(f"{length} in a row"), "it gives", voice.then(said)]
    if not words:
        return ()
    return (*words, "داده می‌شود.") if voice.lang == "fa" else (*words, ", once.")
