"""The page of the game in the admin: levels of effort and who leads."""

from __future__ import annotations

import pytest

from tests.admin.conftest import Desk, Shop, text_of


@pytest.mark.parametrize(("lang", "said"), [("en", "too early to tell"), ("fa", "هنوز زود است")])
def test_a_marketer_sees_how_hard_the_game_is_and_who_leads(
    negar: Desk, anar: Shop, sara: int, lang: str, said: str
) -> None:
    seen = text_of(negar.get(anar.page("game") + f"?lang={lang}"))
    assert said in seen
    assert "سارا م." in seen
