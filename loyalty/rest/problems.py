"""Every refusal as `application/problem+json` (RFC 9457), in the language that was asked for."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

from flask import Response, request
from marshmallow import fields
from werkzeug.exceptions import HTTPException

from loyalty.errors import NotFound, Problem, RateLimited, TooLarge
from loyalty.rest.reply import encoded, lang
from loyalty.schemas.fields import Base
from loyalty.values import Lang, Text

MEDIA_TYPE: Final = "application/problem+json"
DOCS: Final = "/api/docs"


class Malformed(Problem):
    """A body that is not JSON in UTF-8, or a request that is not HTTP."""

    code, status = "malformed", 400
    title = Text("The request cannot be read", "درخواست خواندنی نیست")


class MethodNotAllowed(Problem):
    """A known address, asked in a way that it doesn't answer."""

    code, status = "method_not_allowed", 405
    title = Text("Not asked this way", "این روش پذیرفته نیست")


class UnsupportedMediaType(Problem):
    """A body of another kind than JSON."""

    code, status = "unsupported_media_type", 415
    title = Text("Not JSON", "محتوا JSON نیست")


class Internal(Problem):
    """A fault of ours; nothing was written."""

    code, status = "internal", 500
    title = Text("Something broke on our side", "خطایی از سوی ما رخ داد")


class ErrorSchema(Base):
    """One thing at fault: where (a JSON pointer into the body, or the parameter's name) and why."""

    path = fields.String(required=True, metadata={"example": "/lines/0/net"})
    message = fields.String(required=True, metadata={"example": "This must be 0 or more."})


class ProblemSchema(Base):
    """A refusal (RFC 9457). `code` is stable; `title`, `detail` and messages are in the language asked for."""

    type = fields.String(required=True, metadata={"format": "uri-reference", "example": "/api/docs#problem-invalid"})
    title = fields.String(required=True, metadata={"example": "The request is not valid"})
    status = fields.Integer(required=True, metadata={"example": 422})
    detail = fields.String(required=True, metadata={"example": "Some fields need attention."})
    code = fields.String(required=True, metadata={"example": "invalid"})
    errors = fields.List(fields.Nested(ErrorSchema), required=True)


def body(problem: Problem, language: Lang) -> dict[str, Any]:
    """A refusal as the API says it."""
    return {
        "type": f"{DOCS}#problem-{problem.code}",
        "title": problem.title.to(language),
        "status": problem.status,
        "detail": problem.detail.to(language),
        "code": problem.code,
        "errors": [{"path": fault.path, "message": fault.message.to(language)} for fault in problem.faults],
    }


def response(problem: Problem) -> Response:
    """A refusal as an answer."""
    answer = Response(encoded(body(problem, lang())), problem.status, mimetype=MEDIA_TYPE)
    answer.headers["Content-Language"] = lang()
    answer.vary.add("Accept-Language")
    if problem.status == HTTPStatus.UNAUTHORIZED:
        answer.headers["WWW-Authenticate"] = "Bearer"
    if isinstance(problem, RateLimited):
        answer.headers["Retry-After"] = str(problem.retry_after)
    return answer


def of_http(error: HTTPException) -> Response:
    """What Flask or Werkzeug refused, said our way."""
    answer = response(_problem_of(error))
    answer.status_code = error.code or answer.status_code
    valid_methods = getattr(error, "valid_methods", None)
    if valid_methods:
        answer.allow.update(valid_methods)
    return answer


def _problem_of(error: HTTPException) -> Problem:
    match error.code:
        case 404:
            return NotFound(Text("There is nothing at this address.", "در این نشانی چیزی نیست."))
        case 405:
            return MethodNotAllowed(
                Text("This address does not answer {method}.", "این نشانی به {method} پاسخ نمی‌دهد.").with_(
                    method=request.method
                )
            )
        case 413:
            return too_large()
        case 415:
            return UnsupportedMediaType(Text("Send application/json.", "محتوا را به صورت application/json بفرستید."))
        case code if code is not None and code < 500:
            return Malformed(Text("The request cannot be read.", "درخواست خواندنی نیست."))
        case _:
            return Internal(Text("Nothing was written. Please try again.", "چیزی ثبت نشد. لطفاً دوباره تلاش کنید."))


def too_large() -> TooLarge:
    """The refusal of a body beyond the limit."""
    return TooLarge(Text("A body may have at most 8 MiB.", "حجم درخواست می‌تواند حداکثر ۸ مبی‌بایت باشد."))
