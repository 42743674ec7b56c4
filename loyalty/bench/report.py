"""What a benchmark found, as a table for people and as JSON for scripts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from rich.console import Console
from rich.table import Table

from loyalty.bench.machine import Machine


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a comparison, over all rounds of a run."""

    name: str
    count: int
    seconds: float
    """Wall time."""
    cpu: dict[str, float]
    """Processor seconds by part; empty where they can't be told."""
    latencies: list[float] = field(default_factory=list)
    """Seconds of each, where they were taken one by one."""
    goal: float | None = None
    """What ours is to be as a share of this one's speed; None for ours."""

    @property
    def rate(self) -> float:
        """How many a second."""
        return self.count / self.seconds

    @property
    def cpu_ms(self) -> float | None:
        """Processor milliseconds of each, over all parts."""
        return sum(self.cpu.values()) / self.count * 1000 if self.cpu else None

    def at(self, share: float) -> float | None:
        """Milliseconds within which a share of them was answered."""
        if not self.latencies:
            return None
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1000


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table of speeds: ours, and what it is held against."""

    key: str
    what: str
    unit: str
    ours: Side
    floors: Sequence[Side]
    same: str
    """How the floors were proven to do the same."""
    note: str = ""
    """What else was asked for, and whether it is so."""

    def data(self) -> dict[str, Any]:
        """Everything, for a script."""
        return {
            "key": self.key,
            "what": self.what,
            "unit": self.unit,
            "same": self.same,
            "note": self.note,
            "ours": _data(self.ours),
            "floors": [
                _data(floor)
                | {
                    "goal": floor.goal,
                    "ratio": round(ratio(self.ours, floor), 4),
                    "cpu_ratio": _rounded(cpu_ratio(self.ours, floor), 4),
                    "reached": bool(floor.goal) and ratio(self.ours, floor) >= (floor.goal or 0),
                }
                for floor in self.floors
            ],
        }


def ratio(ours: Side, floor: Side) -> float:
    """Our speed as a share of a floor's, by the clock on the wall."""
    return ours.rate / floor.rate


def cpu_ratio(ours: Side, floor: Side) -> float | None:
    """Our speed as a share of a floor's, by processor time: what other programs on the machine disturb least."""
    mine, its = ours.cpu_ms, floor.cpu_ms
    return its / mine if mine and its else None


def show(console: Console, machine: Machine, rows: Sequence[Row]) -> None:
    """The table, the machine above it and the proofs below."""
    console.print(
        f"{machine.cores} cores · {machine.cpu} · Python {machine.python} · PostgreSQL {machine.postgres} · a page is"
        f" on disk in {machine.sync_ms:.2f} ms · load {machine.load:.1f} at the start",
        highlight=False,
    )
    table = Table(show_lines=False)
    for name in ("", "per second", "p50 ms", "p99 ms", "CPU ms each", "of which", "ours ÷ this", "by CPU", "goal"):
        table.add_column(name, justify="left" if not name else "right", overflow="fold")
    for row in rows:
        table.add_row(f"[bold]{row.what}[/bold]\n{row.unit}")
        table.add_row("  ours", *_figures(row.ours), "", "", "")
        for floor in row.floors:
            share = ratio(row.ours, floor)
            colour = "default" if floor.goal is None else "green" if share >= floor.goal else "red"
            by_cpu = cpu_ratio(row.ours, floor)
            table.add_row(
                f"  {floor.name}",
                *_figures(floor),
                f"[{colour}]{share:.2f}[/{colour}]",
                "–" if by_cpu is None else f"{by_cpu:.2f}",
                "" if floor.goal is None else f"≥ {floor.goal:.2f}",
            )
        table.add_section()
    console.print(table)
    for row in rows:
        console.print(f"{row.what}: {'; '.join(filter(None, (row.same, row.note)))}.", highlight=False)


def _figures(side: Side) -> tuple[str, str, str, str, str]:
    cpu = side.cpu_ms
    parts = [f"{name} {its / side.count * 1000:.2f}" for name, its in side.cpu.items()] if len(side.cpu) > 1 else []
    total = "–" if cpu is None else f"{cpu:.3f}" if cpu < 1 else f"{cpu:.2f}"
    return f"{side.rate:,.0f}", _ms(side.at(0.5)), _ms(side.at(0.99)), total, "\n".join(parts)


def _ms(value: float | None) -> str:
    return "" if value is None else f"{value:.1f}"


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)


def _data(side: Side) -> dict[str, Any]:
    return {
        "name": side.name,
        "count": side.count,
        "seconds": round(side.seconds, 3),
        "per_second": round(side.rate, 1),
        "p50_ms": _rounded(side.at(0.5), 3),
        "p99_ms": _rounded(side.at(0.99), 3),
        "cpu_ms_each": _rounded(side.cpu_ms, 4),
        "cpu_seconds": {name: round(its, 3) for name, its in side.cpu.items()},
    }
