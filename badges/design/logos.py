"""A partner's logo: taken as PNG, JPEG or WebP by its content, drawn anew, kept in a few sizes. Pure.

What is kept is only what is seen: where a photo was taken, a program hidden behind the picture and such stay behind.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError

from core.uploads import FileRefused, what_it_is

LOGO_MAX_BYTES = 2_000_000
#: Opened, a picture takes four bytes a pixel: this is enough for any logo, and little enough for any machine.
PIXELS_MAX = 16_000_000
#: A logo whose longer side has fewer pixels would look blurred on a badge of 512.
SIDE_MIN = 96
#: The longer side of what is kept, in pixels: for large badges, for pages on fine screens, for pages, for mails.
SIDES = (512, 256, 128, 64)
RULE = f"A PNG, JPEG or WebP of at most {LOGO_MAX_BYTES // 1_000_000} MB, best with a see-through ground."

_FORMATS = ("PNG", "JPEG", "WEBP")
_BEGINNINGS = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")
_INSTEAD = "Export it as a PNG of 512 pixels or more, and send that."


@dataclass(frozen=True)
class Logo:
    """A logo in one size. `opaque`: it has no gaps to see through, and `edge` is the colour around it."""

    png: bytes
    width: int
    height: int
    opaque: bool = False
    edge: str = "#ffffff"
    #: The colour that it has on the whole.
    colour: str = "#808080"


def taken(content: bytes) -> dict[int, Logo]:
    """Return the logo ready to be kept, by the longer side. Raises FileRefused with a sentence for whoever sent it."""
    if not content:
        raise FileRefused("The file is empty.", "Choose it again.")
    if len(content) > LOGO_MAX_BYTES:
        raise FileRefused(f"The file is too large: at most {LOGO_MAX_BYTES // 1_000_000} MB fit.", _INSTEAD)
    if not content.startswith(_BEGINNINGS) and not (content[:4] == b"RIFF" and content[8:12] == b"WEBP"):
        raise _of_another_kind(content)
    with _opened(content) as image:
        drawn = _trimmed(ImageOps.exif_transpose(image).convert("RGBA"))
    if max(drawn.size) < SIDE_MIN:
        measure = f"{drawn.width} × {drawn.height} pixels"
        raise FileRefused(f"The logo has only {measure}, which would look blurred.", f"At least {SIDE_MIN} are needed.")
    return {side: _in_size(drawn, side) for side in SIDES}


def _of_another_kind(content: bytes) -> FileRefused:
    what = what_it_is(content)
    if "SVG" in what:
        return FileRefused("This is a drawing (SVG). It can carry a program, so none is taken.", _INSTEAD)
    return FileRefused(f"By its content this is {what}, whatever its name says.", _INSTEAD)


@lru_cache(maxsize=64)
def in_webp(png: bytes) -> bytes:
    """Return a logo's PNG as pages load it: a third of the bytes, and no difference that anybody sees."""
    kept = BytesIO()
    with Image.open(BytesIO(png), formats=("PNG",)) as image:
        image.save(kept, "WEBP", quality=90)
    return kept.getvalue()


@contextmanager
def _opened(content: bytes) -> Iterator[Image.Image]:
    try:
        with Image.open(BytesIO(content), formats=_FORMATS) as image:
            if image.width * image.height > PIXELS_MAX:
                raise _too_many_pixels(f"{image.width:,} × {image.height:,} points, and")
            image.load()
            yield image
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_many_pixels("far too many points;") from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, KeyError, TypeError) as broken:
        raise FileRefused("The picture is damaged, so it cannot be shown.", "Save it once more.") from broken


def _too_many_pixels(measure: str) -> FileRefused:
    return FileRefused(f"The picture has {measure} {PIXELS_MAX // 1_000_000} million fit.", _INSTEAD)


def _trimmed(image: Image.Image) -> Image.Image:
    """Return the picture without the empty room around it, so that it stands in the middle wherever it is shown."""
    seen = image.getchannel("A").point(lambda alpha: 255 if alpha > 8 else 0).getbbox()
    if seen is None:
        raise FileRefused("Nothing can be seen in the picture: all of it is see-through.", _INSTEAD)
    return image.crop(seen)


def _in_size(image: Image.Image, side: int) -> Logo:
    small = image.copy()
    small.thumbnail((side, side), Image.Resampling.LANCZOS)
    plain = Image.new("RGBA", small.size)
    plain.paste(small)
    kept = BytesIO()
    plain.save(kept, "PNG", optimize=True)
    opaque = _share_seen(image) > 0.995
    return Logo(
        kept.getvalue(), small.width, small.height, opaque, _edge(image) if opaque else "#ffffff", _on_the_whole(image)
    )


def _share_seen(image: Image.Image) -> float:
    tiny = image.getchannel("A").resize((32, 32), Image.Resampling.BOX)
    return sum(tiny.tobytes()) / (255 * 32 * 32)


def _edge(image: Image.Image) -> str:
    """Return the colour at the corners, where the picture's own ground shows."""
    wide, high = image.size
    corners = Image.new("RGBA", (2, 2))
    for x, y in ((0, 0), (wide - 1, 0), (0, high - 1), (wide - 1, high - 1)):
        corners.paste(image.crop((x, y, x + 1, y + 1)), (min(x, 1), min(y, 1)))
    return _on_the_whole(corners)


def _on_the_whole(image: Image.Image) -> str:
    """Return the mean colour of what is seen."""
    tiny = image.resize((32, 32), Image.Resampling.BOX).tobytes()
    seen = [(tiny[at], tiny[at + 1], tiny[at + 2], tiny[at + 3]) for at in range(0, len(tiny), 4)]
    weight = sum(pixel[3] for pixel in seen) or 1
    red, green, blue = (sum(pixel[part] * pixel[3] for pixel in seen) // weight for part in range(3))
    return f"#{red:02x}{green:02x}{blue:02x}"
