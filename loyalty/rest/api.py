"""The OpenAPI document of the API, and its refusals that come before any operation."""

from __future__ import annotations

from http import HTTPStatus
from importlib.metadata import version
from typing import Any, Final

import flask_smorest
from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from loyalty.rest import problems
from loyalty.rest.problems import ProblemSchema

PREFIX: Final = "/api/"

_ABOUT: Final = """\
Money and points are integers in minor units (for IRR, rials); quantities are integers or decimal strings with up to
three places; times are RFC 3339 with an offset. A purchase carries its own key, `receipt`, unique in its store: the
same key and content again is answered with the first answer, the same key with other content is a conflict.
Every refusal is `application/problem+json` in the language of `Accept-Language` (`en` or `fa`)."""


class Api(flask_smorest.Api):  # type: ignore[misc]
    """flask-smorest's, with every refusal as `application/problem+json`, in the document and on the wire."""

    ERROR_SCHEMA = ProblemSchema

    def handle_http_exception(self, error: HTTPException) -> Response | HTTPException:
        """Flask's own refusals under /api become problems; other pages' are left as they are."""
        return problems.of_http(error) if request.path.startswith(PREFIX) else error

    def _register_responses(self) -> None:
        content = {problems.MEDIA_TYPE: {"schema": ProblemSchema}}
        for status in HTTPStatus:
            if status >= HTTPStatus.BAD_REQUEST:
                response = {"description": status.phrase, "content": content}
                self.spec.components.response(status.name, response, lazy=True)
        response = {"description": "Any other refusal", "content": content}
        self.spec.components.response(self.DEFAULT_ERROR_RESPONSE_NAME, response, lazy=True)


def make(app: Flask) -> Api:
    """The API of an application, without operations yet; serves `/api/openapi.json`."""
    app.config.update(
        API_TITLE="Shamseh",
        API_VERSION=version("shamseh"),
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/api",
        OPENAPI_JSON_PATH="openapi.json",
    )
    api = Api(
        app,
        spec_kwargs={
            "info": {"description": _ABOUT},
            "security": [{"key": []}],
            "marshmallow_plugin": MarshmallowPlugin(schema_name_resolver=_schema_name),
        },
    )
    api.spec.components.security_scheme(
        "key", {"type": "http", "scheme": "bearer", "description": "A key of the club: `sk_…`, `tk_…` or `pk_…`."}
    )
    return api


def _schema_name(schema: Any) -> str:
    kind = schema if isinstance(schema, type) else type(schema)
    return str(kind.__name__).removesuffix("Schema")
