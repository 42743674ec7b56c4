"""What people read of a challenge: how it begins, how long it lasts, what is to be done and what that gives."""

from __future__ import annotations

from typing import Final

from loyalty.rules.challenges import Challenge
from loyalty.rules.gifts import said_gifts
from loyalty.rules.phrase import Phrase, Slot
from loyalty.rules.voice import Voice
from loyalty.rules.windows import PERIOD_NAMES
from loyalty.values import Text

_STARTS: Final = {
    "automatic": Text("It begins by itself", "خودبه‌خود آغاز می‌شود"),
    "chosen": Text("Every member may join", "هر عضو می‌تواند در آن شرکت کند"),
    "handed_out": Text("The club hands it out", "باشگاه آن را به عضو می‌سپارد"),
}


def challenge_phrase(challenge: Challenge, voice: Voice) -> Phrase:
    """The whole of a challenge."""
    return (*_begins(challenge, voice), *_asks(challenge, voice), *_gives(challenge, voice))


def _begins(challenge: Challenge, voice: Voice) -> Phrase:
    words: list[str | Slot] = [voice.text(_STARTS[challenge.start])]
    when: list[str | Slot] = []
    if challenge.each:
        period = voice.text(PERIOD_NAMES[challenge.each])
        when.append(voice.when(voice.pick(f"each {period}", f"هر {period}")))
    if challenge.from_ or challenge.until:
        start, end = (voice.day(day) if day else "" for day in (challenge.from_, challenge.until))
        if start and end:
            said = voice.pick(f"from {start} until {end}", f"از {start} تا {end}")
        elif start:
            said = voice.pick(f"from {start} on", f"از {start} به بعد")
        else:
            said = voice.pick(f"until {end}", f"تا {end}")
        when.append(voice.when(said))
    if voice.lang == "fa":
        words = [*when, *words]
    else:
        words += when
    if challenge.lasts:
        lasts = voice.when(challenge.lasts.say(voice))
        words += ["و تا", lasts, "مهلت دارد"] if voice.lang == "fa" else [", and it ends", lasts]
    team = [voice.pick("Teams do it together.", "تیم‌ها آن را با هم انجام می‌دهند.")] if challenge.by == "team" else []
    return (*words, ".", *team)


def _asks(challenge: Challenge, voice: Voice) -> Phrase:
    if not challenge.stepwise:
        goal = challenge.steps[0].phrase(voice)
        if voice.lang == "fa":
            return ("اگر", *goal, "،", "چالش به پایان رسیده است.")
        return ("It is completed if", *goal, ".")
    words: list[str | Slot] = [
        voice.pick("It is completed by these steps, in order:", "با این گام‌ها، به همین ترتیب، به پایان می‌رسد:")
        if challenge.in_order
        else voice.pick("It is completed by these steps:", "با این گام‌ها به پایان می‌رسد:")
    ]
    for n, step in enumerate(challenge.steps, 1):
        if n > 1:
            words.append(voice.pick(";", "؛"))
        words += [f"{voice.number(n)})", *step.phrase(voice)]
    return (*words, ".")


def _gives(challenge: Challenge, voice: Voice) -> Phrase:
    said = said_gifts(challenge.give, voice)
    if not said:
        return ()
    if voice.lang == "fa":
        return ("پاداش آن", voice.then(said), "است.")
    return ("It gives", voice.then(said), ".")
