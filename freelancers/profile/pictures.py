"""A person's photo and pictures of their work: drawn anew, cut out where it is asked for, in a few sizes. Pure.

What is kept is only what is seen: where and with what a photo was taken stays behind. docs/decisions/profile.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO

from PIL import Image

from core.uploads import FileKind, FileRefused, accepted

ACCEPTED = ".png,.jpg,.jpeg,image/png,image/jpeg"
RULE = "A PNG or JPEG of at most 5 MB. Where it was taken, and with what, is not kept."
#: The longer side of what is kept of the picture as it was sent, in pixels: enough to cut it out anew.
WHOLE = 1_200
#: The sides of a photo, which is square: for fine screens, for pages, for lists, for the smallest.
PHOTO_SIDES = (512, 256, 128, 64)
#: The longer side of a picture of a piece of work: on its own, and in a list.
WORK_SIDES = (WHOLE, 400)
#: A smaller one would look blurred.
SIDE_MIN = 200
ZOOM_MAX_PCT = 400
#: Of an upright picture the upper part is shown first: that is where faces are.
_UPRIGHT_Y_PCT = 30
_QUALITY = 82
_PAPER = "#ffffff"


@dataclass(frozen=True)
class Crop:
    """The square that is cut out: how far right and down it lies, 0..100, and how far it is zoomed in, 100..400."""

    x_pct: int = 50
    y_pct: int = 50
    zoom_pct: int = 100

    def box(self, width: int, height: int) -> tuple[int, int, int, int]:
        """Return left, top, right and bottom of the square within a picture."""
        side = max(1, min(width, height) * 100 // max(100, self.zoom_pct))
        left, top = (width - side) * self.x_pct // 100, (height - side) * self.y_pct // 100
        return left, top, left + side, top + side


def taken(content: bytes) -> Image.Image:
    """Return a picture ready to be kept, from a file. Raises FileRefused with a sentence for whoever sent it."""
    file = accepted("picture", content)
    if file.kind is FileKind.PDF:
        raise FileRefused("By its content this is a PDF, and a picture is needed.", "Send a PNG or JPEG.")
    with Image.open(BytesIO(file.content)) as drawn:
        seen = drawn.convert("RGBA")
    if min(seen.size) < SIDE_MIN:
        measure = f"{seen.width} × {seen.height} pixels"
        raise FileRefused(
            f"It has only {measure}, which would look blurred.", f"At least {SIDE_MIN} a side are needed."
        )
    flat = Image.new("RGB", seen.size, _PAPER)
    flat.paste(seen, mask=seen.getchannel("A"))
    flat.thumbnail((WHOLE, WHOLE), Image.Resampling.LANCZOS)
    return flat


def first_crop(picture: Image.Image) -> Crop:
    """Return the square that is cut out of a photo until somebody chooses another."""
    return Crop(y_pct=_UPRIGHT_Y_PCT if picture.height > picture.width else 50)


def photo_sizes(picture: Image.Image, crop: Crop) -> dict[int, bytes]:
    """Return a photo cut out, by its side, and the whole picture, which only its owner sees, by WHOLE."""
    square = picture.crop(crop.box(*picture.size))
    sizes = {side: _jpeg(square.resize((side, side), Image.Resampling.LANCZOS)) for side in PHOTO_SIDES}
    return {WHOLE: _jpeg(picture), **sizes}


def work_sizes(picture: Image.Image) -> dict[int, bytes]:
    """Return a picture of a piece of work, by its longer side."""
    sizes = {}
    for side in WORK_SIDES:
        small = picture.copy()
        small.thumbnail((side, side), Image.Resampling.LANCZOS)
        sizes[side] = _jpeg(small)
    return sizes


def reopened(jpeg: bytes) -> Image.Image:
    """Return a picture that was kept."""
    with Image.open(BytesIO(jpeg), formats=("JPEG",)) as image:
        image.load()
        return image


def _jpeg(picture: Image.Image) -> bytes:
    kept = BytesIO()
    picture.info = {}
    picture.save(kept, "JPEG", quality=_QUALITY, optimize=True, progressive=True)
    return kept.getvalue()
