"""Short names as they stand in addresses, such as northwind or data-migration. Pure."""

from __future__ import annotations

import re
import unicodedata

SLUG_MAX = 60
_WORD = re.compile(r"[^\W\d_]+")
#: Alphabets with letters that look like Latin ones.
_ALIKE = frozenset({"CYRILLIC", "GREEK"})
_SLUG = re.compile(rf"[a-z0-9](?:[a-z0-9-]{{0,{SLUG_MAX - 2}}}[a-z0-9])?", re.ASCII)


def is_slug(text: str) -> bool:
    """Say whether `text` is 1 to SLUG_MAX small letters, digits and hyphens, with no hyphen at either end."""
    return _SLUG.fullmatch(text) is not None


def slug_of(name: str) -> str:
    """Return `name` as a short name; empty when nothing of it can be used."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:SLUG_MAX].rstrip("-")


def strange_letter(text: str) -> str | None:
    """Return the first character that no short name has, with its name, such as “о” (Cyrillic small letter o)."""
    return next((_named(letter) for letter in text if not is_slug(letter) and letter != "-"), None)


def look_alike(text: str) -> str | None:
    """Return the first letter of another alphabet within a word of Latin ones, with its name; None where is none.

    Two names that look the same and are not make people take one page for another.
    """
    for word in _WORD.findall(unicodedata.normalize("NFKC", text)):
        alphabets = {letter: unicodedata.name(letter, "").partition(" ")[0] for letter in word}
        if "LATIN" in alphabets.values():
            strange = next((letter for letter, alphabet in alphabets.items() if alphabet in _ALIKE), None)
            if strange:
                return _named(strange)
    return None


def _named(letter: str) -> str:
    return f"“{letter}” ({unicodedata.name(letter, 'a sign without a name').capitalize()})"
