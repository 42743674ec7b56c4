"""What keeps the instance running: messages to deliver, answers to repeat, duties of the timer, imports under way."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, Integer, LargeBinary, SmallInteger, Text
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from loyalty.db import Base
from loyalty.models.columns import ClubRef, Document, Id, Instant


class Outbox(Base):
    """A message written in the transaction that causes it; deleted once delivered. Delivery is at least once."""

    __tablename__ = "outbox"
    __table_args__ = (Index("outbox_due", "due_at", "id"),)
    id: Mapped[Id]
    club_id: Mapped[ClubRef]
    member_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("member.id"))
    type: Mapped[str] = mapped_column(Text)
    """What happened, e.g. `purchase.recorded`, `tier.changed`, `badge.earned`."""
    data: Mapped[Document]
    created_at: Mapped[Instant]
    due_at: Mapped[Instant]
    attempts: Mapped[int] = mapped_column(Integer, server_default="0")


class Answer(Base):
    """What a request with an `Idempotency-Key` was answered, written in the transaction of what it did."""

    __tablename__ = "answer"
    __table_args__ = (
        CheckConstraint("(status IS NULL) = (body IS NULL)", name="answer_whole"),
        Index("answer_by_member", "member_id"),
        Index("answer_by_age", "created_at"),
    )
    club_id: Mapped[ClubRef] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(Text, primary_key=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    """SHA-256 of what was asked: the operation, where, and the normalised content."""
    status: Mapped[int | None] = mapped_column(SmallInteger)
    """The first answer's; like `body` NULL only until it is there, which no other transaction ever sees."""
    body: Mapped[Any | None] = mapped_column(JSON)
    """Kept as JSON, not JSONB: a repeat is the first answer to the letter."""
    member_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("member.id"))
    """Whom the answer is about: erasure takes it, too."""
    created_at: Mapped[Instant]


class Duty(Base):
    """Something the timer does for a club again and again, and until when it has been done."""

    __tablename__ = "duty"
    club_id: Mapped[ClubRef] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Text, primary_key=True)
    done_until: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True))


class ImportRun(Base):
    """How far the import of one file into one club has come: moved in the transaction of the rows it counts."""

    __tablename__ = "import_run"
    club_id: Mapped[ClubRef] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(Text, primary_key=True)
    """SHA-256 of the file and the format it was read in."""
    position: Mapped[int] = mapped_column(BigInteger)
    """How many purchases, cancellations and set-aside rows, in the order of the file, are done."""
    recorded: Mapped[int] = mapped_column(BigInteger)
    unclaimed: Mapped[int] = mapped_column(BigInteger)
    """Recorded without a member; not counted in `recorded`."""
    repeated: Mapped[int] = mapped_column(BigInteger)
    refused: Mapped[int] = mapped_column(BigInteger)
    returned: Mapped[int] = mapped_column(BigInteger)
    """Cancellations of which every line ended as a return."""
    returned_partly: Mapped[int] = mapped_column(BigInteger)
    unmatched: Mapped[int] = mapped_column(BigInteger)
    """Cancellations that took nothing back: no purchase before them fits."""
    started_at: Mapped[Instant]
    updated_at: Mapped[Instant]
    finished_at: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=True))
