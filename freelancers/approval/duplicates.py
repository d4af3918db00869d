"""How an earlier account of the same person is recognised. Pure. Rule A-2.

Two accounts are shown side by side to a person where one of these is the same. No rule ever declines anybody for it:
brothers share an address, and a name with a birthday is not unique.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from io import BytesIO

from PIL import Image

from freelancers.approval.addresses import folded
from freelancers.approval.texts import words


class Trait(StrEnum):
    """What two accounts of one person have in common."""

    ADDRESS = "address"
    NAME_AND_BIRTH = "name_and_birth"
    DOCUMENT = "document"
    PICTURE = "picture"


TRAIT_NAMES = {
    Trait.ADDRESS: "the same mailbox",
    Trait.NAME_AND_BIRTH: "the same name and date of birth",
    Trait.DOCUMENT: "the same document number",
    Trait.PICTURE: "the same picture",
}


@dataclass(frozen=True)
class Traits:
    """What is known of somebody that could show an earlier account; empty where nothing is."""

    address: str = ""
    name_and_birth: str = ""
    document: str = ""
    picture: str = ""


def traits_of(
    *, name: str, email: str | None = None, born_on: date | None = None, document: str = "", picture: str = ""
) -> Traits:
    """Return what somebody's facts come to, so that two ways to write the same are the same."""
    return Traits(folded(email) if email else "", birth_key(name, born_on), document_key(document), picture)


def shared(one: Traits, other: Traits) -> tuple[Trait, ...]:
    """Return what two accounts have in common, in the order of Trait; empty means nothing."""
    return tuple(trait for trait in Trait if getattr(one, trait) and getattr(one, trait) == getattr(other, trait))


def birth_key(name: str, born_on: date | None) -> str:
    """Return a name with a birthday, whatever the order of its words, its accents and capitals; else empty."""
    parts = sorted(words(name))
    return f"{' '.join(parts)}|{born_on.isoformat()}" if parts and born_on else ""


def document_key(number: str) -> str:
    """Return a document's number without spaces, hyphens and the difference between small and capital letters."""
    plain = unicodedata.normalize("NFKC", number).upper()
    return re.sub(r"[\W_]+", "", plain)


_GRID = 8


def picture_key(content: bytes) -> str:
    """Return what a picture looks like: the same in another size, quality or format; empty for what is no picture.

    For each of 64 places it says whether it is darker than its neighbour (a "difference hash").
    """
    try:
        with Image.open(BytesIO(content)) as image:
            small = image.convert("L").resize((_GRID + 1, _GRID), Image.Resampling.BOX)
    except (Image.DecompressionBombError, OSError, ValueError, SyntaxError, EOFError, KeyError, TypeError):
        return ""
    points = small.tobytes()
    rows = [points[start : start + _GRID + 1] for start in range(0, len(points), _GRID + 1)]
    bits = "".join("1" if row[place] < row[place + 1] else "0" for row in rows for place in range(_GRID))
    return f"{int(bits, 2):016x}" if "1" in bits else ""
