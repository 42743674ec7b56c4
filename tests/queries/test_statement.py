"""Every entry of a member's ledger: what it is, how it changed what she has, and the sentence that explains it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask

from loyalty.actions.return_purchases import return_purchases
from loyalty.actions.void_purchase import void_purchase
from loyalty.models.ledger import ACCOUNTS
from loyalty.queries import purchases
from loyalty.queries.entries import KINDS, kind_of
from loyalty.queries.statement import by_event, statement
from loyalty.queries.views import StatementLine
from loyalty.returns import Return, ReturnedLine
from loyalty.rules.ruling import Given
from loyalty.values import Lang
from tests.books import Books
from tests.conftest import START
from tests.queries.test_wallets import DAY, shown, timed
from tests.story import Story, line


def said(entry: StatementLine, lang: Lang = "en") -> str:
    """The sentence, without the marks that keep receipts' numbers together."""
    return re.sub("[\u2066-\u2069]", "", entry.sentence.to(lang))


class Told:
    """A story and its books."""

    def __init__(self, code: str = "anar", **terms: object) -> None:
        self.story = Story(timed(**terms), code)
        self.books, self.sara = Books(self.story.club_id), self.story.enrols()

    def lines(self) -> list[StatementLine]:
        """Her whole ledger, oldest first."""
        return statement(self.story.club_id, self.sara, limit=200)[0][::-1]

    def last(self, n: int = 1) -> list[StatementLine]:
        return self.lines()[-n:]


def test_what_is_given_says_its_arithmetic_and_names_its_receipt(app: Flask) -> None:
    told = Told()
    bought = told.story.buys(told.sara, 12_500)
    (entry,) = told.lines()
    assert (entry.kind, entry.amount, entry.moved, entry.article, entry.version) == ("awarded", 12, 12, "1", 1)
    assert (entry.event, entry.purchase, entry.receipt) == (bought.id, bought.id, "r1")
    assert entry.title.en == "Article 1"
    assert "12" in said(entry)
    assert "۱۲" in said(entry, "fa")


def test_what_matures_changes_nothing_that_she_has(app: Flask) -> None:
    told = Told(matures={"days": 14})
    told.story.buys(told.sara, 50_000)
    told.books.settles(told.sara, START + 15 * DAY)
    given, matured = told.lines()
    assert (given.kind, given.amount) == ("awarded", 50)
    assert (matured.kind, matured.amount, matured.moved, matured.article) == ("matured", 0, 50, None)
    assert (matured.at, matured.receipt, matured.purchase) == (START + 14 * DAY, None, given.purchase)
    assert said(matured) == "Earned on 10 Aban 1405; 50 points can be spent from now on."
    assert said(matured, "fa") == "دریافتی ۱۰ آبان ۱۴۰۵؛ از این پس ۵۰ امتیاز خرج‌شدنی است."


def test_what_expires_tells_the_day_on_which_it_was_earned(app: Flask) -> None:
    told = Told(expires={"days": 30})
    told.story.buys(told.sara, 50_000)
    told.books.settles(told.sara, START + 31 * DAY)
    (entry,) = told.last()
    assert (entry.kind, entry.amount, entry.moved) == ("expired", -50, 50)
    assert said(entry) == "Earned on 10 Aban 1405 and not spent by 10 Azar 1405."
    assert said(entry, "fa") == "دریافتی ۱۰ آبان ۱۴۰۵ بود و تا پایان مهلتش، ۱۰ آذر ۱۴۰۵، خرج نشد."


def test_a_wallet_that_lapsed_says_so(app: Flask) -> None:
    told = Told(expires={"after": {"days": 30}, "from": "activity"})
    told.story.buys(told.sara, 50_000)
    told.books.settles(told.sara, START + 31 * DAY)
    (entry,) = told.last()
    assert (entry.kind, entry.amount) == ("expired", -50)
    assert "the wallet lapsed on 10 Azar 1405" in said(entry)
    assert "کیف در ۱۰ آذر ۱۴۰۵" in said(entry, "fa")


def test_a_payment_takes_when_it_is_held_and_gives_when_it_is_called_off(app: Flask) -> None:
    told = Told()
    told.story.buys(told.sara, 50_000)
    paid = told.books.holds(told.sara, 20, START, receipt="r2")
    dropped = told.books.holds(told.sara, 5, START)
    late = told.books.holds(told.sara, 7, START, minutes=10)
    assert paid
    assert dropped
    assert late
    told.books.captures(told.sara, paid, START)
    told.books.releases(told.sara, dropped, START)
    told.books.settles(told.sara, START + DAY)
    told.story.now = START + DAY
    second = told.story.buys(told.sara, 10_000)
    assert second.receipt == "r2"
    entries = told.lines()[1:-1]
    assert [(entry.kind, entry.amount, entry.moved) for entry in entries] == [
        ("held", -20, 20),
        ("held", -5, 5),
        ("held", -7, 7),
        ("spent", 0, 20),
        ("released", 5, 5),
        ("released", 7, 7),
    ]
    held, _, _, spent, called_off, lapsed = entries
    assert said(held) == "To pay receipt r2, until 10 Aban 1405, 12:45 at most."
    assert said(held, "fa") == "برای پرداخت رسید r2، حداکثر تا ۱۰ آبان ۱۴۰۵، ۱۲:۴۵."
    assert said(spent) == "Paid 20 points of receipt r2."
    assert (spent.receipt, spent.purchase) == ("r2", second.id)
    assert said(called_off) == "The payment was called off."
    assert said(lapsed) == "The payment was not completed in time."


