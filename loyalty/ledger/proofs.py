"""What entries prove: balances, lots, holds and adjustments from entries, and entries from what was ruled."""

from __future__ import annotations

from typing import Final, NamedTuple

from loyalty.versions import Connection


class Difference(NamedTuple):
    """A figure that is kept and what its sources prove it to be. `member` is None for what all members share."""

    what: str
    member: int | None
    name: str
    kept: int
    proven: int


_FIGURES: Final = {
    "pending": "pending",
    "available": "available",
    "held": "held",
    "spent": "spent",
    "expired": "expired",
    "debt": "-debt",
    "earned": "-issued",
    "forgiven": "-forgiven",
    "other": "-(adjusted + opening + moved)",
}
"""A balance's columns, from the sums of a member's accounts; the club's side of an account has the other sign."""
_ACCOUNTS: Final = (
    "pending", "available", "held", "spent", "expired", "debt", "issued", "forgiven", "adjusted", "opening", "moved"
)  # fmt: skip
_SIDES: Final = """
    SELECT member_id, wallet, lot, source AS account, -amount AS amount FROM entry WHERE club_id = %(club)s
    UNION ALL
    SELECT member_id, wallet, lot, target, amount FROM entry WHERE club_id = %(club)s
"""


def _sum(account: str) -> str:
    return f"coalesce(sum(amount) FILTER (WHERE account = '{account}'), 0)::bigint AS {account}"


