"""What a run of the benchmarks tells."""

from __future__ import annotations

import io
import os

import pytest
from click.testing import CliRunner
from rich.console import Console

from loyalty.bench.machine import Machine, Meter, spent
from loyalty.bench.report import Row, Side, cpu_ratio, ratio, show
from loyalty.bench.tills import _slowest
from loyalty.cli import main

OURS = Side("ours", 100, 2.0, {"web": 0.3, "database": 0.1}, [n / 1000 for n in range(1, 101)])
FLOOR = Side("bare", 100, 1.0, {"database": 0.1}, [0.001] * 100, goal=0.3)
ROW = Row("tills", "one purchase", "8 clients", OURS, [FLOOR], "the same rows")
MACHINE = Machine(2, "a processor", "3.11", "18.6", 1.5, 0.2)


def test_a_speed_is_a_share_of_the_floors_by_the_clock_and_by_the_processor():
    assert ratio(OURS, FLOOR) == 0.5
    assert cpu_ratio(OURS, FLOOR) == pytest.approx(0.25)


def test_the_slowest_hundredth_is_told_apart_from_the_middle():
    assert OURS.at(0.5) == 51
    assert OURS.at(0.99) == 100


def test_the_table_names_the_machine_both_sides_and_the_goal():
    out = io.StringIO()

    show(Console(file=out, width=160), MACHINE, [ROW])

    for said in ("a processor", "50", "100", "0.50", "≥ 0.30", "the same rows"):
        assert said in out.getvalue()


def test_a_script_gets_everything():
    data = ROW.data()

    assert data["ours"]["per_second"] == 50
    assert data["floors"][0] | {"ratio": 0.5, "goal": 0.3, "reached": True} == data["floors"][0]


def test_the_goal_of_the_slowest_hundredth_depends_on_the_machine():
    slow = Side("bare", 1, 1.0, {}, [0.030])
    assert "not judged" in _slowest(OURS, slow)
    assert "100 ms, not below the goal of 50" in _slowest(OURS, FLOOR)


def test_the_meter_counts_what_this_process_does():
    meter = Meter({"us": os.getpid(), "nobody": 2**30})
    before = meter.read()
    if not before:
        pytest.skip("no /proc here")

    while spent(before, meter.read())["us"] < 0.02:
        sum(range(10_000))

    assert spent(before, meter.read())["nobody"] == 0


def test_the_command_tells_what_it_measures():
    told = CliRunner().invoke(main, ["bench", "--help"]).output

    for said in ("--seconds", "--only", "--json", "floors"):
        assert said in told
