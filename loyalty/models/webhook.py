"""Webhooks of a club, and what is or was on its way to each."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    JSON,
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
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from loyalty.db import Base
from loyalty.models.columns import Big, ClubRef, Id, Instant

DISABLED = ("failing", "gone")
"""Why a webhook gets nothing: it failed for days, or its receiver said that it is gone for good (410)."""
ERRORS = ("status", "silent", "unreachable")
"""Why a delivery failed: answered with another status than 2xx, not in time, or not at all."""


class Webhook(Base):
    """An address that wants to hear of some types of message."""

    __tablename__ = "webhook"
    __table_args__ = (
        CheckConstraint("cardinality(types) > 0", name="webhook_wants_something"),
        CheckConstraint(f"disabled_because IN {DISABLED}", name="webhook_disabled_because_known"),
        CheckConstraint("(disabled_at IS NULL) = (disabled_because IS NULL)", name="webhook_disabled_says_why"),
        CheckConstraint("failures >= 0", name="webhook_failures_not_negative"),
        Index("webhook_by_club", "club_id", "id"),
        Index("webhook_by_rest", "rests_until", "id"),
    )
    id: Mapped[Id]
    club_id: Mapped[ClubRef]
    url: Mapped[str] = mapped_column(Text)
    types: Mapped[list[str]] = mapped_column(ARRAY(Text))
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    """What its messages are signed with, encrypted under the instance key."""
    created_at: Mapped[Instant]
    leased_until: Mapped[Instant]
    """Until then somebody is at it; falls due again by itself where that one was killed."""
    rests_until: Mapped[Instant]
    """After silence it is left in peace for a while, however much is due."""
    failures: Mapped[int] = mapped_column(Integer, server_default="0")
    """Turns in a row in which nothing reached it."""
    failing_since: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=True))
    disabled_at: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=True))
    disabled_because: Mapped[str | None] = mapped_column(Text)


class WebhookDelivery(Base):
    """One message to one webhook. Due: on its way; else delivered, or given up."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        UniqueConstraint("webhook_id", "outbox_id", "part", name="webhook_delivery_once"),
        CheckConstraint("due_at IS NULL OR delivered_at IS NULL", name="webhook_delivery_due_or_done"),
        CheckConstraint(f"error IN {ERRORS}", name="webhook_delivery_error_known"),
        CheckConstraint("attempts >= 0", name="webhook_delivery_attempts_not_negative"),
        Index("webhook_delivery_by_webhook", "webhook_id", "id"),
        Index("webhook_delivery_due", "webhook_id", "due_at", "id", postgresql_where=text("due_at IS NOT NULL")),
        Index("webhook_delivery_done", "webhook_id", "created_at", postgresql_where=text("due_at IS NULL")),
        Index("webhook_delivery_by_member", "member_id", postgresql_where=text("member_id IS NOT NULL")),
    )
    id: Mapped[Id]
    webhook_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("webhook.id", ondelete="CASCADE"))
    message_id: Mapped[str] = mapped_column(Text)
    """The `webhook-id`: the same however often it is sent. Drawn by chance, so that a restored backup repeats none."""
    outbox_id: Mapped[int | None] = mapped_column(BigInteger)
    """The message of the outbox that it comes from; a test comes from none."""
    part: Mapped[Big]
    """Which of what that message became: an entry's id, or 0."""
    type: Mapped[str] = mapped_column(Text)
    body: Mapped[dict[str, Any]] = mapped_column(JSON)
    member_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("member.id"))
    """Whom it is about; erasure deletes the row."""
    created_at: Mapped[Instant]
    due_at: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=True))
    attempts: Mapped[int] = mapped_column(Integer, server_default="0")
    answered: Mapped[int | None] = mapped_column(Integer)
    """The last HTTP status."""
    error: Mapped[str | None] = mapped_column(Text)
    delivered_at: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=True))
