"""Purchases as they were recorded, with the ruling that stands; and the receipts that make posting safe to repeat."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Sequence,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from loyalty.db import Base
from loyalty.models.columns import Big, ClubRef, Document, Instant, MemberRef

EVENT_ID = Sequence("event_id", metadata=Base.metadata)
"""Every accepted event gets its number from here when it is recorded; replay follows it."""


class Purchase(Base):
    """A judged purchase of a member."""

    __tablename__ = "purchase"
    __table_args__ = (
        CheckConstraint("gross >= 0 AND net >= 0", name="purchase_not_negative"),
        Index("purchase_by_id", "id"),
        Index("purchase_by_time", "club_id", "occurred_at", "id"),
        Index("purchase_by_store", "store_id", "occurred_at", "id"),
    )
    member_id: Mapped[MemberRef] = mapped_column(primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    club_id: Mapped[ClubRef]
    store_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("store.id"))
    receipt: Mapped[str] = mapped_column(Text)
    occurred_at: Mapped[Instant]
    recorded_at: Mapped[Instant]
    day: Mapped[date]
    """The local day in the club's zone."""
    gross: Mapped[Big]
    net: Mapped[Big]
    lines: Mapped[list[Any]] = mapped_column(JSONB)
    """Lines as lists in the order of `Line`'s fields; empty where only a basket was sent."""
    extra: Mapped[Document]
    """Tenders, channel, cashier, attributes: whatever of them was sent."""
    version: Mapped[int] = mapped_column(Integer)
    ruling: Mapped[Document]
    """The facts that were read and the effects: `Ruling.kept()`."""
    kept: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    """After a return: what is kept of the purchase and what it gives now; see `loyalty.kept`."""
    voided_at: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=True))
    claimed_as: Mapped[int | None] = mapped_column(BigInteger)
    """Of a purchase that was claimed later: the number in whose place it is replayed."""


class Receipt(Base):
    """A store's receipt number, once; the digest tells a repeat from another sale under the same number."""

    __tablename__ = "receipt"
    store_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("store.id"), primary_key=True)
    receipt: Mapped[str] = mapped_column(Text, primary_key=True)
    club_id: Mapped[ClubRef]
    event_id: Mapped[Big]
    member_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("member.id"))
    digest: Mapped[bytes] = mapped_column(LargeBinary)


class Event(Base):
    """A judged event other than a purchase: of a declared type, or an occasion that the club found by itself."""

    __tablename__ = "event"
    __table_args__ = (
        Index("event_by_id", "id"),
        Index("event_by_time", "club_id", "occurred_at", "id"),
        Index("event_of_member", "member_id", "type", "occurred_at"),
        Index("event_following", "member_id", "root", postgresql_where=text("root IS NOT NULL")),
    )
    member_id: Mapped[MemberRef] = mapped_column(primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    club_id: Mapped[ClubRef]
    type: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text)
    """Who tells of it; the club itself has no name."""
    key: Mapped[str] = mapped_column(Text)
    store_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("store.id"))
    occurred_at: Mapped[Instant]
    recorded_at: Mapped[Instant]
    day: Mapped[date]
    """The local day in the club's zone."""
    data: Mapped[Document]
    version: Mapped[int] = mapped_column(Integer)
    ruling: Mapped[Document]
    """The facts that were read and the effects: `Ruling.kept()`."""
    kept: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    """What it still gives, once something is lost that it gave something with; see `loyalty.sold`."""
    claimed_as: Mapped[int | None] = mapped_column(BigInteger)
    """Of an event that was judged after it had waited: the number in whose place it is replayed."""
    root: Mapped[int | None] = mapped_column(BigInteger)
    """Of an event that followed from others: the number of the first of these; 0 where a tier moved by itself."""


class Handover(Base):
    """An event of which others than its member are to have something, once the return window has passed."""

    __tablename__ = "handover"
    __table_args__ = (
        Index("handover_due", "club_id", "due_at", postgresql_where=text("done_at IS NULL")),
        Index("handover_of_event", "id"),
    )
    member_id: Mapped[MemberRef] = mapped_column(primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    """The event's number."""
    club_id: Mapped[ClubRef]
    due_at: Mapped[Instant]
    done_at: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=True))


class EventKey(Base):
    """A source's key for an event, once; the digest tells a repeat from another event under the same key."""

    __tablename__ = "event_key"
    club_id: Mapped[ClubRef] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(Text, primary_key=True)
    key: Mapped[str] = mapped_column(Text, primary_key=True)
    event_id: Mapped[Big]
    member_id: Mapped[MemberRef]
    digest: Mapped[bytes] = mapped_column(LargeBinary)


class Return(Base):
    """A purchase given back, in part or whole, or undone as a mistake. `member_id` is None while nobody claims it."""

    __tablename__ = "purchase_return"
    __table_args__ = (
        CheckConstraint("kind IN ('return', 'void')", name="return_kind_known"),
        UniqueConstraint("store_id", "key", "kind", name="return_once"),
        Index("return_of_purchase", "purchase_id", "id"),
        Index("return_of_member", "member_id", "id"),
        Index("return_by_time", "club_id", "occurred_at"),
        Index("return_unsettled", "club_id", "member_id", postgresql_where=text("NOT settled")),
    )
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    club_id: Mapped[ClubRef]
    member_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("member.id"))
    purchase_id: Mapped[Big]
    store_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("store.id"))
    key: Mapped[str] = mapped_column(Text)
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    kind: Mapped[str] = mapped_column(Text)
    occurred_at: Mapped[Instant]
    recorded_at: Mapped[Instant]
    gross: Mapped[Big]
    net: Mapped[Big]
    """What it took off the purchase's amounts."""
    content: Mapped[Document]
    """What was sent: lines and quantities, or an amount; and the reason of a void."""
    outcome: Mapped[Document]
    """What was answered."""
    settled: Mapped[bool] = mapped_column(Boolean)
    """Whether badges have been looked at since; under `returns: at_review` the next review does."""


class SetAside(Base):
    """A purchase or another event that is recorded but not judged.

    No member claims it yet, or it came too late and waits for a person.
    """

    __tablename__ = "set_aside"
    __table_args__ = (
        CheckConstraint("because IN ('unclaimed', 'late')", name="set_aside_because_known"),
        CheckConstraint("type <> 'purchase' OR store_id IS NOT NULL", name="set_aside_purchase_has_store"),
        Index("set_aside_by_club", "club_id", "id"),
        Index("set_aside_of_member", "member_id", postgresql_where=text("member_id IS NOT NULL")),
    )
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    club_id: Mapped[ClubRef]
    type: Mapped[str] = mapped_column(Text)
    """`purchase`, or another type of event."""
    store_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("store.id"))
    receipt: Mapped[str] = mapped_column(Text)
    """The purchase's receipt, or the event's key."""
    member_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("member.id"))
    because: Mapped[str] = mapped_column(Text)
    occurred_at: Mapped[Instant]
    recorded_at: Mapped[Instant]
    sent: Mapped[Document]
    """The purchase or the event as it was sent."""
