"""What is wrong with a picture of an identity document: everything at once, before it is sent. Pure. Rule H-3."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from enum import StrEnum
from io import BytesIO

from PIL import Image

from core.uploads import FILE_MAX_BYTES, JPEG_PIXELS_MAX, PNG_PIXELS_MAX, FileRefused, accepted, what_it_is

#: Enough to read the small print of a card: about 300 points per inch.
LONG_SIDE_MIN, SHORT_SIDE_MIN = 1_000, 600
#: A point is coloured where its strongest and weakest colour are so far apart, and a picture where so much of it is.
_COLOUR_SPREAD, _COLOURED_SHARE = 24, 0.005
_SAMPLE_SIDE = 400
NAME_MAX = 200  # characters
_PDF, _PNG, _JPEG = b"%PDF-", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"


class Fault(StrEnum):
    """What can be wrong, in the order in which it is told."""

    NO_FILE = "no_file"
    KIND = "kind"
    SIZE = "size"
    DAMAGED = "damaged"
    RESOLUTION = "resolution"
    GREY = "grey"
    EXPIRED = "expired"
    NAME = "name"
    CORNERS = "corners"
    FRONT = "front"


@dataclass(frozen=True)
class Defect:
    """One thing that is wrong, and what to do about it."""

    fault: Fault
    what: str
    to_do: str


@dataclass(frozen=True)
class Declared:
    """What somebody says of their document; without `expires_on` it says none."""

    name: str
    expires_on: date | None
    four_corners: bool
    is_front: bool


#: Enough to tell a face by.
FACE_SIDE_MIN = 400


def picture_defects(content: bytes) -> tuple[Defect, ...]:
    """Return everything that is wrong with a picture of a person, for the agent who compares faces. Rules H-3, H-5."""
    found = tuple(_of_file(content, measured=False))
    if content.startswith(_PDF):
        return (Defect(Fault.KIND, "A PDF is no picture of a person.", "Send a PNG or JPEG."), *found)
    seen = _image_seen(content) if content.startswith((_PNG, _JPEG)) else None
    if seen is not None and min(seen.width, seen.height) < FACE_SIDE_MIN:
        what = f"The picture has {seen.width:,} × {seen.height:,} points, too few to tell a face by."
        found += (Defect(Fault.RESOLUTION, what, f"Send one of at least {FACE_SIDE_MIN} × {FACE_SIDE_MIN} points."),)
    return found


def defects(content: bytes, declared: Declared, profile_name: str, on: date) -> tuple[Defect, ...]:
    """Return everything that is wrong with a document on a day; nothing hides anything else. Rule H-3."""
    return (*_of_file(content), *_of_document(declared, profile_name, on))


# The file


def _of_file(content: bytes, *, measured: bool = True) -> Iterator[Defect]:
    if not content:
        yield Defect(Fault.NO_FILE, "There is no file, or it is empty.", "Choose a picture of your document.")
        return
    is_known = content.startswith((_PDF, _PNG, _JPEG))
    if not is_known:
        what = f"By its content the file is {what_it_is(content)}, whatever its name says."
        yield Defect(Fault.KIND, what, "Send a PNG, JPEG or PDF.")
    if len(content) > FILE_MAX_BYTES:
        what = f"The file has {len(content) / 1_000_000:.1f} MB; at most {FILE_MAX_BYTES // 1_000_000} MB fit."
        yield Defect(Fault.SIZE, what, "Save it as a JPEG, or at a lower quality.")
    elif is_known:
        try:
            accepted("document", content)
        except FileRefused as refused:
            yield Defect(Fault.DAMAGED, refused.detail, refused.next_step)
            return
    if is_known and measured:
        yield from _of_picture(_pdf_seen(content) if content.startswith(_PDF) else _image_seen(content))


@dataclass(frozen=True)
class _Seen:
    """A picture's measures, and whether it is grey; None where that cannot be told, which is for the agent to see."""

    width: int
    height: int
    is_grey: bool | None


def _of_picture(seen: _Seen | None) -> Iterator[Defect]:
    if seen is None:
        return
    long, short = max(seen.width, seen.height), min(seen.width, seen.height)
    if long < LONG_SIDE_MIN or short < SHORT_SIDE_MIN:
        what = f"The picture has {seen.width:,} × {seen.height:,} points, too few to read the small print."
        to_do = f"Take it again from closer: at least {LONG_SIDE_MIN:,} × {SHORT_SIDE_MIN:,} points."
        yield Defect(Fault.RESOLUTION, what, to_do)
    if seen.is_grey:
        what = "The picture is in grey or black and white."
        yield Defect(Fault.GREY, what, "Take a photo or scan in colour: a copy in grey cannot be checked.")


