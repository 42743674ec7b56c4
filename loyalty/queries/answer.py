"""What a till is answered: the body of a recorded, repeated or quoted purchase."""

from __future__ import annotations

from typing import Any, NamedTuple

from loyalty.db import connection
from loyalty.queries.recorded import by_ids
from loyalty.rules import Bylaws, Facts, Ruling
from loyalty.rules.explain import reasons, reckoned
from loyalty.rules.voice import Voice
from loyalty.values import Lang, Shown
from loyalty.versions import Programme, programme


class Judged(NamedTuple):
    """What an answer is made of."""

    id: int | None
    receipt: str
    ruling: Ruling
    facts: Facts
    wallets: dict[str, Shown]
    bylaws: Bylaws


def first_answer(club_id: int, purchase_id: int, lang: Lang) -> dict[str, Any] | None:
    """The answer that a recorded purchase was given; None while it waits to be judged."""
    terms: Programme = programme(connection(), club_id)
    sale = by_ids(terms, [purchase_id]).get(purchase_id)
    if sale is None:
        return None
    bylaws = terms.version(sale.ruling.version)
    return answer(Judged(sale.id, sale.purchase.receipt, sale.ruling, sale.facts, sale.wallets, bylaws), lang)


def answer(judged: Judged, lang: Lang) -> dict[str, Any]:
    """The answer to a purchase, its sentences in one language (the message in both)."""
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
        "receipt": judged.receipt,
        "bylaws": ruling.version,
        "awards": awards,
        "badges": [{"code": step.code, "level": step.level} for step in ruling.badges],
        "tier": {"from": ruling.tier_from, "to": ruling.tier_to},
        "withheld": [{"article": no, "because": why} for no, why in reasons(voice, judged.facts, ruling)],
        "wallets": {code: judged.wallets.get(code, Shown())._asdict() for code in bylaws.wallets},
        "message": _message(ruling),
    }
    return body if judged.id is None else {"id": str(judged.id), **body}


def _message(ruling: Ruling) -> dict[str, str] | None:
    if not ruling.messages:
        return None
    return {"en": " ".join(m.en for m in ruling.messages), "fa": " ".join(m.fa for m in ruling.messages)}
