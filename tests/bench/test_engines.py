"""Public rule engines are told the same articles as we are: nothing is timed here."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from loyalty.bench import command, engines
from loyalty.bench.baskets import document
from loyalty.cli import main


@pytest.mark.parametrize("name", engines.PACKAGES)
def test_an_engine_gives_the_same_amounts_by_every_article_that_it_can_express(name: str):
    pytest.importorskip(engines.PACKAGES[name].name)
    engine = engines.engine_named(name)
    bylaws, all_facts = engines.facts_for(engine.ARTICLES, purchases=600, members=20)

    assert {article.no for article in bylaws.articles} == set(engine.ARTICLES)
    assert engines.difference(bylaws, all_facts, engine.judge()) is None


def test_another_amount_is_told_and_not_passed_over():
    no = document()["articles"][0]["no"]
    bylaws, all_facts = engines.facts_for({no: ""}, purchases=5, members=1)

    assert engines.difference(bylaws, all_facts, lambda told: {no: told["net"] // 100_000}) is None
    wrong = engines.difference(bylaws, all_facts, lambda told: {no: told["net"] // 100_000 + 1})
    assert wrong is not None
    assert "by the engine" in wrong


def test_an_engine_that_is_not_there_is_left_out_and_said(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(engines.PACKAGES, "zen-engine", engines.Package("no_such_package", "by_zen"))
    [name, *_] = [name for name in engines.PACKAGES if not engines.installed(name)]

    told = CliRunner().invoke(main, ["bench", "--only", name, "--seconds", "1"])

    assert name in command.ROWS
    assert f"{name} is not installed" in told.stderr, told.output
