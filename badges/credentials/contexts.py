"""The vocabularies of others that a signature is about, from data beside this: nothing is ever fetched for them."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

CREDENTIALS = "https://www.w3.org/ns/credentials/v2"
OPEN_BADGES = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"

_FOLDER = Path(__file__).with_name("contexts")
FILES = {
    CREDENTIALS: "credentials-v2.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json": "open-badges-3.0.1.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.2.json": "open-badges-3.0.2.json",
    OPEN_BADGES: "open-badges-3.0.3.json",
}


class UnknownContext(ValueError):
    """A document speaks a vocabulary that we do not have, so that what it says cannot be worked out."""


@cache
def _document(address: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((_FOLDER / FILES[address]).read_text("utf-8"))
    return document


def load(address: str, _options: Any = None) -> dict[str, Any]:
    """Return a context as PyLD wants it. Raises UnknownContext."""
    if address not in FILES:
        raise UnknownContext(address)
    return {
        "contentType": "application/ld+json",
        "contextUrl": None,
        "documentUrl": address,
        "document": _document(address),
    }
