"""A notice as a letter: its words, and why and from where it comes. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import Final, NamedTuple

from loyalty.letters import Letter
from loyalty.notices.base import Channel
from loyalty.values import Lang, Text

_HELLO: Final = Text("Hello {name},", "{name} عزیز، سلام.")
_PAGE: Final = Text("All of it is on your page:", "همه‌چیز در صفحهٔ شماست:")
_WHY: Final = Text(
    "You get this because you have agreed to e-mails of {club}. You can change that on the same page at any time.",
    "این ایمیل را می‌گیرید چون پذیرفته‌اید که {club} به شما ایمیل بزند. هر زمان بخواهید، همان‌جا خاموشش کنید.",
)


class To(NamedTuple):
    """Whom a letter goes to, and in whose name."""

    address: str
    name: str
    lang: Lang
    club: Text
    page: str
    """The member's notices; empty where the instance does not know its own address."""


def letter_of(channel: Channel, to: To, title: Text, body: Text, message_id: str, at: datetime) -> Letter:
    """The letter by which a notice goes through a channel: a text message is short, an e-mail says why it came."""
    lang, club = to.lang, to.club.to(to.lang)
    if channel == "sms":
        return Letter(to.address, f"{club}\n{body.to(lang)}", message_id, lang, at, sender=club)
    hello = [_HELLO.to(lang).format(name=to.name)] if to.name else []
    page = [_PAGE.to(lang), to.page] if to.page else []
    why = [_WHY.to(lang).format(club=club)] if to.page else []
    words = "\n\n".join([*hello, body.to(lang), *page, *why])
    return Letter(to.address, words + "\n", message_id, lang, at, title.to(lang), club, to.page)
