"""Change a reward of the catalogue; what was issued before stays what it was."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from loyalty import absent, acts
from loyalty.actions.create_reward import BY_CODES, NewReward, checked_row
from loyalty.acts import By
from loyalty.db import transaction
from loyalty.errors import Invalid
from loyalty.rewards import catalogue
from loyalty.rewards.catalogue import Reward
from loyalty.values import Text

_CHANGE: Final = """
    UPDATE reward SET title = %(title)s, text = %(text)s, points = %(points)s, wallet = %(wallet)s, money = %(money)s,
        stock = %(stock)s, taken = CASE WHEN stock IS NULL THEN %(taken)s ELSE taken END, who = %(who)s,
        from_at = %(from)s, until_at = %(until)s, limits = %(limits)s, content = %(content)s, uses = %(uses)s,
        lasts = %(lasts)s, archived = %(archived)s, updated_at = %(now)s, updated_by = %(by)s
    WHERE club_id = %(club)s AND code = %(code)s
"""
_LOCK: Final = "SELECT FROM reward WHERE club_id = %s AND code = %s FOR UPDATE"
_TAKEN: Final = """
    SELECT coalesce(sum(quantity), 0)::bigint FROM redemption
    WHERE (reward_id = %(id)s OR choice_id = %(id)s) AND status <> ALL(%(gone)s)
"""
_OTHER: Final = Text(
    "Whose codes it gives out does not change; make another reward.",
    "نمی‌توان تغییر داد که کدهای چه کسی داده شود؛ پاداش دیگری بسازید.",
)
_FEWER: Final = Text("{taken} of it are in members' hands already.", "{taken} عدد از آن هم‌اکنون در دست اعضاست.")


def update_reward(club_id: int, code: str, change: dict[str, Any], by: By, now: datetime) -> None:
    """Change some fields of a reward (those of `NewReward`, and `archived`); of `content` those that are named.

    Raises:
        NotFound: the club has no such reward.
        Invalid: something in it is wrong; each fault with its place.
    """
    with transaction() as conn:
        conn.execute(_LOCK, [club_id, code])
        found = catalogue.by_code(conn, club_id, [code]).get(code)
        if found is None:
            raise absent.reward()
        archived = change.pop("archived", found.archived)
        content = found.content | change.pop("content", {})
        new = replace(_as_new(found), **change, content={name: its for name, its in content.items() if its is not None})
        if bool(new.content.get("provider")) != bool(found.content.get("provider")):
            raise Invalid.at("/provider", _OTHER)
        if found.content.get("provider") and "stock" in change:
            raise Invalid.at("/stock", BY_CODES)
        taken = found.taken
        if found.stock is None and new.stock is not None:
            row = conn.execute(_TAKEN, {"id": found.id, "gone": list(catalogue.GONE)}).fetchone()
            taken = row[0] if row else 0
        if new.stock is not None and new.stock < taken:
            raise Invalid.at("/stock", _FEWER.with_(taken=taken))
        columns = checked_row(conn, club_id, new, now)
        more = {"club": club_id, "code": code, "archived": archived, "taken": taken, "now": now, "by": str(by)}
        conn.execute(_CHANGE, columns | more)
        acts.note(conn, club_id, by, "reward.changed", now, reward=code, fields=sorted(change))


def _as_new(found: Reward) -> NewReward:
    names = NewReward.__dataclass_fields__
    return NewReward(**{name: value for name, value in found._asdict().items() if name in names})
