"""Answers as JSON: values of the engine in the API's form, in the caller's language where one is chosen."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from types import NoneType
from typing import Any, Final, cast

from flask import Response, g, request

from loyalty.values import LANGS, Lang, Text

MEDIA_TYPE: Final = "application/json"
_PLAIN: Final = frozenset((str, int, bool, NoneType))


def lang() -> Lang:
    """The caller's language by `Accept-Language`; English where nothing says otherwise."""
    if "api_lang" not in g:
        g.api_lang = request.accept_languages.best_match(reversed(LANGS), default="en")
    return cast(Lang, g.api_lang)


def reply(content: Any, status: int = 200) -> Response:
    """An answer; `content` may hold values such as `Text` and instants."""
    return Response(encoded(shown(content)), status, mimetype=MEDIA_TYPE)


def encoded(content: Any) -> bytes:
    """JSON in UTF-8. Half a surrogate pair, which a caller may have sent in a field's name, becomes a question mark."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode("utf-8", "replace")


def shown(value: Any) -> Any:
    """A value in the API's form: a `Text` as `{en, fa}`, a tuple with names as an object, an instant in UTC."""
    if type(value) in _PLAIN:
        return value
    if isinstance(value, dict):
        return {str(key): shown(inner) for key, inner in value.items()}
    if isinstance(value, Text):
        return {"en": value.en, "fa": value.fa}
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return {key: shown(inner) for key, inner in value._asdict().items()}
    if isinstance(value, list | tuple):
        return [shown(inner) for inner in value]
    if isinstance(value, datetime):
        return instant(value)
    return value.isoformat() if isinstance(value, date) else value


def instant(at: datetime) -> str:
    """An instant as RFC 3339 in UTC, without digits that are all zero."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
