"""A partner's brand is data: what would be more is refused with the reason, or loses what it could do. Rule D-1.

One table: what is sent, through which form, and what comes of it. Design decision 7.
"""

from __future__ import annotations

import io
import struct
import zlib

import pytest
import sqlalchemy as sa
from PIL import Image

from badges.design.models import IssuerLogoSize
from core.slugs import look_alike
from directory.rules import RESERVED
from partners.models import Partner
from tests.factories import make_member, make_partner, make_user, sign_in

HOME = "/console/northwind"
WORDS = {
    "headline": "Experts",
    "intro": "Chosen.",
    "about": "",
    "colour": "#243b7a",
}
NEW_PARTNER = {"name": "Fabrikam", "colour": "#243b7a", "admin_name": "Ann", "admin_email": "ann@fabrikam.example"}
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def picture(kind="PNG", **how):
    out = io.BytesIO()
    Image.new("RGB", (300, 200), "#c81e28").save(out, kind, **how)
    return out.getvalue()


def huge(side):
    """A file of some hundred bytes that says it is a picture of side × side points."""
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(b"\0" * 1_000)),
        (b"IEND", b""),
    )
    written = (
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(written)


def photo_with_a_place():
    exif = Image.Exif()
    exif.get_ifd(0x8825).update({1: "N", 2: (52.0, 31.0, 12.0), 3: "E", 4: (13.0, 24.0, 18.0)})
    exif[0x010F] = "SecretCamera"
    return picture("JPEG", exif=exif)


LOGOS_REFUSED = [
    (SVG, "This is a drawing (SVG). It can carry a program"),
    (b'<?xml version="1.0"?>\n<svg onload="alert(1)"/>', "This is a drawing (SVG). It can carry a program"),
    (huge(20_000), "far too many points"),
    (b"<!doctype html><script>alert(1)</script>", "By its content this is a web page"),
    (b"GIF89a" + b"\0" * 40 + b"/*", "By its content this is"),
]
LOGOS_MADE_HARMLESS = [
    (picture() + b"<script>alert(1)</script>", (b"script", b"alert")),
    (picture() + b"PK\x03\x04 evil.jar", (b"PK\x03\x04", b"evil")),
    (photo_with_a_place(), (b"SecretCamera", b"Exif", b"GPS")),
]
COLOURS = [
    "red;}",
    "url(https://evil.example/x)",
    "#123456;}body{display:none",
    "expression(alert(1))",
    "#12345",
    "javascript:x",
]
MARKUP = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "<iframe src=//e.example>",
]
SHORT_NAMES = [
    ("n\u043erthwind", "Cyrillic small letter o"),  # looks like northwind
    ("northw\u0131nd", "Latin small letter dotless i"),
    ("north\u200bwind", "Zero width space"),
    ("admin", "kept for pages of Laurel itself"),
    ("brand", "kept for pages of Laurel itself"),
    ("../staff", "small letters, digits and hyphens"),
]
USE_CASES = [
    ("Migr\u0430tions", "Cyrillic small letter a"),
    ("D\u03b1ta", "Greek small letter alpha"),
    *((name.title(), "the address of another part of your page") for name in sorted(RESERVED)),
]


@pytest.fixture
def manager(client, session, at):
    partner = make_partner("Northwind", slug="northwind")
    sign_in(client, make_member(partner, duty="manager"))
    return client


def send_logo(client, content, name="logo.png"):
    return client.post(f"{HOME}/logo", data={"logo": (io.BytesIO(content), name)}, content_type="multipart/form-data")


@pytest.mark.parametrize(("content", "why"), LOGOS_REFUSED)
def test_a_logo_that_is_more_or_too_much_is_refused_with_the_reason(manager, session, content, why):
    answer = send_logo(manager, content)

    assert (answer.status_code, why in answer.text) == (422, True)
    assert session.scalar(sa.select(sa.func.count()).select_from(IssuerLogoSize)) == 0


@pytest.mark.parametrize(("content", "left_behind"), LOGOS_MADE_HARMLESS)
def test_a_logo_is_drawn_anew_without_what_it_carried(manager, session, content, left_behind):
    assert any(word in content for word in left_behind)
    assert send_logo(manager, content).status_code == 303
    kept = session.scalars(sa.select(IssuerLogoSize)).all()

    assert sorted(each.side for each in kept) == [64, 128, 256, 512]
    for each in kept:
        assert not any(word in each.png for word in left_behind)
        with Image.open(io.BytesIO(each.png)) as image:
            assert not image.getexif()


@pytest.mark.parametrize("colour", COLOURS)
def test_a_colour_that_is_none_is_refused_with_the_reason(manager, session, colour):
    answer = manager.post(f"{HOME}/page", data=WORDS | {"colour": colour})

    assert (answer.status_code, "Enter a colour as # and six digits" in answer.text) == (422, True)
    assert session.scalar(sa.select(Partner.colour)) == "#243b7a"


@pytest.mark.parametrize("markup", MARKUP)
def test_markup_in_any_words_of_a_page_does_nothing(manager, markup):
    words = dict.fromkeys(("headline", "intro", "about", "how", "question", "answer", "link_words"), markup)
    sent = manager.post(f"{HOME}/page/publish", data=WORDS | words | {"link_address": "https://e.example"})
    assert sent.status_code == 303
    page = manager.get("/experts/northwind").text

    assert "alert(1)</script>" not in page
    assert not any(live in page for live in ("<img src=x", "<iframe", 'href="javascript'))


@pytest.mark.parametrize(("slug", "why"), SHORT_NAMES)
def test_a_short_name_that_is_taken_for_another_is_refused_with_the_reason(client, session, at, slug, why):
    sign_in(client, make_user("staff"))
    answer = client.post("/staff/partners/new", data=NEW_PARTNER | {"slug": slug})

    assert (answer.status_code, why in answer.text) == (422, True)
    assert session.scalars(sa.select(Partner)).all() == []


def test_a_short_name_is_not_made_of_letters_that_only_look_right(client, session, at):
    sign_in(client, make_user("staff"))
    answer = client.post("/staff/partners/new", data=NEW_PARTNER | {"name": "N\u043erthwind"})

    assert (answer.status_code, "only looks like a letter of the others" in answer.text) == (422, True)


@pytest.mark.parametrize(("name", "why"), USE_CASES)
def test_a_use_case_takes_no_address_that_is_anothers_or_looks_it(manager, name, why):
    answer = manager.post(f"{HOME}/page/use-cases/new", data={"name": name, "summary": "S."})

    assert (answer.status_code, why in answer.text) == (422, True)


def test_every_other_address_below_a_page_is_kept_from_use_cases(app):
    below = {
        rule.rule.split("/")[3] for rule in app.url_map.iter_rules() if rule.rule.startswith("/experts/<partner>/")
    }

    assert {each for each in below if "<" not in each and "." not in each} <= RESERVED


@pytest.mark.parametrize("name", ["Миграция данных", "数据迁移", "β-testing", "Größe messen", "Kanban für KMU"])
def test_names_in_any_one_alphabet_are_welcome(name):
    assert look_alike(name) is None
