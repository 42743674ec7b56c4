"""How the engine says no: problems with a stable code, a place and a sentence in both languages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from loyalty.values import Text


class Fault(NamedTuple):
    """One thing wrong with an input: a JSON pointer to the place (`/lines/0/net`) and a sentence."""

    path: str
    message: Text


class Problem(Exception):
    """A refusal that the caller can act on; becomes `application/problem+json` (RFC 9457) over HTTP.

    `code` is stable and documented; `faults` name the fields at fault.
    """

    code = "invalid"
    status = 422
    title = Text("The request is not valid", "درخواست درست نیست")

    def __init__(self, detail: Text, faults: Iterable[Fault] = ()) -> None:
        self.detail = detail
        self.faults = list(faults)
        super().__init__(detail.en)

    def __str__(self) -> str:
        return "; ".join([self.detail.en, *(f"{f.path}: {f.message.en}" for f in self.faults)])


class Invalid(Problem):
    """Input that breaks the contract: the faults say where."""

    def __init__(self, faults: Iterable[Fault], detail: Text | None = None) -> None:
        super().__init__(detail or Text("Some fields need attention.", "برخی از فیلدها نیاز به اصلاح دارند."), faults)

    @classmethod
    def at(cls, path: str, message: Text) -> Invalid:
        """One fault at one place."""
        return cls([Fault(path, message)])


class CurrencyMismatch(Problem):
    """Money in a currency that is not the club's."""

    code, status = "currency_mismatch", 422
    title = Text("Not the club's currency", "واحد پول باشگاه نیست")


class NotFound(Problem):
    """What was named does not exist in this club."""

    code, status, title = "not_found", 404, Text("Not found", "پیدا نشد")


class Conflict(Problem):
    """The same key with other content, or a value that is already taken."""

    code, status, title = "conflict", 409, Text("Conflict", "ناسازگاری")


class InsufficientBalance(Problem):
    """A wallet does not hold so much."""

    code, status = "insufficient_balance", 409
    title = Text("Not enough in the wallet", "موجودی کیف کافی نیست")


class LimitReached(Problem):
    """A member has had as many as are allowed for now."""

    code, status = "limit_reached", 409
    title = Text("The limit is reached", "سقف پر شده است")


class OutOfStock(Problem):
    """There are not so many left."""

    code, status = "out_of_stock", 409
    title = Text("Out of stock", "تمام شده است")


class Unauthorized(Problem):
    """No key, or one that is unknown or revoked."""

    code, status, title = "unauthorized", 401, Text("Not signed in", "وارد نشده‌اید")


class Forbidden(Problem):
    """A known key that may not do this."""

    code, status, title = "forbidden", 403, Text("Not allowed", "اجازه ندارید")


class TooLarge(Problem):
    """A body beyond the limit."""

    code, status, title = "too_large", 413, Text("The body is too large", "حجم درخواست زیاد است")


class Unavailable(Problem):
    """Something that can be rebuilt is away for a moment; nothing is lost, ask again."""

    code, status, title = "unavailable", 503, Text("Not available just now", "فعلاً در دسترس نیست")


class RateLimited(Problem):
    """Too many attempts; `retry_after` is in seconds."""

    code, status, title = "rate_limited", 429, Text("Too many attempts", "تلاش‌های پیاپی بیش از حد")

    def __init__(self, detail: Text, retry_after: int) -> None:
        super().__init__(detail)
        self.retry_after = retry_after
