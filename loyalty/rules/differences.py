"""What one version says otherwise than another, as sentences: added, removed, changed. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Literal, NamedTuple

from loyalty.rules.bylaws import Bylaws
from loyalty.rules.counters import Counter
from loyalty.rules.naming import counter_name, with_condition
from loyalty.rules.phrase import plain
from loyalty.rules.sentences import Part, Said, sections
from loyalty.values import Text

What = Literal["added", "removed", "changed"]


class Difference(NamedTuple):
    """A numbered or named part that differs; `before` and `after` are its sentences, None where it is not."""

    part: str
    no: str
    what: What
    title: Text
    before: Text | None
    after: Text | None


STACKING: Final = {
    "compound": Text("Multipliers multiply each other.", "ضریب‌ها در هم ضرب می‌شوند."),
    "add": Text("Multipliers add up.", "ضریب‌ها با هم جمع می‌شوند."),
    "highest": Text("Only the highest multiplier counts.", "تنها بزرگ‌ترین ضریب به حساب می‌آید."),
}


def differences(one: Bylaws, other: Bylaws) -> list[Difference]:
    """What the other says otherwise, part by part in reading order; empty where both say the same."""
    before, after = _parts(one), _parts(other)
    return [
        difference
        for code in dict.fromkeys([*before, *after])
        for difference in _of_part(code, before.get(code, {}), after.get(code, {}))
    ]


def _of_part(code: str, before: dict[str, Said], after: dict[str, Said]) -> Iterator[Difference]:
    for no in dict.fromkeys([*after, *before]):
        was, now = (_whole(said.get(no)) for said in (before, after))
        title = (after.get(no) or before[no]).title
        if was is None or now is None:
            yield Difference(code, no, "added" if was is None else "removed", title, was, now)
        elif before[no].title != title:
            yield Difference(code, no, "changed", title, _titled(before[no].title, was), _titled(title, now))
        elif was != now:
            yield Difference(code, no, "changed", title, was, now)


def _whole(said: Said | None) -> Text | None:
    return Text(plain(said.phrases["en"]), plain(said.phrases["fa"])) if said else None


def _titled(title: Text, sentence: Text) -> Text:
    """The sentence under its title, where that is what differs."""
    return Text(f"{title.en}: {sentence.en}", f"{title.fa}: {sentence.fa}")


def _parts(bylaws: Bylaws) -> dict[str, dict[str, Said]]:
    """Every part by its code, what it says by number or name; what people do not read as a part comes last."""
    more = [Part("counters", Text("Counters", "شمارنده‌ها"), _counters(bylaws)), _terms(bylaws)]
    return {part.code: {said.no: said for said in part.said} for part in [*sections(bylaws, secrets=True), *more]}


def _counters(bylaws: Bylaws) -> tuple[Said, ...]:
    return tuple(
        _said(
            name,
            Text(f"Counter {name}", f"شمارندهٔ {name}"),
            _counted(bylaws.counter_names[name], _defined(bylaws, its)),
        )
        for name, its in bylaws.counters.items()
    )


def _defined(bylaws: Bylaws, counter: Counter) -> Text:
    return with_condition(counter_name(counter, bylaws.events, bylaws.wallets), counter, bylaws)


def _counted(called: Text, definition: Text) -> Text:
    """What a counter is called and, where that is another name, what it counts."""
    if called == definition:
        return called
    return Text(f"“{called.en}”: {definition.en}", f"«{called.fa}»: {definition.fa}")


def _terms(bylaws: Bylaws) -> Part:
    """What holds for the whole of it."""
    name = Text("Name", "نام")
    said = [_said("name", name, bylaws.club.name)]
    if any(article.multipliers for article in bylaws.articles):
        said.append(_said("stacking", Text("Multipliers together", "چند ضریب با هم"), STACKING[bylaws.stacking]))
    return Part("terms", Text("Terms", "شرایط"), tuple(said))


def _said(no: str, title: Text, text: Text) -> Said:
    return Said(no, title, {"en": (text.en,), "fa": (text.fa,)})
