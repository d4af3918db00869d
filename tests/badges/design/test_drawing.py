"""One drawing of a badge for every size, in every state, for every name. Rule B-3."""

import io
import itertools
from xml.etree import ElementTree

import pytest
from PIL import Image

from badges.design.card import card
from badges.design.checks import remarks
from badges.design.drawing import FULL, MEDIUM, SIZES, SMALL, Words, drawn
from badges.design.lettering import Typeface, width
from badges.design.logos import taken
from badges.design.outlines import Shape
from badges.design.painting import painted
from badges.design.rules import OURS, Design, Mark, Ornament, design_of, tidy_monogram, wording_of
from core.colours import contrast
from core.errors import InvalidInput

NAMES = (
    "Northwind Expert", "Ñandú Fachkräfte für Größe", "Привет Expert", "خبير", "🦜", "株式会社", "", "A" * 300,
    "Donaudampfschifffahrtsgesellschaft Expert", "a b c d e f g h i j k l m n o p q r s t u v w x y z Expert",
    "<b>&\"'</b>\x00\x1f Expert", "מומחה נורת׳ווינד",
)  # fmt: skip


def opened(svg, pixels):
    return Image.open(io.BytesIO(painted(svg, pixels, pixels)))


@pytest.mark.parametrize("name", NAMES)
def test_any_name_makes_a_drawing_that_can_be_read_and_painted(name):
    for size, status in itertools.product(SIZES, ("active", "suspended")):
        drawing = drawn(OURS, Words(name, name, status), size)

        assert ElementTree.fromstring(drawing).tag.endswith("svg")
        assert opened(drawing, size).size == (size, size)


@pytest.mark.parametrize("shape", Shape)
@pytest.mark.parametrize("kind", Ornament)
def test_every_shape_leaves_its_corners_free_and_fills_its_middle(shape, kind):
    picture = opened(drawn(Design(shape=shape, ornament=kind), Words("Northwind Expert", "Northwind")), FULL)

    assert [picture.getpixel(corner)[3] for corner in ((0, 0), (511, 0), (0, 511), (511, 511))] == [0] * 4
    assert picture.getpixel((256, 330))[3] == 255


def test_the_small_size_has_no_words_and_the_middle_one_no_name():
    words = Words("Northwind Expert", "Northwind")
    count = {size: drawn(OURS, words, size).count("<path") for size in SIZES}

    assert count[SMALL] < count[MEDIUM] < count[FULL]
    assert drawn(OURS, words, SMALL) == drawn(OURS, Words("Northwind Expert", "Nook"), SMALL)


@pytest.mark.parametrize("size", SIZES)
def test_a_badge_that_does_not_count_is_grey_and_says_so_at_every_size(size):
    """B-3: never by colour alone."""
    picture = opened(drawn(OURS, Words("Northwind Expert", "Northwind", "suspended"), size), size).convert("RGB")
    active = drawn(Design(**vars(OURS.greyed)), Words("Northwind Expert", "Northwind"), size)

    spread = max(max(colour) - min(colour) for _, colour in picture.getcolors(512 * 512))
    assert spread <= 8
    assert drawn(OURS, Words("Northwind Expert", "Northwind", "suspended"), size) != active


def test_grey_keeps_what_could_be_read_readable():
    design = Design(ground="#7a1f3d", ink="#ffe8ef")

    assert contrast(design.greyed.ink, design.greyed.ground) == pytest.approx(
        contrast(design.ink, design.ground), rel=0.05
    )


def test_a_name_never_says_expert_twice():
    assert wording_of("Northwind Expert") == "Northwind"
    assert wording_of("Expert") == "Expert"
    assert wording_of("Master of Sails") == "Master of Sails"


def test_letters_are_kerned_and_have_a_width():
    assert 0 < width("AV", Typeface.SERIF) < width("A", Typeface.SERIF) + width("V", Typeface.SERIF)


@pytest.mark.parametrize("holder", [None, "Ada Byron", "خبير", "Ada " * 60])
def test_the_card_of_a_link_has_the_size_that_other_sites_expect(holder):
    svg = card(OURS, Words("Northwind Expert", "Northwind"), None, holder)

    assert Image.open(io.BytesIO(painted(svg, 1200, 630))).size == (1200, 630)


@pytest.mark.parametrize(
    "colour", ["red;}", "url(https://evil.example/x)", "#12345g", "", "#1234", "expression(1)", "Ω" * 6]
)
@pytest.mark.parametrize("part", ["ground", "accent", "ink"])
def test_a_colour_is_six_digits_or_it_is_refused(colour, part):
    with pytest.raises(InvalidInput, match="not a colour"):
        design_of(OURS.as_json | {part: colour})


@pytest.mark.parametrize(("part", "value"), [("shape", "blob"), ("ornament", "<svg>"), ("mark", "")])
def test_what_is_not_offered_is_no_design(part, value):
    with pytest.raises(InvalidInput):
        design_of(OURS.as_json | {part: value})


def test_a_monogram_is_three_letters_and_nothing_else():
    assert tidy_monogram('<b>"N&W🦜9') == "bNW"


def test_words_that_cannot_be_read_block_and_say_what_to_change():
    said = remarks(Design(ground="#f2c14e", ink="#ffffff"), None)

    assert said[0].blocks
    assert "hard to read: 1.7 to 1" in said[0].text
    offered = [word.rstrip(".,") for word in said[0].advice.split() if word.startswith("#")]
    assert contrast("#f2c14e", offered[0]) >= 4.5


def test_a_design_in_order_says_so_and_blocks_nothing():
    assert [each.tone for each in remarks(OURS, None)] == ["good", "good"]


@pytest.mark.parametrize(("design", "words"), [
    (Design(ground="#101010", accent="#161616", ink="#ffffff"), "dark page"),
    (Design(ground="#fdfdfd", accent="#f5f5f5", ink="#111111"), "light page"),
    (Design(ground="#1d5a3b", accent="#1f5c3d"), "band hardly"),
])  # fmt: skip
def test_a_faint_edge_or_band_is_told_and_does_not_block(design, words):
    said = remarks(design, None)

    assert any(words in each.text and each.advice for each in said)
    assert not any(each.blocks for each in said)


def test_a_logo_stands_in_the_drawing_as_a_picture_of_ours(sail):
    logo = taken(sail)[256]
    design = Design(mark=Mark.LOGO)
    drawing = drawn(design, Words("Northwind Expert", "Northwind"), FULL, logo)

    assert 'href="data:image/png;base64,' in drawing
    assert opened(drawing, FULL).getpixel((256, 180)) != opened(drawn(OURS, Words("N", "N")), FULL).getpixel((256, 180))


def test_a_logo_as_bright_as_its_ground_is_told(sail):
    logo = taken(sail)[256]
    said = remarks(Design(mark=Mark.LOGO, ground=logo.colour, ink="#ffffff"), logo)

    assert any("nearly as bright" in each.text for each in said)
    assert any(each.blocks for each in remarks(Design(mark=Mark.LOGO), None))
