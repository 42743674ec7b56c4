"""Challenges that are handed out to a segment."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TIMESTAMP

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "handout",
        sa.Column("id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("club_id", sa.BigInteger(), sa.ForeignKey("club.id"), nullable=False),
        sa.Column("challenge", sa.Text(), nullable=False),
        sa.Column("segment", sa.Text(collation="C"), nullable=False),
        sa.Column("filter", sa.JSON(), nullable=False),
        sa.Column("from_at", TIMESTAMP(timezone=True), nullable=False),
        sa.Column("until_at", TIMESTAMP(timezone=True)),
        sa.Column("asked_at", TIMESTAMP(timezone=True), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("looked_at_id", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("looked_at", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("begun", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("done_at", TIMESTAMP(timezone=True)),
        sa.CheckConstraint("from_at <= until_at", name="handout_begins_first"),
        sa.CheckConstraint("begun BETWEEN 0 AND looked_at", name="handout_begun_counted"),
    )
    op.create_index("handout_waiting", "handout", ["club_id"], postgresql_where=sa.text("done_at IS NULL"))
    op.create_index("handout_by_segment", "handout", ["club_id", "segment", "id"])
