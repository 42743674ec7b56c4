"""Sets that members have completed, and pieces that they offer each other."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TIMESTAMP

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "set_done",
        sa.Column("member_id", sa.BigInteger(), sa.ForeignKey("member.id"), primary_key=True),
        sa.Column("collection", sa.Text(), primary_key=True),
        sa.Column("club_id", sa.BigInteger(), sa.ForeignKey("club.id"), nullable=False),
        sa.Column("completed_at", TIMESTAMP(timezone=True), nullable=False),
    )
    op.create_table(
        "trade",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column("club_id", sa.BigInteger(), sa.ForeignKey("club.id"), nullable=False),
        sa.Column("member_id", sa.BigInteger(), sa.ForeignKey("member.id"), nullable=False),
        sa.Column("to_id", sa.BigInteger(), sa.ForeignKey("member.id")),
        sa.Column("collection", sa.Text(), nullable=False),
        sa.Column("gives", sa.Text(), nullable=False),
        sa.Column("wants", sa.Text(), nullable=False),
        sa.Column("offered_at", TIMESTAMP(timezone=True), nullable=False),
        sa.Column("until_at", TIMESTAMP(timezone=True), nullable=False),
        sa.Column("status", sa.Text(), server_default="open", nullable=False),
        sa.Column("accepted_by", sa.BigInteger(), sa.ForeignKey("member.id")),
        sa.Column("ended_at", TIMESTAMP(timezone=True)),
        sa.CheckConstraint("gives <> wants", name="trade_of_different_pieces"),
        sa.CheckConstraint("member_id <> to_id", name="trade_with_another"),
        sa.CheckConstraint("status IN ('open', 'accepted', 'withdrawn')", name="trade_status_known"),
        sa.CheckConstraint("(status = 'open') = (ended_at IS NULL)", name="trade_ended_when_not_open"),
        sa.CheckConstraint("(status = 'accepted') = (accepted_by IS NOT NULL)", name="trade_accepted_by_somebody"),
    )
    op.create_index("trade_open", "trade", ["club_id", "id"], postgresql_where=sa.text("status = 'open'"))
    op.create_index("trade_of_member", "trade", ["member_id", "id"])
