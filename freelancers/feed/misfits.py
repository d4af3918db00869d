"""What msgspec finds wrong with a value, in words for whoever made the file. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType

import msgspec

_KINDS: Mapping[str, str] = MappingProxyType(
    {
        "str": "is not a text",
        "int": "is not a whole number",
        "bool": "is neither true nor false",
        "decimal": "is not a number",
        "date": "is not a day written like 2026-03-01",
        "datetime": "is not a moment with its time zone, such as 2026-03-01T06:00:00Z",
        "array": "is not a list",
        "object": "is not an object with named parts",
    }
)
_NONE_OF_THEM = "is none of the words that can stand here"
#: msgspec's sentences, without their backticks, and ours.
_WORDS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = tuple(
    (re.compile(pattern, re.DOTALL), words)
    for pattern, words in (
        (r"Expected int <= (\d+)", lambda found: f"is more than {int(found[1]):,}"),
        (r"Expected int >= (\d+)", lambda found: f"is less than {int(found[1]):,}"),
        (r"Expected str of length <= (\d+)", lambda found: f"has more than {int(found[1]):,} characters"),
        (r"Expected str of length >= 1", lambda found: "is empty"),
        (r"Expected str of length >= (\d+)", lambda found: f"has fewer than {int(found[1]):,} characters"),
        (r"Expected array of length <= (\d+)", lambda found: f"has more than {int(found[1]):,} items"),
        (r"Expected str matching regex .*", lambda found: "is not a date written like 2026, 2026-03 or 2026-03-01"),
        (r"Expected (datetime) with a timezone .*", lambda found: _KINDS[found[1]]),
        (r"Invalid RFC3339 encoded (date|datetime)", lambda found: _KINDS[found[1]]),
        (r"Invalid decimal string", lambda found: _KINDS["decimal"]),
        (r"Invalid enum value .*", lambda found: _NONE_OF_THEM),
        (r"Object missing required field (\w+)", lambda found: f"lacks its “{found[1]}”"),
        (
            r"Object contains unknown field (.*)",
            lambda found: f"has a part that Laurel does not know, {found[1][:40]!r}",
        ),
        (rf"Expected ({'|'.join(_KINDS)})(?: \| null)?, got .*", lambda found: _KINDS[found[1]]),
    )
)
_STEP = re.compile(r"\[([0-9]+)\]|\.(\w+)")
_PLACE = re.compile(r"(.*) - at \$((?:\[[0-9]+\]|\.\w+)+)", re.DOTALL)


def said(error: msgspec.ValidationError) -> str:
    """Return why a value does not fit, and in a list in which entry: "is less than 0 (entry 1, jobs)"."""
    text = str(error).replace("`", "")
    placed = _PLACE.fullmatch(text)
    what, place = (placed[1], placed[2]) if placed else (text, "")
    words = next((ours(found) for theirs, ours in _WORDS if (found := theirs.fullmatch(what))), "cannot be read")
    steps = [f"entry {int(number) + 1}" if number else name for number, name in _STEP.findall(place)]
    return f"{words} ({', '.join(steps)})" if steps else words
