"""What people read of a step of the ladder: how it is reached, how long it is held, and where one falls."""

from __future__ import annotations

from typing import Final

from loyalty.rules.ladder import Step, Tiers
from loyalty.rules.phrase import Phrase
from loyalty.rules.terms import LATER, Since
from loyalty.rules.voice import Voice
from loyalty.rules.windows import PERIOD_NAMES
from loyalty.values import Text

_EARNED: Final = Since(
    Text("after it was earned", "پس از رسیدن به آن"),
    Text("the {p} in which it was earned", "{of_p} رسیدن به آن"),
    Text("the {p} after the one in which it was earned", "{of_p} پس از {of_p} رسیدن به آن"),
)
_BEGINS: Final = Text("Every member begins here.", "همهٔ اعضا از این سطح آغاز می‌کنند.")
_FALLS: Final = {
    "to_qualified": Text(
        "the member moves to the highest tier that they still qualify for.",
        "عضو به بالاترین سطحی می‌رود که هنوز شرطش را دارد.",
    ),
    "one_step": Text("the member moves one tier down.", "عضو یک سطح پایین می‌رود."),
}


def step_phrase(step: Step, tiers: Tiers, voice: Voice) -> Phrase:
    """A step of the ladder."""
    if step.needs is None:
        return (voice.text(_BEGINS),)
    needs = step.needs.phrase(voice)
    fa, plainly = voice.lang == "fa", tiers.review is None and step.keep is None and not step.lasting
    if step.kept is None:
        return _reached(needs, tiers, voice, Text("and is never lost.", "و در آن می‌ماند."))
    if plainly:
        held = ("تا وقتی", *needs, "،", "عضو در این سطح جای دارد.") if fa else ("This tier is held while", *needs, ".")
        return (*held, *(_lost(step, voice) if step.demote == "one_step" else ()))
    reached = _reached(needs, tiers, voice)
    return (*reached, *_held(step, tiers, voice), *_lost(step, voice))


def _reached(needs: Phrase, tiers: Tiers, voice: Voice, and_: Text | None = None) -> Phrase:
    """How it is reached; and, in the same sentence, what follows."""
    at_once = tiers.promote == "at_once"
    when = "" if at_once or not tiers.review else voice.text(PERIOD_NAMES[tiers.review])
    if voice.lang == "fa":
        head: Phrase = ("هرگاه",) if at_once else ("اگر", voice.when(f"در پایان {when}"))
        return (*head, *needs, "،", *(("عضو به این سطح می‌رسد", and_.fa) if and_ else ("عضو به این سطح می‌رسد.",)))
    head = (
        ("This tier is reached when",)
        if at_once
        else ("This tier is reached", voice.when(f"at the end of a {when}"), "if")
    )
    return (*head, *needs, *((",", and_.en) if and_ else (".",)))


def _held(step: Step, tiers: Tiers, voice: Voice) -> Phrase:
    fa = voice.lang == "fa"
    keep = step.keep.phrase(voice) if step.keep and step.kept is step.keep else ()
    if step.holds_for is None:
        looked = voice.text(PERIOD_NAMES[tiers.review]) if tiers.review else ""
        if fa:
            at = ("؛ این در پایان هر", voice.when(looked), "سنجیده می‌شود.") if looked else (".",)
            return ("تا وقتی", *(keep or ("چنین باشد",)), "،", "در آن می‌ماند", *at)
        at = ("; this is looked at", voice.when(f"at the end of each {looked}"), ".") if looked else (".",)
        return ("It is held while", *(keep or ("this is so",)), *at)
    end = step.holds_for.say(voice, _EARNED)
    until = voice.when(voice.pick(f"until {end.removeprefix('at ')}", f"تا {end.removeprefix('در ')}"))
    if fa:
        again = ("هر بار که", *(keep or ("این شرط از نو برقرار شود",)), "،")
        return ("این سطح", until, "می‌ماند.", *again, "و نیز اگر در واپسین روزش چنین باشد، این مدت از نو آغاز می‌شود.")
    again = ("it comes about that", *keep) if keep else ("this comes about anew",)
    return ("It is held", until, ". This term begins anew whenever", *again, ", and on its last day if it is so then.")


def _lost(step: Step, voice: Voice) -> Phrase:
    """What becomes of who is not qualified any more."""
    grace = (voice.when(step.grace.say(voice, LATER)),) if step.grace else ()
    said = voice.text(_FALLS[step.demote])
    if voice.lang == "fa":
        return ("وگرنه،", *grace, said)
    return ("Otherwise,", *grace, *((",",) if grace else ()), said)
