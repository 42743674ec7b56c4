"""A section of the API: its operations, documented from the schemas that read them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, Final, cast

import flask_smorest
from flask import Flask, Response
from marshmallow import Schema

from loyalty.errors import Problem
from loyalty.rest import access, problems
from loyalty.rest.edge import Edge
from loyalty.rest.once import AGAIN, PARAMETER, Done, once
from loyalty.schemas.fields import Base
from loyalty.values import Text

View = Callable[..., Response | Done]
Shape = type[Schema] | Mapping[str, Any]
Answer = Shape | tuple[Shape | None, Text] | None
"""A schema, a JSON schema, or a schema with what its status means; None where nothing is answered."""

_DONE: Final = {
    200: Text("Found or done", "یافت یا انجام شد"),
    201: Text("Made", "ساخته شد"),
    204: Text("Gone", "پاک شد"),
}
PREFIX: Final = "/api/v1"

_ALWAYS: Final = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.UNPROCESSABLE_ENTITY)
_WITH_BODY: Final = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.CONFLICT,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
)


class Blueprint(flask_smorest.Blueprint):  # type: ignore[misc]
    """A section with keys checked before, and refusals said as problems after, every operation."""

    ARGUMENTS_PARSER = Edge()

    def __init__(self, title: Text, import_name: str, about: Text) -> None:
        super().__init__(title.en, import_name, url_prefix=PREFIX, description=about.en)
        self.title, self.about = title, about
        self.before_request(access.admit)
        self.after_request(access.finish)
        self.register_error_handler(Problem, problems.response)

    def operation(
        self,
        method: str,
        rule: str,
        summary: Text,
        about: Text,
        answers: Mapping[int, Answer],
        *,
        body: type[Base] | None = None,
        query: type[Base] | None = None,
        repeatable: bool = False,
        secret: bool = False,
        media_type: str | None = None,
    ) -> Callable[[View], View]:
        """A view as an operation, with what the documents say of it: a title, a description, and the answers' schemas.

        What `body` or `query` loads is handed to the view first. A `repeatable` one takes an `Idempotency-Key`, and its
        view answers `Done`; every POST that moves value is, unless its body brings a key of its own. What answers a
        `secret` is kept encrypted for the repeat; where the answer is no JSON, `media_type` says what it is.
        """

        meanings: dict[str, str] = {}
        if repeatable:
            answers = {200: (_schema(answers[min(answers)]), AGAIN), **answers}

        def decorated(view: View) -> View:
            if repeatable:
                view = once(cast("Callable[..., Done]", view), secret=secret)
                vars(view)["_apidoc"] = {"arguments": {"parameters": [PARAMETER]}}  # where `arguments` adds its own
            for status, answer in answers.items():
                schema = _schema(answer)
                meaning = answer[1] if isinstance(answer, tuple) else _DONE[status]
                meanings[str(status)] = meaning.fa
                view = self.response(status, schema, description=meaning.en, content_type=media_type)(view)
            if body:
                view = self.arguments(body)(view)
            if query:
                view = self.arguments(query, location="query")(view)
            persian = {"x-summary-fa": summary.fa, "x-description-fa": about.fa, "x-answers-fa": meanings}
            view = self.doc(summary=summary.en, description=about.en, **persian)(view)
            self.add_url_rule(rule, view_func=view, methods=[method])
            return view

        return decorated

    def register(self, app: Flask, options: dict[str, Any]) -> None:
        """Put the section on an application.

        Raises:
            LookupError: an operation has no entry in the table of scopes, so nobody has decided who may call it.
        """
        unknown = {f"{self.name}.{endpoint}" for endpoint in self._endpoints} - access.OPERATIONS.keys()
        if unknown:
            raise LookupError(f"no scope for {', '.join(sorted(unknown))}")
        super().register(app, options)

    def _store_endpoint_docs(self, endpoint: str, obj: Any, parameters: Any, tags: Any, **options: Any) -> None:
        """Besides what the decorators told: who may call it, and how it may refuse."""
        super()._store_endpoint_docs(endpoint, obj, parameters, tags, **options)
        for method, doc in self._docs[endpoint].items():
            if method == "parameters":
                continue
            refusals = [*_ALWAYS, *(_WITH_BODY if method in ("post", "patch", "put") else ())]
            manual = doc.setdefault("manual_doc", {})
            manual["responses"] = {status.value: status.name for status in refusals}
            kinds = access.OPERATIONS.get(f"{self.name}.{endpoint}", ())
            manual["x-keys"] = sorted(kinds, key=("server", "till", "publishable").index)
            doc["docstring"] = {}


def _schema(answer: Answer) -> Shape | None:
    return answer[0] if isinstance(answer, tuple) else answer
