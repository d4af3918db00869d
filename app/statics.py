"""Stylesheets, scripts and drawings that come with Laurel: packed once, and kept by browsers for good. Decision 5.

The address of each names its content (`?v=…`), so it never has to be asked for again: a page that needs another
content names another address.
"""

from __future__ import annotations

import hashlib
import mimetypes
import os
import stat
import time
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from flask import Flask, request
from werkzeug.security import safe_join
from werkzeug.wrappers import Response

from app.packing import PLAIN, gains, packed, way
from core.answers import FOR_GOOD, TO_BE_ASKED
from core.errors import NotFound

#: Packing the largest as short as this takes a tenth of a second, once in each process; shorter still, two seconds.
EFFORT = 9


class Static(NamedTuple):
    """A file's content, and the digest that its address and its ETag name it by."""

    content: bytes
    digest: str
    mimetype: str


def register_statics(app: Flask) -> None:
    """Give our own files and Bootstrap's this way; register it once both have their addresses."""
    folders = {"static": str(app.static_folder), "bootstrap.static": str(app.blueprints["bootstrap"].static_folder)}

    def name_its_content(endpoint: str, values: dict[str, Any]) -> None:
        if (folder := folders.get(endpoint)) and (found := _found(folder, values["filename"])):
            values["v"] = found.digest

    app.url_defaults(name_its_content)
    app.jinja_env.globals["url_for"] = _quickly(app, folders)
    for endpoint, folder in folders.items():
        app.view_functions[endpoint] = _view(folder)


def _quickly(app: Flask, folders: Mapping[str, str]) -> Callable[..., str]:
    """Return Flask's `url_for` as templates use it: a page names six of our files, each by the same address."""

    @lru_cache
    def address(endpoint: str, filename: str, _digest: str) -> str:
        return app.url_for(endpoint, filename=filename)

    def url_for(endpoint: str, **values: Any) -> str:
        folder = folders.get(endpoint) if values.keys() == {"filename"} else None
        found = _found(folder, values["filename"]) if folder else None
        return address(endpoint, values["filename"], found.digest) if found else app.url_for(endpoint, **values)

    return url_for


def _view(folder: str) -> Callable[[str], Response]:
    def given(filename: str) -> Response:
        found = _found(folder, filename)
        if found is None:
            raise NotFound()
        return _answer(found)

    return given


def _answer(found: Static) -> Response:
    packing = way(request.headers.get("Accept-Encoding", "")) if gains(found.content, found.mimetype) else PLAIN
    response = Response(_packed(found, packing), mimetype=found.mimetype)
    response.headers["Cache-Control"] = FOR_GOOD if request.args.get("v") == found.digest else TO_BE_ASKED
    response.headers["Vary"] = "Accept-Encoding"
    if packing != PLAIN:
        response.headers["Content-Encoding"] = packing
    response.set_etag(f"{found.digest}-{packing}")
    return response.make_conditional(request)


def _found(folder: str, filename: str) -> Static | None:
    """Return a file of a folder as it is now; None where there is none."""
    return _found_lately(folder, filename, int(time.monotonic()))


@lru_cache
def _found_lately(folder: str, filename: str, _second: int) -> Static | None:
    """Look a file up once a second: a page names six of them."""
    path = safe_join(folder, filename)
    try:
        there = os.stat(path) if path else None
    except OSError:
        return None
    return _read(path, there.st_mtime_ns) if path and there and stat.S_ISREG(there.st_mode) else None


@lru_cache
def _read(path: str, _changed_ns: int) -> Static:
    content = Path(path).read_bytes()
    return Static(content, hashlib.sha256(content).hexdigest()[:16], mimetypes.guess_type(path)[0] or "text/plain")


@lru_cache
def _packed(found: Static, packing: str) -> bytes:
    return packed(found.content, packing, EFFORT)
