"""Codes that tills are shown: looked up under lock, and good or not for a sale.

Whatever makes a code no good (unknown, another's, not yet, expired, used up, blocked), it is told alike.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from loyalty.arrays import array, columns
from loyalty.ledger.counted import families
from loyalty.rewards.code_uses import Sale, Use
from loyalty.rewards.codes import digest
from loyalty.rules.discounting import Offer
from loyalty.rules.facts import HIDDEN
from loyalty.values import Text
from loyalty.versions import Connection

_LOCK: Final = """
    SELECT id FROM code WHERE club_id = %s AND digest = ANY(%s::bytea[]) AND uses IS NOT NULL
    ORDER BY id FOR NO KEY UPDATE
"""
"""In the order of their ids, after members. What is good without limit is not locked: many tills show it at once."""
_FOUND: Final = """
    SELECT code.digest, code.id, code.hint, code.series_id, code.member_id, code.redemption_id, code.uses, code.used,
        code.blocked_at, greatest(code.from_at, series.from_at), least(code.until_at, series.until_at),
        code.sealed IS NOT NULL AND code.member_id IS NULL AND code.redemption_id IS NULL,
        series.per_member, series.purpose, coalesce(redemption.promise ->> 'reward', reward.code),
        coalesce(redemption.promise, jsonb_build_object('title', reward.title, 'kind', reward.kind) || reward.content),
        redemption.status
    FROM code
    LEFT JOIN code_series series ON series.id = code.series_id
    LEFT JOIN reward ON reward.id = series.reward_id
    LEFT JOIN redemption ON redemption.member_id = code.member_id AND redemption.id = code.redemption_id
    WHERE code.club_id = %s AND code.digest = ANY(%s::bytea[])
"""
_USED_BY: Final = """
    SELECT member_id, series_id, count(*) FROM code_use
    WHERE member_id = ANY(%s::bigint[]) AND series_id = ANY(%s::bigint[]) AND released_at IS NULL
    GROUP BY member_id, series_id
"""
_BY_ENDS: Final = """
    SELECT code.hint, code.digest FROM code_use JOIN code ON code.id = code_id
    JOIN unnest(%s::bigint[], %s::text[]) AS asked (store_id, receipt) USING (store_id, receipt)
    WHERE code.club_id = %s AND code.redemption_id IS NULL
"""
"""A sale that is recorded anew, for another member, names a secret code by its end: it was used on that sale."""
_USED_ON: Final = """
    SELECT code_id, store_id, receipt FROM code_use
    JOIN unnest(%s::bigint[], %s::text[]) AS asked (store_id, receipt) USING (store_id, receipt)
    WHERE code_id = ANY(%s::bigint[]) AND released_at IS NULL
