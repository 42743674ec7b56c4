"""Whose: the members of a club whom references name, whatever they were merged into since."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import psycopg

from loyalty.arrays import array
from loyalty.errors import Fault, NotFound
from loyalty.rules.facts import MemberRef
from loyalty.values import Text

Connection = psycopg.Connection[tuple[Any, ...]]


def resolve(conn: Connection, club_id: int, refs: set[MemberRef]) -> dict[MemberRef, int]:
    """The ids of the members that references name in a club, in one statement; unknown ones are left out.

    Whoever was merged into another is that one; who was erased is unknown.
    """
    return resolved(resolving(conn, club_id, refs))


def named(conn: Connection, club_id: int, ref: MemberRef, path: str) -> int:
    """The id of the one member whom a field names.

    Raises:
        NotFound: nobody; naming the field at `path`.
    """
    found = resolve(conn, club_id, {ref}).get(ref)
    if found is None:
        raise NotFound(
            Text("There is no such member.", "چنین عضوی نیست."),
            [Fault(path, Text("No member is known by this.", "عضوی با این مشخصه شناخته نیست."))],
        )
    return found


def resolving(conn: Connection, club_id: int, refs: set[MemberRef]) -> psycopg.Cursor[tuple[Any, ...]]:
    """`resolve`, asked: in a pipeline others may be on their way with it."""
    others = [ref for ref in refs if ref.kind != "id"]
    return conn.execute(
        _RESOLVE,
        {
            "club": club_id,
            "ids": array(int(ref.value) for ref in refs if ref.kind == "id"),
            "kinds": array(ref.kind for ref in others),
            "values": array(ref.value for ref in others),
        },
    )


_RESOLVE: Final = """
    WITH RECURSIVE named AS (
        SELECT id AS asked, id, merged_into FROM member
        WHERE club_id = %(club)s AND id = ANY(%(ids)s::bigint[]) AND erased_at IS NULL
        UNION ALL
        SELECT named.asked, member.id, member.merged_into FROM named JOIN member ON member.id = named.merged_into
    )
    SELECT 'id', asked::text, id FROM named WHERE merged_into IS NULL
    UNION ALL
    SELECT i.kind, i.value, i.member_id FROM unnest(%(kinds)s::text[], %(values)s::text[]) AS w (kind, value)
    JOIN identifier i ON i.club_id = %(club)s AND i.kind = w.kind AND i.value = w.value
"""
"""Identifiers always point to the last of a chain of merges; ids are followed to it."""


def resolved(rows: Iterable[tuple[Any, ...]]) -> dict[MemberRef, int]:
    """`resolve`, answered."""
    return {MemberRef(kind, value): member_id for kind, value, member_id in rows}
