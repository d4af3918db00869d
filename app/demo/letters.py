"""What some applicants attach: a letter from a client, as a PDF. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from io import BytesIO
from random import Random
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from core.uploads import Accepted, accepted

_PAGE = (595, 842)  # A4 at 72 dots an inch
_LETTER = (
    "To whom it may concern",
    "",
    "We have worked together for more than a year.",
    "What was promised was there on the day,",
    "and it has run ever since.",
    "",
    "We would do it again, and gladly.",
)


def attached(steps: Iterable[Mapping[str, Any]], key: str) -> dict[str, Accepted]:
    """Return what the person known by `key` attaches, by the step's key: a letter for some of what asks for a file."""
    # Of its own, so that the rest of the story is the same with and without.
    random = Random(f"letters of {key}")  # noqa: S311  # a story, not a secret
    return {step["key"]: _letter() for step in steps if step["kind"] == "file" and random.random() < 0.4}


@cache
def _letter() -> Accepted:
    paper = Image.new("L", _PAGE, 255)
    ImageDraw.Draw(paper).text((72, 96), "\n".join(_LETTER), 0, ImageFont.load_default(18), spacing=10)
    content = BytesIO()
    paper.save(content, "PDF", title="A letter")
    return accepted("Letter from a client.pdf", content.getvalue())
