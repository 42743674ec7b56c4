"""Limits from purchase to purchase, as they are kept and read in the database."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from tests.story import Story, article, document


@pytest.mark.parametrize("over", ["ever", {"since": "1400-01-01"}, {"last": {"months": 2}}, {"this": "year"}])
def test_a_limit_holds_from_purchase_to_purchase(app: Flask, over: object) -> None:
    limited = article(
        "1", {"points": {"per": 1000, "give": 1}}, limits=[{"per": "member", "over": over, "at_most": 10}]
    )
    story = Story(document(limited))
    sara = story.enrols()
    gave = []
    for _ in range(3):
        outcome = story.buys(sara, 4000)
        assert outcome.ruling
        gave.append(sum(award.amount for award in outcome.ruling.awards))
        story.now += timedelta(days=1)
    assert gave == [4, 4, 2]
    assert story.books_agree()
