"""Teams of members."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TIMESTAMP

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "team",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column("club_id", sa.BigInteger(), sa.ForeignKey("club.id"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("captain_id", sa.BigInteger(), sa.ForeignKey("member.id"), nullable=False),
        sa.Column("created_at", TIMESTAMP(timezone=True), nullable=False),
        sa.Column("ended_at", TIMESTAMP(timezone=True)),
    )
    op.create_index(
        "team_name_once",
        "team",
        ["club_id", sa.text("lower(name)")],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "team_member",
        sa.Column("member_id", sa.BigInteger(), sa.ForeignKey("member.id"), primary_key=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column("team_id", sa.BigInteger(), sa.ForeignKey("team.id"), nullable=False),
        sa.Column("joined_at", TIMESTAMP(timezone=True), nullable=False),
        sa.Column("joined_on", sa.Date(), nullable=False),
        sa.Column("left_on", sa.Date()),
        sa.Column("left_at", TIMESTAMP(timezone=True)),
        sa.CheckConstraint("left_on >= joined_on", name="team_member_joined_first"),
        sa.CheckConstraint("num_nulls(left_on, left_at) IN (0, 2)", name="team_member_left_whole"),
    )
    op.create_index(
        "team_member_in_one", "team_member", ["member_id"], unique=True, postgresql_where=sa.text("left_at IS NULL")
    )
    op.create_index("team_member_by_team", "team_member", ["team_id"])
    op.create_table(
        "team_invitation",
        sa.Column("member_id", sa.BigInteger(), sa.ForeignKey("member.id"), primary_key=True),
        sa.Column("team_id", sa.BigInteger(), sa.ForeignKey("team.id"), primary_key=True),
        sa.Column("invited_at", TIMESTAMP(timezone=True), nullable=False),
    )
    op.create_index("team_invitation_by_team", "team_invitation", ["team_id"])
    op.create_table(
        "team_run",
        sa.Column("team_id", sa.BigInteger(), sa.ForeignKey("team.id"), primary_key=True),
        sa.Column("challenge", sa.Text(), primary_key=True),
        sa.Column("key", sa.Text(), primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("completed_at", TIMESTAMP(timezone=True), nullable=False),
    )