"""


def promised(by: str, promise: dict[str, Any]) -> Offer | None:
    """What a promise takes off a basket: goods that the shop sells are had for nothing."""
    title, sku = Text(**promise["title"]), promise.get("sku")
    if promise["kind"] == "discount":
        return Offer(by, title, promise["discount"])
    return Offer(by, title, {"cheapest_free": 1, "where": {"sku": sku}, "stacks": True}) if sku else None


class Code(NamedTuple):
    """A code of the club, as it was found."""

    digest: bytes
    id: int
    hint: str
    series_id: int | None
    member_id: int | None
    redemption_id: int | None
    uses: int | None
    used: int
    blocked_at: datetime | None
    from_at: datetime | None
    until_at: datetime | None
    shared: bool
    """Whether everybody may know it."""
    per_member: int | None
    purpose: str | None
    reward: str | None
    """The reward that it promises."""
    promise: dict[str, Any] | None
    status: str | None
    """Of the redemption that it belongs to."""

    @property
    def by(self) -> str:
        """What names it in rulings."""
        return f"code:{self.id}"

    def use(self, sale: Sale, off: int) -> Use:
        """A use of it, with what it took off."""
        return Use(self.id, self.series_id, sale, off)

    def offer(self) -> Offer | None:
        """The discount that it promises."""
        return None if self.promise is None else promised(self.by, self.promise)


class Book:
    """The codes that some sales present, under lock, with what is known of their uses; kept up as these are used."""

    def __init__(
        self,
        conn: Connection,
        club_id: int,
        typed: Collection[str],
        sales: Sequence[Sale],
        instance_key: str,
        *,
        lock: bool = True,
    ) -> None:
        places = columns([(its.store_id, its.receipt) for its in sales])
        self.keys = {text: digest(club_id, text, instance_key) for text in typed}
        if any(text.startswith(HIDDEN) for text in typed):
            ends = {HIDDEN + hint: bytes(key) for hint, key in conn.execute(_BY_ENDS, [*places, club_id])}
            self.keys |= {text: ends[text] for text in typed if text in ends}
        asked = [club_id, array(self.keys.values())]
        if lock:
            conn.execute(_LOCK, asked)
        codes = [Code._make((bytes(row[0]), *row[1:])) for row in conn.execute(_FOUND, asked)]
        self.codes = {its.digest: its for its in codes}
        members = sorted({its.member_id for its in sales if its.member_id is not None})
        self.families: dict[int, set[int]] = {id_: {id_} for id_ in members}
        """Whom each member stands for: also whoever was merged into the same."""
        self.used_by: Counter[tuple[int, int]] = Counter()
        self.used_on: set[tuple[int, int, str]] = set()
        if codes:
            bound = any(its.member_id is not None or its.per_member is not None for its in codes)
            for id_, whose in families(conn, members).items() if bound else ():
                for member in whose:
                    self.families[member].add(id_)
            theirs = array({id_ for family in self.families.values() for id_ in family})
            series = array({its.series_id for its in codes if its.series_id is not None})
            self.used_by.update({(who, which): n for who, which, n in conn.execute(_USED_BY, [theirs, series])})
            self.used_on = {tuple(row) for row in conn.execute(_USED_ON, [*places, array(c.id for c in codes)])}

    def find(self, typed: str) -> Code | None:
        """The code that was typed, good or not."""
        return self.codes.get(self.keys[typed])

    def good(self, typed: str, sale: Sale, besides: Collection[Code] = ()) -> Code | None:
        """The code that was typed, if it can be used on a sale; `besides` are others that are shown on it."""
        its = self.find(typed)
        if its is None or its.blocked_at is not None or its.purpose == "pack" or its.promise is None:
            return None
        if (its.from_at and sale.at < its.from_at) or (its.until_at and sale.at > its.until_at):
            return None
        family = self.families.get(sale.member_id or 0, ())
        if its.member_id is not None and its.member_id not in family:
            return None
        if self.is_used_on(its, sale):
            return its
        if its.status not in (None, "issued") or (its.uses is not None and its.used >= its.uses):
            return None
        if its.per_member is None:
            return its
        had = self._had(its, sale) + sum(other.series_id == its.series_id for other in besides)
        return its if family and had < its.per_member else None

    def is_used_on(self, code: Code, sale: Sale) -> bool:
        """Whether a code is used on a sale already."""
        return (code.id, sale.store_id, sale.receipt) in self.used_on

    def claims(self, typed: Collection[str], sale: Sale) -> dict[tuple[int | None, int | None], int]:
        """What a sale may use up, each with how often that is left: uses of a code, and of a series by its member."""
        found: dict[tuple[int | None, int | None], int] = {}
        for its in filter(None, map(self.find, typed)):
            if its.uses is not None:
                found[None, its.id] = its.uses - its.used
            if its.per_member is not None:
                found[sale.member_id, its.series_id] = its.per_member - self._had(its, sale)
        return {what: left for what, left in found.items() if left > 0}

    def note(self, uses: Sequence[Use]) -> None:
        """Keep up with what was used since."""
        by_id = {its.id: key for key, its in self.codes.items()}
        for its in uses:
            place = its.code_id, its.sale.store_id, its.sale.receipt
            if place not in self.used_on:
                self.used_on.add(place)
                key = by_id[its.code_id]
                self.codes[key] = self.codes[key]._replace(used=self.codes[key].used + 1)
                if its.sale.member_id is not None and its.series_id is not None:
                    self.used_by[its.sale.member_id, its.series_id] += 1

    def _had(self, its: Code, sale: Sale) -> int:
        """How often a sale's member has used codes of a series."""
        return sum(self.used_by[id_, its.series_id or 0] for id_ in self.families.get(sale.member_id or 0, ()))
