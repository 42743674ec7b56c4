"""Card numbers: typed as people type, and every slip of a finger shows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty import cards

payloads = st.text(cards.ALPHABET, min_size=11, max_size=11)


def test_new_cards_are_ours_and_differ() -> None:
    made = {cards.make() for _ in range(500)}
    assert len(made) == 500
    assert all(cards.is_ours(card) for card in made)


@given(payloads, st.integers(0, 11), st.sampled_from(cards.ALPHABET))
def test_one_wrong_character_always_shows(payload: str, place: int, other: str) -> None:
    card = cards.with_check(payload)
    slipped = card[:place] + other + card[place + 1 :]
    assert cards.is_ours(slipped) == (slipped == card)


@given(payloads, st.integers(0, 11), st.integers(0, 11))
def test_two_characters_exchanged_always_show(payload: str, one: int, other: int) -> None:
    card = list(cards.with_check(payload))
    slipped = card.copy()
    slipped[one], slipped[other] = card[other], card[one]
    assert cards.is_ours("".join(slipped)) == (slipped == card)


@given(payloads)
def test_what_is_shown_can_be_typed_back(payload: str) -> None:
    card = cards.with_check(payload)
    shown = cards.shown(card)
    assert [len(group) for group in shown.split("-")] == [4, 4, 4]
    assert cards.normal(shown) == cards.normal(shown.lower().replace("-", " ")) == card


@pytest.mark.parametrize(
    ("typed", "stored"),
    [("۶۰۳۷-۹۹۱۱ ۲۲", "6037991122"), ("٦٠٣٧", "6037"), ("abc\u200c-1", "ABC1"), (" - ", ""), ("سپهر ۱", "سپهر1")],
)
def test_digits_of_three_scripts_and_a_shops_own_numbers(typed: str, stored: str) -> None:
    assert cards.normal(typed) == stored
    assert cards.shown(stored) == stored
