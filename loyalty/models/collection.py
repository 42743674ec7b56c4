"""Sets that members have completed, and pieces that they offer each other."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from loyalty.db import Base
from loyalty.models.columns import ClubRef, Id, Instant, MemberRef


class SetDone(Base):
    """A set that a member has completed, once."""

    __tablename__ = "set_done"
    member_id: Mapped[MemberRef] = mapped_column(primary_key=True)
    collection: Mapped[str] = mapped_column(Text, primary_key=True)
    club_id: Mapped[ClubRef]
    completed_at: Mapped[Instant]


class Trade(Base):
    """An offer of one piece for another of the same set, to a member or to everybody."""

    __tablename__ = "trade"
    __table_args__ = (
        CheckConstraint("gives <> wants", name="trade_of_different_pieces"),
        CheckConstraint("member_id <> to_id", name="trade_with_another"),
        CheckConstraint("status IN ('open', 'accepted', 'withdrawn')", name="trade_status_known"),
        CheckConstraint("(status = 'open') = (ended_at IS NULL)", name="trade_ended_when_not_open"),
        CheckConstraint("(status = 'accepted') = (accepted_by IS NOT NULL)", name="trade_accepted_by_somebody"),
        Index("trade_open", "club_id", "id", postgresql_where=text("status = 'open'")),
        Index("trade_of_member", "member_id", "id"),
    )
    id: Mapped[Id]
    club_id: Mapped[ClubRef]
    member_id: Mapped[MemberRef]
    to_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("member.id"))
    collection: Mapped[str] = mapped_column(Text)
    gives: Mapped[str] = mapped_column(Text)
    wants: Mapped[str] = mapped_column(Text)
    offered_at: Mapped[Instant]
    until_at: Mapped[Instant]
    """The last instant at which it may be accepted."""
    status: Mapped[str] = mapped_column(Text, server_default="open")
    accepted_by: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("member.id"))
    ended_at: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=True))
