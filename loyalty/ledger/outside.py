"""A seal as a line to keep outside, and seals compared with such lines: who rewrote everything can't rewrite those."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Final, NamedTuple

from loyalty.calendars import Calendar, parse_date
from loyalty.errors import Fault, Invalid
from loyalty.ledger.flaws import Flaw
from loyalty.ledger.seals import Seal
from loyalty.values import Text

_LINE: Final = re.compile(r"(\S+)\s+(\d{4}-\d\d-\d\d)\s+(\d{1,9})\s+(\d{1,18})\s+([0-9a-f]{64})", re.ASCII)
_UNREADABLE: Final = Text(
    "This is not a line of `loyalty audit seals`: club, day, number, members, digest.",
    "این سطری از «loyalty audit seals» نیست: باشگاه، روز، شماره، شمار اعضا، چکیده.",
)


class Line(NamedTuple):
    """A seal as somebody keeps it outside; `said` is how it is written there, after the club."""

    club: str
    said: str
    day: date
    n: int
    members: int
    digest: bytes


def written(code: str, calendar: Calendar, seal: Seal) -> str:
    """A seal as a line: club, day in the club's calendar, number, members, digest. The same in every language."""
    return f"{code} {_said(calendar, seal)}"


def read_lines(name: str, text: str) -> list[Line]:
    """The lines of a file; empty ones and those that begin with # say nothing.

    Raises:
        Invalid: some are no such lines; each fault names its place.
    """
    found: list[Line] = []
    faults: list[Fault] = []
    for number, said in enumerate(text.splitlines(), 1):
        if not said.strip() or said.lstrip().startswith("#"):
            continue
        line = _read(said.strip())
        if line:
            found.append(line)
        else:
            faults.append(Fault(f"{name}:{number}", _UNREADABLE))
    if faults:
        raise Invalid(faults, Text("The file can't be read.", "این فایل خوانده نمی‌شود."))
    return found


def outside_flaws(calendar: Calendar, seals: Iterable[Seal], lines: Sequence[Line]) -> Iterator[Flaw]:
    """Where the seals of a club are not what its lines outside say. Seals without a line are passed over."""
    kept = {seal.n: seal for seal in seals}
    for line in lines:
        seal = kept.get(line.n)
        if seal is None:
            yield missing(line)
        elif (seal.day, seal.members, seal.digest) != (line.day, line.members, line.digest):
            yield Flaw("outside", kept=_said(calendar, seal), proven=line.said, seal=line.n)


def missing(line: Line) -> Flaw:
    """What is found where the seal of a line is not there."""
    return Flaw("outside", kept="", proven=line.said, seal=line.n)


def _said(calendar: Calendar, seal: Seal) -> str:
    year, month, day = calendar.parts(seal.day)
    return f"{year:04}-{month:02}-{day:02} {seal.n} {seal.members} {seal.digest.hex()}"


def _read(said: str) -> Line | None:
    match = _LINE.fullmatch(said)
    if not match:
        return None
    club, day, n, members, digest = match.groups()
    try:
        return Line(club, said.split(maxsplit=1)[1], parse_date(day), int(n), int(members), bytes.fromhex(digest))
    except ValueError:
        return None
