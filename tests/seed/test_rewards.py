"""The catalogues that come with the shipped bylaws: each is taken by a club of theirs, whole."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from loyalty import documents
from loyalty.actions.create_club import create_club
from loyalty.actions.load_rewards import load_rewards
from loyalty.acts import By
from loyalty.errors import Invalid
from loyalty.queries import rewards
from tests.conftest import START

SEED = Path(__file__).parents[2] / "seed"
SHIPPED = sorted(path.stem for path in (SEED / "rewards").glob("*.yaml"))


@pytest.mark.parametrize("name", SHIPPED)
def test_a_catalogue_fits_its_bylaws(app: Flask, name: str) -> None:
    bylaws, catalogue = (
        documents.parse((SEED / folder / f"{name}.yaml").read_text("utf-8")) for folder in ("bylaws", "rewards")
    )
    club = create_club(name, bylaws, START).id
    made = load_rewards(club, catalogue, By(), START)
    assert sorted(made) == sorted(its["code"] for its in catalogue["rewards"])
    assert load_rewards(club, catalogue, By(), START) == [], "again it changes nothing"
    assert len(rewards.page(club, START, 50).items) == len(made)


def test_all_five_programmes_have_rewards() -> None:
    assert {"beauty", "hotel", "airline", "bank", "firuzeh"} <= set(SHIPPED)


def test_what_is_wrong_is_told_with_its_place_and_nothing_is_made(app: Flask) -> None:
    club = create_club("anar", documents.parse((SEED / "bylaws/anar.yaml").read_text("utf-8")), START).id
    tea = {"code": "tea", "title": {"en": "Tea", "fa": "چای"}, "kind": "goods"}
    with pytest.raises(Invalid) as problem:
        load_rewards(club, {"rewards": [tea, tea | {"code": "x", "for": {"tier": {"at_least": "gold"}}}]}, By(), START)
    assert [fault.path for fault in problem.value.faults] == ["/rewards/1/for/tier/at_least"]
    assert rewards.page(club, START, 50).items == []
