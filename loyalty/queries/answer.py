"""What a till is answered: the body of a recorded, repeated or quoted purchase, or of another event."""

from __future__ import annotations

from typing import Any, NamedTuple

from loyalty.db import connection
from loyalty.queries.recorded import by_ids
from loyalty.rules import Bylaws, Facts, Happening, Purchase, Ruling
from loyalty.rules.explain import reasons, reckoned
from loyalty.rules.voice import Voice
from loyalty.values import Lang, Shown
from loyalty.versions import Programme, programme


class Judged(NamedTuple):
    """What an answer is made of."""

    id: int | None
    ruling: Ruling
    facts: Facts
    wallets: dict[str, Shown]
    bylaws: Bylaws


def first_answer(club_id: int, event_id: int, lang: Lang) -> dict[str, Any] | None:
    """The answer that a recorded purchase or event was given; None while it waits to be judged."""
    terms: Programme = programme(connection(), club_id)
    found = by_ids(terms, [event_id]).get(event_id)
    if found is None:
        return None
    bylaws = terms.version(found.ruling.version)
    return answer(Judged(found.id, found.ruling, found.facts, found.wallets, bylaws), lang)


def answer(judged: Judged, lang: Lang) -> dict[str, Any]:
    """The answer to a purchase or event, its sentences in one language (the message in both)."""
    ruling, bylaws = judged.ruling, judged.bylaws
    voice = Voice(lang, bylaws)
    awards = [
        {
            "article": given.article,
            "wallet": given.wallet,
            "amount": given.amount,
            "sentence": reckoned(voice, given, judged.facts),
        }
        for given in ruling.awards
    ]
    body: dict[str, Any] = {
        **named(judged.facts.event),
        "bylaws": ruling.version,
        "awards": awards,
        "badges": [{"code": step.code, "level": step.level} for step in ruling.badges],
        "challenges": [
            {"challenge": its.challenge, "run": its.key, "from": its.from_at, "until": its.until_at}
            for its in ruling.completed
        ],
        "streaks": [{"code": its.streak, "milestone": its.at} for its in ruling.milestones],
        "tier": {"from": ruling.tier_from, "to": ruling.tier_to},
        "withheld": [{"article": no, "because": why} for no, why in reasons(voice, judged.facts, ruling)],
        "wallets": {code: judged.wallets.get(code, Shown())._asdict() for code in bylaws.wallets},
        "message": _message(ruling),
    }
    return body if judged.id is None else {"id": str(judged.id), **body}


def named(event: Happening) -> dict[str, Any]:
    """By what its sender knows a purchase or an event."""
    if isinstance(event, Purchase):
        return {"receipt": event.receipt}
    return {"key": event.key, "source": event.source, "type": event.type}


def _message(ruling: Ruling) -> dict[str, str] | None:
    if not ruling.messages:
        return None
    return {"en": " ".join(m.en for m in ruling.messages), "fa": " ".join(m.fa for m in ruling.messages)}
