"""What members are told: the feed, what leaves through channels, and how a club wants it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0030"
down_revision = "0023"
branch_labels = None
depends_on = None

_INSTANT = postgresql.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.create_table(
        "notice",
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("club_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("about", postgresql.JSONB(), nullable=False),
        sa.Column("slots", postgresql.JSONB(), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.Column("noted_at", _INSTANT, nullable=False),
        sa.Column("until_at", _INSTANT, nullable=True),
        sa.Column("read_at", _INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("notice_club_id_fkey")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("notice_member_id_fkey")),
        sa.PrimaryKeyConstraint("member_id", "key", name=op.f("notice_pkey")),
    )
    op.create_index("notice_feed", "notice", ["member_id", "at", "id"], unique=False)
    op.create_index(
        "notice_unread", "notice", ["member_id"], unique=False, postgresql_where=sa.text("read_at IS NULL")
    )
    op.create_index("notice_by_age", "notice", ["club_id", "noted_at"], unique=False)
    op.create_table(
        "notice_sending",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("club_id", sa.BigInteger(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("notice_id", sa.BigInteger(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("due_at", _INSTANT, nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("tried_at", _INSTANT, nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("sent_at", _INSTANT, nullable=True),
        sa.Column("because", sa.Text(), nullable=True),
        sa.CheckConstraint("channel IN ('email', 'sms')", name="notice_sending_channel_known"),
        sa.CheckConstraint(
            "because IN ('cap', 'consent', 'address', 'late', 'refused', 'failed')",
            name="notice_sending_because_known",
        ),
        sa.CheckConstraint("num_nonnulls(due_at, sent_at, because) = 1", name="notice_sending_due_or_done"),
        sa.CheckConstraint("attempts >= 0", name="notice_sending_attempts_not_negative"),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("notice_sending_club_id_fkey")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("notice_sending_member_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("notice_sending_pkey")),
        sa.UniqueConstraint("member_id", "notice_id", "channel", name="notice_sending_once"),
    )
    op.create_index(
        "notice_sending_due",
        "notice_sending",
        ["channel", "due_at", "id"],
        unique=False,
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.create_index(
        "notice_sending_done",
        "notice_sending",
        ["club_id", "created_at"],
        unique=False,
        postgresql_where=sa.text("due_at IS NULL"),
    )
    op.create_index(
        "notice_sending_of_day",
        "notice_sending",
        ["member_id", "channel", "day"],
        unique=False,
        postgresql_where=sa.text("because IS NULL"),
    )
    op.create_table(
        "notice_settings",
        sa.Column("club_id", sa.BigInteger(), nullable=False),
        sa.Column("document", postgresql.JSONB(), nullable=False),
        sa.Column("changed_at", _INSTANT, nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("notice_settings_club_id_fkey")),
        sa.PrimaryKeyConstraint("club_id", name=op.f("notice_settings_pkey")),
    )
    op.create_table(
        "notice_template",
        sa.Column("club_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("texts", postgresql.JSONB(), nullable=False),
        sa.Column("changed_at", _INSTANT, nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("notice_template_club_id_fkey")),
        sa.PrimaryKeyConstraint("club_id", "kind", name=op.f("notice_template_pkey")),
    )
    op.create_index(
        "run_open_by_end",
        "challenge_run",
        ["club_id", "until_at", "member_id"],
        unique=False,
        postgresql_where=sa.text("completed_at IS NULL AND until_at IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("run_open_by_end", table_name="challenge_run")
    op.drop_table("notice_template")
    op.drop_table("notice_settings")
    op.drop_table("notice_sending")
    op.drop_table("notice")
