"""Turns of spins: when, by which draw, and what it came to."""

from __future__ import annotations

from datetime import date

from sqlalchemy import BigInteger, CheckConstraint, Index, Integer, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from loyalty.db import Base
from loyalty.models.columns import ClubRef, Instant, MemberRef


class SpinTurn(Base):
    """A member's turn in a period; there is one in each."""

    __tablename__ = "spin_turn"
    __table_args__ = (
        CheckConstraint("odd > 0", name="spin_turn_odd_from_one"),
        CheckConstraint("octet_length(draw) = 32", name="spin_turn_draw_whole"),
        Index("spin_turn_by_spin", "club_id", "spin", "turned_at"),
    )
    member_id: Mapped[MemberRef] = mapped_column(primary_key=True)
    spin: Mapped[str] = mapped_column(Text, primary_key=True)
    start: Mapped[date] = mapped_column(primary_key=True)
    """The first local day of the period."""
    club_id: Mapped[ClubRef]
    event_id: Mapped[int] = mapped_column(BigInteger)
    """The event by which the member got what was won."""
    version: Mapped[int] = mapped_column(Integer)
    """The version whose odds held."""
    draw: Mapped[bytes] = mapped_column(LargeBinary)
    """HMAC-SHA256 of the event's key under a key of the club's."""
    odd: Mapped[int] = mapped_column(Integer)
    """Which of the odds came, from 1."""
    turned_at: Mapped[Instant]
