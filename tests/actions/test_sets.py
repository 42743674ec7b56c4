"""Sets: pieces come with purchases and go with returns, doubles are traded, and a whole set gives its prize once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from loyalty.actions.complete_sets import complete_sets
from loyalty.actions.trade_pieces import STANDS, accept_trade, offer_piece, withdraw_trade
from loyalty.db import db
from loyalty.errors import Conflict, InsufficientBalance, Invalid
from loyalty.jobs.deliveries import deliver_due
from loyalty.queries.sets import sets, trades
from loyalty.rules import Line, MemberRef
from loyalty.values import Lang
from tests.actions.at_once import at_once
from tests.actions.test_return_purchases import back
from tests.story import BASE, Story, article, document, title

PIECES = [{"code": code, "title": title(code)} for code in ("seed", "bud", "fruit")]
GARDEN = {"title": title("Garden"), "pieces": PIECES, "trade": True, "give": [{"points": {"fixed": 500}}]}
EN: Lang = "en"


def gives(no: str, piece: str) -> dict[str, object]:
    """An article: whoever buys of a category of the piece's name gets it."""
    bought = {"bought": {"where": {"category": piece}, "quantity": {"at_least": 1}}}
    return article(no, {"piece": {"set": "garden", "piece": piece}}, if_=bought)


CLUB = document(BASE, gives("2", "seed"), gives("3", "bud"), gives("4", "fruit"), sets={"garden": GARDEN})


@pytest.fixture
def story(app: Flask) -> Story:
    return Story(CLUB)


def gets(story: Story, member: int, *pieces: str) -> list[int | None]:
    """A purchase for each piece."""
    return [story.buys(member, lines=(Line(its, its, 1000, 10, 10, category=its),)).id for its in pieces]


def has(story: Story, member: int) -> dict[str, int]:
    [view] = sets(story.club_id, member, story.now)
    return {piece.code: piece.number for piece in view.pieces if piece.number}


def ref(member: int) -> MemberRef:
    return MemberRef("id", str(member))


def offers(story: Story, member: int, gives: str, wants: str, to: int | None = None) -> int:
    return offer_piece(story.club_id, ref(member), "garden", gives, wants, ref(to) if to else None, story.now)


def test_pieces_are_counted_with_doubles_and_go_back_with_the_purchase(story: Story) -> None:
    sara = story.enrols("Sara")
    first, *_ = gets(story, sara, "seed", "seed", "bud")
    assert has(story, sara) == {"seed": 2, "bud": 1}
    back(story, first)
    assert has(story, sara) == {"seed": 1, "bud": 1}
    [view] = sets(story.club_id, sara, story.now)
    assert (view.share, view.completed_at) == (66, None)
    assert story.books_agree()


def test_a_whole_set_gives_its_prize_once(story: Story) -> None:
    sara = story.enrols("Sara")
    gets(story, sara, "seed", "bud")
    deliver_due(story.now)
    assert story.balance(sara) == 0
    gets(story, sara, "fruit")
    deliver_due(story.now)
    deliver_due(story.now)
    assert story.balance(sara) == 500
    gets(story, sara, "seed", "bud", "fruit")
    deliver_due(story.now)
    assert story.balance(sara) == 500
    [view] = sets(story.club_id, sara, story.now)
    assert view.completed_at == story.now
    assert story.books_agree()


def test_eight_deliveries_at_once_give_it_once(app: Flask, story: Story) -> None:
    sara = story.enrols("Sara")
    gets(story, sara, "seed", "bud", "fruit")
    came = at_once(app, *[lambda: f"{complete_sets(story.club_id, [sara], story.now)}"] * 8)
    assert came == {"1": 1, "0": 7}
    assert story.balance(sara) == 500


def test_members_trade_doubles_and_a_trade_may_complete_a_set(story: Story) -> None:
    sara, omid = story.enrols("Sara"), story.enrols("Omid")
    gets(story, sara, "seed", "seed", "bud")
    gets(story, omid, "fruit", "fruit")
    offers(story, sara, "seed", "fruit")
    [seen] = trades(story.club_id, omid, story.now, EN)
    assert (seen.name, seen.mine, seen.gives.title.en, seen.wants.number) == ("Sara", False, "seed", 2)
    accept_trade(story.club_id, seen.id, ref(omid), story.now)
    assert (has(story, sara), has(story, omid)) == ({"seed": 1, "bud": 1, "fruit": 1}, {"seed": 1, "fruit": 1})
    deliver_due(story.now)
    assert (story.balance(sara), story.balance(omid)) == (500, 0)
    assert trades(story.club_id, omid, story.now, EN) == []
    assert story.books_agree()


