"""Friends among members."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TIMESTAMP

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "friend",
        sa.Column("member_id", sa.BigInteger(), sa.ForeignKey("member.id"), primary_key=True),
        sa.Column("friend_id", sa.BigInteger(), sa.ForeignKey("member.id"), primary_key=True),
        sa.Column("club_id", sa.BigInteger(), sa.ForeignKey("club.id"), nullable=False),
        sa.Column("asked_at", TIMESTAMP(timezone=True), nullable=False),
        sa.CheckConstraint("member_id <> friend_id", name="friend_is_another"),
    )
    op.create_index("friend_asked", "friend", ["friend_id", "member_id"])
