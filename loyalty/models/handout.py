"""Challenges that are handed out to a segment: how far that has come."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, Index, Text, text
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from loyalty.db import Base
from loyalty.models.columns import Big, ClubRef, Instant


class Handout(Base):
    """A challenge handed out to everybody in a segment; its number is the key of each one's run."""

    __tablename__ = "handout"
    __table_args__ = (
        CheckConstraint("from_at <= until_at", name="handout_begins_first"),
        CheckConstraint("begun BETWEEN 0 AND looked_at", name="handout_begun_counted"),
        Index("handout_waiting", "club_id", postgresql_where=text("done_at IS NULL")),
        Index("handout_by_segment", "club_id", "segment", "id"),
    )
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    club_id: Mapped[ClubRef]
    challenge: Mapped[str] = mapped_column(Text)
    segment: Mapped[str] = mapped_column(Text(collation="C"))
    filter: Mapped[dict[str, Any]] = mapped_column(JSON)
    """What the segment asked for when this was asked for."""
    from_at: Mapped[Instant]
    until_at: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=True))
    asked_at: Mapped[Instant]
    asked_by: Mapped[str] = mapped_column(Text)
    """`person:ID`, or `key:ID` of the API."""
    looked_at_id: Mapped[int] = mapped_column(BigInteger, server_default="0")
    """The last member who was looked at."""
    looked_at: Mapped[int] = mapped_column(BigInteger, server_default="0")
    begun: Mapped[Big] = mapped_column(server_default="0")
    done_at: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=True))