def test_what_was_traded_away_is_not_taken_back_with_the_purchase(story: Story) -> None:
    sara, omid = story.enrols("Sara"), story.enrols("Omid")
    [bought] = gets(story, sara, "seed")
    gets(story, omid, "bud")
    accept_trade(story.club_id, offers(story, sara, "seed", "bud"), ref(omid), story.now)
    back(story, bought)
    assert (has(story, sara), has(story, omid)) == ({"bud": 1}, {"seed": 1})
    assert story.books_agree()


def test_sixteen_who_accept_one_offer_at_once_are_one(app: Flask, story: Story) -> None:
    sara, *others = (story.enrols(f"Nr{n}") for n in range(17))
    gets(story, sara, "seed", "seed")
    for member in others:
        gets(story, member, "bud")
    offer = offers(story, sara, "seed", "bud")
    came = at_once(
        app,
        *[lambda its=its: accept_trade(story.club_id, offer, ref(its), story.now) for its in others],  # type: ignore[misc]
    )
    assert came == {"done": 1, "Conflict": 15}
    assert has(story, sara) == {"seed": 1, "bud": 1}
    assert story.books_agree()


def test_two_offers_of_one_piece_are_accepted_once(app: Flask, story: Story) -> None:
    sara, omid, neda = story.enrols("Sara"), story.enrols("Omid"), story.enrols("Neda")
    gets(story, sara, "seed")
    gets(story, omid, "bud")
    gets(story, neda, "fruit")
    one, other = offers(story, sara, "seed", "bud"), offers(story, sara, "seed", "fruit")
    came = at_once(
        app,
        lambda: accept_trade(story.club_id, one, ref(omid), story.now),
        lambda: accept_trade(story.club_id, other, ref(neda), story.now),
    )
    assert came == {"done": 1, "Conflict": 1}
    assert sum(has(story, sara).values()) == 1
    assert story.books_agree()


def test_an_offer_to_one_member_is_for_them_alone_ends_and_is_withdrawn(story: Story) -> None:
    sara, omid, neda = story.enrols("Sara"), story.enrols("Omid"), story.enrols("Neda")
    gets(story, sara, "seed")
    gets(story, omid, "bud")
    gets(story, neda, "bud")
    offer = offers(story, sara, "seed", "bud", omid)
    assert trades(story.club_id, neda, story.now, EN) == []
    with pytest.raises(Conflict):
        accept_trade(story.club_id, offer, ref(neda), story.now)
    with pytest.raises(Conflict):
        accept_trade(story.club_id, offer, ref(sara), story.now)
    with pytest.raises(Conflict):
        accept_trade(story.club_id, offer, ref(omid), story.now + STANDS + timedelta(seconds=1))
    withdraw_trade(story.club_id, offer, story.now)
    withdraw_trade(story.club_id, offer, story.now)
    with pytest.raises(Conflict):
        accept_trade(story.club_id, offer, ref(omid), story.now)
    db.session.rollback()
    assert (has(story, sara), has(story, omid)) == ({"seed": 1}, {"bud": 1})


def test_what_cannot_be_offered_is_said(story: Story) -> None:
    sara = story.enrols("Sara")
    gets(story, sara, "seed")
    with pytest.raises(InsufficientBalance):
        offers(story, sara, "bud", "seed")
    for gives_, wants, path in (("seed", "moon", "/wants"), ("moon", "seed", "/gives"), ("seed", "seed", "/wants")):
        with pytest.raises(Invalid) as refused:
            offers(story, sara, gives_, wants)
        assert [its.path for its in refused.value.faults] == [path]


def test_where_the_bylaws_allow_no_trades_there_are_none(app: Flask) -> None:
    story = Story(document(BASE, gives("2", "seed"), sets={"garden": {**GARDEN, "trade": False}}))
    sara = story.enrols("Sara")
    gets(story, sara, "seed")
    with pytest.raises(Invalid, match="not traded"):
        offers(story, sara, "seed", "bud")