def test_what_was_spent_can_come_back(app: Flask) -> None:
    told = Told()
    told.story.buys(told.sara, 50_000)
    paid = told.books.spends(told.sara, 20, START, receipt="r9")
    assert paid
    told.books.brings_back(told.sara, paid, START + DAY)
    spent, back = told.last(2)
    assert [(entry.kind, entry.amount) for entry in (spent, back)] == [("spent", -20), ("restored", 20)]
    assert said(back) == "What paid receipt r9 came back after a return."


def test_a_return_names_itself_its_receipt_and_its_purchase(app: Flask) -> None:
    told = Told()
    bought = told.story.buys(told.sara, lines=(line("milk", 30_000), line("bread", 20_000)))
    assert bought.id
    back = told.books.returns(
        bought.id, START + DAY, net=30_000, awards=[Given("1", 0, "points", 20, 20_000, 20)],
        left={"lines": {"milk": 0, "bread": 1000}}, key="R-7",
    )  # fmt: skip
    (entry,) = told.last()
    assert (entry.kind, entry.amount, entry.article) == ("taken_back", -30, "1")
    assert (entry.event, entry.purchase, entry.receipt) == (back, bought.id, "r1")
    assert entry.title.en == "Taken back: Article 1"
    assert said(entry) == "Return R-7 of receipt r1: 30 points less than it had given."
    assert said(entry, "fa") == "مرجوعی R-7 از رسید r1: ۳۰ امتیاز کمتر از آنچه داده بود."


def test_a_return_takes_what_is_pending_first_and_what_expired_counts_as_taken(app: Flask) -> None:
    waits = Told(matures={"days": 14})
    bought = waits.story.buys(waits.sara, 50_000)
    waits.books.returns(bought.id, START + DAY, net=50_000, key="R-7")
    assert said(waits.last()[0]) == "Return R-7 of receipt r1: 50 points less, of what was still pending."
    gone = Told("gone", expires={"days": 10})
    bought = gone.story.buys(gone.sara, 50_000)
    gone.books.returns(bought.id, START + 20 * DAY, net=50_000, key="R-7")
    (entry,) = gone.last()
    assert (entry.kind, entry.amount, entry.moved) == ("taken_back", 0, 50)
    assert "had already expired" in said(entry)


@pytest.mark.parametrize(
    ("rest", "kind", "words"),
    [("debt", "owed", "the next earning pays it"), ("forgiven", "forgiven", "the club lets go of it")],
)
def test_what_is_no_longer_there_is_owed_or_let_go(app: Flask, rest: str, kind: str, words: str) -> None:
    told = Told()
    bought = told.story.buys(told.sara, 50_000)
    assert told.books.spends(told.sara, 40, START)
    told.books.returns(bought.id, START, net=50_000, rest=rest, key="R-7")
    back, rest_of_it = told.last(2)
    assert (back.kind, back.amount) == ("taken_back", -10)
    assert (rest_of_it.kind, rest_of_it.amount, rest_of_it.moved) == (kind, 0, 40)
    assert words in said(rest_of_it)
    assert "۴۰ امتیاز" in said(rest_of_it, "fa")
    told.story.buys(told.sara, 15_000, at=START + DAY)
    if kind == "owed":
        given, paid = told.last(2)
        assert [(entry.kind, entry.amount) for entry in (given, paid)] == [("awarded", 15), ("paid_debt", -15)]
        assert said(paid) == "What came in paid 15 points that was owed after a return."


def test_a_purchase_undone_says_so(app: Flask) -> None:
    told = Told()
    bought = told.story.buys(told.sara, 50_000)
    told.books.returns(bought.id, START, net=50_000, kind="void", reason="Wrong card")
    (entry,) = told.last()
    assert said(entry) == "Receipt r1 was undone: 50 points less than it had given."
    assert entry.purchase == bought.id


def test_kept_goods_that_newly_earn_say_by_what(app: Flask) -> None:
    told = Told()
    bought = told.story.buys(told.sara, 50_000)
    more = [Given("1", 0, "points", 60, 60_000, 60)]
    told.books.returns(bought.id, START, net=1_000, awards=more, left={"net": 49_000}, key="R-7")
    (entry,) = told.last()
    assert (entry.kind, entry.amount, entry.purchase) == ("awarded", 10, bought.id)
    assert said(entry) == "Return R-7 of receipt r1: what was kept gives 10 points more by this article."


