"""Seasons: periods of a leaderboard or league that are settled once, with the places in them; divisions of members."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from loyalty.db import Base
from loyalty.models.columns import ClubRef, Id, Instant, MemberRef


class Season(Base):
    """One period of a board with prizes, or of a league: opened when it begins, ranked and given out after it ended."""

    __tablename__ = "season"
    __table_args__ = (
        UniqueConstraint("club_id", "part", "code", "start", name="season_once"),
        CheckConstraint("part IN ('board', 'league')", name="season_part_known"),
        CheckConstraint("ends_at <= settles_at", name="season_settles_after_its_end"),
        CheckConstraint("settled_at IS NULL OR ranked_at IS NOT NULL", name="season_ranked_before_settled"),
        Index("season_due", "club_id", "settles_at", postgresql_where=text("settled_at IS NULL")),
    )
    id: Mapped[Id]
    club_id: Mapped[ClubRef]
    part: Mapped[str] = mapped_column(Text)
    code: Mapped[str] = mapped_column(Text)
    start: Mapped[date]
    """The first local day."""
    ends_at: Mapped[Instant]
    """The last instant."""
    settles_at: Mapped[Instant]
    version: Mapped[int] = mapped_column(Integer)
    """The version in force when it was opened: what that promises holds."""
    opened_at: Mapped[Instant]
    ranked_at: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=True))
    """When its places were fixed; later changes move the board, never them."""
    settled_at: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=True))
    """When the last prize was given."""


class SeasonPlace(Base):
    """A member's place: of a league from when one is seated in a group, of a board from when a prize is won."""

    __tablename__ = "season_place"
    __table_args__ = (
        CheckConstraint("move BETWEEN -1 AND 1", name="season_place_moves_one_step"),
        CheckConstraint("num_nulls(rank, score) IN (0, 2)", name="season_place_ranked_whole"),
        CheckConstraint("rank > 0 AND prize > 0", name="season_place_counts_from_one"),
        Index("season_place_by_room", "season_id", "room"),
        Index(
            "season_place_to_give",
            "season_id",
            "member_id",
            postgresql_where=text("given_at IS NULL AND (prize IS NOT NULL OR move <> 0)"),
        ),
    )
    member_id: Mapped[MemberRef] = mapped_column(primary_key=True)
    season_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("season.id"), primary_key=True)
    room: Mapped[str] = mapped_column(Text, primary_key=True)
    """Of a league the group, `DIVISION:NUMBER`; of a board the part that is ranked by itself, empty for the club."""
    division: Mapped[str | None] = mapped_column(Text)
    """Of a league: where the member stood when seated."""
    rank: Mapped[int | None] = mapped_column(Integer)
    score: Mapped[int | None] = mapped_column(BigInteger)
    move: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    """By how many divisions the member went up, or down where it is negative."""
    prize: Mapped[int | None] = mapped_column(Integer)
    """The number of the prize in the document, from 1."""
    given_at: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=True))


class LeagueStanding(Base):
    """In which division of a league a member is; without a row it is the lowest."""

    __tablename__ = "league_standing"
    member_id: Mapped[MemberRef] = mapped_column(primary_key=True)
    league: Mapped[str] = mapped_column(Text, primary_key=True)
    club_id: Mapped[ClubRef]
    division: Mapped[str] = mapped_column(Text)
    since: Mapped[Instant]