def _image_seen(content: bytes) -> _Seen | None:
    try:
        with Image.open(BytesIO(content), formats=("PNG", "JPEG")) as image:
            width, height = image.size
            most = JPEG_PIXELS_MAX if image.format == "JPEG" else PNG_PIXELS_MAX
            return _Seen(width, height, _is_grey(image) if width * height <= most else None)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        return None
    except (OSError, ValueError, SyntaxError, EOFError, KeyError, TypeError):
        return None


def _is_grey(image: Image.Image) -> bool:
    if image.format == "JPEG":
        image.draft("RGB", (_SAMPLE_SIDE, _SAMPLE_SIDE))
    sample = image.convert("RGB")
    sample.thumbnail((_SAMPLE_SIDE, _SAMPLE_SIDE))
    points = sample.tobytes()
    each = zip(points[0::3], points[1::3], points[2::3], strict=True)
    coloured = sum(max(point) - min(point) > _COLOUR_SPREAD for point in each)
    return coloured < _COLOURED_SHARE * sample.width * sample.height


_PDF_IMAGE = re.compile(rb"/Subtype\s*/Image\b")
_MEASURE = {side: re.compile(rb"/" + side + rb"\s+(\d{1,6})\b(?!\s+\d+\s+R)") for side in (b"Width", b"Height")}


def _pdf_seen(content: bytes) -> _Seen | None:
    """Return the largest picture in a PDF: their descriptions always stand in the open, before what they describe."""
    return max(_pdf_images(content), key=lambda seen: seen.width * seen.height, default=None)


def _pdf_images(content: bytes) -> Iterator[_Seen]:
    for found in _PDF_IMAGE.finditer(content):
        begins = content.rfind(b" obj", 0, found.start())
        ends = content.find(b"stream", found.end())
        said = content[max(begins, 0) : ends if ends > 0 else len(content)][:4_000]
        sides = [pattern.search(said) for pattern in _MEASURE.values()]
        if sides[0] and sides[1]:
            is_grey = True if re.search(rb"/(?:DeviceGray|CalGray)\b", said) else None
            yield _Seen(int(sides[0][1]), int(sides[1][1]), is_grey)


# The document


def _of_document(declared: Declared, profile_name: str, on: date) -> Iterator[Defect]:
    if declared.expires_on and declared.expires_on < on:
        what = f"The document expired on {declared.expires_on.day} {declared.expires_on:%B %Y}."
        yield Defect(Fault.EXPIRED, what, "Use one that is valid: a passport, identity card or driving licence.")
    if difference := name_difference(declared.name, profile_name):
        to_do = "Type it as the document has it. If it is so, change your name in the marketplace, or use another."
        yield Defect(Fault.NAME, difference, to_do)
    if not declared.four_corners:
        what = "You have not said that all four corners can be seen."
        yield Defect(Fault.CORNERS, what, "Lay the document on a plain ground and take all of it, with a margin.")
    if not declared.is_front:
        what = "You have not said that it is the front."
        yield Defect(Fault.FRONT, what, "Send the side, or the page, with your photo and your name.")


def name_difference(on_document: str, in_profile: str) -> str:
    """Say exactly how two names differ; empty where only capitals, accents or spaces do, which documents often lose."""
    theirs, ours = on_document.split(), in_profile.split()
    if not theirs:
        return "The name on the document is missing."
    left, right = [_folded(word) for word in theirs], [_folded(word) for word in ours]
    if left == right:
        return ""
    if sorted(left) == sorted(right):
        return f"The words stand in another order: “{' '.join(theirs)}” on the document, “{in_profile}” in the profile."
    steps = SequenceMatcher(None, left, right, autojunk=False).get_opcodes()
    told = [_told(" ".join(theirs[a:b]), " ".join(ours[c:d])) for step, a, b, c, d in steps if step != "equal"]
    return f"The names differ: {'; '.join(told)}."


def _told(theirs: str, ours: str) -> str:
    if theirs and ours:
        return f"“{theirs}” on the document is “{ours}” in your profile"
    if theirs:
        return f"“{theirs}” is on the document and not in your profile"
    return f"“{ours}” is in your profile and not on the document"


def _folded(word: str) -> str:
    apart = unicodedata.normalize("NFKD", word.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))
