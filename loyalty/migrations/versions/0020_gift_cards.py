"""Gift cards, their entries, and codes of providers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "gift_card",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("club_id", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("pin", sa.LargeBinary(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("hint", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("balance", sa.BigInteger(), nullable=False),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("blocked_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("member_id", sa.BigInteger(), nullable=True),
        sa.Column("redemption_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.CheckConstraint("amount > 0 AND entries > 0", name="gift_card_issued"),
        sa.CheckConstraint("balance >= 0", name="gift_card_never_below_zero"),
        sa.CheckConstraint("redemption_id IS NULL OR member_id IS NOT NULL", name="gift_card_redeemed_by_a_member"),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("gift_card_club_id_fkey")),
        sa.ForeignKeyConstraint(
            ["member_id", "redemption_id"],
            ["redemption.member_id", "redemption.id"],
            name="gift_card_of_redemption_fkey",
        ),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("gift_card_member_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("gift_card_pkey")),
        sa.UniqueConstraint("club_id", "digest", name="gift_card_once"),
    )
    op.create_index("gift_card_by_id", "gift_card", ["club_id", "id"], unique=False)
    op.create_index(
        "gift_card_due", "gift_card", ["club_id", "expires_at"], unique=False, postgresql_where=sa.text("balance > 0")
    )
    op.create_index(
        "gift_card_of_member",
        "gift_card",
        ["member_id", "redemption_id"],
        unique=False,
        postgresql_where=sa.text("member_id IS NOT NULL"),
    )
    op.create_table(
        "provider_code",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("club_id", sa.BigInteger(), nullable=False),
        sa.Column("reward_id", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=True),
        sa.Column("redemption_id", sa.BigInteger(), nullable=True),
        sa.Column("taken_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("created_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(redemption_id IS NULL) = (taken_at IS NULL) AND (redemption_id IS NULL) = (member_id IS NULL)",
            name="provider_code_taken_whole",
        ),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("provider_code_club_id_fkey")),
        sa.ForeignKeyConstraint(
            ["member_id", "redemption_id"],
            ["redemption.member_id", "redemption.id"],
            name="provider_code_of_redemption_fkey",
        ),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("provider_code_member_id_fkey")),
        sa.ForeignKeyConstraint(["reward_id"], ["reward.id"], name=op.f("provider_code_reward_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("provider_code_pkey")),
        sa.UniqueConstraint("club_id", "digest", name="provider_code_once"),
    )
    op.create_index(
        "provider_code_free",
        "provider_code",
        ["reward_id", "id"],
        unique=False,
        postgresql_where=sa.text("redemption_id IS NULL"),
    )
    op.create_index(
        "provider_code_of_redemption",
        "provider_code",
        ["member_id", "redemption_id"],
        unique=False,
        postgresql_where=sa.text("redemption_id IS NOT NULL"),
    )
    op.create_table(
        "gift_card_entry",
        sa.Column("card_id", sa.BigInteger(), nullable=False),
        sa.Column("n", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("club_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("balance", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("of_n", sa.BigInteger(), nullable=True),
        sa.Column("store_id", sa.BigInteger(), nullable=True),
        sa.Column("receipt", sa.Text(), nullable=True),
        sa.Column("occurred_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("recorded_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.CheckConstraint("(kind = 'refunded') = (of_n IS NOT NULL)", name="gift_card_entry_refunds_a_charge"),
        sa.CheckConstraint(
            "CASE WHEN kind IN ('issued', 'topped_up', 'refunded') THEN amount > 0 WHEN kind IN ('charged', 'expired', 'taken_back') THEN amount < 0 WHEN kind IN ('blocked', 'unblocked') THEN amount = 0 ELSE false END",
            name="gift_card_entry_kind_and_sign",
        ),
        sa.CheckConstraint("kind NOT IN ('charged', 'refunded') OR receipt IS NOT NULL", name="gift_card_entry_sold"),
        sa.CheckConstraint("balance >= 0", name="gift_card_entry_never_below_zero"),
        sa.ForeignKeyConstraint(
            ["card_id", "of_n"], ["gift_card_entry.card_id", "gift_card_entry.n"], name="gift_card_entry_of_charge_fkey"
        ),
        sa.ForeignKeyConstraint(["card_id"], ["gift_card.id"], name=op.f("gift_card_entry_card_id_fkey")),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("gift_card_entry_club_id_fkey")),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("gift_card_entry_store_id_fkey")),
        sa.PrimaryKeyConstraint("card_id", "n", name=op.f("gift_card_entry_pkey")),
    )
    op.create_index(
        "gift_card_entry_by_receipt",
        "gift_card_entry",
        ["receipt", "store_id"],
        unique=False,
        postgresql_where=sa.text("kind = 'charged'"),
    )
    op.create_index(
        "gift_card_entry_refunds",
        "gift_card_entry",
        ["card_id", "of_n"],
        unique=False,
        postgresql_where=sa.text("of_n IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_table("gift_card_entry")
    op.drop_table("provider_code")
    op.drop_table("gift_card")
