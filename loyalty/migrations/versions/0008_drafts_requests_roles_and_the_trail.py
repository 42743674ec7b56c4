"""Drafts of bylaws, requests to publish them, more roles than the owner, and the trail of what people did."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

ROLES = ("owner", "marketer", "approver", "cashier", "viewer")
STATUSES = ("asked", "approved", "declined", "withdrawn")


def upgrade() -> None:
    op.add_column("club", sa.Column("approval", sa.Boolean(), server_default="false", nullable=False))
    op.drop_constraint("role_known", "role")
    op.create_check_constraint("role_known", "role", f"role IN {ROLES}")
    op.create_table(
        "bylaws_draft",
        sa.Column("club_id", sa.BigInteger(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("based_on", sa.Integer(), nullable=True),
        sa.Column("saved_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("bylaws_draft_club_id_fkey")),
        sa.PrimaryKeyConstraint("club_id", name=op.f("bylaws_draft_pkey")),
    )
    op.create_table(
        "bylaws_request",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("club_id", sa.BigInteger(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("from_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("status", sa.Text(), server_default="asked", nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.CheckConstraint(f"status IN {STATUSES}", name="bylaws_request_status_known"),
        sa.CheckConstraint("(status = 'asked') = (decided_at IS NULL)", name="bylaws_request_decided_whole"),
        sa.CheckConstraint(
            "status NOT IN ('approved', 'declined') OR decided_by <> asked_by", name="bylaws_request_by_another"
        ),
        sa.CheckConstraint("(status = 'approved') = (version IS NOT NULL)", name="bylaws_request_version"),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("bylaws_request_club_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("bylaws_request_pkey")),
    )
    op.create_index(
        "bylaws_request_open",
        "bylaws_request",
        ["club_id"],
        unique=True,
        postgresql_where=sa.text("status = 'asked'"),
    )
    op.create_index("bylaws_request_by_club", "bylaws_request", ["club_id", "id"], unique=False)
    op.create_table(
        "act",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("club_id", sa.BigInteger(), nullable=False),
        sa.Column("at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=True),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("data", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("act_club_id_fkey")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("act_person_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("act_pkey")),
    )
    op.create_index("act_by_club", "act", ["club_id", "id"], unique=False)
