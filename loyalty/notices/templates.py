"""A club's own words for a notice: named slots in braces, filled by their names and never evaluated. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any, Final

from loyalty.errors import Fault, Invalid
from loyalty.notices.base import Channel, Notice
from loyalty.values import LANGS, Lang, Text

Texts = Mapping[str, Mapping[str, Mapping[str, str]]]
"""`{channel: {lang: {title, body}}}`; an SMS has a body alone."""

_SLOT: Final = re.compile(r"\{([a-z_]+)\}", re.ASCII)
_UNKNOWN: Final = Text("There is no “{name}” here; there are: {known}.", "اینجا «{name}» نیست؛ این‌ها هست: {known}.")
_STRAY: Final = Text(
    "A brace belongs to a slot such as {example}; write no other.",
    "آکولاد تنها برای جاهای پرشدنی مانند {example} است؛ جای دیگر ننویسید.",
)


def check(kind: type[Notice], texts: Texts, path: str = "") -> None:
    """Refuse texts that name what this kind has not.

    Raises:
        Invalid: with every unknown slot and stray brace, and its place.
    """
    known = kind.placeholders()
    faults = [
        Fault(f"{path}/{channel}/{lang}/{part}", said)
        for channel, by_lang in texts.items()
        for lang, parts in by_lang.items()
        for part, text in parts.items()
        for said in _faults(text, known)
    ]
    if faults:
        raise Invalid(faults)


def _faults(text: str, known: Collection[str]) -> list[Text]:
    unknown = dict.fromkeys(name for name in _SLOT.findall(text) if name not in known)
    listed = ", ".join(f"{{{name}}}" for name in known)
    found = [_UNKNOWN.with_(name=f"{{{name}}}", known=listed) for name in unknown]
    if any(brace in _SLOT.sub("", text) for brace in "{}"):
        found.append(_STRAY.with_(example=f"{{{next(iter(known))}}}"))
    return found


def words(kind: type[Notice], texts: Texts, channel: Channel, lang: Lang) -> tuple[str, str]:
    """Title and body for a channel: the club's for that channel, else the club's for the feed, else the kind's own."""
    own = texts.get(channel, {}).get(lang) or {}
    feed = texts.get("app", {}).get(lang) or {}
    said = [own.get(part) or feed.get(part) or getattr(kind, part).to(lang) for part in ("title", "body")]
    return said[0], said[1]


def fill(text: str, slots: Mapping[str, str]) -> str:
    """A text with its slots filled; one that an older notice did not keep is left empty."""
    return _SLOT.sub(lambda found: slots.get(found[1], ""), text)


def say(
    kind: type[Notice],
    texts: Texts,
    channel: Channel,
    slots: Mapping[str, Mapping[str, str]],
    always: Mapping[str, Text],
) -> tuple[Text, Text]:
    """Title and body of a notice in both languages, from what it keeps and what may be named of any."""
    filled: dict[str, tuple[str, str]] = {}
    for lang in LANGS:
        values = {name: its[lang] for name, its in slots.items()} | {name: its.to(lang) for name, its in always.items()}
        title, body = (fill(its, values) for its in words(kind, texts, channel, lang))
        filled[lang] = " ".join(title.split()), body
    return Text(filled["en"][0], filled["fa"][0]), Text(filled["en"][1], filled["fa"][1])


def example(kind: type[Notice], texts: Texts, channel: Channel = "app") -> tuple[Text, Text]:
    """Title and body as they read with the examples."""
    examples: dict[str, Any] = {name: its._asdict() for name, its in kind.examples.items()}
    return say(kind, texts, channel, examples, {name: kind.placeholders()[name] for name in ("name", "club")})
