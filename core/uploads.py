"""Files that people send: recognised by their content, never by their name, and cleaned before they are kept. Pure.

Images are drawn anew, which leaves behind where and with what they were taken, and whatever else was hidden in them.
A PDF is kept as it is, unless it can do more than be read. Rules R-1, X-1.
"""

from __future__ import annotations

import re
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO
from threading import Lock

from PIL import Image, ImageOps, UnidentifiedImageError

from core.errors import InvalidInput

FILE_MAX_BYTES = 5_000_000
PNG_PIXELS_MAX = 16_000_000
#: A JPEG can be read smaller than it is, so a large photo takes no more memory.
JPEG_PIXELS_MAX = 50_000_000
#: Larger images are kept at this size: enough to read the small print of a certificate.
SIDE_MAX = 3_000
NAME_MAX = 100  # characters
#: A large image takes a hundred megabytes while it is drawn: so each process draws one after the other.
_DRAWING = Lock()
#: What the objects packed in a PDF may unfold to.
UNFOLDED_MAX_BYTES = 20_000_000


class FileKind(StrEnum):
    """What is taken."""

    PDF = "pdf"
    PNG = "png"
    JPEG = "jpeg"

    @property
    def mimetype(self) -> str:
        """Return the media type."""
        return "application/pdf" if self is FileKind.PDF else f"image/{self}"


ENDINGS = {FileKind.PDF: (".pdf",), FileKind.PNG: (".png",), FileKind.JPEG: (".jpg", ".jpeg")}
#: As file inputs name it.
ACCEPTED = ".pdf,.png,.jpg,.jpeg,application/pdf,image/png,image/jpeg"
RULE = f"A PDF, PNG or JPEG of at most {FILE_MAX_BYTES // 1_000_000} MB."


class FileRefused(InvalidInput):
    """A file that is not taken; `detail` says why, `next_step` what to send instead."""

    title = "This file cannot be taken"


@dataclass(frozen=True)
class Accepted:
    """A file as it is to be kept: its kind, a clean name that ends as the kind does, and what is in it."""

    kind: FileKind
    name: str
    content: bytes


def accepted(name: str, content: bytes) -> Accepted:
    """Return the file ready to be kept. Raises FileRefused with a sentence for whoever sent it."""
    if not content:
        raise FileRefused("The file is empty.", "Choose it again, or save it once more and send that.")
    if len(content) > FILE_MAX_BYTES:
        raise _too_large()
    kind = _kind(content)
    if kind is FileKind.PDF:
        _check_pdf(content)
        return Accepted(kind, clean_name(name, kind), content)
    return Accepted(kind, clean_name(name, kind), _drawn_anew(content, kind))


def _too_large() -> FileRefused:
    most = f"{FILE_MAX_BYTES // 1_000_000} MB"
    return FileRefused(f"The file is too large: at most {most} fit.", "Save it smaller, or send a part of it.")


def clean_name(name: str, kind: FileKind) -> str:
    """Return a file's name without folders, control and direction marks, ending as its kind does."""
    last = name.replace("\\", "/").rpartition("/")[2]
    letters = "".join(letter for letter in last if unicodedata.category(letter)[0] != "C" and letter not in '<>:"|?*')
    stem = letters.strip(" .")
    while stem.lower().endswith(tuple(ending for endings in ENDINGS.values() for ending in endings)):
        stem = stem.rpartition(".")[0].strip(" .")
    return f"{stem[:NAME_MAX].strip(' .') or 'file'}{ENDINGS[kind][0]}"


def _kind(content: bytes) -> FileKind:
    if content.startswith(b"%PDF-"):
        return FileKind.PDF
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return FileKind.PNG
    if content.startswith(b"\xff\xd8\xff"):
        return FileKind.JPEG
    what, instead = _known(content)
    raise FileRefused(f"By its content this is {what}, whatever its name says.", instead)


def what_it_is(content: bytes) -> str:
    """Return in a few words what a file is that is not taken."""
    return _known(content)[0]


def _known(content: bytes) -> tuple[str, str]:
    return next((words for begins, words in _KNOWN if begins.match(content)), _UNKNOWN)


