"""Filters of members that a club keeps outside of its bylaws."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, Text
from sqlalchemy.orm import Mapped, mapped_column

from loyalty.db import Base
from loyalty.models.columns import ClubRef, Document, Instant


class Segment(Base):
    """A saved filter: a condition on members, read with the names of the version in force."""

    __tablename__ = "segment"
    club_id: Mapped[ClubRef] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    title: Mapped[Document]
    filter: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Kept as JSON, not JSONB: it is shown as it was written."""
    created_at: Mapped[Instant]
    created_by: Mapped[str] = mapped_column(Text)
    """`person:ID`, or `key:ID` of the API."""
    updated_at: Mapped[Instant]
    updated_by: Mapped[str] = mapped_column(Text)
