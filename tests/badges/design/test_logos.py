"""A logo is taken by its content and drawn anew; whatever else a file can carry or do is left behind or refused."""

import io
import struct
import zlib

import pytest
from PIL import Image

from badges.design.logos import SIDES, taken
from core.uploads import FileRefused
from tests.badges.design.conftest import picture


def opened(logo):
    return Image.open(io.BytesIO(logo.png))


@pytest.mark.parametrize(("kind", "mode"), [("PNG", "RGBA"), ("WEBP", "RGBA"), ("JPEG", "RGB"), ("PNG", "RGB")])
def test_each_kind_becomes_a_png_in_every_size(kind, mode):
    sizes = taken(picture(kind, (900, 600), mode))

    assert tuple(sizes) == SIDES
    for side, logo in sizes.items():
        assert opened(logo).format == "PNG"
        assert max(opened(logo).size) == side == max(logo.width, logo.height)
        assert logo.opaque is (mode == "RGB")


def test_empty_room_around_a_logo_is_cut_off():
    assert taken(picture(size=(400, 300)))[512].width == 361


def test_where_a_photo_was_taken_is_not_kept():
    exif = Image.Exif()
    exif[0x010F] = "SecretCamera"
    exif.get_ifd(0x8825)[1] = "N"
    sent = picture("JPEG", mode="RGB", exif=exif)
    assert b"SecretCamera" in sent

    for logo in taken(sent).values():
        assert b"SecretCamera" not in logo.png
        assert not opened(logo).getexif()


def test_a_file_that_is_also_a_page_loses_what_follows_the_picture():
    sent = picture() + b"<script>alert(1)</script>PK\x03\x04"

    assert all(b"script" not in logo.png and b"PK" not in logo.png for logo in taken(sent).values())


def _huge(side):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\0" * 1_000)) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "empty"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "SVG.*program"),
        (b'<?xml version="1.0"?>\n<svg onload="x()"/>', "SVG.*program"),
        (_huge(20_000), "points"),
        (_huge(5_000), "25,000,000|5,000 × 5,000 points"),
        (b"GIF89a" + b"\0" * 50, "another kind"),
        (b"%PDF-1.7 ...", "By its content"),
        (b"MZ" + b"\0" * 50, "a program"),
        (b"<!doctype html><h1>x</h1>", "a web page"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 80, "damaged"),
        (b"RIFF\x10\0\0\0WEBPVP8 ", "damaged"),
        (picture()[:-300], "damaged"),
        (picture(size=(60, 60)), "blurred"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 2_100_000, "too large"),
    ],
)
def test_what_is_no_logo_is_refused_with_the_reason(content, why):
    with pytest.raises(FileRefused, match=why) as refused:
        taken(content)

    assert refused.value.next_step


def test_a_picture_with_nothing_to_see_is_refused():
    out = io.BytesIO()
    Image.new("RGBA", (200, 200)).save(out, "PNG")

    with pytest.raises(FileRefused, match="Nothing can be seen"):
        taken(out.getvalue())
