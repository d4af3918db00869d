"""Short names as they stand in addresses, such as northwind or data-migration. Pure."""

from __future__ import annotations

import re
import unicodedata

SLUG_MAX = 60
_SLUG = re.compile(rf"[a-z0-9](?:[a-z0-9-]{{0,{SLUG_MAX - 2}}}[a-z0-9])?", re.ASCII)


def is_slug(text: str) -> bool:
    """Say whether `text` is 1 to SLUG_MAX small letters, digits and hyphens, with no hyphen at either end."""
    return _SLUG.fullmatch(text) is not None


def slug_of(name: str) -> str:
    """Return `name` as a short name; empty when nothing of it can be used."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:SLUG_MAX].rstrip("-")