_AS_PDF = "Save it as a PDF and send that."
_AS_JPEG = "Save it as a JPEG or PNG and send that."
_UNKNOWN = ("none of the kinds that we take", "Send a PDF, PNG or JPEG.")
_KNOWN = tuple(
    (re.compile(begins, re.S), (what, instead))
    for begins, what, instead in (
        (rb"PK\x03\x04.{0,400}(?:word|xl|ppt)/|\xd0\xcf\x11\xe0", "an Office document", _AS_PDF),
        (rb"PK[\x03\x05\x07]|Rar!|7z\xbc\xaf|\x1f\x8b|BZh|\xfd7zXZ", "an archive", "Send what is in it as a PDF."),
        (rb"MZ|\x7fELF|\xcf\xfa\xed\xfe|\xca\xfe\xba\xbe|#!", "a program", "Send a PDF, PNG or JPEG."),
        (rb".{4}ftyp(?:heic|heix|mif1|msf1|avif)", "a photo in a newer format of phones", _AS_JPEG),
        (rb".{4}ftyp|\x1aE\xdf\xa3|RIFF.{4}AVI", "a video", "Send a PDF, PNG or JPEG; a video can be linked to."),
        (rb"GIF8|RIFF.{4}WEBP|BM|II\*\x00|MM\x00\*", "an image of another kind", _AS_JPEG),
        (rb"\s*<\?xml.{0,500}<svg|\s*<svg", "a drawing (SVG)", _AS_PDF),
        (rb"\xef?\xbb?\xbf?\s*<(?:!doctype|html|script|\?xml|body)|\s*<!DOCTYPE", "a web page", _AS_PDF),
        (rb"%!PS", "a PostScript file", _AS_PDF),
        (rb"[\x09\x0a\x0d\x20-\x7e]{1,200}\Z|[\x09\x0a\x0d\x20-\x7e]{200}", "a text", _AS_PDF),
    )
)

# PDF

_ACTIVE = re.compile(rb"/(?:JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA|GoToR|ImportData|SubmitForm)(?![A-Za-z])")
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
_PACKED = re.compile(rb"/ObjStm\b.{0,2000}?stream\r?\n", re.S)


def _check_pdf(content: bytes) -> None:
    if not re.match(rb"%PDF-[12]\.\d", content):
        raise FileRefused("It begins like a PDF, and no program could read it.", "Save it once more as a PDF.")
    end = content.rfind(b"%%EOF")
    if end < 0 or b"startxref" not in content or b" obj" not in content:
        raise FileRefused("The PDF is cut off: its end is missing.", "Save or export it once more and send that.")
    if content[end + 5 :].strip(b"\x00 \t\r\n") or zipfile.is_zipfile(BytesIO(content)):
        raise FileRefused("After the end of the PDF something else follows.", "Print it to a new PDF and send that.")
    _check_what_it_does(content)


def _check_what_it_does(content: bytes) -> None:
    for part in _readable(content):
        plain = _ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), part)
        if b"/Encrypt" in plain:
            raise FileRefused(
                "The PDF is locked with a password, so nobody could read it.", "Save it without a password."
            )
        if _ACTIVE.search(plain):
            raise FileRefused(
                "The PDF holds a program, a form that sends, or another file.", "Print it to a new PDF and send that."
            )


def _readable(content: bytes) -> Iterator[bytes]:
    """Yield what a PDF says in the open, and what it says in packed objects, of which so much is unfolded."""
    yield content
    left = UNFOLDED_MAX_BYTES
    for packed in _PACKED.finditer(content):
        unfold = zlib.decompressobj()
        try:
            part = unfold.decompress(content[packed.end() :], left)
        except zlib.error:
            continue  # packed in another way, or damaged: then no reader unfolds it either
        left -= len(part)
        if left <= 0:
            raise FileRefused("The PDF unfolds to far more than it seems to hold.", "Print it to a new PDF.")
        yield part


# Images


def _drawn_anew(content: bytes, kind: FileKind) -> bytes:
    try:
        with Image.open(BytesIO(content), formats=(kind.upper(),)) as image:
            if image.width * image.height > _pixels_max(kind):
                raise _too_many_pixels(kind, image.width, image.height)
            with _DRAWING:
                return _encoded(image, kind)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_many_pixels(kind) from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, KeyError, TypeError) as broken:
        raise FileRefused(
            f"The {kind.upper()} is damaged, so it cannot be shown.", "Open it, save it once more, and send that."
        ) from broken


def _encoded(image: Image.Image, kind: FileKind) -> bytes:
    image.thumbnail((SIDE_MAX, SIDE_MAX), reducing_gap=1.0)
    upright = ImageOps.exif_transpose(image)
    has_gaps = upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info
    drawn = upright.convert("RGBA" if has_gaps and kind is FileKind.PNG else "RGB")
    drawn.info = {}
    kept = BytesIO()
    drawn.save(kept, kind.upper(), **({"quality": 88} if kind is FileKind.JPEG else {}))
    return kept.getvalue()


def _pixels_max(kind: FileKind) -> int:
    return JPEG_PIXELS_MAX if kind is FileKind.JPEG else PNG_PIXELS_MAX


def _too_many_pixels(kind: FileKind, width: int = 0, height: int = 0) -> FileRefused:
    measure = f"{width:,} × {height:,} points, and" if width else "far too many points;"
    most = f"{_pixels_max(kind) // 1_000_000} million fit"
    return FileRefused(f"The image has {measure} {most}.", "Save it smaller and send that.")
