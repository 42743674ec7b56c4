"""What the benchmarks' tills send: the same baskets every time, as `POST /purchases` takes them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, Final, NamedTuple

from loyalty.documents import parse
from loyalty.enrolment import Enrolment

SEED: Final = 1403
START: Final = datetime(2024, 3, 20, 4, 0, tzinfo=UTC)
"""When the first purchase happens: New Year's Day 1403. All of them lie in the past of any run."""
STEP: Final = timedelta(minutes=29)
STORE: Final = "tajrish"
OFF_TIME: Final = (0.12, 0.10)
"""Shares of lines that are weighed, and of lines with a discount."""


class Product(NamedTuple):
    """Something on the shelf; `price` in rial."""

    sku: str
    category: str
    price: int
    brand: str | None = None
    tags: tuple[str, ...] = ()


SHELF: Final = (
    Product("milk", "dairy", 420_000, "pegah"),
    Product("yoghurt", "dairy", 560_000, "mihan"),
    Product("cheese", "dairy", 980_000, "kaleh"),
    Product("butter", "dairy", 1_150_000, "pegah", ("organic",)),
    Product("ayran", "dairy", 310_000, "alis", ("local",)),
    Product("apples", "fruit", 480_000, None, ("local",)),
    Product("oranges", "fruit", 520_000),
    Product("pomegranates", "fruit", 890_000, None, ("local", "organic")),
    Product("dates", "fruit", 1_400_000, None, ("local",)),
    Product("crisps", "snacks", 260_000, "mazmaz"),
    Product("nuts", "snacks", 2_900_000, "tavazo"),
    Product("gaz", "sweets", 1_750_000, "kermani", ("local",)),
    Product("sohan", "sweets", 1_600_000, "saedi"),
    Product("rice", "staples", 3_900_000, None, ("organic",)),
    Product("lentils", "staples", 870_000, None, ("organic",)),
    Product("oil", "staples", 1_980_000, "ladan"),
    Product("tea", "staples", 2_450_000, "ahmad"),
    Product("bread", "bakery", 180_000),
    Product("soap", "household", 640_000, "golnar"),
    Product("detergent", "household", 1_320_000, "softlan"),
)


@cache
def document() -> dict[str, Any]:
    """The bylaws that are measured."""
    return parse(Path(__file__).with_name("bylaws.yaml").read_text("utf-8"))


def name(member: int) -> str:
    """By what external id the nth member is known."""
    return f"m{member:06}"


def people(members: int) -> list[Enrolment]:
    """The members: some students, some older, some for years."""
    random = Random(SEED)  # noqa: S311 - lifelike, not secret
    return [
        Enrolment(
            external_id=name(n),
            birthday=date(random.randint(1940, 2006), random.randint(1, 12), random.randint(1, 28)),
            attributes={"audience": random.choice(("student", "teacher", "pupil"))} if random.random() < 0.4 else {},
            joined_at=START - timedelta(days=random.randint(0, 900)),
        )
        for n in range(members)
    ]


class Sent(NamedTuple):
    """A purchase as it is sent, and which member's it is."""

    member: int
    body: dict[str, Any]


def sent(count: int, members: int) -> Iterator[Sent]:
    """So many purchases in the order of time, by members in no order."""
    random = Random(SEED + 1)  # noqa: S311 - lifelike, not secret
    for n in range(count):
        member = random.randrange(members)
        at = START + n * STEP + timedelta(seconds=random.randrange(1500))
        lines = [_line(place, random) for place in range(1, random.randint(1, 7) + 1)]
        body = {
            "receipt": f"r{n:07}",
            "store": STORE,
            "member": {"external_id": name(member)},
            "occurred_at": at.isoformat(),
            "currency": "IRR",
            "channel": "pos",
            "tenders": [{"type": "card", "amount": sum(line["net"] for line in lines)}],
            "lines": lines,
        }
        yield Sent(member, body)


def _line(place: int, random: Random) -> dict[str, Any]:
    product = random.choice(SHELF)
    thousandths = random.randint(300, 3000) if random.random() < OFF_TIME[0] else random.randint(1, 4) * 1000
    gross = product.price * thousandths // 1000
    line: dict[str, Any] = {
        "line": str(place),
        "sku": product.sku,
        "quantity": f"{thousandths // 1000}.{thousandths % 1000:03}" if thousandths % 1000 else thousandths // 1000,
        "gross": gross,
        "net": gross - gross // 10 if random.random() < OFF_TIME[1] else gross,
        "category": product.category,
    }
    if product.brand:
        line["brand"] = product.brand
    if product.tags:
        line["tags"] = list(product.tags)
    return line
