"""Files that people send: taken by what is in them, or refused with a sentence. Rules R-1, X-1."""

import struct
import zipfile
import zlib
from io import BytesIO

import pytest
from PIL import Image

from core import uploads
from core.uploads import FILE_MAX_BYTES, SIDE_MAX, FileKind, FileRefused, accepted, clean_name
from core.wording import file_size


def image(kind="PNG", size=(40, 30), mode="RGB", **options):
    made = BytesIO()
    Image.new(mode, size, "white" if mode == "RGB" else 0).save(made, kind, **options)
    return made.getvalue()


def pdf(*objects, tail=b""):
    body = b"%PDF-1.7\n" + b"".join(b"%d 0 obj\n%s\nendobj\n" % (n, each) for n, each in enumerate(objects, 1))
    return body + b"xref\n0 1\ntrailer\n<< /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(body) + tail


def packed(text):
    stream = zlib.compress(text)
    head = b"<< /Type /ObjStm /Filter /FlateDecode /Length %d >>\nstream\n"
    return head % len(stream) + stream + b"\nendstream"


def zipped(name="word/document.xml", content=b"<w/>"):
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return made.getvalue()


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def bomb(width, height):
    """A PNG of few bytes that unfolds to many points."""
    rows = zlib.compress(b"\x00" * 1_000_000, 9)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


PLAIN = b"<< /Type /Catalog >>"

BAD = {
    "nothing in it": ("a.pdf", b"", "empty"),
    "one byte": ("a.pdf", b"%", "text"),
    "huge": ("a.pdf", b"%PDF-1.7" + b"x" * FILE_MAX_BYTES, "5 MB fit"),
    "a program": ("a.pdf", b"MZ\x90\x00" + b"\x00" * 200, "program"),
    "a program for Linux": ("cv.png", b"\x7fELF\x02\x01\x01" + b"\x00" * 200, "program"),
    "a shell script": ("cv.jpeg", b"#!/bin/sh\nrm -rf /\n", "program"),
    "a web page": ("a.pdf", b"<!doctype html><script>alert(1)</script>", "web page"),
    "a drawing with a script": ("a.png", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "SVG"),
    "a drawing with a head": ("a.png", b"<?xml version='1.0'?>\n<svg xmlns='x'/>", "SVG"),
    "an Office document": ("cv.pdf", zipped(), "Office document"),
    "an old Office document": ("cv.pdf", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "Office document"),
    "an archive": ("cv.pdf", zipped("cv.txt", b"me"), "archive"),
    "an archive that unfolds": ("cv.pdf", zipped("zeros", b"\x00" * 9_000_000), "archive"),
    "a gzip": ("a.png", b"\x1f\x8b\x08\x00" + b"\x00" * 40, "archive"),
    "a GIF": ("a.png", image("GIF"), "another kind"),
    "a WebP": ("a.jpg", image("WEBP"), "another kind"),
    "a BMP": ("a.jpg", image("BMP"), "another kind"),
    "a TIFF": ("a.jpg", image("TIFF"), "another kind"),
    "a phone's photo": ("a.jpg", b"\x00\x00\x00\x18ftypheic" + b"\x00" * 40, "newer format of phones"),
    "a video": ("a.jpg", b"\x00\x00\x00\x18ftypmp42" + b"\x00" * 40, "video"),
    "a text": ("certificate.pdf", b"I am certified, believe me.", "text"),
    "noise": ("a.pdf", bytes(range(128, 256)) * 4, "none of the kinds"),
    "a PDF that comes late": ("a.pdf", b"\x00" * 20 + pdf(PLAIN), "none of the kinds"),
    "a PDF of no version": ("a.pdf", b"%PDF-\x00" + pdf(PLAIN)[8:], "no program could read"),
    "half a PDF": ("a.pdf", pdf(PLAIN)[:40], "cut off"),
    "a PDF with a web page behind it": (
        "a.pdf",
        pdf(PLAIN, tail=b"<script>alert(1)</script>"),
        "something else follows",
    ),
    "a PDF that is an archive too": ("a.pdf", pdf(PLAIN, tail=zipped("a.txt", b"b")), "something else follows"),
    "a PDF with a script": ("a.pdf", pdf(PLAIN, b"<< /S /JavaScript /JS (app.alert(1)) >>"), "holds a program"),
    "a PDF with a hidden script": ("a.pdf", pdf(PLAIN, b"<< /S /J#61vaScript >>"), "holds a program"),
    "a PDF with a packed script": ("a.pdf", pdf(PLAIN, packed(b"<< /S /JavaScript >>")), "holds a program"),
    "a PDF that starts programs": ("a.pdf", pdf(PLAIN, b"<< /S /Launch /F (cmd.exe) >>"), "holds a program"),
    "a PDF with a file in it": ("a.pdf", pdf(PLAIN, b"<< /Type /EmbeddedFile >>"), "another file"),
    "a locked PDF": ("a.pdf", pdf(PLAIN, b"<< /Encrypt 5 0 R >>"), "locked with a password"),
    "a PDF that unfolds": ("a.pdf", pdf(PLAIN, packed(b" " * 30_000_000)), "unfolds"),
    "half a PNG": ("a.png", image(size=(400, 300))[:90], "damaged"),
    "half a JPEG": ("a.jpg", image("JPEG", size=(400, 300))[:200], "damaged"),
    "the beginning of a PNG": ("a.png", b"\x89PNG\r\n\x1a\n", "damaged"),
    "the beginning of a JPEG": ("a.jpg", b"\xff\xd8\xff\xe0" + b"x" * 99, "damaged"),
    "a large PNG of few bytes": ("a.png", bomb(9_000, 9_000), "16 million fit"),
    "an enormous PNG of few bytes": ("a.png", bomb(60_000, 60_000), "16 million fit"),
}


