"""Every table of the first release."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    op.execute(sa.schema.CreateSequence(sa.Sequence("event_id")))
    op.create_table(
        "club",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("display", sa.Text(), nullable=True),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("calendar", sa.Text(), nullable=False),
        sa.Column("created_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.CheckConstraint("calendar IN ('jalali', 'gregorian')", name="club_calendar_known"),
        sa.CheckConstraint("code ~ '^[a-z0-9][a-z0-9-]{0,62}$'", name="club_code_form"),
        sa.PrimaryKeyConstraint("id", name=op.f("club_pkey")),
        sa.UniqueConstraint("code", name=op.f("club_code_key")),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("password", sa.Text(), nullable=True),
        sa.Column("lang", sa.Text(), server_default="fa", nullable=False),
        sa.Column("created_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("person_pkey")),
        sa.UniqueConstraint("email", name=op.f("person_email_key")),
    )
    op.create_table(
        "bylaws",
        sa.Column("club_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("from_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("published_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("bylaws_club_id_fkey")),
        sa.PrimaryKeyConstraint("club_id", "version", name=op.f("bylaws_pkey")),
    )
    op.create_index("bylaws_in_force", "bylaws", ["club_id", "from_at"], unique=False)
    op.create_table(
        "club_use",
        sa.Column("club_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("start", sa.Date(), nullable=False),
        sa.Column("used", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("used >= 0", name="club_use_not_negative"),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("club_use_club_id_fkey")),
        sa.PrimaryKeyConstraint("club_id", "key", "start", name=op.f("club_use_pkey")),
    )
    op.create_table(
        "counter",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("club_id", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("definition", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("counter_club_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("counter_pkey")),
        sa.UniqueConstraint("club_id", "digest", name="counter_once"),
    )
    op.create_table(
        "duty",
        sa.Column("club_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("done_until", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("duty_club_id_fkey")),
        sa.PrimaryKeyConstraint("club_id", "name", name=op.f("duty_pkey")),
    )
    op.create_table(
        "import_run",
        sa.Column("club_id", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("recorded", sa.BigInteger(), nullable=False),
        sa.Column("unclaimed", sa.BigInteger(), nullable=False),
        sa.Column("repeated", sa.BigInteger(), nullable=False),
        sa.Column("refused", sa.BigInteger(), nullable=False),
        sa.Column("cancelled", sa.BigInteger(), nullable=False),
        sa.Column("started_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("updated_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("finished_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("import_run_club_id_fkey")),
        sa.PrimaryKeyConstraint("club_id", "source", name=op.f("import_run_pkey")),
    )
    op.create_table(
        "member",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("club_id", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), server_default="active", nullable=False),
        sa.Column("joined_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("seq", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("tier", sa.Text(), nullable=True),
        sa.Column("tier_since", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("latest_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status IN ('active', 'suspended', 'left', 'expelled', 'deceased')", name="member_status_known"
        ),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("member_club_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("member_pkey")),
    )
    op.create_index("member_by_club", "member", ["club_id", "id"], unique=False)
    op.create_table(
        "password_link",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("password_link_person_id_fkey")),
        sa.PrimaryKeyConstraint("digest", name=op.f("password_link_pkey")),
    )
    op.create_table(
        "role",
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("club_id", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.CheckConstraint("role IN ('owner')", name="role_known"),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("role_club_id_fkey")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("role_person_id_fkey")),
        sa.PrimaryKeyConstraint("person_id", "club_id", name=op.f("role_pkey")),
    )
    op.create_table(
        "store",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("club_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("partner", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("store_club_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("store_pkey")),
        sa.UniqueConstraint("club_id", "code", name="store_code_once"),
    )
    op.create_table(
        "api_key",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("club_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("store_id", sa.BigInteger(), nullable=True),
        sa.Column("origins", sa.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("hint", sa.Text(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("revoked_at", postgresql.TIMESTAMP(timezone=True), nullable=True),
        sa.CheckConstraint("(kind = 'till') = (store_id IS NOT NULL)", name="api_key_till_has_store"),
        sa.CheckConstraint("kind IN ('server', 'till', 'publishable')", name="api_key_kind_known"),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("api_key_club_id_fkey")),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("api_key_store_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("api_key_pkey")),
        sa.UniqueConstraint("digest", name=op.f("api_key_digest_key")),
    )
    op.create_table(
        "badge_level",
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("club_id", sa.BigInteger(), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("earned_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.CheckConstraint("level > 0", name="badge_level_positive"),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("badge_level_club_id_fkey")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("badge_level_member_id_fkey")),
        sa.PrimaryKeyConstraint("member_id", "code", "level", name=op.f("badge_level_pkey")),
    )
    op.create_table(
        "balance",
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("wallet", sa.Text(), nullable=False),
        sa.Column("club_id", sa.BigInteger(), nullable=False),
        sa.Column("available", sa.BigInteger(), nullable=False),
        sa.Column("earned", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("available = earned", name="balance_adds_up"),
        sa.CheckConstraint("available >= 0", name="balance_not_negative"),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("balance_club_id_fkey")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("balance_member_id_fkey")),
        sa.PrimaryKeyConstraint("member_id", "wallet", name=op.f("balance_pkey")),
    )
    op.create_table(
        "counter_sum",
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("counter_id", sa.BigInteger(), nullable=False),
        sa.Column("grain", sa.SmallInteger(), nullable=False),
        sa.Column("start", sa.Date(), nullable=False),
        sa.Column("label", sa.Text(), server_default="", nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("reached_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.CheckConstraint("grain IN (0, 1, 2)", name="counter_sum_grain_known"),
        sa.ForeignKeyConstraint(["counter_id"], ["counter.id"], name=op.f("counter_sum_counter_id_fkey")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("counter_sum_member_id_fkey")),
        sa.PrimaryKeyConstraint("member_id", "counter_id", "grain", "start", "label", name=op.f("counter_sum_pkey")),
    )
    op.create_table(
        "entry",
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("club_id", sa.BigInteger(), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("wallet", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("article", sa.Text(), nullable=False),
        sa.Column("occurred_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("posted_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.CheckConstraint(
            "source IN ('issued', 'available') AND target IN ('issued', 'available')", name="entry_accounts_known"
        ),
        sa.CheckConstraint("amount > 0", name="entry_moves_something"),
        sa.CheckConstraint("source <> target", name="entry_goes_somewhere"),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("entry_club_id_fkey")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("entry_member_id_fkey")),
        sa.PrimaryKeyConstraint("member_id", "id", name=op.f("entry_pkey")),
    )
    op.create_index("entry_by_event", "entry", ["member_id", "event_id"], unique=False)
    op.create_index("entry_by_time", "entry", ["club_id", "occurred_at"], unique=False)
    op.create_table(
        "identifier",
        sa.Column("club_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("kind IN ('card', 'phone', 'external_id')", name="identifier_kind_known"),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("identifier_club_id_fkey")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("identifier_member_id_fkey")),
        sa.PrimaryKeyConstraint("club_id", "kind", "value", name=op.f("identifier_pkey")),
    )
    op.create_index("identifier_by_member", "identifier", ["member_id"], unique=False)
    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("club_id", sa.BigInteger(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=True),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("due_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("outbox_club_id_fkey")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("outbox_member_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("outbox_pkey")),
    )
    op.create_index("outbox_due", "outbox", ["due_at", "id"], unique=False)
    op.create_table(
        "profile",
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("club_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("sort_key", sa.Text(), server_default="", nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("birthday", sa.Date(), nullable=True),
        sa.Column("attributes", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("consents", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("referred_by", sa.BigInteger(), nullable=True),
        sa.Column("lang", sa.Text(), nullable=True),
        sa.Column("alias", sa.Text(), nullable=True),
        sa.Column("on_boards", sa.Boolean(), server_default="true", nullable=False),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("profile_club_id_fkey")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("profile_member_id_fkey")),
        sa.ForeignKeyConstraint(["referred_by"], ["member.id"], name=op.f("profile_referred_by_fkey")),
        sa.PrimaryKeyConstraint("member_id", name=op.f("profile_pkey")),
    )
    op.create_index("profile_by_name", "profile", ["club_id", "sort_key", "member_id"], unique=False)
    op.create_index(
        "profile_search",
        "profile",
        ["sort_key"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"sort_key": "gin_trgm_ops"},
    )
    op.create_table(
        "purchase",
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("club_id", sa.BigInteger(), nullable=False),
        sa.Column("store_id", sa.BigInteger(), nullable=False),
        sa.Column("receipt", sa.Text(), nullable=False),
        sa.Column("occurred_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("recorded_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("gross", sa.BigInteger(), nullable=False),
        sa.Column("net", sa.BigInteger(), nullable=False),
        sa.Column("lines", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("extra", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("ruling", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint("gross >= 0 AND net >= 0", name="purchase_not_negative"),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("purchase_club_id_fkey")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("purchase_member_id_fkey")),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("purchase_store_id_fkey")),
        sa.PrimaryKeyConstraint("member_id", "id", name=op.f("purchase_pkey")),
    )
    op.create_index("purchase_by_id", "purchase", ["id"], unique=False)
    op.create_index("purchase_by_store", "purchase", ["store_id", "occurred_at", "id"], unique=False)
    op.create_index("purchase_by_time", "purchase", ["club_id", "occurred_at", "id"], unique=False)
    op.create_table(
        "receipt",
        sa.Column("store_id", sa.BigInteger(), nullable=False),
        sa.Column("receipt", sa.Text(), nullable=False),
        sa.Column("club_id", sa.BigInteger(), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=True),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("receipt_club_id_fkey")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("receipt_member_id_fkey")),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("receipt_store_id_fkey")),
        sa.PrimaryKeyConstraint("store_id", "receipt", name=op.f("receipt_pkey")),
    )
    op.create_table(
        "set_aside",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("club_id", sa.BigInteger(), nullable=False),
        sa.Column("store_id", sa.BigInteger(), nullable=False),
        sa.Column("receipt", sa.Text(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=True),
        sa.Column("because", sa.Text(), nullable=False),
        sa.Column("occurred_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("recorded_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("purchase", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint("because IN ('unclaimed', 'late')", name="set_aside_because_known"),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("set_aside_club_id_fkey")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("set_aside_member_id_fkey")),
        sa.ForeignKeyConstraint(["store_id"], ["store.id"], name=op.f("set_aside_store_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("set_aside_pkey")),
    )
    op.create_index("set_aside_by_club", "set_aside", ["club_id", "id"], unique=False)
    op.create_table(
        "sign_in_code",
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("sign_in_code_member_id_fkey")),
        sa.PrimaryKeyConstraint("member_id", name=op.f("sign_in_code_pkey")),
    )
    op.create_table(
        "tier_move",
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("club_id", sa.BigInteger(), nullable=False),
        sa.Column("at", postgresql.TIMESTAMP(timezone=True), nullable=False),
        sa.Column("from_tier", sa.Text(), nullable=True),
        sa.Column("to_tier", sa.Text(), nullable=True),
        sa.Column("event_id", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["club_id"], ["club.id"], name=op.f("tier_move_club_id_fkey")),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("tier_move_member_id_fkey")),
        sa.PrimaryKeyConstraint("member_id", "id", name=op.f("tier_move_pkey")),
    )
    op.create_index("tier_move_by_member", "tier_move", ["member_id", "at"], unique=False)
