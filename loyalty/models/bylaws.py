"""Versions of the bylaws, what they count, and the budgets that members share."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from loyalty.db import Base
from loyalty.models.columns import Big, ClubRef, Document, Id, Instant, MemberRef


class Bylaws(Base):
    """A published version; it never changes. In force from `from_at`; the first one since ever.

    While what it counts is filled from history it is in force for nobody, and `from_at` is the earliest that it may be.
    """

    __tablename__ = "bylaws"
    __table_args__ = (
        CheckConstraint("pilot BETWEEN 1 AND 99", name="bylaws_pilot_share"),
        CheckConstraint("pilot IS NOT NULL OR pilot_until IS NULL", name="bylaws_pilot_whole"),
        Index("bylaws_in_force", "club_id", "from_at"),
        Index(
            "bylaws_one_pilot",
            "club_id",
            unique=True,
            postgresql_where=text("pilot IS NOT NULL AND pilot_until IS NULL"),
        ),
    )
    club_id: Mapped[ClubRef] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True)
    document: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Kept as JSON, not JSONB: the order of wallets, badges and boards is the author's."""
    from_at: Mapped[Instant]
    published_at: Mapped[Instant]
    note: Mapped[str] = mapped_column(Text, server_default="")
    filling: Mapped[bool] = mapped_column(server_default="false")
    pilot: Mapped[int | None] = mapped_column(SmallInteger)
    """Of a version for a pilot group: which share of the members, in percent; see `loyalty.versions.in_group`."""
    pilot_until: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=True))
    """When the pilot ended; until then it is in force for its group."""


class PilotMember(Base):
    """A member of a pilot's group who was judged under it, from the first such event until it ended for the member."""

    __tablename__ = "pilot_member"
    __table_args__ = (
        CheckConstraint("until >= from_at", name="pilot_member_in_order"),
        ForeignKeyConstraint(["club_id", "version"], ["bylaws.club_id", "bylaws.version"]),
        Index("pilot_member_by_version", "club_id", "version"),
    )
    member_id: Mapped[MemberRef] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True)
    club_id: Mapped[int] = mapped_column(BigInteger)
    from_at: Mapped[Instant]
    until: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=True))
    """When the pilot ended, or the member went on as another; None while it goes on."""


class Counter(Base):
    """A counter is its definition; a name is an alias inside a version. Every event feeds every live one."""

    __tablename__ = "counter"
    __table_args__ = (UniqueConstraint("club_id", "digest", name="counter_once"),)
    id: Mapped[Id]
    club_id: Mapped[ClubRef]
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    definition: Mapped[Document]


class CounterSum(Base):
    """A member's counter per local day, per month of the club's calendar, and ever.

    For a counter of days, a day row counts the events that make the day active; month and ever rows count active days.
    """

    __tablename__ = "counter_sum"
    __table_args__ = (
        CheckConstraint("grain IN (0, 1, 2)", name="counter_sum_grain_known"),
        Index("counter_sum_by_period", "counter_id", "grain", "start"),
    )
    member_id: Mapped[MemberRef] = mapped_column(primary_key=True)
    counter_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("counter.id"), primary_key=True)
    grain: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    """0 ever, 1 month, 2 day."""
    start: Mapped[date] = mapped_column(primary_key=True)
    """The day, the month's first day, or 0001-01-01 for ever."""
    label: Mapped[str] = mapped_column(Text, primary_key=True, server_default="")
    value: Mapped[Big]
    reached_at: Mapped[Instant]
    """When the latest event that changed it happened; decides ties on boards."""


class ClubUse(Base):
    """How much of a limit that all members share is used in a period."""

    __tablename__ = "club_use"
    __table_args__ = (CheckConstraint("used >= 0", name="club_use_not_negative"),)
    club_id: Mapped[ClubRef] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(Text, primary_key=True)
    start: Mapped[date] = mapped_column(primary_key=True)
    used: Mapped[Big]
