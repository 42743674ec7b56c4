"""`Idempotency-Key`: a request that moves value can be sent again, and moves it once."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass
from functools import wraps
from typing import Any, Final

from flask import Response, request

from loyalty import keys
from loyalty.actions.answer_once import HEADER, Answer, answer_once
from loyalty.config import now, settings
from loyalty.errors import Invalid
from loyalty.rest.access import caller
from loyalty.rest.reply import MEDIA_TYPE, encoded, shown
from loyalty.schemas.said import told
from loyalty.values import Text

LONGEST: Final = 200

PARAMETER: Final[dict[str, Any]] = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST, "pattern": "^[ -~]+$"},
    **told(
        "A key of your own for this request, new for each. The same key and content again is answered 200 with the"
        " first answer and does nothing more; the same key with other content is a 409. A refused request leaves its"
        " key free.",
        "کلیدی از خودتان برای این درخواست؛ برای هر درخواست یک کلید تازه. همان کلید با همان محتوا پاسخ نخست را با ۲۰۰"
        " می‌گیرد و کار دیگری انجام نمی‌شود؛ همان کلید با محتوای دیگر ۴۰۹ است. کلیدِ درخواستی که رد شود آزاد می‌ماند.",
    ),
}
"""How the OpenAPI document tells of the header."""
AGAIN: Final = Text("The same request again: the first answer", "همان درخواست دوباره: پاسخ نخست")

_FORM: Final = re.compile(r"[ -~]{1,200}")
_NO_KEY: Final = Text(
    "A key has 1 to 200 printable ASCII characters.", "کلید ۱ تا ۲۰۰ نویسهٔ چاپیِ ASCII (حرف لاتین، رقم، نشانه) دارد."
)


@dataclass(frozen=True)
class Done:
    """What a view has done, to be answered now and whenever it is asked again."""

    content: Any
    status: int = 201
    member_id: int | None = None
    """Whom the answer is about: with the member's erasure it goes."""


def once(view: Callable[..., Done], *, secret: bool = False) -> Callable[..., Response]:
    """A view that runs once for each `Idempotency-Key`; without one it just runs.

    An answer that holds something `secret`, a code say, is kept encrypted under the instance key.

    With a key it runs in one transaction with the keeping of its answer: its actions join that, and after a deadlock it
    runs anew. So it must not change what it is handed, nor do anything outside of the database.
    """

    @wraps(view)
    def run(*loaded: Any, **place: Any) -> Response:
        def act() -> Answer:
            done = view(*loaded, **place)
            body = encoded(shown(done.content)).decode()
            return Answer(done.status, _sealed(body, key) if key and secret else body, done.member_id)

        key = _key()
        answer = act() if key is None else answer_once(caller().club_id, key, _digest(loaded, place), act, now())
        body = _opened(answer.body, key) if key and secret else answer.body
        return Response(body, answer.status, mimetype=MEDIA_TYPE)

    return run


def _key() -> str | None:
    key = request.headers.get(HEADER)
    if key is not None and not _FORM.fullmatch(key):
        raise Invalid.at(f"/{HEADER}", _NO_KEY)
    return key


def _sealed(body: str, key: str) -> str:
    """An answer as JSON that tells nothing, bound to its club and key."""
    sealed = keys.seal(body.encode(), _owner(key), settings().secret_key, "answer")
    return json.dumps(base64.b64encode(sealed).decode())


def _opened(kept: str, key: str) -> str:
    return keys.unseal(base64.b64decode(json.loads(kept)), _owner(key), settings().secret_key, "answer").decode()


def _owner(key: str) -> bytes:
    return f"club:{caller().club_id}:{key}".encode()


def _digest(loaded: tuple[Any, ...], place: dict[str, Any]) -> bytes:
    """What tells a repeated request from another one under the same key: SHA-256 of all that it asks for.

    Also of the store that a till speaks for: tills that count alike don't get each other's answers.
    """
    asked = [request.endpoint, shown(place), caller().store_code, shown(loaded)]
    return hashlib.sha256(json.dumps(asked, sort_keys=True, default=_plain).encode()).digest()


def _plain(value: Any) -> Any:
    """A value that JSON does not know, as its fields."""
    if is_dataclass(value):
        return [type(value).__name__, {field.name: shown(getattr(value, field.name)) for field in fields(value)}]
    raise TypeError(f"{type(value).__name__} has no form to be compared by")
