"""Draws of raffles and their entries; payouts to bank accounts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_INSTANT = postgresql.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.create_table(
        "raffle_draw",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("club_id", sa.BigInteger(), nullable=False),
        sa.Column("raffle", sa.Text(collation="C"), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("ends_at", _INSTANT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("commitment", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("committed_at", _INSTANT, nullable=False),
        sa.Column("public_source", postgresql.JSONB(), nullable=True),
        sa.Column("public_value", sa.Text(), nullable=True),
        sa.Column("closed_at", _INSTANT, nullable=True),
        sa.Column("entries_digest", sa.LargeBinary(), nullable=True),
        sa.Column("holders", sa.BigInteger(), nullable=True),
        sa.Column("tickets", sa.BigInteger(), nullable=True),
        sa.Column("drawn_at", _INSTANT, nullable=True),
        sa.Column("seed", sa.LargeBinary(), nullable=True),
        sa.Column("winners", postgresql.JSONB(), nullable=True),
        sa.CheckConstraint(
            "num_nulls(closed_at, entries_digest, holders, tickets) IN (0, 4)", name="raffle_closed_whole"
        ),
        sa.CheckConstraint("num_nulls(drawn_at, seed, winners) IN (0, 3)", name="raffle_drawn_whole"),
        sa.CheckConstraint("drawn_at IS NULL OR closed_at IS NOT NULL", name="raffle_closed_before_drawn"),
        sa.CheckConstraint(
            "public_value IS NULL OR closed_at IS NOT NULL", name="raffle_public_value_after_closing"
        ),
        sa.CheckConstraint(
            "drawn_at IS NULL OR (public_source IS NULL) = (public_value IS NULL)", name="raffle_drawn_with_value"
        ),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("raffle_draw_club_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("raffle_draw_pkey")),
        sa.UniqueConstraint("club_id", "raffle", "day", name="raffle_draw_once"),
    )
    op.create_index(
        "raffle_draw_due",
        "raffle_draw",
        ["club_id", "ends_at"],
        unique=False,
        postgresql_where=sa.text("drawn_at IS NULL"),
    )
    op.create_table(
        "raffle_entry",
        sa.Column("draw_id", sa.BigInteger(), nullable=False),
        sa.Column("holder", sa.LargeBinary(), nullable=False),
        sa.Column("tickets", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("tickets > 0", name="raffle_entry_has_tickets"),
        sa.ForeignKeyConstraint(["draw_id"], ["raffle_draw.id"], name=op.f("raffle_entry_draw_id_fkey")),
        sa.PrimaryKeyConstraint("draw_id", "holder", name=op.f("raffle_entry_pkey")),
    )
    op.create_index(
        "lot_of_tickets",
        "lot",
        ["club_id", "wallet", "expires_at"],
        unique=False,
        postgresql_where=sa.text("starts_with(wallet, 'tickets/')"),
    )
    op.create_table(
        "payout_file",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("club_id", sa.BigInteger(), nullable=False),
        sa.Column("payouts", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("made_at", _INSTANT, nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("payout_file_club_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("payout_file_pkey")),
    )
    op.create_table(
        "payout",
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("club_id", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("hint", sa.Text(), nullable=False),
        sa.Column("file_id", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("asked_at", _INSTANT, nullable=False),
        sa.Column("ended_at", _INSTANT, nullable=True),
        sa.CheckConstraint("status IN ('waiting', 'filed', 'paid', 'failed')", name="payout_status_known"),
        sa.CheckConstraint("status NOT IN ('filed', 'paid') OR file_id IS NOT NULL", name="payout_paid_by_a_file"),
        sa.CheckConstraint("(ended_at IS NOT NULL) = (status IN ('paid', 'failed'))", name="payout_ended"),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("payout_club_id_fkey")),
        sa.ForeignKeyConstraint(["file_id"], ["payout_file.id"], name=op.f("payout_file_id_fkey")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("payout_member_id_fkey")),
        sa.ForeignKeyConstraint(["member_id", "id"], ["hold.member_id", "hold.id"], name="payout_of_hold_fkey"),
        sa.PrimaryKeyConstraint("member_id", "id", name=op.f("payout_pkey")),
    )
    op.create_index("payout_by_id", "payout", ["club_id", "id"], unique=False)
    op.create_index(
        "payout_of_file", "payout", ["file_id"], unique=False, postgresql_where=sa.text("file_id IS NOT NULL")
    )
    op.create_index(
        "payout_waiting",
        "payout",
        ["club_id", "member_id", "id"],
        unique=False,
        postgresql_where=sa.text("status = 'waiting'"),
    )


def downgrade() -> None:
    op.drop_table("payout")
    op.drop_table("payout_file")
    op.drop_index("lot_of_tickets", table_name="lot")
    op.drop_table("raffle_entry")
    op.drop_table("raffle_draw")
