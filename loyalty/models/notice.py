"""What members are told: the feed, what of it is on its way through channels, and how a club wants it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Identity, Index, Integer, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from loyalty.db import Base
from loyalty.models.columns import Big, ClubRef, Document, Id, Instant, MemberRef

CHANNELS = ("email", "sms")
"""How a notice leaves; the feed is not left, and webhooks hear of what happened by themselves."""
WITHHELD = ("cap", "consent", "address", "late", "refused", "failed")
"""Why a notice did not leave: too many already, no consent any more, nowhere to send it, no news any more; or it was
refused for good, or failed too often."""


class Notice(Base):
    """Something that a member is told: once, whatever its cause was delivered. Without personal data."""

    __tablename__ = "notice"
    __table_args__ = (
        Index("notice_feed", "member_id", "at", "id"),
        Index("notice_unread", "member_id", postgresql_where=text("read_at IS NULL")),
        Index("notice_by_age", "club_id", "noted_at"),
    )
    member_id: Mapped[MemberRef] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(Text, primary_key=True)
    """The kind and what it is about: `badge_earned:regular:2`."""
    id: Mapped[int] = mapped_column(BigInteger, Identity())
    club_id: Mapped[ClubRef]
    kind: Mapped[str] = mapped_column(Text)
    about: Mapped[Document]
    """What it is about, by codes and numbers."""
    slots: Mapped[Document]
    """What its sentences name, in both languages; the sentences themselves are the club's at present."""
    at: Mapped[Instant]
    """When it happened, or was found to be near."""
    noted_at: Mapped[Instant]
    until_at: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=True))
    """The last instant at which it is worth being sent."""
    read_at: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=True))


class NoticeSending(Base):
    """A notice on its way through a channel. Due: on its way; else sent, or withheld."""

    __tablename__ = "notice_sending"
    __table_args__ = (
        UniqueConstraint("member_id", "notice_id", "channel", name="notice_sending_once"),
        CheckConstraint(f"channel IN {CHANNELS}", name="notice_sending_channel_known"),
        CheckConstraint(f"because IN {WITHHELD}", name="notice_sending_because_known"),
        CheckConstraint("num_nonnulls(due_at, sent_at, because) = 1", name="notice_sending_due_or_done"),
        CheckConstraint("attempts >= 0", name="notice_sending_attempts_not_negative"),
        Index("notice_sending_due", "channel", "due_at", "id", postgresql_where=text("due_at IS NOT NULL")),
        Index("notice_sending_done", "club_id", "created_at", postgresql_where=text("due_at IS NULL")),
        Index("notice_sending_of_day", "member_id", "channel", "day", postgresql_where=text("because IS NULL")),
    )
    id: Mapped[Id]
    club_id: Mapped[ClubRef]
    member_id: Mapped[MemberRef]
    notice_id: Mapped[Big]
    channel: Mapped[str] = mapped_column(Text)
    message_id: Mapped[str] = mapped_column(Text)
    """What receivers know it by: the same however often it is sent. Drawn by chance, like a webhook's."""
    day: Mapped[date]
    """The club's local day on which it is to leave: caps count by it."""
    created_at: Mapped[Instant]
    due_at: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=True))
    attempts: Mapped[int] = mapped_column(Integer, server_default="0")
    tried_at: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=True))
    error: Mapped[str | None] = mapped_column(Text)
    """What the last attempt failed of."""
    sent_at: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=True))
    because: Mapped[str | None] = mapped_column(Text)
    """Why it will not be sent."""


class NoticeSettings(Base):
    """How a club wants its members told; what is left out is as everywhere (`loyalty.notices.terms`)."""

    __tablename__ = "notice_settings"
    club_id: Mapped[ClubRef] = mapped_column(primary_key=True)
    document: Mapped[dict[str, Any]] = mapped_column(JSONB)
    changed_at: Mapped[Instant]
    by: Mapped[str] = mapped_column(Text)


class NoticeTemplate(Base):
    """A club's own words for a kind of notice: `{channel: {lang: {title, body}}}`."""

    __tablename__ = "notice_template"
    club_id: Mapped[ClubRef] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(Text, primary_key=True)
    texts: Mapped[dict[str, Any]] = mapped_column(JSONB)
    changed_at: Mapped[Instant]
    by: Mapped[str] = mapped_column(Text)
