"""Teams of members, who was in which and when, whom a team has invited, and the challenges that it has completed."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, Text, text
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from loyalty.db import Base
from loyalty.models.columns import ClubRef, Id, Instant, MemberRef


class Team(Base):
    """A team; it ends with its last member."""

    __tablename__ = "team"
    __table_args__ = (
        Index(
            "team_name_once",
            "club_id",
            text("lower(name)"),
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
    )
    id: Mapped[Id]
    club_id: Mapped[ClubRef]
    name: Mapped[str] = mapped_column(Text)
    captain_id: Mapped[MemberRef]
    created_at: Mapped[Instant]
    ended_at: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=True))


class TeamMember(Base):
    """A member's time in a team, by local days: from the first, up to the one before `left_on`."""

    __tablename__ = "team_member"
    __table_args__ = (
        CheckConstraint("left_on >= joined_on", name="team_member_joined_first"),
        CheckConstraint("num_nulls(left_on, left_at) IN (0, 2)", name="team_member_left_whole"),
        Index("team_member_in_one", "member_id", unique=True, postgresql_where=text("left_at IS NULL")),
        Index("team_member_by_team", "team_id"),
    )
    member_id: Mapped[MemberRef] = mapped_column(primary_key=True)
    id: Mapped[Id]
    team_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("team.id"))
    joined_at: Mapped[Instant]
    joined_on: Mapped[date]
    left_on: Mapped[date | None]
    left_at: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=True))


class TeamInvitation(Base):
    """A member whom a team would like to have."""

    __tablename__ = "team_invitation"
    __table_args__ = (Index("team_invitation_by_team", "team_id"),)
    member_id: Mapped[MemberRef] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("team.id"), primary_key=True)
    invited_at: Mapped[Instant]


class TeamRun(Base):
    """A challenge that a team has completed, once in each of its windows."""

    __tablename__ = "team_run"
    team_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("team.id"), primary_key=True)
    challenge: Mapped[str] = mapped_column(Text, primary_key=True)
    key: Mapped[str] = mapped_column(Text, primary_key=True)
    """The first day of its period; empty for the only one."""
    version: Mapped[int] = mapped_column(Integer)
    completed_at: Mapped[Instant]