@pytest.mark.parametrize("what", BAD)
def test_what_cannot_be_taken_is_told_in_a_sentence(what):
    name, content, said = BAD[what]
    with pytest.raises(FileRefused, match=said) as refused:
        accepted(name, content)

    assert refused.value.detail.endswith(".")
    assert refused.value.next_step.endswith(".")


@pytest.mark.parametrize(
    ("content", "kind"), [(image(), FileKind.PNG), (image("JPEG"), FileKind.JPEG), (pdf(PLAIN), FileKind.PDF)]
)
def test_the_content_decides_whatever_the_name_says(content, kind):
    for name in ("a.exe", "a.png", "a.pdf.jpg", ""):
        assert accepted(name, content).kind is kind


def test_a_photo_keeps_neither_place_nor_words_nor_what_follows_it():
    exif = Image.Exif()
    exif[0x010E], exif[0x8825] = "secret words", {1: "N", 2: (50.0, 6.0, 0.0)}
    taken = accepted("me.jpg", image("JPEG", exif=exif, comment=b"secret words") + b"<?php secret words ?>")

    assert b"secret" not in taken.content
    assert not Image.open(BytesIO(taken.content)).getexif()


def test_a_photo_taken_sideways_stands_upright():
    exif = Image.Exif()
    exif[0x0112] = 6
    taken = accepted("me.jpg", image("JPEG", size=(40, 30), exif=exif))

    assert Image.open(BytesIO(taken.content)).size == (30, 40)


def test_a_large_image_is_kept_smaller_and_gaps_stay_gaps():
    taken = accepted("a.png", image(size=(4_500, 300), mode="RGBA"))
    kept = Image.open(BytesIO(taken.content))

    assert (kept.size, kept.mode) == ((SIDE_MAX, 200), "RGBA")


@pytest.mark.parametrize("mode", ["1", "L", "P", "I;16"])
def test_images_of_every_kind_of_colour_are_drawn(mode):
    assert accepted("a.png", image(mode=mode)).kind is FileKind.PNG


def test_packed_objects_that_are_harmless_are_fine():
    assert (
        accepted("a.pdf", pdf(PLAIN, packed(b"<< /Type /Page >>"), b"/ObjStm >> stream\nno zlib")).kind is FileKind.PDF
    )


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\me\\My CV.PDF", "My CV.pdf"),
        ("cv.pdf.exe", "cv.pdf.exe.pdf"),
        ("cv.pdf.png.pdf", "cv.pdf"),
        ("", "file.pdf"),
        ("...", "file.pdf"),
        (".pdf", "pdf.pdf"),
        ("a\r\nSet-Cookie: x\x00.pdf", "aSet-Cookie x.pdf"),
        ("invoice‮fdp.exe", "invoicefdp.exe.pdf"),
        ("Zeugnis für Ödön 证书.pdf", "Zeugnis für Ödön 证书.pdf"),
        ("x" * 300, "x" * 100 + ".pdf"),
    ],
)
def test_odd_names_are_cleaned(name, clean):
    assert clean_name(name, FileKind.PDF) == clean


@pytest.mark.parametrize(
    ("size", "words"), [(1, "1 byte"), (999, "999 bytes"), (14_200, "14 kB"), (2_140_000, "2.1 MB")]
)
def test_sizes_are_said_as_people_read_them(size, words):
    assert file_size(size) == words


def test_what_is_taken_is_said_before_anything_is_sent():
    assert uploads.RULE == "A PDF, PNG or JPEG of at most 5 MB."
