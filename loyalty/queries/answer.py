"""What a till is answered: the body of a recorded, repeated or quoted purchase, or of another event."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from loyalty.absent import NO_GOOD
from loyalty.db import connection
from loyalty.queries.recorded import by_ids, followed_by
from loyalty.rules import Bylaws, Facts, Happening, Purchase, Ruling
from loyalty.rules.discounting import lacking
from loyalty.rules.explain import reasons, reckoned
from loyalty.rules.facts import PRESENTED
from loyalty.rules.things import DISCOUNT
from loyalty.rules.voice import Voice
from loyalty.values import Lang, Shown, Text
from loyalty.versions import Programme, programme


class Judged(NamedTuple):
    """What an answer is made of."""

    id: int | None
    ruling: Ruling
    facts: Facts
    wallets: dict[str, Shown]
    bylaws: Bylaws
    followed: tuple[tuple[Ruling, Facts], ...] = ()
    """What followed from it, in its order."""


def first_answer(club_id: int, event_id: int, lang: Lang) -> dict[str, Any] | None:
    """The answer that a recorded purchase or event was given; None while it waits to be judged."""
    terms: Programme = programme(connection(), club_id)
    found = by_ids(terms, [event_id]).get(event_id)
    if found is None:
        return None
    bylaws = terms.version(found.ruling.version)
    after = followed_by(terms, found)
    wallets = after[-1].wallets if after else found.wallets
    followed = tuple((its.ruling, its.facts) for its in after)
    return answer(Judged(found.id, found.ruling, found.facts, wallets, bylaws, followed), lang)


def answer(judged: Judged, lang: Lang) -> dict[str, Any]:
    """The answer to a purchase or event, its sentences in one language (the message in both)."""
    ruling, bylaws = judged.ruling, judged.bylaws
    voice = Voice(lang, bylaws)
    together = [(ruling, judged.facts), *judged.followed]
    rulings = [one for one, _ in together]
    awards = [
        {
            "article": given.article,
            "wallet": given.wallet,
            "amount": given.amount,
            "sentence": reckoned(voice, given, facts),
        }
        for one, facts in together
        for given in one.awards
        if given.wallet != DISCOUNT
    ]
    body: dict[str, Any] = {
        **named(judged.facts.event),
        **_discounts(judged, voice),
        "bylaws": ruling.version,
        "awards": awards,
        "badges": [{"code": step.code, "level": step.level} for one in rulings for step in one.badges],
        "challenges": [
            {"challenge": its.challenge, "run": its.key, "from": its.from_at, "until": its.until_at}
            for one in rulings
            for its in one.completed
        ],
        "streaks": [{"code": its.streak, "milestone": its.at} for one in rulings for its in one.milestones],
        "tier": {"from": ruling.tier_from, "to": rulings[-1].tier_to},
        "withheld": [{"article": no, "because": why} for no, why in reasons(voice, judged.facts, ruling)],
        "wallets": {code: judged.wallets.get(code, Shown())._asdict() for code in bylaws.wallets},
        "message": _message([message for one in rulings for message in one.messages]),
    }
    return body if judged.id is None else {"id": str(judged.id), **body}


def named(event: Happening) -> dict[str, Any]:
    """By what its sender knows a purchase or an event."""
    if isinstance(event, Purchase):
        return {"receipt": event.receipt}
    return {"key": event.key, "source": event.source, "type": event.type}


def _discounts(judged: Judged, voice: Voice) -> dict[str, Any]:
    """What was taken off a purchase before anything was earned, by whom and of which lines, and what is left to pay."""
    event = judged.facts.event
    if not isinstance(event, Purchase):
        return {}
    gave = {its.article: its for its in judged.ruling.awards if its.wallet == DISCOUNT}
    discounts = [
        {
            "by": its.by,
            "title": its.title,
            "amount": its.amount,
            "lines": [{"line": line, "amount": amount} for line, amount in its.lines],
            "sentence": reckoned(voice, gave[its.by], judged.facts) if its.by in gave else its.title.to(voice.lang),
        }
        for its in judged.ruling.discounts
    ]
    return {"discounts": discounts, "to_pay": event.net, "codes": _codes(judged, voice)}


def _codes(judged: Judged, voice: Voice) -> list[dict[str, Any]]:
    """Every code that was presented, whether it was used, and if not why; one that is no good is told alike."""
    off = {its.by for its in judged.ruling.discounts}
    offered = {its.by: its for its in judged.facts.offers}
    told = []
    for code, id_ in judged.facts.values.get(PRESENTED, ()):
        by = f"code:{id_}"
        used = by in off or bool(id_ and by not in offered)
        because = None if used else lacking(voice, judged.facts, offered[by]) if id_ else voice.text(NO_GOOD)
        told.append({"code": code, "used": used, "because": because})
    return told


def _message(messages: Sequence[Text]) -> dict[str, str] | None:
    if not messages:
        return None
    return {"en": " ".join(m.en for m in messages), "fa": " ".join(m.fa for m in messages)}
