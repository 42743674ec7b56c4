"""Reading a document with every fault at its place: a node knows its path, a reading collects what is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, TypeVar

from loyalty.calendars import Calendar
from loyalty.errors import Fault, Invalid
from loyalty.formats import AND, OR, listed, number
from loyalty.values import Rounding, Text

if TYPE_CHECKING:
    from loyalty.rules.counters import Counter
    from loyalty.rules.events import EventType
    from loyalty.rules.occasions import Occasion
    from loyalty.rules.parts import Audience
    from loyalty.rules.windows import Window

T = TypeVar("T")

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
"""What neither a database nor a digest takes: the zero character and halves of surrogate pairs."""

MAX_NODES = 20_000
MAX_DEPTH = 16


class Bad(Exception):
    """A node could not be read; its fault is already noted."""


class Reading:
    """One pass over a document: its faults, and the names that other parts may refer to."""

    def __init__(self, calendar: Calendar | None = None) -> None:
        self.calendar = calendar or Calendar("UTC", "gregorian")
        self.faults: list[Fault] = []
        self.names: dict[str, set[str]] = {}
        self.ladder: list[str] = []
        self.counter_units: dict[str, str] = {}
        self.counter_names: dict[str, Text] = {}
        self.labelled: set[str] = set()
        """Counters that are kept by label."""
        self.wallet_units: dict[str, str] = {}
        self.roundings: dict[str, Rounding] = {}
        self.badge_levels: dict[str, int] = {}
        self.pieces: dict[str, set[str]] = {}
        """Of each set, the codes of its pieces."""
        self.streaks_asked: dict[str, int] = {}
        """By streak: the greatest length that a condition asks about."""
        self.events: dict[str, EventType] = {}
        self.occasion: Occasion | None = None
        """On what the part that is being read waits; None where it waits for nothing, or that is not known."""
        self.audiences: dict[str, Audience] | None = None
        """Those that could be read; None until they are: one can't be made of another."""
        self.audience_reads: set[str] = set()
        self.member_reads: set[str] = set()
        self.event_reads: set[str] = set()
        """What is read besides counters: see `known.py`."""
        self.reads: dict[tuple[str | Counter, Window, bool, str | None], int] = {}
        self.of_run: list[Any] | None = None
        """What the challenge that is being read adds up over its run; None outside of challenges."""
        self.nodes = 0
        self.full = False

    def read(self, counter: str | Counter, over: Window, *, around: bool = False, label: str | None = None) -> int:
        """The place of a counter over a window among what this version reads; new ones are added.

        `around` counts later days of the window too, as limits do; `label` is of one that is kept by labels. Over a run
        it is a place among the run's own sums.
        """
        if over.kind == "run":
            assert self.of_run is not None
            self.of_run.append((str(counter), label))
            return len(self.of_run) - 1
        return self.reads.setdefault((counter, over, around, label), len(self.reads))

    def first_wallet(self, unit: str, node: Node) -> str:
        """The first wallet of a unit, where an award names none; raises `Bad` where there is none."""
        for code, its in self.wallet_units.items():
            if its == unit:
                return code
        raise node.bad(Text(f"No wallet in {unit} is declared.", f"هیچ کیفی با واحد {unit} تعریف نشده است."))

    @contextmanager
    def awaiting(self, occasion: Occasion | None) -> Iterator[None]:
        """Read what waits for an occasion."""
        before, self.occasion = self.occasion, occasion
        try:
            yield
        finally:
            self.occasion = before

    def attempt(self, read: Callable[[Node], T], node: Node) -> T | None:
        """Read a node; a fault inside leaves None and lets its siblings be read too."""
        try:
            return read(node)
        except Bad:
            return None

    def finish(self) -> None:
        """Raise what was found, in the order of the document.

        Raises:
            Invalid: there are faults.
        """
        if self.faults:
            raise Invalid(self.faults, Text("The bylaws have faults.", "متن آیین‌نامه ایراد دارد."))


