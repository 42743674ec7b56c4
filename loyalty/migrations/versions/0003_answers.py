"""The answers to requests that carry an Idempotency-Key."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "answer",
        sa.Column("club_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=True),
        sa.Column("body", sa.JSON(), nullable=True),
        sa.Column("member_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.TIMESTAMP(timezone=True), nullable=False),
        sa.CheckConstraint("(status IS NULL) = (body IS NULL)", name="answer_whole"),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("answer_club_id_fkey")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("answer_member_id_fkey")),
        sa.PrimaryKeyConstraint("club_id", "key", name=op.f("answer_pkey")),
    )
    op.create_index("answer_by_age", "answer", ["created_at"], unique=False)
    op.create_index("answer_by_member", "answer", ["member_id"], unique=False)