_BALANCES: Final = f"""
    WITH proven AS (
        SELECT member_id, wallet, {", ".join(f"{its} AS {name}" for name, its in _FIGURES.items())}
        FROM (
            SELECT member_id, wallet, {", ".join(map(_sum, _ACCOUNTS))} FROM ({_SIDES}) sides GROUP BY member_id, wallet
        ) summed
    )
    SELECT coalesce(kept.member_id, proven.member_id), coalesce(kept.wallet, proven.wallet), figure.*
    FROM (SELECT * FROM balance WHERE club_id = %(club)s) kept
    FULL JOIN proven USING (member_id, wallet)
    CROSS JOIN LATERAL (VALUES
        {", ".join(f"('{name}', coalesce(kept.{name}, 0), coalesce(proven.{name}, 0))" for name in _FIGURES)}
    ) AS figure (name, kept, proven)
    WHERE figure.kept <> figure.proven
"""  # noqa: S608 - constants
_OF_LOTS: Final = ("pending", "available", "held", "expired")
_LOTS: Final = f"""
    WITH proven AS (
        SELECT member_id, wallet, lot AS id, {", ".join(map(_sum, _OF_LOTS))}
        FROM ({_SIDES}) sides WHERE lot IS NOT NULL GROUP BY member_id, wallet, lot
    )
    SELECT coalesce(kept.member_id, proven.member_id),
        coalesce(kept.wallet, proven.wallet) || ' lot ' || coalesce(kept.id, proven.id), figure.*
    FROM (SELECT * FROM lot WHERE club_id = %(club)s) kept
    FULL JOIN proven USING (member_id, wallet, id)
    CROSS JOIN LATERAL (VALUES
        {", ".join(f"('{name}', coalesce(kept.{name}, 0), coalesce(proven.{name}, 0))" for name in _OF_LOTS)}
    ) AS figure (name, kept, proven)
    WHERE figure.kept <> figure.proven
"""  # noqa: S608 - constants
_HOLDS: Final = """
    WITH proven AS (
        SELECT member_id, event_id AS id, wallet,
            sum(amount) FILTER (WHERE source NOT IN ('held', 'spent'))::bigint AS placed,
            sum(CASE 'held' WHEN target THEN amount WHEN source THEN -amount ELSE 0 END)::bigint AS held,
            sum(CASE 'spent' WHEN target THEN amount WHEN source THEN -amount ELSE 0 END)::bigint AS spent
        FROM entry WHERE club_id = %(club)s AND ('held' IN (source, target) OR 'spent' IN (source, target))
        GROUP BY member_id, event_id, wallet
    )
    SELECT coalesce(kept.member_id, proven.member_id),
        coalesce(kept.wallet, proven.wallet) || ' of hold ' || coalesce(kept.id, proven.id), figure.*
    FROM (SELECT * FROM hold WHERE club_id = %(club)s) kept
    FULL JOIN proven USING (member_id, id, wallet)
    CROSS JOIN LATERAL (VALUES
        ('amount', coalesce(kept.amount, 0), coalesce(proven.placed, 0)),
        ('held', CASE WHEN kept.status = 'held' THEN kept.amount ELSE 0 END, coalesce(proven.held, 0)),
        ('spent', CASE kept.status WHEN 'spent' THEN kept.amount - kept.restored ELSE 0 END, coalesce(proven.spent, 0))
    ) AS figure (name, kept, proven)
    WHERE figure.kept <> figure.proven
"""
_AWARDS: Final = """
    SELECT NULL::bigint, coalesce(posted.wallet, ruled.wallet) || ' of event ' || coalesce(posted.id, ruled.id),
        'issued', coalesce(posted.amount, 0), coalesce(ruled.amount, 0)
    FROM (
        SELECT coalesce(purchase_return.purchase_id, event_id) AS id, wallet,
            sum(CASE source WHEN 'issued' THEN amount ELSE -amount END)::bigint AS amount
        FROM entry LEFT JOIN purchase_return ON purchase_return.id = event_id
        WHERE entry.club_id = %(club)s AND 'issued' IN (source, target) GROUP BY 1, wallet
    ) posted
    FULL JOIN (
        SELECT id, award ->> 2 AS wallet, sum((award ->> 3)::bigint)::bigint AS amount
        FROM purchase, jsonb_array_elements(coalesce(kept -> 'awards', ruling -> 'awards')) AS award
        WHERE club_id = %(club)s AND award ->> 2 <> 'discount/' GROUP BY id, wallet
        UNION ALL
        SELECT id, award ->> 2, sum((award ->> 3)::bigint)::bigint
        FROM event, jsonb_array_elements(coalesce(kept -> 'awards', ruling -> 'awards')) AS award
        WHERE club_id = %(club)s GROUP BY 1, 2
        UNION ALL
        SELECT id, wallet, sum(amount)::bigint FROM adjustment WHERE club_id = %(club)s AND counts GROUP BY id, wallet
    ) ruled USING (id, wallet)
    WHERE coalesce(posted.amount, 0) <> coalesce(ruled.amount, 0)
"""
"""A return's entries count for its purchase; they may be another member's, after a merge."""
_ADJUSTMENTS: Final = """
    SELECT member_id, wallet || ' of adjustment ' || id, 'amount', kept, proven
    FROM (
        SELECT made.member_id, made.wallet, made.id, made.amount AS kept, coalesce(sum(
            CASE WHEN source = ANY(outside) THEN entry.amount WHEN target = ANY(outside) THEN -entry.amount END
        ), 0)::bigint AS proven
        FROM adjustment made
        CROSS JOIN LATERAL (SELECT CASE made.kind WHEN 'forfeit' THEN ARRAY['expired']
            ELSE ARRAY['issued', 'adjusted', 'opening', 'moved'] END AS outside) its
        LEFT JOIN entry ON entry.member_id = made.member_id AND event_id = made.id AND entry.wallet = made.wallet
        WHERE made.club_id = %(club)s
        GROUP BY made.member_id, made.wallet, made.id
    ) summed
    WHERE kept <> proven
"""
"""What came in from outside the purse and went out to it; what expires later by a lot's own end cites its event too."""
_PILOTS: Final = """
    SELECT judged.member_id, 'version ' || judged.version, 'judged', count(entered.version), count(*)
    FROM (
        SELECT member_id, version, occurred_at FROM purchase WHERE club_id = %(club)s
        UNION ALL SELECT member_id, version, occurred_at FROM event WHERE club_id = %(club)s
    ) judged
    JOIN bylaws ON bylaws.club_id = %(club)s AND bylaws.version = judged.version AND pilot IS NOT NULL
    LEFT JOIN pilot_member entered ON entered.member_id = judged.member_id AND entered.version = judged.version
        AND entered.from_at <= judged.occurred_at
    GROUP BY judged.member_id, judged.version HAVING count(entered.version) < count(*)
"""
"""Whoever was judged under a pilot is entered in it by then."""
_STOCKS: Final = """
    SELECT NULL::bigint, 'reward ' || reward.code, 'taken', reward.taken, coalesce(sum(quantity), 0)::bigint
    FROM reward
    LEFT JOIN LATERAL (
        SELECT quantity FROM redemption WHERE reward_id = reward.id AND status NOT IN ('voided', 'lapsed', 'reversed')
        UNION ALL
        SELECT quantity FROM redemption WHERE choice_id = reward.id AND status NOT IN ('voided', 'lapsed', 'reversed')
    ) out_there ON true
    WHERE reward.club_id = %(club)s AND stock IS NOT NULL
    GROUP BY reward.id HAVING reward.taken <> coalesce(sum(quantity), 0)
"""
_PRICES: Final = """
    SELECT redemption.member_id, 'redemption ' || redemption.id, 'points', redemption.points,
        coalesce(sum(amount) FILTER (WHERE hold.wallet = reward.wallet), 0)::bigint
    FROM redemption JOIN reward ON reward.id = reward_id
    LEFT JOIN hold ON hold.member_id = redemption.member_id AND hold.redemption_id = redemption.id
    WHERE redemption.club_id = %(club)s AND given_by IS NULL
    GROUP BY redemption.member_id, redemption.id
    HAVING redemption.points <> coalesce(sum(amount) FILTER (WHERE hold.wallet = reward.wallet), 0)
"""
"""What a reward cost lies in holds that name it."""
_CARDS: Final = """
    WITH entered AS (
        SELECT card_id, count(*) AS entries, max(n) AS last, sum(amount)::bigint AS balance,
            count(*) FILTER (WHERE balance <> running) AS broken
        FROM (
            SELECT card_id, n, amount, balance, sum(amount) OVER (PARTITION BY card_id ORDER BY n) AS running
            FROM gift_card_entry WHERE club_id = %(club)s
        ) numbered GROUP BY card_id
    )
    SELECT member_id, 'card ' || card.id, figure.*
    FROM gift_card card LEFT JOIN entered ON card_id = card.id
    CROSS JOIN LATERAL (VALUES
        ('balance', card.balance, coalesce(entered.balance, 0)),
        ('entries', card.entries, coalesce(entered.entries, 0)),
        ('last entry', card.entries, coalesce(entered.last, 0)),
        ('balances in entries', 0, coalesce(entered.broken, 0))
    ) AS figure (name, kept, proven)
    WHERE card.club_id = %(club)s AND figure.kept <> figure.proven
"""
_CARD_REFUNDS: Final = """
    SELECT NULL::bigint, 'card ' || charge.card_id || ' entry ' || charge.n, 'refunded', sum(back.amount)::bigint,
        -charge.amount
    FROM gift_card_entry charge JOIN gift_card_entry back ON back.card_id = charge.card_id AND back.of_n = charge.n
    WHERE charge.club_id = %(club)s
    GROUP BY charge.card_id, charge.n HAVING sum(back.amount) > -charge.amount OR charge.kind <> 'charged'
"""
"""Of a charge never more comes back than it was."""
_CARD_TENDERS: Final = """
    SELECT member_id, 'cards of event ' || id, 'charged', paid, charged
    FROM (
        SELECT sold.member_id, sold.id, sold.paid, (SELECT coalesce(-sum(amount), 0)::bigint FROM gift_card_entry
            WHERE receipt = sold.receipt AND store_id = sold.store_id AND kind = 'charged') AS charged
        FROM (
            SELECT member_id, id, store_id, receipt, (SELECT sum((tender ->> 1)::bigint)::bigint
                FROM jsonb_array_elements(extra -> 'tenders') AS tender WHERE tender ->> 2 IS NOT NULL) AS paid
            FROM purchase WHERE club_id = %(club)s AND extra ? 'tenders'
            UNION ALL
            SELECT member_id, id, store_id, receipt, (SELECT sum((tender ->> 1)::bigint)::bigint
                FROM jsonb_array_elements(sent #> '{extra,tenders}') AS tender WHERE tender ->> 2 IS NOT NULL)
            FROM set_aside WHERE club_id = %(club)s AND type = 'purchase'
        ) sold WHERE paid > 0
    ) tendered
    WHERE charged < paid
"""
"""What a purchase says that gift cards paid of it, these were charged for its receipt; one may be sold under twice."""
_CODES_OUT: Final = """
    SELECT redemption.member_id, 'redemption ' || redemption.id, 'provider codes', quantity, count(provider_code.id)
    FROM redemption LEFT JOIN provider_code ON provider_code.member_id = redemption.member_id
        AND provider_code.redemption_id = redemption.id
    WHERE redemption.club_id = %(club)s AND status IN ('issued', 'used') AND promise ->> 'provider' = 'true'
    GROUP BY redemption.member_id, redemption.id HAVING quantity <> count(provider_code.id)
"""
_PROOFS: Final = (
    ("balance", _BALANCES), ("lot", _LOTS), ("hold", _HOLDS), ("adjustment", _ADJUSTMENTS), ("entry", _AWARDS),
    ("pilot", _PILOTS), ("stock", _STOCKS), ("redemption", _PRICES),
    ("gift card", _CARDS), ("gift card", _CARD_REFUNDS), ("gift card", _CARD_TENDERS), ("provider code", _CODES_OUT),
)  # fmt: skip


def proofs(conn: Connection, club_id: int) -> list[Difference]:
    """Every figure of the ledger that its sources don't prove; empty when all agree."""
    return [
        Difference(what, member, f"{name}: {figure}", kept, proven)
        for what, query in _PROOFS
        for member, name, figure, kept, proven in conn.execute(query, {"club": club_id})
    ]
