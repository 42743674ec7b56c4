"""The demo club: a year of a family grocery, recorded through the same path as any sale. `loyalty demo` makes it."""

from __future__ import annotations

import hmac
import json
import sys
from base64 import b32encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Final, NamedTuple

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from loyalty import documents
from loyalty.actions.create_club import create_club
from loyalty.actions.create_key import create_key
from loyalty.actions.create_person import create_person
from loyalty.actions.create_store import create_store
from loyalty.actions.enrol_members import enrol_members
from loyalty.actions.load_rewards import load_rewards
from loyalty.actions.redeem_reward import redeem_reward
from loyalty.actions.set_password import set_password
from loyalty.acts import By
from loyalty.config import now, settings
from loyalty.errors import Conflict, InsufficientBalance, NotFound
from loyalty.issuing import Issuer
from loyalty.queries import clubs, keys, members, purchases, versions
from loyalty.redeeming import Asked
from loyalty.rules import MemberRef
from loyalty.values import Text
from seed.baskets import Year, year
from seed.retelling import tell
from seed.shoppers import CALENDAR, SHOPS, first_day

CODE: Final = "anar"
EMAIL: Final = "demo@shamseh.example"
BYLAWS: Final = Path(__file__).parent / "bylaws" / "anar.yaml"
REWARDS: Final = Path(__file__).parent / "rewards" / "anar.yaml"
SHOWN: Final = "+989000000001"
"""The phone of the member whose page is worth a look: the first of `seed.shoppers`."""
KEPT: Final = "demo-till.json"
"""In the data folder: the demo till's key, as a real till would keep it."""

Show = Callable[[int, int], None]
"""Told how many purchases are done, and of how many."""


class Demo(NamedTuple):
    """What somebody needs to look around the demo club."""

    club_id: int
    email: str
    password: str
    """Of the demo person who works for the club; made from the instance's secret, so each instance has its own."""
    member_id: int
    name: str
    phone: str
    """Of the member whose page is worth a look."""
    till_key: str
    store: str
    """The till's store."""


def seed_demo(at: datetime, progress: Show = lambda _done, _of: None) -> Demo:
    """Make the demo club as of `at`, or go on making it as of the instant at which that began.

    Safe to repeat: a club that is complete is left as it is.

    Raises:
        Conflict: another club has the demo club's code.
    """
    club_id, began = _club(at)
    told = year(began)
    _enrol(club_id, told, began)
    _open_shops(club_id)
    _record(club_id, told, progress)
    _offer(club_id, at)
    _employ(club_id, at)
    return _look(club_id, at)


def _offer(club_id: int, at: datetime) -> None:
    """Rewards to be had; the member whose page is worth a look has one in hand."""
    if not load_rewards(club_id, documents.parse(REWARDS.read_text("utf-8")), By(), at):
        return
    ref = MemberRef("phone", SHOWN)
    member_id = members.member_id_of(club_id, ref)
    assert member_id
    with suppress(InsufficientBalance):
        redeem_reward(club_id, member_id, Asked("tenth_off"), Issuer(settings().secret_key), at)


def signs(_base: str, _shop: str | None) -> list[tuple[Text, str]]:
    """What `loyalty up` shows of the demo club: who may sign in where, and a key to try the API with."""
    try:
        found = _look(clubs.by_code(CODE).id, now())
    except NotFound:
        return []
    return [
        (Text("Admin: sign in as", "مدیریت: ورود با"), f"{found.email}  {found.password}"),
        (
            Text("Member's page: sign in as {name}", "صفحهٔ عضو: ورود به نام {name}").with_(name=found.name),
            found.phone.replace("+98", "0"),
        ),
        (Text("A till's key", "کلید یک صندوق"), found.till_key),
    ]


@click.command
def demo() -> None:
    """Fill the instance with a demo club: a year of a family grocery.

    A demo club that is there already is left as it is.
    """
    with _bar() as progress:
        seed_demo(now(), progress)


def _club(at: datetime) -> tuple[int, datetime]:
    """The demo club and the instant as of which it is made."""
    try:
        club_id = clubs.by_code(CODE).id
    except NotFound:
        opened = CALENDAR.instant(first_day(at) - timedelta(days=1))
        document = documents.parse(BYLAWS.read_text("utf-8"))
        return create_club(CODE, document, at, from_at=opened).id, at
    return club_id, versions.versions(club_id)[-1].published_at


def _enrol(club_id: int, told: Year, began: datetime) -> None:
    """Enrol everybody at once, unless they are enrolled."""
    if members.find(club_id, "external_id", told.shoppers[0].external_id):
        return
    if members.page(club_id, limit=1).items:
        raise Conflict(
            Text("The club “{code}” is not the demo club.", "باشگاه «{code}» باشگاه نمایشی نیست.").with_(code=CODE)
        )
    enrol_members(club_id, [shopper.enrolment for shopper in told.shoppers], began)


def _open_shops(club_id: int) -> None:
    for shop in SHOPS:
        with suppress(Conflict):
            create_store(club_id, shop.code, shop.name)


def _record(club_id: int, told: Year, progress: Show) -> None:
    """Record the year. Its last sale stands in the last part that is told: when it is there, all is."""
    sales = told.purchases
    with suppress(NotFound):
        purchases.id_of_receipt(club_id, sales[-1].store, sales[-1].receipt)
        return
    tell(club_id, sales, told.happenings, lambda done: progress(done, len(sales)))


def _employ(club_id: int, at: datetime) -> None:
    """Let the demo person work for the club, with a password; one that was changed stays."""
    token = create_person(club_id, EMAIL, at, name="مهمان باشگاه").token
    if token:
        set_password(token, _password(), at)


def _password() -> str:
    """The demo person's password: each instance has its own, and can tell it again."""
    made = hmac.digest(settings().secret_key.encode(), b"loyalty: the demo person's password", sha256)
    return "anar-" + b32encode(made[:5]).decode().lower()


def _look(club_id: int, at: datetime) -> Demo:
    shown = members.find(club_id, "phone", SHOWN)
    if shown is None:
        raise NotFound(Text("The demo club's first member is gone.", "نخستین عضو باشگاه نمایشی دیگر نیست."))
    store = SHOPS[0].code
    return Demo(club_id, EMAIL, _password(), shown.id, shown.name or "", SHOWN, _till_key(club_id, store, at), store)


def _till_key(club_id: int, store: str, at: datetime) -> str:
    """The demo till's key: the one it keeps, while that is live, or a new one."""
    kept: Path = settings().data / KEPT
    if kept.exists():
        key = str(json.loads(kept.read_text("utf-8"))["key"])
        found = keys.caller(key)
        if found is not None and found.club_id == club_id:
            return key
    key = create_key(club_id, "till", at, store)
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.touch(mode=0o600)
    kept.write_text(json.dumps({"key": key}), "utf-8")
    return key


@contextmanager
def _bar() -> Iterator[Show]:
    """A progress bar on a terminal, a line now and then elsewhere; it appears when there is something to do."""
    name = "باشگاه انار · Anar Club"
    if not sys.stderr.isatty():
        yield lambda done, of: click.echo(f"{name}  {done}/{of}", err=True)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(name, visible=False)
        yield lambda done, of: bar.update(task, completed=done, total=of, visible=True)
