"""Lots, holds, returns, debts and the chain of entries; what was earned before becomes lots without an end."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ACCOUNTS = (
    "pending",
    "available",
    "held",
    "issued",
    "spent",
    "expired",
    "debt",
    "forgiven",
    "adjusted",
    "opening",
    "moved",
)
IN_LOTS = ("pending", "available", "held")


def upgrade() -> None:
    op.create_table(
        "seal",
        sa.Column("club_id", sa.BigInteger(), nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("members", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("seal_club_id_fkey")),
        sa.PrimaryKeyConstraint("club_id", "n", name=op.f("seal_pkey")),
    )
    op.create_table(
        "adjustment",
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("club_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("wallet", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("other_id", sa.BigInteger(), nullable=True),
        sa.Column("counts", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("recorded_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.CheckConstraint("amount <> 0", name="adjustment_changes_something"),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("adjustment_club_id_fkey")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("adjustment_member_id_fkey")),
        sa.ForeignKeyConstraint(["other_id"], ["member.id"], name=op.f("adjustment_other_id_fkey")),
        sa.PrimaryKeyConstraint("member_id", "id", name=op.f("adjustment_pkey")),
    )
    op.create_table(
        "hold",
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("club_id", sa.BigInteger(), nullable=False),
        sa.Column("wallet", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("restored", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("until", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("store_id", sa.BigInteger(), nullable=True),
        sa.Column("receipt", sa.Text(), nullable=True),
        sa.Column("occurred_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("recorded_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.CheckConstraint("status IN ('held', 'spent', 'released', 'reversed')", name="hold_status_known"),
        sa.CheckConstraint("amount > 0 AND restored BETWEEN 0 AND amount", name="hold_amounts"),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("hold_club_id_fkey")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("hold_member_id_fkey")),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("hold_store_id_fkey")),
        sa.PrimaryKeyConstraint("member_id", "id", name=op.f("hold_pkey")),
    )
    op.create_index("hold_by_id", "hold", ["club_id", "id"], unique=False)
    op.create_index("hold_by_receipt", "hold", ["store_id", "receipt"], unique=False)
    op.create_index("hold_due", "hold", ["club_id", "until"], unique=False, postgresql_where=sa.text("status = 'held'"))
    op.create_index(
        "hold_of_member", "hold", ["member_id", "until"], unique=False, postgresql_where=sa.text("status = 'held'")
    )
    op.create_table(
        "lapse",
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("wallet", sa.Text(), nullable=False),
        sa.Column("posted_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("club_id", sa.BigInteger(), nullable=False),
        sa.Column("lapses_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("lapse_club_id_fkey")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("lapse_member_id_fkey")),
        sa.PrimaryKeyConstraint("member_id", "wallet", "posted_at", name=op.f("lapse_pkey")),
    )
    op.create_table(
        "lot",
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("club_id", sa.BigInteger(), nullable=False),
        sa.Column("wallet", sa.Text(), nullable=False),
        sa.Column("earned_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("matures_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("expires_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("pending", sa.BigInteger(), nullable=False),
        sa.Column("available", sa.BigInteger(), nullable=False),
        sa.Column("held", sa.BigInteger(), nullable=False),
        sa.Column("expired", sa.BigInteger(), nullable=False),
        sa.Column(
            "due_at",
            postgresql.TIMESTAMP(timezone=True),
            sa.Computed(
                "CASE WHEN (pending > 0) THEN LEAST(matures_at, expires_at) WHEN (available > 0) THEN expires_at ELSE NULL::timestamp with time zone END",
                persisted=True,
            ),
            nullable=True,
        ),
        sa.CheckConstraint("pending >= 0 AND available >= 0 AND held >= 0 AND expired >= 0", name="lot_not_negative"),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("lot_club_id_fkey")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("lot_member_id_fkey")),
        sa.PrimaryKeyConstraint("member_id", "id", "wallet", name=op.f("lot_pkey")),
    )
    op.create_index(
        "lot_due", "lot", ["club_id", "due_at"], unique=False, postgresql_where=sa.text("due_at IS NOT NULL")
    )
    op.create_index(
        "lot_due_of_member",
        "lot",
        ["member_id", "due_at"],
        unique=False,
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.create_index(
        "lot_open",
        "lot",
        ["member_id", "wallet"],
        unique=False,
        postgresql_where=sa.text("pending + available + held > 0"),
    )
    op.create_table(
        "purchase_return",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("club_id", sa.BigInteger(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=True),
        sa.Column("purchase_id", sa.BigInteger(), nullable=False),
        sa.Column("store_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("occurred_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("recorded_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("gross", sa.BigInteger(), nullable=False),
        sa.Column("net", sa.BigInteger(), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("outcome", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("settled", sa.Boolean(), nullable=False),
        sa.CheckConstraint("kind IN ('return', 'void')", name="return_kind_known"),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("purchase_return_club_id_fkey")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("purchase_return_member_id_fkey")),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("purchase_return_store_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("purchase_return_pkey")),
        sa.UniqueConstraint("store_id", "key", "kind", name="return_once"),
    )
    op.create_index("return_by_time", "purchase_return", ["club_id", "occurred_at"], unique=False)
    op.create_index("return_of_member", "purchase_return", ["member_id", "id"], unique=False)
    op.create_index("return_of_purchase", "purchase_return", ["purchase_id", "id"], unique=False)
    op.create_index(
        "return_unsettled", "purchase_return", ["club_id", "member_id"], unique=False, postgresql_where=sa.text("NOT settled")
    )
    op.create_table(
        "sealed_head",
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("seal", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("club_id", sa.BigInteger(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("head", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("sealed_head_club_id_fkey")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("sealed_head_member_id_fkey")),
        sa.PrimaryKeyConstraint("member_id", "seal", name=op.f("sealed_head_pkey")),
    )
    op.create_index("sealed_head_by_seal", "sealed_head", ["club_id", "seal", "member_id"], unique=False)
    op.add_column("identifier", sa.Column("origin", sa.BigInteger(), nullable=True))
    op.create_foreign_key(op.f("identifier_origin_fkey"), "identifier", "member", ["origin"], ["id"])
    op.add_column("member", sa.Column("entries", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("member", sa.Column("head", sa.LargeBinary(), server_default="", nullable=False))
    op.add_column("member", sa.Column("merged_into", sa.BigInteger(), nullable=True))
    op.add_column("member", sa.Column("erased_at", postgresql.TIMESTAMP(timezone=True), nullable=True))
    op.create_index(
        "member_merged", "member", ["merged_into"], unique=False, postgresql_where=sa.text("merged_into IS NOT NULL")
    )
    op.create_foreign_key(op.f("member_merged_into_fkey"), "member", "member", ["merged_into"], ["id"])
    op.add_column("purchase", sa.Column("kept", postgresql.JSONB(astext_type=sa.Text()), nullable=True))
    op.add_column("purchase", sa.Column("voided_at", postgresql.TIMESTAMP(timezone=True), nullable=True))
    op.add_column("purchase", sa.Column("claimed_as", sa.BigInteger(), nullable=True))
    op.create_check_constraint("member_merged_elsewhere", "member", "merged_into <> id")
    _entries()
    _balances()


def _entries() -> None:
    """Number each member's entries, put them into lots by event and wallet, and chain them."""
    for column in (
        sa.Column("n", sa.BigInteger(), nullable=True),
        sa.Column("lot", sa.BigInteger(), nullable=True),
        sa.Column("digest", sa.LargeBinary(), nullable=True),
    ):
        op.add_column("entry", column)
    for name in ("version", "article"):
        op.alter_column("entry", name, nullable=True)
    op.execute("""
        UPDATE entry SET n = numbered.n, lot = entry.event_id * 1000
        FROM (SELECT member_id, id, row_number() OVER (PARTITION BY member_id ORDER BY id) AS n FROM entry) numbered
        WHERE entry.member_id = numbered.member_id AND entry.id = numbered.id
    """)
    op.execute("""
        INSERT INTO lot (member_id, id, club_id, wallet, earned_at, pending, available, held, expired)
        SELECT member_id, lot, club_id, wallet, min(occurred_at), 0, sum(amount), 0, 0 FROM entry
        GROUP BY member_id, lot, club_id, wallet
    """)
    op.execute("""
        DO $$
        DECLARE one record; link bytea; last bigint := 0;
        BEGIN
            FOR one IN SELECT * FROM entry ORDER BY member_id, n LOOP
                IF one.member_id <> last THEN link := ''; last := one.member_id; END IF;
                link := sha256(link || convert_to(concat_ws('|', one.member_id, one.n, one.event_id, one.wallet, one.source,
                    one.target, one.amount, one.lot, coalesce(one.version::text, ''), coalesce(one.article, ''),
                    (extract(epoch FROM one.occurred_at) * 1000000)::bigint,
                    (extract(epoch FROM one.posted_at) * 1000000)::bigint), 'UTF8'));
                UPDATE entry SET digest = link WHERE member_id = one.member_id AND id = one.id;
                UPDATE member SET entries = one.n, head = link WHERE id = one.member_id;
            END LOOP;
        END $$
    """)
    op.drop_constraint("entry_pkey", "entry")
    op.drop_column("entry", "id")
    for name in ("n", "digest"):
        op.alter_column("entry", name, nullable=False)
    op.create_primary_key("entry_pkey", "entry", ["member_id", "n"])
    op.drop_constraint("entry_accounts_known", "entry")
    op.create_check_constraint("entry_accounts_known", "entry", f"source IN {ACCOUNTS} AND target IN {ACCOUNTS}")
    op.create_check_constraint(
        "entry_moves_in_a_lot", "entry", f"lot IS NOT NULL OR NOT (source IN {IN_LOTS} OR target IN {IN_LOTS})"
    )


