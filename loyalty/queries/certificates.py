"""A certificate of honour, found by its number: whoever has it may see it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from loyalty.config import settings
from loyalty.db import connection
from loyalty.errors import NotFound
from loyalty.rewards import codes
from loyalty.rewards.certificates import Certificate, filled
from loyalty.rules.explain import both
from loyalty.values import Text
from loyalty.versions import programme

_FIND: Final = """
    SELECT redemption.member_id, promise, redemption.occurred_at, name, tier,
        (SELECT from_tier FROM tier_move WHERE member_id = redemption.member_id AND at > redemption.occurred_at
            ORDER BY at, tier_move.id LIMIT 1),
        EXISTS (SELECT FROM tier_move WHERE member_id = redemption.member_id AND at > redemption.occurred_at)
    FROM code
    JOIN redemption ON redemption.member_id = code.member_id AND redemption.id = code.redemption_id
    JOIN member ON member.id = redemption.member_id
    LEFT JOIN profile ON profile.member_id = redemption.member_id
    WHERE code.club_id = %s AND digest = %s AND promise ->> 'kind' = 'certificate'
        AND redemption.status IN ('issued', 'used') AND blocked_at IS NULL AND erased_at IS NULL
"""
_NONE: Final = Text("There is no such certificate, or it was withdrawn.", "چنین گواهی‌ای نیست، یا پس گرفته شده است.")
_NOBODY: Final = Text("the member", "عضو باشگاه")


def one(club_id: int, code: str, url: str) -> Certificate:
    """The certificate of a number; `url` is where it is shown.

    Raises:
        NotFound: nothing that stands is known by it.
    """
    key = codes.digest(club_id, code, settings().secret_key)
    row = connection().execute(_FIND, [club_id, key]).fetchone()
    if row is None:
        raise NotFound(_NONE)
    member_id, promise, at, name, *tiers = row
    return _shown(club_id, member_id, promise, at, name, _tier_then(*tiers), code, url)


def _tier_then(now: str | None, before_the_next_move: str | None, moved: bool) -> str | None:
    """Where the member stood when it was given."""
    return before_the_next_move if moved else now


def _shown(
    club_id: int, member_id: int, promise: dict[str, Any], at: datetime, name: str | None, tier: str | None, code: str,
    url: str,
) -> Certificate:  # fmt: skip
    terms = programme(connection(), club_id)
    bylaws = terms.at(at, member_id)
    day = both(bylaws, lambda voice: voice.day(terms.calendar.moment(at).day))
    stood = both(bylaws, lambda voice: voice.tier(tier or bylaws.first_tier() or ""))
    called = Text(name, name) if name else _NOBODY
    of = {"name": called, "date": day, "tier": stood, "club": terms.name}
    title = Text(**promise["title"])
    return Certificate(terms.name, title, filled(Text(**promise["words"]), of), day, at, code, url)
