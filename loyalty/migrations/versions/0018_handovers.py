"""Events of which others than their member are to have something, and who brought whom."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "handover",
        sa.Column("member_id", sa.BigInteger(), sa.ForeignKey("member.id"), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("club_id", sa.BigInteger(), sa.ForeignKey("club.id"), nullable=False),
        sa.Column("due_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("done_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("member_id", "id"),
    )
    op.create_index("handover_due", "handover", ["club_id", "due_at"], postgresql_where=sa.text("done_at IS NULL"))
    op.create_index("handover_of_event", "handover", ["id"])
    op.create_index(
        "profile_referred_by", "profile", ["referred_by"], postgresql_where=sa.text("referred_by IS NOT NULL")
    )
