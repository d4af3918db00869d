"""The drawing as a PNG, for whoever cannot show drawings: the very same, so that both always agree. Rule B-3."""

from __future__ import annotations

from functools import lru_cache

import resvg_py

_KEPT = 300  # pictures of some 40 kB


@lru_cache(maxsize=_KEPT)
def painted(drawing: str, width: int, height: int) -> bytes:
    """Return an SVG of ours as a PNG of so many pixels.

    Letters are outlines already. Only words in a script that ours lack are text, in what fonts the machine has.
    """
    fonts_needed = "<text" in drawing
    return bytes(resvg_py.svg_to_bytes(drawing, width=width, height=height, skip_system_fonts=not fonts_needed))
