"""Words of people with places for others' words in them: "Hello {name|there}". Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from core.errors import InvalidInput
from core.wording import listed

#: `{name}` is filled in; `{name|there}` says what stands there when nothing is known.
_PLACE = re.compile(r"\{\s*([A-Za-z_]\w*)\s*(?:\|([^{}]*))?\}")


def filled(text: str, words: Mapping[str, str | None]) -> str:
    """Return `text` with its places filled in; where a word is missing, what the place says instead, or nothing."""
    return _PLACE.sub(lambda place: str(words.get(place[1].lower()) or (place[2] or "").strip()), text)


def check_places(text: str, known: Collection[str]) -> None:
    """Raise InvalidInput for a place that nobody can fill in, and for braces that hold none."""
    unknown = [place[0] for place in _PLACE.finditer(text) if place[1].lower() not in known]
    if unknown:
        raise InvalidInput(
            f"Nothing is known to put in place of {listed(dict.fromkeys(unknown))}.",
            f"You can use {listed('{' + name + '}' for name in known)}.",
        )
    if re.search(r"[{}]", _PLACE.sub("", text)):
        raise InvalidInput("There is a brace that holds no placeholder.", "Write it as {name}, or leave it out.")
