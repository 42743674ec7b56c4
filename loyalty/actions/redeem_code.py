"""Use a code on a sale that is not posted yet, or give that use back; and see what a code would take off."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final, NamedTuple

from loyalty import absent
from loyalty.db import retried, transaction
from loyalty.errors import Conflict, Invalid
from loyalty.gather import lock
from loyalty.presenting import Showing, book_of, show_codes, unuse, use_redemptions
from loyalty.rewards import code_uses
from loyalty.rewards.code_uses import Sale, Use
from loyalty.rewards.codes import digest
from loyalty.rewards.shown_codes import Code
from loyalty.rules import Bylaws, Facts, Purchase
from loyalty.rules.discounting import Offer, lacking, plain_facts, tries
from loyalty.rules.ruling import Off
from loyalty.rules.voice import Voice
from loyalty.values import Lang, Text
from loyalty.versions import Connection, programme
from loyalty.whose import named

_STORE: Final = "SELECT id FROM store WHERE club_id = %s AND code = %s"
_NO_STORE: Final = Text("There is no such store.", "چنین فروشگاهی نیست.")
_POSTED: Final = "SELECT EXISTS (SELECT FROM receipt WHERE store_id = %s AND receipt = %s)"
_SOLD: Final = Text(
    "The sale is recorded: its return gives the code back.", "خرید ثبت شده است؛ کد با مرجوعی آن برمی‌گردد."
)
_FIND: Final = "SELECT id, member_id, redemption_id FROM code WHERE club_id = %s AND digest = %s"
_LOCK: Final = "SELECT FROM code WHERE id = %s FOR NO KEY UPDATE"
_IS_USED: Final = """
    SELECT EXISTS (SELECT FROM code_use WHERE code_id = %s AND store_id = %s AND receipt = %s AND released_at IS NULL)
"""


class Checked(NamedTuple):
    """What a good code takes off a basket; nothing where the basket lacks something."""

    code: Code
    title: Text
    off: Off | None
    offer: Offer | None
    facts: Facts
    bylaws: Bylaws

    def lacks(self, lang: Lang) -> str | None:
        """What the basket lacks for it, in a language; None: nothing."""
        if self.off is not None or self.offer is None:
            return None
        return lacking(Voice(lang, self.bylaws), self.facts, self.offer)


def check_code(club_id: int, typed: str, purchase: Purchase, instance_key: str) -> Checked:
    """What a code would take off a basket as it is sent; nothing is written, and nobody waits for it.

    Raises:
        CodeRefused: the code cannot be used; nobody is told why.
        NotFound: the club has no such member.
        Invalid: no such store.
    """
    with transaction() as conn:
        return _check(conn, club_id, typed, purchase, instance_key, locked=False)[0]


@retried
def redeem_code(club_id: int, typed: str, purchase: Purchase, instance_key: str, now: datetime) -> Checked:
    """Use a code on the sale of a receipt, once however often it is asked; the sale that is posted later uses the same.

    Raises:
        CodeRefused: the code cannot be used; nobody is told why.
        NotFound: the club has no such member.
        Invalid: no such store; or the basket lacks something, which is said, and the code is not used.
    """
    with transaction() as conn:
        checked, sale = _check(conn, club_id, typed, purchase, instance_key, locked=True)
        lacks = checked.lacks("en"), checked.lacks("fa")
        if lacks[0] is not None and lacks[1] is not None:
            raise Invalid.at("/purchase", Text(lacks[0], lacks[1]))
        code_uses.use(conn, club_id, [checked.code.use(sale, checked.off.amount if checked.off else 0)])
        use_redemptions(conn, club_id, [(checked.code, sale)], now)
        return checked


@retried
def release_code(club_id: int, typed: str, store: str, receipt: str, instance_key: str, now: datetime) -> None:
    """Give back the use of a code on a sale that was never posted.

    Raises:
        CodeRefused: the code was not used on that sale.
        Invalid: no such store.
        Conflict: the sale was posted.
    """
    with transaction() as conn:
        store_id = _store(conn, club_id, store, "/store")
        found = conn.execute(_FIND, [club_id, digest(club_id, typed, instance_key)]).fetchone()
        if found is None:
            raise absent.code()
        id_, member_id, redemption_id = found
        if member_id is not None:
            lock(conn, club_id, [member_id])
        conn.execute(_LOCK, [id_])
        if conn.execute(_IS_USED, [id_, store_id, receipt]).fetchone() != (True,):
            raise absent.code()
        if conn.execute(_POSTED, [store_id, receipt]).fetchone() == (True,):
            raise Conflict(_SOLD)
        unuse(conn, club_id, Use(id_, None, Sale(store_id, receipt, None, now), 0), redemption_id, now)


def _check(
    conn: Connection, club_id: int, typed: str, purchase: Purchase, instance_key: str, *, locked: bool
) -> tuple[Checked, Sale]:
    terms = programme(conn, club_id)
    store_id = _store(conn, club_id, purchase.store, "/purchase/store")
    member_id = named(conn, club_id, purchase.member, "/purchase/member") if purchase.member else None
    sale = Sale(store_id, purchase.receipt, member_id, purchase.occurred_at)
    if member_id is not None and locked:
        lock(conn, club_id, [member_id])
    showing = Showing(replace(purchase, codes=(typed,)), sale)
    book = book_of(conn, club_id, [showing], instance_key, lock=locked)
    assert book
    show_codes(book, [showing])
    if not showing.codes:
        raise absent.code()
    (code,) = showing.codes
    bylaws = terms.at(purchase.occurred_at, member_id)
    facts = plain_facts(bylaws, purchase)
    offer = code.offer()
    off = tries(facts, offer) if offer else None
    assert code.promise
    return Checked(code, Text(**code.promise["title"]), off, offer, facts, bylaws), sale


def _store(conn: Connection, club_id: int, code: str, path: str) -> int:
    row = conn.execute(_STORE, [club_id, code]).fetchone()
    if row is None:
        raise Invalid.at(path, _NO_STORE)
    return int(row[0])
