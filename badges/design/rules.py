"""A badge's design as numbers and words, and whether it can be read. Pure. Rule B-3, design decision 7."""

from __future__ import annotations

import unicodedata
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from badges.design.outlines import Shape
from core.colours import grey, tidy_colour
from core.errors import InvalidInput

MONOGRAM_MAX = 3  # letters


class Ornament(StrEnum):
    """What stands around the mark."""

    PLAIN = "plain"
    LAUREL = "laurel"
    STARS = "stars"
    RAYS = "rays"


class Mark(StrEnum):
    """What stands in the middle."""

    MONOGRAM = "monogram"
    LOGO = "logo"


@dataclass(frozen=True)
class Design:
    """How a badge looks. `ground` fills the shape, `accent` edge and band; `ink` is for words. Each is #rrggbb.

    `plate` puts the logo on a light ground of its own.
    """

    shape: Shape = Shape.CIRCLE
    ornament: Ornament = Ornament.LAUREL
    ground: str = "#1d5a3b"
    accent: str = "#d9b25f"
    ink: str = "#fffdf9"
    mark: Mark = Mark.MONOGRAM
    monogram: str = ""
    plate: bool = False

    @property
    def as_json(self) -> dict[str, Any]:
        """Return the design as it is stored."""
        return asdict(self)

    @property
    def greyed(self) -> Design:
        """Return the design without its colours, each as bright as it was. Rule B-3."""
        return Design(**asdict(self) | {name: grey(getattr(self, name)) for name in ("ground", "accent", "ink")})


#: The badge of an issuer that has not designed one.
OURS = Design()


def design_of(content: dict[str, Any]) -> Design:
    """Return the design from what is stored or sent. Raises InvalidInput for anything that is no design."""
    try:
        shape, ornament, mark = Shape(content["shape"]), Ornament(content["ornament"]), Mark(content["mark"])
    except (KeyError, ValueError):
        raise InvalidInput("A badge has one of the shapes offered, one ornament and one mark.") from None
    colours = {name: tidy_colour(str(content.get(name, ""))) for name in ("ground", "accent", "ink")}
    for name, colour in colours.items():
        if colour is None:
            typed = str(content.get(name, ""))[:20]
            raise InvalidInput(
                f"“{typed}” is not a colour such as #1d5a3b.", "Enter # and six digits or letters a to f."
            )
    monogram = tidy_monogram(str(content.get("monogram", "")))
    plate = content.get("plate") is True
    return Design(shape, ornament, mark=mark, monogram=monogram, plate=plate, **{n: str(c) for n, c in colours.items()})


def tidy_monogram(text: str) -> str:
    """Return up to three letters or digits of `text`; nothing else belongs on a seal."""
    plain = unicodedata.normalize("NFC", text)
    return "".join(letter for letter in plain if letter.isalnum())[:MONOGRAM_MAX]


def letters_of(design: Design, issuer: str) -> str:
    """Return what the mark says: the monogram, or the issuer's first letter."""
    return design.monogram or next((letter.upper() for letter in issuer if letter.isalnum()), "")


def wording_of(name: str) -> str:
    """Return the name as it stands below the word EXPERT, which is not said twice."""
    stem = name.strip()
    short = stem.removesuffix("Expert").strip(" -–—·:")
    return short or stem
