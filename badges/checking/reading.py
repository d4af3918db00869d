"""What somebody brought: a credential as JSON, a signed token, a picture with one inside, or an address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from badges.credentials.baking import NotBaked, from_png, from_svg
from badges.credentials.tokens import NotAToken, Token, taken_apart
from core.languages import gettext as _
from core.languages import later
from core.strict_json import read_strictly

SIZE_MAX = 2_000_000
_PNG = b"\x89PNG"


class Unreadable(ValueError):
    """Nothing of this can be checked; the message says why, in a sentence."""


#: What was brought, as a document with a proof and as a token.
_ALONE = (later("This is a badge, as JSON with a proof."), later("This is a badge, as a signed token."))
_IN_A_PICTURE = (
    later("This is a picture (PNG) with a badge inside, as JSON with a proof."),
    later("This is a picture (PNG) with a badge inside, as a signed token."),
)
_IN_A_DRAWING = (
    later("This is a drawing (SVG) with a badge inside, as JSON with a proof."),
    later("This is a drawing (SVG) with a badge inside, as a signed token."),
)


@dataclass(frozen=True)
class Brought:
    """What was brought, in a sentence, and what it is: a document with a proof, or a token. One of the two is there."""

    words: str
    document: dict[str, Any] | None = None
    token: Token | None = None


def read(data: bytes) -> Brought:
    """Return what is in `data`. Raises Unreadable."""
    if len(data) > SIZE_MAX:
        raise Unreadable(_("That is larger than any badge."))
    try:
        if data.startswith(_PNG):
            return _credential(from_png(data), _IN_A_PICTURE)
        text = data.decode("utf-8-sig").strip()
        if text.startswith("<"):
            return _credential(from_svg(data), _IN_A_DRAWING)
    except NotBaked as error:
        raise Unreadable(str(error)) from None
    except UnicodeDecodeError:
        raise Unreadable(_("This is neither text nor a picture that a badge can be in (PNG or SVG).")) from None
    return _credential(text, _ALONE)


def _credential(text: str, words: tuple[str, str]) -> Brought:
    text = text.strip()
    if not text:
        raise Unreadable(_("There is nothing in it."))
    if text.startswith("{"):
        return Brought(_(words[0]), document=strict_json(text))
    try:
        return Brought(_(words[1]), token=taken_apart(text))
    except NotAToken:
        raise Unreadable(_("This is no badge: a badge is JSON that begins with {, or a signed token.")) from None


def strict_json(text: str) -> dict[str, Any]:
    """Return the object that `text` is. Raises Unreadable, also for what two readers would read differently."""
    try:
        found = read_strictly(text)
    except (ValueError, RecursionError):
        raise Unreadable(_("This looks like JSON, but it cannot be read. Perhaps a part of it is missing.")) from None
    if not isinstance(found, dict):
        raise Unreadable(_("This is JSON, but no badge."))
    return found


def as_list(value: Any) -> list[Any]:
    """Return what can stand alone or in a list, always as a list."""
    return value if isinstance(value, list) else [value]
