"""By what day of the year the members are found whose birthday, anniversary or dated attribute a day is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _add("member", "joined_on", "joined_at AT TIME ZONE 'UTC'")
    _add("profile", "born_on", "birthday")
    op.create_index("member_joined_on", "member", ["club_id", "joined_on", "id"])
    op.create_index("profile_born_on", "profile", ["club_id", "born_on", "member_id"])
    op.create_index("profile_attributes", "profile", ["attributes"], postgresql_using="gin")


def _add(table: str, name: str, of: str) -> None:
    month_day = f"(extract(month FROM {of}) * 100 + extract(day FROM {of}))::smallint"
    computed = sa.Computed(month_day, persisted=True)
    op.add_column(table, sa.Column(name, sa.SmallInteger(), computed, nullable=table == "profile"))
