"""Everything that is kept of a member, section by section: for the person whose data it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, LiteralString

from psycopg.rows import dict_row

from loyalty import absent
from loyalty.cases import tender_told
from loyalty.db import connection
from loyalty.merging import family
from loyalty.queries.purchases import quantity_text
from loyalty.rules import Line

STEP: Final = 500
"""Rows that are read at a time: memory is flat in the length of the history."""

SECTIONS: Final[dict[str, LiteralString]] = {
    "members": """
        SELECT m.id, m.status, m.joined_at, m.tier, m.tier_since, m.tier_until,
            m.tier_grace_until, m.tier_floor, m.tier_floor_until, m.merged_into, m.erased_at, p.name, p.alias, p.email,
            p.birthday, p.lang, p.attributes, p.consents, p.on_boards, p.avatar, p.mode, p.referred_by
        FROM member m LEFT JOIN profile p ON p.member_id = m.id WHERE m.id = ANY(%(who)s) ORDER BY m.id
    """,
    "identifiers": """
        SELECT member_id AS member, kind, value, origin FROM identifier WHERE member_id = ANY(%(who)s)
        ORDER BY kind, value
    """,
    "standings": """
        SELECT member_id AS member, at, from_status AS from, to_status AS to, reason FROM standing_change
        WHERE member_id = ANY(%(who)s) ORDER BY member_id, at, id
    """,
    "merges": """
        SELECT id, member_id AS member, into_id AS into, reason, merged_at, undone_reason, undone_at FROM member_merge
        WHERE member_id = ANY(%(who)s) OR into_id = ANY(%(who)s) ORDER BY id
    """,
    "purchases": """
        SELECT p.id, p.member_id AS member, store.code AS store, p.receipt, p.occurred_at, p.recorded_at, p.gross,
            p.net, p.lines, p.extra, p.version AS bylaws, coalesce(p.kept -> 'awards', p.ruling -> 'awards') AS awards,
            p.ruling -> 'facts' AS facts, p.kept, p.voided_at
        FROM purchase p JOIN store ON store.id = p.store_id WHERE p.member_id = ANY(%(who)s)
        ORDER BY p.member_id, p.id
    """,
    "events": """
        SELECT e.id, e.member_id AS member, e.type, e.source, e.key, store.code AS store, e.occurred_at, e.recorded_at,
            e.data, e.version AS bylaws, coalesce(e.kept -> 'awards', e.ruling -> 'awards') AS awards,
            e.ruling -> 'facts' AS facts
        FROM event e LEFT JOIN store ON store.id = e.store_id WHERE e.member_id = ANY(%(who)s)
        ORDER BY e.member_id, e.id
    """,
    "set_aside": """
        SELECT s.id, s.member_id AS member, s.type, s.because, s.occurred_at, s.recorded_at, s.sent FROM set_aside s
        WHERE s.member_id = ANY(%(who)s) ORDER BY s.id
    """,
    "returns": """
        SELECT r.id, r.member_id AS member, r.purchase_id AS purchase, store.code AS store, r.key AS return, r.kind,
            r.occurred_at, r.recorded_at, r.gross, r.net, r.content
        FROM purchase_return r JOIN store ON store.id = r.store_id WHERE r.member_id = ANY(%(who)s)
        ORDER BY r.member_id, r.id
    """,
    "wallets": """
        SELECT member_id AS member, wallet, pending, available, held, debt, earned, spent, expired, forgiven, other,
            active_at, lapses_at
        FROM balance WHERE member_id = ANY(%(who)s) ORDER BY member_id, wallet
    """,
    "lots": """
        SELECT member_id AS member, id, wallet, earned_at, matures_at, expires_at, pending, available, held, expired
        FROM lot WHERE member_id = ANY(%(who)s) ORDER BY member_id, id, wallet
    """,
    "entries": """
        SELECT member_id AS member, n, event_id AS event, wallet, source, target, amount, lot, version AS bylaws,
            article, occurred_at, posted_at
        FROM entry WHERE member_id = ANY(%(who)s) ORDER BY member_id, n
    """,
    "adjustments": """
        SELECT member_id AS member, id, kind, wallet, amount, reason, other_id AS other, counts, recorded_at
        FROM adjustment WHERE member_id = ANY(%(who)s) ORDER BY member_id, id, wallet
    """,
    "holds": """
        SELECT member_id AS member, id, wallet, amount, restored, status, until, receipt, occurred_at
        FROM hold WHERE member_id = ANY(%(who)s) ORDER BY member_id, id
    """,
    "redemptions": """
        SELECT r.member_id AS member, r.id, reward.code AS reward, r.quantity, r.status, r.points, r.money, r.receipt,
            r.expires_at, r.used_at, r.given_by AS event, r.article, r.occurred_at
        FROM redemption r JOIN reward ON reward.id = r.reward_id
        WHERE r.member_id = ANY(%(who)s) ORDER BY r.member_id, r.id
    """,
    "codes_used": """
        SELECT u.member_id AS member, code.hint AS code, store.code AS store, u.receipt, u.discount, u.used_at,
            u.released_at
        FROM code_use u JOIN code ON code.id = u.code_id JOIN store ON store.id = u.store_id
        WHERE u.member_id = ANY(%(who)s) ORDER BY u.member_id, u.used_at, u.code_id
    """,
    "gift_cards": """
        SELECT g.member_id AS member, g.id, g.hint, g.amount, g.balance, g.expires_at, g.blocked_at, g.created_at,
            g.redemption_id AS redemption, (SELECT json_agg(json_build_object('n', e.n, 'kind', e.kind,
                'amount', e.amount, 'balance', e.balance, 'receipt', e.receipt, 'at', e.occurred_at) ORDER BY e.n)
                FROM gift_card_entry e WHERE e.card_id = g.id) AS entries
        FROM gift_card g WHERE g.member_id = ANY(%(who)s) ORDER BY g.member_id, g.id
    """,
    "payouts": """
        SELECT p.member_id AS member, p.id, p.status, h.wallet, h.amount, p.hint AS account, p.reason, p.asked_at,
            p.ended_at
        FROM payout p JOIN hold h ON h.member_id = p.member_id AND h.id = p.id
        WHERE p.member_id = ANY(%(who)s) ORDER BY p.member_id, p.id
    """,
    "provider_codes": """
        SELECT member_id AS member, id, redemption_id AS redemption, taken_at FROM provider_code
        WHERE member_id = ANY(%(who)s) ORDER BY member_id, id
    """,
    "counters": """
        SELECT s.member_id AS member, c.definition AS counter,
            CASE s.grain WHEN 0 THEN 'ever' WHEN 1 THEN 'month' ELSE 'day' END AS over,
            CASE WHEN s.grain > 0 THEN s.start END AS from, s.label, s.value
        FROM counter_sum s JOIN counter c ON c.id = s.counter_id WHERE s.member_id = ANY(%(who)s)
        ORDER BY s.member_id, s.counter_id, s.grain, s.start, s.label
    """,
    "badges": """
        SELECT member_id AS member, code, level, event_id AS event, earned_at FROM badge_level
        WHERE member_id = ANY(%(who)s) ORDER BY member_id, code, level
    """,
    "challenges": """
        SELECT member_id AS member, challenge, key AS run, from_at AS from, until_at AS until, state, completed_at,
            completed_by AS event, version AS bylaws
        FROM challenge_run WHERE member_id = ANY(%(who)s) ORDER BY member_id, challenge, key
    """,
    "streaks": """
        SELECT member_id AS member, streak, at, event_id AS event, reached_at, version AS bylaws
        FROM streak_milestone WHERE member_id = ANY(%(who)s) ORDER BY member_id, streak, at
    """,
    "tier_moves": """
        SELECT member_id AS member, at, from_tier AS from, to_tier AS to, event_id AS event, version AS bylaws
        FROM tier_move WHERE member_id = ANY(%(who)s) ORDER BY member_id, at, id
    """,
    "pilots": """
        SELECT member_id AS member, version AS bylaws, from_at AS from, until FROM pilot_member
        WHERE member_id = ANY(%(who)s) ORDER BY member_id, version
    """,
    "tier_grants": """
        SELECT member_id AS member, id, tier, until, reason, recorded_at FROM tier_grant
        WHERE member_id = ANY(%(who)s) ORDER BY member_id, id
    """,
    "notices": """
        SELECT member_id AS member, id, kind, about, slots, at, noted_at, read_at FROM notice
        WHERE member_id = ANY(%(who)s) ORDER BY member_id, id
    """,
    "notices_sent": """
        SELECT member_id AS member, notice_id AS notice, channel, message_id AS message, created_at, sent_at, because
        FROM notice_sending WHERE member_id = ANY(%(who)s) ORDER BY member_id, id
    """,
    "seasons": """
        SELECT place.member_id AS member, season.part, season.code, season.start, place.room, place.division,
            place.rank, place.score, place.move, place.prize, place.given_at
        FROM season_place place JOIN season ON season.id = place.season_id
        WHERE place.member_id = ANY(%(who)s) ORDER BY place.member_id, season.id
    """,
    "spins": """
        SELECT member_id AS member, spin, start, event_id AS event, odd, turned_at FROM spin_turn
        WHERE member_id = ANY(%(who)s) ORDER BY turned_at, member_id
    """,
    "sets": """
        SELECT member_id AS member, collection AS set, completed_at FROM set_done
        WHERE member_id = ANY(%(who)s) ORDER BY completed_at, member_id
    """,
    "trades": """
        SELECT id, member_id AS member, to_id AS to, collection AS set, gives, wants, offered_at,
            until_at AS until, status, accepted_by, ended_at
        FROM trade WHERE member_id = ANY(%(who)s) OR accepted_by = ANY(%(who)s) ORDER BY id
    """,
    "teams": """
        SELECT its.member_id AS member, team.name, its.joined_at, its.left_at,
            team.captain_id = its.member_id AS captain
        FROM team_member its JOIN team ON team.id = its.team_id
        WHERE its.member_id = ANY(%(who)s) ORDER BY its.joined_at, its.member_id
    """,
    "invitations": """
        SELECT its.member_id AS member, team.name, its.invited_at
        FROM team_invitation its JOIN team ON team.id = its.team_id
        WHERE its.member_id = ANY(%(who)s) ORDER BY its.invited_at, its.member_id
    """,
    "friends": """
        SELECT member_id AS member, friend_id AS friend, asked_at FROM friend
        WHERE member_id = ANY(%(who)s) OR friend_id = ANY(%(who)s) ORDER BY asked_at, member_id, friend_id
    """,
    "divisions": """
        SELECT member_id AS member, league, division, since FROM league_standing
        WHERE member_id = ANY(%(who)s) ORDER BY member_id, league
    """,
    "deliveries": """
        SELECT d.member_id AS member, w.url, d.type, d.body, d.created_at, d.delivered_at
        FROM webhook_delivery d JOIN webhook w ON w.id = d.webhook_id WHERE d.member_id = ANY(%(who)s) ORDER BY d.id
    """,
    "messages": """
        SELECT member_id AS member, type, data, created_at FROM outbox WHERE member_id = ANY(%(who)s) ORDER BY id
    """,
}
"""What is kept, by the name that a document has for it; whatever new table is about a member has its own here."""


def whose(club_id: int, member_id: int) -> list[int]:
    """A member of the club and everybody who was merged into them.

    Raises:
        NotFound: the club has no such member.
    """
    conn = connection()
    if not conn.execute("SELECT 1 FROM member WHERE club_id = %s AND id = %s", [club_id, member_id]).fetchone():
        raise absent.member()
    return family(conn, member_id)


def export(who: list[int]) -> Iterator[tuple[str, Iterator[dict[str, Any]]]]:
    """Every section with its rows; each is to be read before the next."""
    for name, statement in SECTIONS.items():
        yield name, _rows(name, statement, who)


def _rows(name: str, statement: LiteralString, who: list[int]) -> Iterator[dict[str, Any]]:
    with connection().cursor(name=f"export_{name}", row_factory=dict_row) as cursor:
        cursor.itersize = STEP
        for row in cursor.execute(statement, {"who": who}):
            yield _SHAPED[name](row) if name in _SHAPED else row


def _event(row: dict[str, Any]) -> dict[str, Any]:
    """An event with its awards by the names of their fields."""
    return row | {"awards": _awards(row["awards"])}


def _awards(awards: list[list[Any]]) -> list[dict[str, Any]]:
    return [{"article": article, "wallet": wallet, "amount": amount} for article, _, wallet, amount, *_ in awards]


def _purchase(row: dict[str, Any]) -> dict[str, Any]:
    """A purchase with its lines, tenders and awards by the names of their fields."""
    more = row.pop("extra")
    lines = [dict(zip(Line._fields, line, strict=True)) for line in row["lines"]]
    for line in lines:
        line["quantity"] = quantity_text(line["quantity"])
    return row | {
        "lines": lines,
        **more,
        "tenders": [tender_told(tender) for tender in more.get("tenders", ())],
        "awards": _awards(row["awards"]),
    }


_SHAPED: Final = {"purchases": _purchase, "events": _event}
