"""Draws of raffles: the commitment before, and all that anyone needs to check them after."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from loyalty.db import Base
from loyalty.models.columns import Big, ClubRef, Id, Instant


class RaffleDraw(Base):
    """One draw of a raffle: committed to, closed (its entries are fixed), drawn."""

    __tablename__ = "raffle_draw"
    __table_args__ = (
        UniqueConstraint("club_id", "raffle", "day", name="raffle_draw_once"),
        CheckConstraint("num_nulls(closed_at, entries_digest, holders, tickets) IN (0, 4)", name="raffle_closed_whole"),
        CheckConstraint("num_nulls(drawn_at, seed, winners) IN (0, 3)", name="raffle_drawn_whole"),
        CheckConstraint("drawn_at IS NULL OR closed_at IS NOT NULL", name="raffle_closed_before_drawn"),
        CheckConstraint("public_value IS NULL OR closed_at IS NOT NULL", name="raffle_public_value_after_closing"),
        CheckConstraint(
            "drawn_at IS NULL OR (public_source IS NULL) = (public_value IS NULL)", name="raffle_drawn_with_value"
        ),
        Index("raffle_draw_due", "club_id", "ends_at", postgresql_where=text("drawn_at IS NULL")),
    )
    id: Mapped[Id]
    club_id: Mapped[ClubRef]
    raffle: Mapped[str] = mapped_column(Text(collation="C"))
    day: Mapped[date]
    """The club's local day at whose end it is drawn."""
    ends_at: Mapped[Instant]
    """The last instant of that day, at which its tickets end."""
    version: Mapped[int] = mapped_column(Integer)
    """The version of the bylaws that was in force when it was committed to: its condition and prizes hold."""
    commitment: Mapped[bytes] = mapped_column(LargeBinary)
    """SHA-256 of the seed: public from the beginning."""
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    """The seed, encrypted under the instance key."""
    committed_at: Mapped[Instant]
    public_source: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    """What value, which nobody can know before the closing, is mixed in: in both languages."""
    public_value: Mapped[str | None] = mapped_column(Text)
    closed_at: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=True))
    entries_digest: Mapped[bytes | None] = mapped_column(LargeBinary)
    """SHA-256 of the list of entries."""
    holders: Mapped[int | None] = mapped_column(BigInteger)
    tickets: Mapped[int | None] = mapped_column(BigInteger)
    drawn_at: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=True))
    seed: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Public once it is drawn."""
    winners: Mapped[list[Any] | None] = mapped_column(JSONB)
    """In the order in which they were drawn: `{prize, holder, tickets, member}`; only club and winner see `member`."""


class RaffleEntry(Base):
    """Who takes part in a draw under a pseudonym, and with how many tickets."""

    __tablename__ = "raffle_entry"
    __table_args__ = (CheckConstraint("tickets > 0", name="raffle_entry_has_tickets"),)
    draw_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("raffle_draw.id"), primary_key=True)
    holder: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    """Of the member, this draw and the instance's secret: who has the list cannot tell who it is."""
    tickets: Mapped[Big]
