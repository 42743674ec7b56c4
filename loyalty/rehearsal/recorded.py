"""The other side: what was really recorded of a member, from the books and not from a fold."""

from __future__ import annotations

from typing import Final

from loyalty.rehearsal.reading import BADGES, ENTRIES, TIERS, ByMember, Range, stream
from loyalty.rehearsal.stage import Stage
from loyalty.rehearsal.tally import Side
from loyalty.rules.ruling import giver
from loyalty.versions import Connection

_FIGURES: Final = ("issued", "taken_back", "expired", "spent", "outstanding", "debt")
"""As `ENTRIES` tells them."""


class Recorded:
    """Entries, tier moves and badges, read member by member."""

    def __init__(self, conn: Connection, stage: Stage, its: Range) -> None:
        self.stage = stage
        self._entries = ByMember(stream(conn, ENTRIES, its))
        self._tiers = ByMember(stream(conn, TIERS, its))
        self._badges = ByMember(stream(conn, BADGES, its))

    def of(self, member_id: int) -> Side:
        """One member's side; members come in the order of their ids."""
        side = Side()
        for _, wallet, *figures, articles in self._entries.of(member_id):
            side.wallets[wallet] = dict(zip(_FIGURES, figures, strict=True), short=0)
            for article, amount in (articles or {}).items():
                side.articles[wallet, giver(article)] += amount
        tier: str | None = None
        for _, at, before, after, version in self._tiers.of(member_id):
            tier = after
            if self.stage.holds(at):
                ranks = self.stage.terms.version(version).ranks
                side.tier_moved(ranks.get(before or "", -1), ranks.get(after or "", -1))
        really = self.stage.terms.at(self.stage.until, member_id)
        side.tiers[(tier if tier in really.ranks else really.first_tier()) or ""] += 1
        for _, code, level in self._badges.of(member_id):
            side.badges[code, level] = 1
        return side
