"""Runs of challenges, with what each has counted and what completed it; and milestones of streaks."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Index, Integer, Text, text
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from loyalty.db import Base
from loyalty.models.columns import Big, ClubRef, Document, Instant, MemberRef


class ChallengeRun(Base):
    """One run of a challenge by a member, from the first event in it or from when it was handed out."""

    __tablename__ = "challenge_run"
    __table_args__ = (
        CheckConstraint("from_at <= until_at", name="run_begins_first"),
        CheckConstraint(
            "num_nulls(completed_at, completed_by, completed_version) IN (0, 3)", name="run_completed_whole"
        ),
        Index(
            "run_open_by_end",
            "club_id",
            "until_at",
            "member_id",
            postgresql_where=text("completed_at IS NULL AND until_at IS NOT NULL"),
        ),
    )
    member_id: Mapped[MemberRef] = mapped_column(primary_key=True)
    challenge: Mapped[str] = mapped_column(Text, primary_key=True)
    key: Mapped[str] = mapped_column(Text, primary_key=True)
    """Empty for the only run that begins by itself, the first day of its period, or the number of one handed out."""
    club_id: Mapped[ClubRef]
    from_at: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=True))
    until_at: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=True))
    """Both instants included; None: without end on that side."""
    version: Mapped[int] = mapped_column(Integer)
    """The version whose measures `state` counts; 0: it is to be counted anew."""
    state: Mapped[Document]
    """The sums over its events: `Run.state()`."""
    completed_at: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=True))
    completed_by: Mapped[int | None] = mapped_column(BigInteger)
    """The event that completed it; what it gave is in that one's ruling."""
    completed_version: Mapped[int | None] = mapped_column(Integer)
    """The version that found it completed."""


class StreakMilestone(Base):
    """One row per milestone of a streak that a member reached; how long a streak is, its counter's days say."""

    __tablename__ = "streak_milestone"
    __table_args__ = (CheckConstraint("at > 0", name="streak_milestone_positive"),)
    member_id: Mapped[MemberRef] = mapped_column(primary_key=True)
    streak: Mapped[str] = mapped_column(Text, primary_key=True)
    at: Mapped[int] = mapped_column(Integer, primary_key=True)
    """How many periods in a row."""
    club_id: Mapped[ClubRef]
    event_id: Mapped[Big]
    version: Mapped[int] = mapped_column(Integer)
    reached_at: Mapped[Instant]