def _balances() -> None:
    op.drop_constraint("balance_adds_up", "balance")
    op.drop_constraint("balance_not_negative", "balance")
    for name in ("pending", "held", "debt", "spent", "expired", "forgiven", "other"):
        op.add_column("balance", sa.Column(name, sa.BigInteger(), nullable=False, server_default="0"))
        op.alter_column("balance", name, server_default=None)
    for name in ("active_at", "lapses_at"):
        op.add_column("balance", sa.Column(name, postgresql.TIMESTAMP(timezone=True), nullable=True))
    op.execute("""
        UPDATE balance SET active_at = latest.at
        FROM (SELECT member_id, wallet, max(occurred_at) AS at FROM entry GROUP BY member_id, wallet) latest
        WHERE balance.member_id = latest.member_id AND balance.wallet = latest.wallet
    """)
    op.create_check_constraint(
        "balance_not_negative",
        "balance",
        "pending >= 0 AND available >= 0 AND held >= 0 AND debt >= 0 AND spent >= 0 AND expired >= 0",
    )
    op.create_check_constraint(
        "balance_adds_up",
        "balance",
        "pending + available + held + spent + expired = earned + forgiven + other + debt",
    )
    op.create_index(
        "balance_lapses",
        "balance",
        ["club_id", "lapses_at"],
        unique=False,
        postgresql_where=sa.text("lapses_at IS NOT NULL"),
    )
