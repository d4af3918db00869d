"""What somebody brought: a credential as JSON, a signed token, a picture with one inside, or an address."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from badges.credentials.baking import NotBaked, from_png, from_svg
from badges.credentials.tokens import NotAToken, Token, taken_apart

SIZE_MAX = 2_000_000
_PNG = b"\x89PNG"


class Unreadable(ValueError):
    """Nothing of this can be checked; the message says why, in a sentence."""


@dataclass(frozen=True)
class Brought:
    """What was brought, in words, and what it is: a document with a proof, or a token. One of the two is there."""

    words: str
    document: dict[str, Any] | None = None
    token: Token | None = None


def read(data: bytes) -> Brought:
    """Return what is in `data`. Raises Unreadable."""
    if len(data) > SIZE_MAX:
        raise Unreadable("That is larger than any badge.")
    try:
        if data.startswith(_PNG):
            return _credential(from_png(data), "a picture (PNG) with a badge inside")
        text = data.decode("utf-8-sig").strip()
        if text.startswith("<"):
            return _credential(from_svg(data), "a drawing (SVG) with a badge inside")
    except NotBaked as error:
        raise Unreadable(str(error)) from None
    except UnicodeDecodeError:
        raise Unreadable("This is neither text nor a picture that a badge can be in (PNG or SVG).") from None
    return _credential(text, "a badge")


def _credential(text: str, words: str) -> Brought:
    text = text.strip()
    if not text:
        raise Unreadable("There is nothing in it.")
    if text.startswith("{"):
        return Brought(f"{words}, as JSON with a proof", document=strict_json(text))
    try:
        return Brought(f"{words}, as a signed token", token=taken_apart(text))
    except NotAToken:
        raise Unreadable("This is no badge: a badge is JSON that begins with {, or a signed token.") from None


def strict_json(text: str) -> dict[str, Any]:
    """Return the object that `text` is. Raises Unreadable, also for what two readers would read differently."""
    try:
        found = json.loads(text, object_pairs_hook=_once, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise Unreadable("This looks like JSON, but it cannot be read. Perhaps a part of it is missing.") from None
    if not isinstance(found, dict):
        raise Unreadable("This is JSON, but no badge.")
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no number")
