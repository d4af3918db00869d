"""Branding is data: colours and words of partners, whatever they contain. Design decision 7."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.colours import contrast, tidy_colour
from directory import colours
from directory.markdown import html_of

any_colour = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@given(any_colour)
def test_words_can_be_read_on_every_colour_there_is(colour):
    for scheme in (colours.light(colour), colours.dark(colour)):
        assert contrast(scheme.fill, scheme.ink) >= 4.5


@given(any_colour)
def test_the_brand_as_a_colour_of_words_can_be_read_on_every_ground(colour):
    for scheme, grounds, ink in (
        (colours.light(colour), ["#fffdf9", "#faf7f0", "#f2ede2"], "#1b201c"),
        (colours.dark(colour), ["#1a1f1b", "#121613", "#222923"], "#ece8de"),
    ):
        for ground in [*grounds, scheme.soft]:
            assert contrast(scheme.text, ground) >= 4.5
        assert contrast(ink, scheme.soft) >= 4.5


@pytest.mark.parametrize(("colour", "ratio"), [("#000000", 21), ("#ffffff", 1), ("#767676", 4.54)])
def test_contrast_is_counted_as_wcag_does(colour, ratio):
    assert contrast(colour, "#ffffff") == pytest.approx(ratio, abs=0.01)


@pytest.mark.parametrize(("typed", "tidy"), [("#ABCDEF", "#abcdef"), ("abc", "#aabbcc"), (" #1d5a3b ", "#1d5a3b")])
def test_a_colour_can_be_typed_in_any_way(typed, tidy):
    assert tidy_colour(typed) == tidy


class Tags(HTMLParser):
    """Collects every tag with its attributes, as a browser would see them."""

    def __init__(self):
        super().__init__()
        self.seen = []

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))


ATTACKS = ["red;}", "url(https://evil.example/x)", "#12345", "#1234567", "#gggggg", "expression(1)", "", "#12345٣"]


@pytest.mark.parametrize("attack", [*ATTACKS, "#123456;}body{display:none", "</style>", "\x00#123456", "#123456\n}"])
def test_what_is_no_colour_never_reaches_the_stylesheet(attack):
    sheet = colours.stylesheet(attack)

    assert re.fullmatch(r"(:root|@media|\(prefers-color-scheme:dark\)|--brand[a-z-]*|#[0-9a-f]{6}|[{};: \n])+", sheet)


@given(any_colour)
def test_a_stylesheet_holds_four_variables_for_each_scheme(colour):
    sheet = colours.stylesheet(colour)

    assert sheet.count("--brand") == 8
    assert sheet.count("{") == sheet.count("}") == 3


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "![tracker](https://evil.example/x.png)",
        "[click](javascript:alert(1))",
        "[click](JaVaScRiPt:alert(1))",
        "[click](data:text/html;base64,PHNjcmlwdD4=)",
        "[click](vbscript:x)",
        "[click](//evil.example/x)",
        "<a href='javascript:alert(1)'>x</a>",
        "<style>body{display:none}</style>",
        "<iframe src='https://evil.example'></iframe>",
        "<svg/onload=alert(1)>",
        '[x](https://a.example "onmouseover=alert(1)")',
        "<div style='position:fixed'>x</div>",
        "[x]: javascript:alert(1)\n\n[x]",
        '<https://a.example/"onmouseover=alert(1)>',
    ],
)
def test_no_markup_of_a_partners_does_anything(attack):
    found = Tags()
    found.feed(html_of(attack))

    for tag, attributes in found.seen:
        assert tag in ("p", "a")
        assert attributes.keys() <= {"href", "rel"}
        assert attributes.get("href", "https://").startswith("https://")


def test_small_markdown_is_shown():
    html = html_of("# Big\n\nWe **know** them.\n\n- one\n- two\n\n[How](https://example.com/how)")

    assert "<h3>Big</h3>" in html
    assert "<strong>know</strong>" in html
    assert html.count("<li>") == 2
    assert '<a href="https://example.com/how" rel="noopener nofollow">How</a>' in html


def test_deeply_nested_markdown_ends():
    assert len(html_of("> " * 3_000 + "x")) < 100_000
    assert len(html_of("*" * 6_000)) < 100_000
    assert len(html_of("[" * 6_000)) < 100_000
