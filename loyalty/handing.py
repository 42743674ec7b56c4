"""What moves in the wallets of rewards becomes redemptions: given ones are issued, unused ones are taken back.

Whoever is about to write purses calls this first: judging, returns, and the reviews that take gifts back alike.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final, NamedTuple

from loyalty.hands import Open
from loyalty.issuing import BY_CODE, Issuer
from loyalty.ledger.lots import Move
from loyalty.ledger.purses import Chest
from loyalty.rewards import catalogue, codes, gift_cards
from loyalty.rewards.catalogue import Reward
from loyalty.rewards.redemptions import Gift, Kept, take_gifts, write_gifts
from loyalty.rules.things import reward_of
from loyalty.versions import Connection, Programme

_NUMBERS: Final = "SELECT nextval('event_id') FROM generate_series(1, %s)"


class Given(NamedTuple):
    """A reward that came to a member, one of several perhaps."""

    member_id: int
    code: str
    move: Move

    @property
    def gift(self) -> Gift:
        """What gave it."""
        cause = self.move.cause
        event = self.move.lot.event_id if self.move.lot else cause.event_id
        return Gift(event, cause.version, cause.article)

    @property
    def by_counter(self) -> bool:
        """Whether a badge, challenge or streak gave it: what articles give has been taken off the stock already."""
        article = self.move.cause.article
        return article is not None and ":" in article


def hand_out(conn: Connection, terms: Programme, chests: Mapping[int, Chest], now: datetime, instance_key: str) -> None:
    """Let redemptions follow what moved in purses and is not written yet, in a fixed number of statements."""
    moves = [
        Given(id_, code, move)
        for id_, chest in chests.items()
        for move in chest.log
        if (code := reward_of(move.wallet)) is not None
    ]
    went: Counter[tuple[int, int, str]] = Counter()
    for its in moves:
        if (its.move.source, its.move.target) == ("available", "issued"):
            went[its.member_id, its.gift.event_id, its.code] += its.move.amount
    if went:
        cards = gift_cards.given_by(conn, [key[:2] for key in went])
        ended = take_gifts(conn, terms.club_id, [(*key, many) for key, many in went.items()], now)
        gift_cards.take_back(conn, terms.club_id, [card for id_, card in cards if id_ in ended], now)
    came = [its for its in moves if (its.move.source, its.move.target) == ("issued", "available")]
    if came:
        _issue(conn, terms, chests, came, now, Issuer(instance_key))


def _issue(
    conn: Connection, terms: Programme, chests: Mapping[int, Chest], came: list[Given], now: datetime, issuer: Issuer
) -> None:
    rewards = catalogue.by_code(conn, terms.club_id, {its.code for its in came})
    known = [its for its in came if its.code in rewards]
    room = _room(conn, terms.club_id, known)
    numbers = (row[0] for row in conn.execute(_NUMBERS, [sum(its.move.amount for its in known)]))
    made: list[tuple[Kept, Gift, datetime]] = []
    for its in known:
        for _ in range(its.move.amount):
            good = not its.by_counter or room[its.code] > 0
            room[its.code] = room.get(its.code, 0) - its.by_counter
            made.append((_kept(terms, rewards[its.code], its, next(numbers), good=good), its.gift, its.move.cause.at))
    if not made:
        return
    write_gifts(conn, terms.club_id, made, now)
    issued = [(kept, at) for kept, _, at in made if kept.status == "issued"]
    shown = [code for kept, _ in issued if kept.promise["kind"] in BY_CODE for code in issuer.codes(kept)]
    codes.write(conn, terms.club_id, shown, issuer.instance_key, now)
    for kept, at in issued:
        if kept.promise["kind"] not in BY_CODE:
            issuer.issue(Open(conn, terms, {}, chests, at, now), kept)


def _room(conn: Connection, club_id: int, known: Iterable[Given]) -> dict[str, int]:
    """How many the stocks have of what badges, challenges and streaks gave."""
    wanted: Counter[str] = Counter()
    for its in known:
        if its.by_counter:
            wanted[its.code] += its.move.amount
    return catalogue.take_some(conn, club_id, wanted)


def _kept(terms: Programme, reward: Reward, its: Given, id_: int, *, good: bool) -> Kept:
    """One reward in a member's hands; where none was left of it, it is void."""
    promise = reward.promise() | {"reward": reward.code, "paid_from": None}
    ends = reward.ends(its.move.cause.at, terms.calendar)
    status = "issued" if good else "voided"
    return Kept(its.member_id, id_, reward.id, None, 1, status, promise, 0, 0, None, ends, None, None)  # type: ignore[arg-type]
