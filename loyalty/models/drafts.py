"""Bylaws on their way: the draft, what waits for a second person, and what people did."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, Integer, SmallInteger, Text, text
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from loyalty.db import Base
from loyalty.models.columns import ClubRef, Document, Id, Instant

STATUSES = ("asked", "approved", "declined", "withdrawn")


class BylawsDraft(Base):
    """The one draft of a club, kept as it is, also with faults."""

    __tablename__ = "bylaws_draft"
    club_id: Mapped[ClubRef] = mapped_column(primary_key=True)
    document: Mapped[dict[str, Any]] = mapped_column(JSON)
    based_on: Mapped[int | None] = mapped_column(Integer)
    """The version whose text it was made of."""
    saved_at: Mapped[Instant]
    by: Mapped[str] = mapped_column(Text)
    """Who saved it last: `person:ID`, or `key:ID` of the API."""


class BylawsRequest(Base):
    """A document that somebody asks to publish, and what a second person said to it."""

    __tablename__ = "bylaws_request"
    __table_args__ = (
        CheckConstraint(f"status IN {STATUSES}", name="bylaws_request_status_known"),
        CheckConstraint("(status = 'asked') = (decided_at IS NULL)", name="bylaws_request_decided_whole"),
        CheckConstraint(
            "status NOT IN ('approved', 'declined') OR decided_by <> asked_by", name="bylaws_request_by_another"
        ),
        CheckConstraint("(status = 'approved') = (version IS NOT NULL)", name="bylaws_request_version"),
        Index("bylaws_request_open", "club_id", unique=True, postgresql_where=text("status = 'asked'")),
        Index("bylaws_request_by_club", "club_id", "id"),
    )
    id: Mapped[Id]
    club_id: Mapped[ClubRef]
    document: Mapped[dict[str, Any]] = mapped_column(JSON)
    """As it was when it was asked for: the draft may go on."""
    from_at: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=True))
    pilot: Mapped[int | None] = mapped_column(SmallInteger)
    """For which share of the members, in percent; for everybody where there is none."""
    note: Mapped[str] = mapped_column(Text)
    asked_by: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[Instant]
    status: Mapped[str] = mapped_column(Text, server_default="asked")
    decided_by: Mapped[str | None] = mapped_column(Text)
    decided_at: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=True))
    answer: Mapped[str | None] = mapped_column(Text)
    version: Mapped[int | None] = mapped_column(Integer)
    """The version that it became."""


class Act(Base):
    """Something that somebody did in the club: the trail that is read when one asks who it was."""

    __tablename__ = "act"
    __table_args__ = (Index("act_by_club", "club_id", "id"),)
    id: Mapped[Id]
    club_id: Mapped[ClubRef]
    at: Mapped[Instant]
    by: Mapped[str] = mapped_column(Text)
    person_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("person.id"))
    """The person of `by`, where it was one."""
    what: Mapped[str] = mapped_column(Text)
    """What was done, e.g. `draft.saved`, `bylaws.asked`, `bylaws.published`, `person.added`."""
    data: Mapped[Document]
