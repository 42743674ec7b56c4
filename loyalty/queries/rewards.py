"""The catalogue as it is read: by the club, or with the eyes of one member; and what members redeemed of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from loyalty import absent
from loyalty.arrays import array
from loyalty.db import connection
from loyalty.eligibility import look
from loyalty.gather import LOCKED, Locked
from loyalty.hands import Open, open_up
from loyalty.merging import family
from loyalty.queries.paging import Page, cut, id_after
from loyalty.rewards import catalogue
from loyalty.rewards.catalogue import Reward
from loyalty.rewards.codes import ReadCode, of_redemptions
from loyalty.rewards.read_cards import of_redemptions as cards_of
from loyalty.rewards.redemptions import Status
from loyalty.rewards.refusals import Refusal, refusals
from loyalty.values import Text

_PAGE: Final = f"""
    SELECT {catalogue.COLUMNS} FROM reward
    WHERE club_id = %s AND code > %s AND (%s OR NOT archived) ORDER BY code LIMIT %s
"""  # noqa: S608 - constants
_MEMBER: Final = f"SELECT {LOCKED} FROM member WHERE club_id = %s AND id = %s"  # noqa: S608 - constants
_REDEMPTIONS: Final = """
    SELECT redemption.member_id, redemption.id, reward.code, promise -> 'title' ->> 'en', promise -> 'title' ->> 'fa',
        promise ->> 'kind', quantity,
        CASE WHEN status = 'held' AND until <= %(now)s THEN 'lapsed' ELSE status END, redemption.points,
        redemption.money, until,
        expires_at, occurred_at, used_at, store.code, receipt, given_by, article
    FROM redemption JOIN reward ON reward.id = reward_id LEFT JOIN store ON store.id = redemption.store_id
    WHERE redemption.club_id = %(club)s
"""
_NEWEST: Final = "AND redemption.id < %(before)s ORDER BY redemption.id DESC LIMIT %(limit)s"
_OF_MEMBER: Final = f"{_REDEMPTIONS} AND member_id = ANY(%(who)s::bigint[]) {_NEWEST}"
_OF_REWARD: Final = f"{_REDEMPTIONS} AND reward.code = %(reward)s {_NEWEST}"
_ONE: Final = f"{_REDEMPTIONS} AND redemption.id = %(id)s"
_LAST: Final = 2**63 - 1


class RewardView(NamedTuple):
    """A reward, and for a member whether it can be had now, and if not, why."""

    reward: Reward
    open: bool | None = None
    """None where nobody's eyes were asked for."""
    because: Sequence[Refusal] = ()


class RedemptionView(NamedTuple):
    """A redemption, with the codes by which it is used where they were asked for."""

    member: int
    id: int
    reward: str
    title: Text
    kind: str
    quantity: int
    status: Status
    points: int
    money: int
    until: datetime | None
    expires_at: datetime | None
    occurred_at: datetime
    used_at: datetime | None
    store: str | None
    receipt: str | None
    given_by: int | None
    article: str | None
    codes: Sequence[ReadCode] = ()


def page(
    club_id: int,
    now: datetime,
    limit: int,
    cursor: str | None = None,
    *,
    member_id: int | None = None,
    archived: bool = False,
) -> Page[RewardView]:
    """Rewards in the order of their codes; for a member each says whether it is open.

    Raises:
        NotFound: the club has no such member.
    """
    rows = connection().execute(_PAGE, [club_id, cursor or "", archived, limit + 1])
    found = cut([catalogue.from_row(row) for row in rows.fetchall()], limit, lambda its: its.code)
    if member_id is None:
        return Page([RewardView(its) for its in found.items], found.next)
    return Page(seen_by(club_id, member_id, found.items, now), found.next)


def one(club_id: int, code: str) -> RewardView:
    """A reward, also one that was taken off the catalogue.

    Raises:
        NotFound: the club has none of that code.
    """
    found = catalogue.by_code(connection(), club_id, [code]).get(code)
    if found is None:
        raise absent.reward()
    return RewardView(found)


def seen_by(club_id: int, member_id: int, rewards: list[Reward], now: datetime) -> list[RewardView]:
    """Rewards with a member's eyes: whether one of each can be had, and every reason why not.

    Raises:
        NotFound: the club has no such member.
    """
    hands = reading(club_id, member_id, now)
    calendar = hands.terms.calendar
    views = []
    for its, seen in zip(rewards, look(hands, member_id, rewards), strict=True):
        because = list(refusals(its, its.read_limits(calendar), seen, now, calendar))
        views.append(RewardView(its, not because, because))
    return views


def reading(club_id: int, member_id: int, now: datetime) -> Open:
    """A member's purses as they are at an instant, without a lock; nothing of it is written.

    Raises:
        NotFound: the club has no such member.
    """
    conn = connection()
    row = conn.execute(_MEMBER, [club_id, member_id]).fetchone()
    if row is None:
        raise absent.member()
    return open_up(conn, club_id, {member_id: Locked._make(row)}, now, now)


def of_member(
    club_id: int, member_id: int, now: datetime, limit: int, cursor: str | None = None, instance_key: str | None = None
) -> Page[RedemptionView]:
    """What a member, or whoever was merged into them, redeemed or was given, newest first; with the codes where the
    instance's key is handed in."""
    who = array(family(connection(), member_id))
    found = _redemptions(_OF_MEMBER, {"club": club_id, "who": who, "now": now}, limit, cursor)
    return found if instance_key is None else Page(with_codes(found.items, instance_key), found.next)


def of_reward(club_id: int, code: str, now: datetime, limit: int, cursor: str | None = None) -> Page[RedemptionView]:
    """Who redeemed a reward, newest first."""
    return _redemptions(_OF_REWARD, {"club": club_id, "reward": code, "now": now}, limit, cursor)


def redemption(club_id: int, redemption_id: int, now: datetime, instance_key: str | None = None) -> RedemptionView:
    """A redemption.

    Raises:
        NotFound: the club has none of that id.
    """
    row = connection().execute(_ONE, {"club": club_id, "id": redemption_id, "now": now}).fetchone()
    if row is None:
        raise absent.redemption()
    view = _view(row)
    return view if instance_key is None else with_codes([view], instance_key)[0]


def with_codes(views: Sequence[RedemptionView], instance_key: str) -> list[RedemptionView]:
    """Redemptions with the codes and cards by which they are used, in a fixed number of statements."""
    if not views:
        return []
    asked = connection(), sorted({view.member for view in views}), [view.id for view in views], instance_key
    codes, cards = of_redemptions(*asked), cards_of(*asked)
    return [view._replace(codes=[*codes[view.id], *cards.get(view.id, ())]) for view in views]


def _redemptions(query: str, named: Mapping[str, Any], limit: int, cursor: str | None) -> Page[RedemptionView]:
    before = id_after(cursor) or _LAST
    rows = connection().execute(query, {**named, "before": before, "limit": limit + 1})
    return cut([_view(row) for row in rows.fetchall()], limit, lambda its: str(its.id))


def _view(row: Sequence[Any]) -> RedemptionView:
    member, id_, code, en, fa, *rest = row
    return RedemptionView(member, id_, code, Text(en, fa), *rest)