def test_what_was_done_by_hand_tells_its_reason(app: Flask) -> None:
    told = Told()
    told.books.changes(told.sara, 40, START, "The till was down on 9 Aban.")
    told.books.changes(told.sara, -15, START, "Counted twice")
    told.books.changes(told.sara, 100, START, kind="opening")
    told.books.changes(told.sara, -20, START, kind="transfer")
    told.books.changes(told.sara, 5, START, "For the party", kind="transfer")
    told.books.changes(told.sara, 7, START, kind="merge")
    entries = told.lines()
    assert [(entry.kind, entry.amount) for entry in entries] == [
        ("adjusted", 40),
        ("adjusted", -15),
        ("opening", 100),
        ("transferred", -20),
        ("transferred", 5),
        ("transferred", 7),
    ]
    assert [said(entry) for entry in entries] == [
        "Reason: The till was down on 9 Aban.",
        "Reason: Counted twice.",
        "Earned on 10 Aban 1405.",
        "To another member.",
        "From another member. For the party.",
        "Two memberships became one.",
    ]


def test_what_the_entries_changed_adds_up_to_what_she_has(app: Flask) -> None:
    told = Told(matures={"days": 2}, expires={"days": 30})
    told.story.buys(told.sara, 50_000)
    told.story.buys(told.sara, 70_000, at=START + 10 * DAY)
    told.books.holds(told.sara, 20, START + 20 * DAY, minutes=1)
    told.books.spends(told.sara, 33, START + 21 * DAY)
    told.books.changes(told.sara, 9, START + 22 * DAY, "A gift")
    told.books.settles(told.sara, START + 35 * DAY)
    view = shown(told.story, told.sara, START + 35 * DAY)
    assert sum(entry.amount for entry in told.lines()) == view.available + view.pending


def test_pages_go_on_where_the_one_before_ended_and_events_stay_together(app: Flask) -> None:
    told = Told(matures={"days": 1})
    for day in range(5):
        told.story.buys(told.sara, 1_000 * (day + 1), at=START + day * DAY)
    first, cursor = statement(told.story.club_id, told.sara, limit=4)
    rest, end = statement(told.story.club_id, told.sara, limit=50, cursor=cursor)
    assert [entry.id for entry in first + rest] == [9, 8, 7, 6, 5, 4, 3, 2, 1]
    assert end is None
    # What matured before a purchase happened at another time, though the event that made it is older.
    times = [(group[0].kind, group[0].at) for group in by_event(first)]
    assert times == [
        ("awarded", START + 4 * DAY),
        ("matured", START + 4 * DAY),
        ("awarded", START + 3 * DAY),
        ("matured", START + 3 * DAY),
    ]


def test_every_way_that_an_amount_can_go_has_a_name_in_both_languages() -> None:
    found = {kind_of(source, target) for source in ACCOUNTS for target in ACCOUNTS if source != target}
    assert found == KINDS.keys()
    assert all(name.en and name.fa and name.en != name.fa for name in KINDS.values())


def test_another_clubs_eyes_see_nothing(app: Flask) -> None:
    told = Told()
    told.story.buys(told.sara, 50_000, at=START - timedelta(days=1))
    assert statement(Story(code="other").club_id, told.sara) == ([], None)


def test_returns_taken_by_the_tills_read_as_well(app: Flask) -> None:
    told = Told()
    bought = told.story.buys(told.sara, lines=(line("milk", 30_000), line("bread", 20_000)))
    assert bought.id
    assert told.books.spends(told.sara, 40, START)
    for key, back in (("R-1", "milk"), ("R-2", "bread")):
        asked = Return(key, "s1", START + DAY, (ReturnedLine(back, 1000),))
        [answer] = return_purchases(told.story.club_id, [(bought.id, asked)], START + DAY)
        assert answer.status == "recorded"
    assert [(entry.kind, entry.amount, entry.moved, entry.purchase) for entry in told.last(3)] == [
        ("taken_back", -10, 10, bought.id),
        ("owed", 0, 20, bought.id),
        ("owed", 0, 20, bought.id),
    ]
    assert said(told.last()[0]).startswith("Return R-2 of receipt r1: 20 points of what it had given")
    assert purchases.one(told.story.club_id, bought.id).status == "returned"
    assert told.story.books_agree()
    void_purchase(told.story.club_id, bought.id, "Wrong card", START + DAY)
    assert purchases.one(told.story.club_id, bought.id).status == "void"


def test_a_basket_that_came_back_by_amounts_is_returned_with_the_last(app: Flask) -> None:
    told = Told()
    bought = told.story.buys(told.sara, 50_000)
    assert bought.id
    for key, amount, status in (("R-1", 30_000, "partly_returned"), ("R-2", 20_000, "returned")):
        return_purchases(told.story.club_id, [(bought.id, Return(key, "s1", START + DAY, amount=amount))], START + DAY)
        assert purchases.one(told.story.club_id, bought.id).status == status
