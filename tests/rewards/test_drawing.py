"""A draw follows from its seed and its entries alone, and is fair."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from loyalty.rewards.drawing import Entry, digest, draw, lines

SEED = bytes(32)


def holders(*tickets: int) -> list[Entry]:
    return [(bytes([n]) * 16, many) for n, many in enumerate(tickets)]


def test_the_list_is_text_and_its_digest_that_of_the_text() -> None:
    entries = holders(3, 1)
    assert b"".join(lines(entries)) == b"00" * 16 + b",3\n" + b"01" * 16 + b",1\n"
    assert digest(entries) != digest(holders(1, 3))


@given(
    tickets=st.lists(st.integers(1, 10**12), max_size=12),
    prizes=st.lists(st.integers(1, 4), min_size=1, max_size=3),
    seed=st.binary(min_size=32, max_size=32),
)
def test_everybody_wins_once_at_most_and_prizes_go_on_as_long_as_there_are_holders(
    tickets: list[int], prizes: list[int], seed: bytes
) -> None:
    entries = holders(*tickets)
    won = draw(seed, digest(entries), "", entries, prizes)
    assert len(won) == min(len(entries), sum(prizes))
    assert len({its.holder for its in won}) == len(won)
    assert all(dict(entries)[its.holder] == its.tickets for its in won)
    assert [its.prize for its in won] == [n for n, many in enumerate(prizes, 1) for _ in range(many)][: len(won)]


@given(tickets=st.lists(st.integers(1, 50), min_size=1, max_size=8), seed=st.binary(min_size=32, max_size=32))
def test_it_is_the_same_as_taking_winners_out_of_the_list_one_by_one(tickets: list[int], seed: bytes) -> None:
    import hmac

    entries = holders(*tickets)
    left, attempt, plainly = list(entries), 0, []
    while left:
        total = sum(many for _, many in left)
        while True:
            message = digest(entries) + b"public" + attempt.to_bytes(8, "big")
            number, attempt = int.from_bytes(hmac.digest(seed, message, "sha256"), "big"), attempt + 1
            if number < 2**256 // total * total:
                break
        drum = [holder for holder, many in left for _ in range(many)]
        plainly.append(drum[number % total])
        left = [entry for entry in left if entry[0] != plainly[-1]]
    assert [its.holder for its in draw(seed, digest(entries), "public", entries, [len(entries)])] == plainly


def test_chances_are_as_tickets_are() -> None:
    entries = holders(1, 2, 7)
    won: Counter[int] = Counter()
    for n in range(3000):
        [winner] = draw(n.to_bytes(32, "big"), digest(entries), "", entries, [1])
        won[winner.tickets] += 1
    assert 230 < won[1] < 370
    assert 530 < won[2] < 670
    assert 2000 < won[7] < 2200


def test_another_public_value_is_another_draw() -> None:
    entries = holders(*[1] * 250)
    firsts = {draw(SEED, digest(entries), value, entries, [1])[0].holder for value in ("", "1", "2", "3")}
    assert len(firsts) == 4
