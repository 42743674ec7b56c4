"""Rehearsals that were asked for, their parts, and what these found."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, Integer, Text, text
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from loyalty.db import Base
from loyalty.models.columns import Big, ClubRef, Id, Instant

STATUSES = ("running", "done", "cancelled", "failed")


class Rehearsal(Base):
    """A document over a span of a club's history; its report once every part is done."""

    __tablename__ = "rehearsal"
    __table_args__ = (
        CheckConstraint(f"status IN {STATUSES}", name="rehearsal_status_known"),
        CheckConstraint("(status = 'done') = (report IS NOT NULL)", name="rehearsal_done_with_report"),
        CheckConstraint("from_at < until_at", name="rehearsal_span_forward"),
        Index("rehearsal_by_club", "club_id", "id"),
        Index("rehearsal_running", "club_id", postgresql_where=text("status = 'running'")),
    )
    id: Mapped[Id]
    club_id: Mapped[ClubRef]
    document: Mapped[dict[str, Any]] = mapped_column(JSON)
    """As it was written: JSON, for the order of its keys means something."""
    from_at: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=True))
    """None is since ever."""
    until_at: Mapped[Instant]
    status: Mapped[str] = mapped_column(Text, server_default="running")
    report: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    asked_at: Mapped[Instant]
    """What was recorded later is not part of it."""
    asked_by: Mapped[str | None] = mapped_column(Text)
    """`person:ID` or `key:ID`; None for the command line."""
    finished_at: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=True))
    cancelled_at: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=True))


class RehearsalPart(Base):
    """Some members of a rehearsal, from an id to an id: whoever has a worker free does it."""

    __tablename__ = "rehearsal_part"
    __table_args__ = (CheckConstraint("done >= 0 AND members >= 0", name="rehearsal_part_counts"),)
    rehearsal_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("rehearsal.id", ondelete="CASCADE"), primary_key=True
    )
    n: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    first_id: Mapped[Big]
    last_id: Mapped[Big]
    members: Mapped[int] = mapped_column(Integer)
    done: Mapped[int] = mapped_column(Integer, server_default="0")
    """Members that are done, as far as was told."""
    attempts: Mapped[int] = mapped_column(Integer, server_default="0")
    report: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    finished_at: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=True))
