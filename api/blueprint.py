"""Where the API hangs, and how its operations say what they take and give. See docs/decisions/api.md."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from http import HTTPStatus
from types import MappingProxyType
from typing import Any, TypeVar, cast

from flask import Flask, Request, g
from flask_smorest import Api
from flask_smorest import Blueprint as SmorestBlueprint
from marshmallow import Schema, ValidationError
from webargs.flaskparser import FlaskParser
from werkzeug.wrappers import Response

from accounts.token_queries import Program
from api.bodies import document
from api.errors import BodyRefused
from api.schemas import ProblemSchema
from core.permissions import FOR_PROGRAMS, declared
from partners.models import Partner

V = TypeVar("V", bound=Callable[..., Any])

#: What the arguments of addresses are.
_ARGUMENTS = {
    "marketplace_id": "The freelancer’s id on the marketplace.",
    "partner": "The partner’s short name, as in its console’s address.",
    "receipt_id": "The receipt, as eligibility names it.",
    "version_id": "The scheduled requirements, as GET names them.",
}
PROBLEM = "application/problem+json"
VERSION = "1"


class _Parser(FlaskParser):
    """Reads bodies as `api.bodies` does, and refuses what does not fit as every error here is told."""

    def load_json(self, req: Request, schema: Schema) -> Any:
        return document()

    def handle_error(self, error: ValidationError, *args: Any, **kwargs: Any) -> Any:
        messages = error.messages
        raise BodyRefused(messages["json"] if isinstance(messages, dict) and set(messages) == {"json"} else messages)


class _Blueprint(SmorestBlueprint):  # type: ignore[misc]  # flask-smorest ships no types
    """Writes into the description which scope an operation needs, as `core.permissions.allow` says it."""

    ARGUMENTS_PARSER = _Parser()

    def _store_endpoint_docs(self, endpoint: str, obj: Any, parameters: Any, tags: Any, **options: Any) -> None:
        super()._store_endpoint_docs(endpoint, obj, parameters, tags, **options)
        permission = declared(obj)
        if permission is None or permission.access not in FOR_PROGRAMS:
            raise TypeError(f"{endpoint} is of the API, and so for programs")
        scopes = [permission.scope.value] if permission.scope else []
        for method, doc in self._docs[endpoint].items():
            if method != "parameters":
                doc.setdefault("manual_doc", {}).update(
                    {"operationId": endpoint, "security": [{"token": scopes}], "x-access": permission.access.value}
                )


class ProblemApi(Api):  # type: ignore[misc]  # flask-smorest ships no types
    """flask-smorest's description alone: errors are answered by `app/errors.py`, and the pages are ours."""

    def _register_error_handlers(self) -> None:
        return

    def _register_responses(self) -> None:
        names = {status.name: status.phrase for status in HTTPStatus} | {"DEFAULT_ERROR": "A problem, and what to do"}
        for name, words in names.items():
            content = {PROBLEM: {"schema": ProblemSchema}}
            self.spec.components.response(name, {"description": words, "content": content}, lazy=True)


blueprint = _Blueprint("api", __name__, url_prefix=f"/api/v{VERSION}")


def route(method: str, path: str, tag: str) -> Callable[[V], V]:
    """Serve `path` under /api/v1; `tag` is the chapter of the description that it stands in."""
    names = re.findall(r"<(?:\w+:)?(\w+)>", path)
    described = [{"in": "path", "name": name, "description": _ARGUMENTS[name]} for name in names]
    return cast(Callable[[V], V], blueprint.route(path, methods=[method], tags=[tag], parameters=described))


def takes(schema: type[Schema], example: Mapping[str, Any]) -> Callable[[V], V]:
    """Hand the view the JSON body, as `schema` reads it, before its other arguments. What is not known is refused."""
    return cast(Callable[[V], V], blueprint.arguments(schema, example=dict(example)))


def gives(
    schema: type[Schema], status: int = 200, example: Any = None, description: str | None = None
) -> Callable[[V], V]:
    """Answer with what the view returns, as `schema` writes it; a Response goes out as it is."""
    described = blueprint.response(status, schema, example=example, description=description)
    writer = schema()

    def decorate(view: V) -> V:
        @wraps(view)
        def answering(*args: Any, **kwargs: Any) -> Response:
            found = view(*args, **kwargs)
            return found if isinstance(found, Response) else json_answer(writer.dump(found), status)

        return cast(V, described(answering))

    return decorate


def says(**words: Any) -> Callable[[V], V]:
    """Add to an operation's description what cannot be read off its code."""
    return cast(Callable[[V], V], blueprint.doc(**words))


def json_answer(found: Any, status: int = 200, headers: Mapping[str, str] = MappingProxyType({})) -> Response:
    """Return JSON: a document, or bytes that are one."""
    body = found if isinstance(found, bytes) else json.dumps(found, ensure_ascii=False).encode()
    return Response(body, status, headers, mimetype="application/json")


def program() -> Program:
    """Return whose token the request shows."""
    found: Program = g.program
    return found


def partner() -> Partner:
    """Return the partner that the address names, which the token may reach. Rule X-4."""
    found: Partner = g.partner
    return found


def describe(app: Flask, base_url: str, about: str, chapters: Iterable[str]) -> ProblemApi:
    """Register every operation in `app`, and return their description, whose chapters come in this order."""
    options = {
        "title": "Laurel",
        "version": VERSION,
        "openapi_version": "3.1.0",
        "info": {"description": about},
        "servers": [{"url": base_url}],
    }
    api = ProblemApi(app, spec_kwargs=options)
    scheme = {"type": "http", "scheme": "bearer", "description": "An API token, made in the console or by staff."}
    api.spec.components.security_scheme("token", scheme)
    for title in chapters:
        api.spec.tag({"name": title})
    api.register_blueprint(blueprint)
    app.extensions["csrf"].exempt(blueprint)  # a token is sent by a program on purpose, never by a browser on its own
    return api
