"""Rewards, redemptions and codes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reward",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("club_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(collation="C"), nullable=False),
        sa.Column("title", postgresql.JSONB(), nullable=False),
        sa.Column("text", postgresql.JSONB(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=True),
        sa.Column("wallet", sa.Text(), nullable=True),
        sa.Column("money", sa.BigInteger(), nullable=True),
        sa.Column("stock", sa.BigInteger(), nullable=True),
        sa.Column("taken", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("who", sa.JSON(), nullable=True),
        sa.Column("from_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("until_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("limits", postgresql.JSONB(), server_default="[]", nullable=False),
        sa.Column("content", postgresql.JSONB(), nullable=False),
        sa.Column("uses", sa.Integer(), server_default="1", nullable=False),
        sa.Column("lasts", postgresql.JSONB(), nullable=True),
        sa.Column("archived", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("created_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("updated_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("updated_by", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('cashback', 'gift_card', 'discount', 'goods', 'experience', 'raffle', 'certificate', 'donation', 'mixed')",
            name="reward_kind_known",
        ),
        sa.CheckConstraint("(points IS NULL) = (wallet IS NULL)", name="reward_points_of_a_wallet"),
        sa.CheckConstraint("points > 0 AND money > 0", name="reward_price_positive"),
        sa.CheckConstraint("taken BETWEEN 0 AND coalesce(stock, taken)", name="reward_within_stock"),
        sa.CheckConstraint("uses > 0", name="reward_uses_positive"),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("reward_club_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("reward_pkey")),
        sa.UniqueConstraint("club_id", "code", name="reward_once"),
    )
    op.create_table(
        "redemption",
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("club_id", sa.BigInteger(), nullable=False),
        sa.Column("reward_id", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("choice_id", sa.BigInteger(), nullable=True),
        sa.Column("promise", postgresql.JSONB(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("money", sa.BigInteger(), nullable=False),
        sa.Column("until", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("expires_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("given_by", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("article", sa.Text(), nullable=True),
        sa.Column("store_id", sa.BigInteger(), nullable=True),
        sa.Column("receipt", sa.Text(), nullable=True),
        sa.Column("used_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("occurred_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("recorded_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.CheckConstraint("status <> 'held' OR until IS NOT NULL", name="redemption_held_until"),
        sa.CheckConstraint(
            "status IN ('held', 'issued', 'used', 'voided', 'lapsed', 'reversed')", name="redemption_status_known"
        ),
        sa.CheckConstraint("quantity > 0 AND points >= 0 AND money >= 0", name="redemption_amounts"),
        sa.ForeignKeyConstraint(["choice_id"], ["reward.id"], name=op.f("redemption_choice_id_fkey")),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("redemption_club_id_fkey")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("redemption_member_id_fkey")),
        sa.ForeignKeyConstraint(["reward_id"], ["reward.id"], name=op.f("redemption_reward_id_fkey")),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("redemption_store_id_fkey")),
        sa.PrimaryKeyConstraint("member_id", "id", name=op.f("redemption_pkey")),
    )
    op.create_index(
        "redemption_by_choice",
        "redemption",
        ["choice_id", "id"],
        unique=False,
        postgresql_where=sa.text("choice_id IS NOT NULL"),
    )
    op.create_index("redemption_by_id", "redemption", ["club_id", "id"], unique=False)
    op.create_index(
        "redemption_by_receipt",
        "redemption",
        ["store_id", "receipt"],
        unique=False,
        postgresql_where=sa.text("receipt IS NOT NULL"),
    )
    op.create_index("redemption_by_reward", "redemption", ["reward_id", "id"], unique=False)
    op.create_index(
        "redemption_due", "redemption", ["club_id", "until"], unique=False, postgresql_where=sa.text("status = 'held'")
    )
    op.create_index(
        "redemption_given_by",
        "redemption",
        ["member_id", "given_by"],
        unique=False,
        postgresql_where=sa.text("given_by IS NOT NULL"),
    )
    op.create_index("redemption_of_reward", "redemption", ["member_id", "reward_id", "occurred_at"], unique=False)
    op.create_table(
        "code",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("club_id", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("hint", sa.Text(), nullable=False),
        sa.Column("reward_id", sa.BigInteger(), nullable=True),
        sa.Column("member_id", sa.BigInteger(), nullable=True),
        sa.Column("redemption_id", sa.BigInteger(), nullable=True),
        sa.Column("uses", sa.Integer(), nullable=True),
        sa.Column("used", sa.Integer(), server_default="0", nullable=False),
        sa.Column("from_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("until_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("blocked_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("created_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.CheckConstraint("used >= 0 AND used <= uses", name="code_within_uses"),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("code_club_id_fkey")),
        sa.ForeignKeyConstraint(
            ["member_id", "redemption_id"], ["redemption.member_id", "redemption.id"], name="code_of_redemption_fkey"
        ),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("code_member_id_fkey")),
        sa.ForeignKeyConstraint(["reward_id"], ["reward.id"], name=op.f("code_reward_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("code_pkey")),
        sa.UniqueConstraint("club_id", "digest", name="code_once"),
    )
    op.create_index(
        "code_of_redemption",
        "code",
        ["member_id", "redemption_id"],
        unique=False,
        postgresql_where=sa.text("redemption_id IS NOT NULL"),
    )
    op.add_column("hold", sa.Column("redemption_id", sa.BigInteger(), nullable=True))
    op.create_index(
        "hold_of_redemption",
        "hold",
        ["member_id", "redemption_id"],
        unique=False,
        postgresql_where=sa.text("redemption_id IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("hold_of_redemption", table_name="hold", postgresql_where=sa.text("redemption_id IS NOT NULL"))
    op.drop_column("hold", "redemption_id")
    op.drop_table("code")
    op.drop_table("redemption")
    op.drop_table("reward")
