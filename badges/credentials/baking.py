"""Credentials inside pictures, as Open Badges 3.0 bakes them: one chunk of a PNG, one element of an SVG."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from xml.parsers import expat
from xml.sax.saxutils import escape

from core.languages import gettext as _

KEYWORD = b"openbadgecredential"
NAMESPACE = "https://purl.imsglobal.org/ob/v3p0"
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_TEXT_KINDS = (b"tEXt", b"zTXt", b"iTXt")


class NotBaked(ValueError):
    """There is no credential in the picture, or not as it must be; the message says why, in a sentence."""


def baked_png(picture: bytes, credential: str) -> bytes:
    """Return the PNG with the credential in it, uncompressed, before the picture itself."""
    text = KEYWORD + b"\0\0\0\0\0" + credential.encode()
    chunk = struct.pack(">I", len(text)) + b"iTXt" + text + struct.pack(">I", zlib.crc32(b"iTXt" + text))
    header_end = len(_SIGNATURE) + 25  # the first chunk, IHDR, is 25 bytes long
    return picture[:header_end] + chunk + picture[header_end:]


def from_png(picture: bytes) -> str:
    """Return the credential in a PNG. Raises NotBaked, also for two of them and for a compressed one."""
    found = [(kind, data) for kind, data in _chunks(picture) if kind in _TEXT_KINDS and _keyword(data) == KEYWORD]
    if not found:
        raise NotBaked(
            _("This picture has no badge inside. A screenshot of a badge, or a copy made smaller, loses it.")
        )
    if len(found) > 1:
        raise NotBaked(_("This picture has more than one badge inside, so it does not say which one counts."))
    kind, data = found[0]
    rest = data[len(KEYWORD) + 1 :]
    if kind != b"iTXt" or rest[:1] != b"\0":
        raise NotBaked(_("The badge in this picture is compressed, which the standard does not allow."))
    parts = rest[2:].split(b"\0", 2)  # language, translated keyword, text
    try:
        return parts[2].decode()
    except (IndexError, UnicodeDecodeError):
        raise NotBaked(_("The badge in this picture is broken.")) from None


def _keyword(data: bytes) -> bytes:
    return data.split(b"\0", 1)[0]


def _chunks(picture: bytes) -> Iterator[tuple[bytes, bytes]]:
    if not picture.startswith(_SIGNATURE):
        raise NotBaked(_("This is not a PNG picture."))
    place = len(_SIGNATURE)
    while place + 12 <= len(picture):
        (size,) = struct.unpack_from(">I", picture, place)
        kind, data = picture[place + 4 : place + 8], picture[place + 8 : place + 8 + size]
        if picture[place + 8 + size : place + 12 + size] != struct.pack(">I", zlib.crc32(kind + data)):
            raise NotBaked(_("This picture is cut short or was changed."))
        yield kind, data
        place += 12 + size
        if kind == b"IEND":
            return
    raise NotBaked(_("This picture is cut short or was changed."))


def svg_element(credential: str) -> str:
    """Return the element that bakes the credential into an SVG, to stand right inside its root."""
    return f'<openbadges:credential xmlns:openbadges="{NAMESPACE}">{escape(credential)}</openbadges:credential>'


def from_svg(drawing: bytes) -> str:
    """Return the credential in an SVG: its text, or the token in its `verify` attribute. Raises NotBaked."""
    reader = _SvgReader()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    parser.EntityDeclHandler = reader.refuse_entities
    try:
        parser.Parse(drawing, True)
    except expat.ExpatError:
        raise NotBaked(_("This drawing cannot be read.")) from None
    if not reader.found:
        raise NotBaked(_("This drawing has no badge inside."))
    if len(reader.found) > 1:
        raise NotBaked(_("This drawing has more than one badge inside, so it does not say which one counts."))
    return reader.found[0]


class _SvgReader:
    """Gathers every baked credential while a drawing is read, without building a tree of it."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self._inside = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == f"{NAMESPACE} credential":
            self._inside = True
            self.found.append(attributes.get("verify", "").strip())

    def end(self, name: str) -> None:
        if name == f"{NAMESPACE} credential":
            self._inside = False
            self.found[-1] = self.found[-1].strip()

    def text(self, words: str) -> None:
        if self._inside:
            self.found[-1] += words

    def refuse_entities(self, *_args: object) -> None:
        raise NotBaked(_("This drawing brings entities of its own, which no badge needs."))
