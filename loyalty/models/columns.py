"""Column shorthands used by every table."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from sqlalchemy import BigInteger, ForeignKey, Identity
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP
from sqlalchemy.orm import mapped_column

Id = Annotated[int, mapped_column(BigInteger, Identity(), primary_key=True)]
Big = Annotated[int, mapped_column(BigInteger)]
Instant = Annotated[datetime, mapped_column(TIMESTAMP(timezone=True))]
Document = Annotated[dict[str, Any], mapped_column(JSONB)]
ClubRef = Annotated[int, mapped_column(BigInteger, ForeignKey("club.id"))]
MemberRef = Annotated[int, mapped_column(BigInteger, ForeignKey("member.id"))]
"""A member a row is about; where it leads the primary key the table can be distributed by member."""
