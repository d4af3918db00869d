"""Badges inside pictures: put in as the standard says, and read from nothing that it forbids."""

from __future__ import annotations

import io
import json
import struct
import zlib

import pytest
from PIL import Image

from badges.credentials.baking import NotBaked, baked_png, from_png, from_svg, svg_element
from tests.factories import make_expert

SAID = '{"name": "Ñandú <&> ]]> 🦜"}'


def png():
    out = io.BytesIO()
    Image.new("RGB", (4, 4)).save(out, "PNG")
    return out.getvalue()


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def with_chunk(picture, added):
    return picture[:33] + added + picture[33:]


def test_what_goes_into_a_png_comes_out_and_the_picture_stays():
    baked = baked_png(png(), SAID)

    assert from_png(baked) == SAID
    assert Image.open(io.BytesIO(baked)).size == (4, 4)
    assert Image.open(io.BytesIO(baked)).text["openbadgecredential"] == SAID


def test_what_goes_into_a_drawing_comes_out():
    assert from_svg(f"<svg xmlns='http://www.w3.org/2000/svg'>{svg_element(SAID)}</svg>".encode()) == SAID


def test_a_token_in_the_attribute_is_read_too():
    drawing = "<svg xmlns:o='https://purl.imsglobal.org/ob/v3p0'><o:credential verify=' a.b.c '/></svg>"

    assert from_svg(drawing.encode()) == "a.b.c"


@pytest.mark.parametrize(
    ("picture", "why"),
    [
        (png(), "no badge inside"),
        (baked_png(baked_png(png(), SAID), SAID), "more than one"),
        (with_chunk(png(), chunk(b"iTXt", b"openbadgecredential\0\1\0\0\0" + zlib.compress(b"{}"))), "compressed"),
        (with_chunk(png(), chunk(b"zTXt", b"openbadgecredential\0\0" + zlib.compress(b"{}"))), "compressed"),
        (with_chunk(png(), chunk(b"iTXt", b"openbadgecredential\0\0")), "broken"),
        (with_chunk(png(), chunk(b"iTXt", b"openbadgecredential\0\0\0\0\0\xff")), "broken"),
        (baked_png(png(), SAID)[:-20], "cut short"),
        (baked_png(png(), SAID).replace(b"name", b"mane"), "changed"),
        (b"GIF89a", "not a PNG"),
        (b"", "not a PNG"),
    ],
)
def test_a_picture_that_is_not_baked_as_it_must_be_is_refused(picture, why):
    with pytest.raises(NotBaked, match=why):
        from_png(picture)


@pytest.mark.parametrize(
    ("drawing", "why"),
    [
        ("<svg/>", "no badge inside"),
        (f"<svg>{svg_element(SAID)}{svg_element(SAID)}</svg>", "more than one"),
        ("<svg>", "cannot be read"),
        ("", "cannot be read"),
        ('<!DOCTYPE svg [<!ENTITY a "aaaa">]><svg>&a;</svg>', "entities"),
    ],
)
def test_a_drawing_that_is_not_baked_as_it_must_be_is_refused(drawing, why):
    with pytest.raises(NotBaked, match=why):
        from_svg(drawing.encode())


def test_both_pictures_of_a_badge_hold_the_same_badge_as_its_address(client, at):
    award = make_expert()
    said = json.loads(client.get(f"/badges/{award.id}.json").text)

    assert json.loads(from_png(client.get(f"/badges/{award.id}.png").data)) == said
    assert json.loads(from_svg(client.get(f"/badges/{award.id}.svg").data)) == said