class Node:
    """A value of the document and its JSON pointer."""

    __slots__ = ("depth", "path", "reading", "value")

    def __init__(self, value: Any, path: str, reading: Reading, depth: int = 0) -> None:
        self.value = value
        self.path = path
        self.reading = reading
        self.depth = depth
        reading.nodes += 1
        if depth > MAX_DEPTH:
            raise self.bad(Text("The document is nested too deeply.", "متن بیش از اندازه تودرتو است."))
        if reading.nodes > MAX_NODES:
            if not reading.full:
                self.bad(Text("The document is too large from here on.", "متن از اینجا به بعد بیش از اندازه بزرگ است."))
            reading.full = True
            raise Bad

    def bad(self, message: Text) -> Bad:
        """Note a fault here; to be raised."""
        self.reading.faults.append(Fault(self.path, message))
        return Bad()

    def needs_basket(self) -> None:
        """Refuse what looks at a basket where the occasion has none."""
        occasion = self.reading.occasion
        if occasion is not None and not occasion.has_basket:
            raise self.bad(Text("There is no basket on this occasion.", "در این مناسبت سبد خریدی نیست."))

    def child(self, key: str | int, value: Any) -> Node:
        """The node below under a key or index."""
        token = str(key).replace("~", "~0").replace("/", "~1")
        return Node(value, f"{self.path}/{token}", self.reading, self.depth + 1)

    def mapping(self) -> dict[str, Node]:
        """The children of an object.

        Raises:
            Bad: not an object with text keys.
        """
        if not isinstance(self.value, Mapping) or not all(isinstance(key, str) for key in self.value):
            raise self.bad(Text("An object with named fields is expected.", "اینجا فهرستی از فیلدهای نام‌دار لازم است."))
        return {key: self.child(key, value) for key, value in self.value.items()}

    def items(self) -> list[Node]:
        """The children of a list; a lone value stands for a list of one."""
        if isinstance(self.value, Sequence) and not isinstance(self.value, str):
            return [self.child(index, value) for index, value in enumerate(self.value)]
        return [self]

    def fields(self, required: Sequence[str] = (), optional: Sequence[str] = ()) -> dict[str, Node]:
        """The children of an object with known fields; missing and unknown ones are each a fault.

        Raises:
            Bad: not an object, or a required field is missing.
        """
        found = self.mapping()
        known = [*required, *optional]
        for key, node in found.items():
            if key not in known:
                node.bad(unknown_name(key, known))
        missing = [key for key in required if key not in found]
        for key in missing:
            self.reading.faults.append(
                Fault(self.path, Text(f"The field “{key}” is missing.", f"فیلد «{key}» نوشته نشده است."))
            )
        if missing:
            raise Bad
        return {key: node for key, node in found.items() if key in known}

    def text(self, longest: int = 200) -> str:
        """A text that is not empty."""
        if not isinstance(self.value, str) or not self.value.strip() or _UNSTORABLE.search(self.value):
            raise self.bad(Text("A text is expected.", "اینجا متن لازم است."))
        if len(self.value) > longest:
            raise self.bad(Text(f"At most {longest} characters.", f"حداکثر {number(longest, 'fa')} نویسه."))
        return self.value

    def choice(self, options: Sequence[str]) -> str:
        """One of some words."""
        if not isinstance(self.value, str) or self.value not in options:
            raise self.bad(one_of(options))
        return self.value

    def name(self, of: str) -> str:
        """The name of something that the document declares under `of`."""
        known = sorted(self.reading.names.get(of, ()))
        if not isinstance(self.value, str) or self.value not in known:
            raise self.bad(unknown_name(str(self.value), known))
        return self.value

    def every(self, read: Callable[[Node], T], least: int = 0) -> tuple[T, ...]:
        """Each item read; faults of all of them are collected.

        Raises:
            Bad: an item could not be read, or there are fewer than `least`.
        """
        nodes = self.items()
        if len(nodes) < least:
            raise self.bad(Text(f"At least {least} is needed.", f"دست‌کم {number(least, 'fa')} مورد لازم است."))
        results = [self.reading.attempt(read, node) for node in nodes]
        good = tuple(result for result in results if result is not None)
        if len(good) < len(nodes):
            raise Bad
        return good


def one_of(options: Sequence[str]) -> Text:
    """The fault of a word that is none of some."""
    if len(options) == 1:
        return Text(f"“{options[0]}” is expected here.", f"اینجا «{options[0]}» لازم است.")
    quoted = [f"“{option}”" for option in options]
    fa = [f"«{option}»" for option in options]
    return Text(
        f"One of {listed(quoted, 'en', OR)} is expected.",
        f"اینجا یکی از {listed(fa, 'fa', AND)} لازم است.",
    )


def unknown_name(name: str, known: Sequence[str]) -> Text:
    """The fault of a name that is not known, with the nearest one that is."""
    near = get_close_matches(name, known, n=1)
    hint_en = f" Did you mean “{near[0]}”?" if near else ""
    hint_fa = f" شاید منظورتان «{near[0]}» است." if near else ""
    return Text(f"“{name}” is not known here.{hint_en}", f"«{name}» در اینجا شناخته‌شده نیست.{hint_fa}")
