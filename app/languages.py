"""Answers in the language that an address names: `/de/skills` is `/skills` in German.

An address is one language for everybody, so an answer may be kept by any cache; nothing varies with a header. What is
not in every language (JSON, pictures, whatever needs a session) has one address. Why: docs/decisions/languages.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote

from flask import Flask, current_app, request
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

from core import languages
from core.errors import NotFound

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class Place(NamedTuple):
    """The page that is asked for, in one language."""

    language: str
    name: str
    path: str
    #: Says in this language that the page is in it.
    offer: str


class InLanguages:
    """The service behind addresses that begin with a language, as a WSGI application around another."""

    def __init__(self, service: WSGIApplication) -> None:
        self._service = service

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        language, path = languages.parted(environ["PATH_INFO"])
        if language == languages.DEFAULT:
            return self._service(environ, start_response)
        with languages.speaking(language):
            return self._service({**environ, "PATH_INFO": path}, start_response)


def register_languages(app: Flask) -> None:
    """Speak the language of the address, and hand templates what they say words with."""
    app.wsgi_app = InLanguages(app.wsgi_app)  # type: ignore[method-assign]  # Flask's own way to put something before
    app.before_request(_refuse_what_is_in_one_language)
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.newstyle_gettext = True  # type: ignore[attr-defined]  # added by the extension
    app.jinja_env.globals |= {
        "_": _gettext,
        "gettext": _gettext,
        "ngettext": _ngettext,
        "later": languages.later,
        "said": languages.said,
        "spoken": languages.spoken,
        "localised": languages.here,
        "page_address": page_address,
        "places_of_page": places_of_page,
    }
    app.jinja_env.filters["number"] = languages.number


def page_address() -> str | None:
    """Return the path of the page asked for in the language spoken, if it is in every language."""
    is_in_all = languages.is_in_every_language(current_app.view_functions.get(request.endpoint or ""))
    return languages.here(quote(request.path)) if is_in_all else None


def places_of_page() -> Sequence[Place]:
    """Return where the page asked for is in each language; the first page where it is in none but one."""
    is_in_all = languages.is_in_every_language(current_app.view_functions.get(request.endpoint or ""))
    query = request.query_string.decode("latin-1") if is_in_all else ""
    path, asked = quote(request.path) if is_in_all else "/", f"?{query}" if query else ""
    names = languages.NAMES.items()
    return [Place(each, name, languages.place_of(each, path) + asked, _offer(each)) for each, name in names]


@cache
def _offer(language: str) -> str:
    with languages.speaking(language):
        return languages.gettext("This page is also in English.")  # each catalogue names its own language


def _refuse_what_is_in_one_language() -> None:
    if languages.spoken() == languages.DEFAULT:
        return
    if not languages.is_in_every_language(current_app.view_functions.get(request.endpoint or "")):
        raise NotFound()


@pass_eval_context
def _gettext(context: EvalContext, text: str, /, **values: Any) -> str:
    if not values:
        return _alone(languages.spoken(), text, context.autoescape)
    return _filled(context.autoescape, languages.said(text), values)


@pass_eval_context
def _ngettext(context: EvalContext, one: str, many: str, num: int, /, **values: Any) -> str:
    return _filled(context.autoescape, languages.said_of(one, many, num), {**values, "num": languages.number(num)})


@lru_cache(maxsize=10_000)
def _alone(_language: str, text: str, autoescape: bool) -> str:
    return _filled(autoescape, languages.said(text), {})


def _filled(autoescape: bool, words: str, values: dict[str, Any]) -> str:
    """Fill the places of a template's words; the words are ours and may hold HTML, the values are escaped."""
    return (Markup(words) if autoescape else words) % values  # noqa: S704 - the words are of our catalogues; % escapes the values
