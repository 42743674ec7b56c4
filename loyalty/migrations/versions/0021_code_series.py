"""Series of codes, and each use of a code."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "code_series",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("club_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(collation="C"), nullable=False),
        sa.Column("title", postgresql.JSONB(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("reward_id", sa.BigInteger(), nullable=True),
        sa.Column("uses", sa.Integer(), nullable=True),
        sa.Column("per_member", sa.Integer(), nullable=True),
        sa.Column("from_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("until_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("made", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("created_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.CheckConstraint("purpose IN ('discount', 'pack')", name="code_series_purpose_known"),
        sa.CheckConstraint("(reward_id IS NULL) = (purpose = 'pack')", name="code_series_promises"),
        sa.CheckConstraint("uses > 0 AND per_member > 0", name="code_series_uses"),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("code_series_club_id_fkey")),
        sa.ForeignKeyConstraint(["reward_id"], ["reward.id"], name=op.f("code_series_reward_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("code_series_pkey")),
        sa.UniqueConstraint("club_id", "code", name="code_series_once"),
    )
    op.drop_column("code", "reward_id")
    op.add_column("code", sa.Column("series_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(op.f("code_series_id_fkey"), "code", "code_series", ["series_id"], ["id"])
    op.create_index(
        "code_of_series",
        "code",
        ["series_id", "id"],
        unique=False,
        postgresql_where=sa.text("series_id IS NOT NULL"),
    )
    op.create_table(
        "code_use",
        sa.Column("code_id", sa.BigInteger(), nullable=False),
        sa.Column("store_id", sa.BigInteger(), nullable=False),
        sa.Column("receipt", sa.Text(), nullable=False),
        sa.Column("club_id", sa.BigInteger(), nullable=False),
        sa.Column("series_id", sa.BigInteger(), nullable=True),
        sa.Column("member_id", sa.BigInteger(), nullable=True),
        sa.Column("discount", sa.BigInteger(), nullable=False),
        sa.Column("used_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("released_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("code_use_club_id_fkey")),
        sa.ForeignKeyConstraint(["code_id"], ["code.id"], name=op.f("code_use_code_id_fkey")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("code_use_member_id_fkey")),
        sa.ForeignKeyConstraint(["series_id"], ["code_series.id"], name=op.f("code_use_series_id_fkey")),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("code_use_store_id_fkey")),
        sa.PrimaryKeyConstraint("code_id", "store_id", "receipt", name=op.f("code_use_pkey")),
    )
    op.create_index("code_use_of_receipt", "code_use", ["store_id", "receipt"], unique=False)
    op.create_index(
        "code_use_of_member",
        "code_use",
        ["member_id", "series_id"],
        unique=False,
        postgresql_where=sa.text("released_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_table("code_use")
    op.drop_index("code_of_series", table_name="code", postgresql_where=sa.text("series_id IS NOT NULL"))
    op.drop_column("code", "series_id")
    op.add_column("code", sa.Column("reward_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(op.f("code_reward_id_fkey"), "code", "reward", ["reward_id"], ["id"])
    op.drop_table("code_series")
