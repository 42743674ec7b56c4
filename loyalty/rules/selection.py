"""A filter of members that is no part of a version: a condition on the member alone, read with a version's names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from loyalty.errors import Invalid
from loyalty.rules.bylaws import Bylaws
from loyalty.rules.declared import declare
from loyalty.rules.document import REQUIRED, SECTIONS, reads_of
from loyalty.rules.kinds import Condition
from loyalty.rules.reading import Node, Reading
from loyalty.rules.standings import named, read_about_member, read_audience


class Selection(NamedTuple):
    """A condition on members, and a version that reads what the condition asks for and nothing else."""

    bylaws: Bylaws
    condition: Condition


def load_filter(tree: Mapping[str, Any], bylaws: Bylaws, document: Mapping[str, Any], path: str) -> Selection:
    """A filter, read with the names of a version and its document.

    Raises:
        Invalid: with every fault found, each with its place below `path`.
    """
    reading = Reading(bylaws.club.calendar)
    found = Node(document, "", reading).fields(REQUIRED, SECTIONS)
    declare(found)
    reading.counter_units = {name: counter.unit for name, counter in bylaws.counters.items()}
    reading.audiences = named(found.get("audiences"), read_audience)
    condition = reading.attempt(read_about_member, Node(tree, path, reading))
    if condition is None or reading.faults:
        raise Invalid(reading.faults)
    reads, member_reads = reads_of(reading, bylaws.counters), frozenset(reading.member_reads)
    return Selection(replace(bylaws, articles=(), reads=reads, member_reads=member_reads), condition)
