"""Everything that is wrong with a document is told in one answer. Rule H-3."""

from datetime import date
from io import BytesIO
from random import Random

import pytest
from PIL import Image

from core.uploads import FILE_MAX_BYTES
from freelancers.identity.rules import Declared, Fault, defects, name_difference

TODAY = date(2026, 11, 24)
NAME = "Ada King Byron"
PLANTED = [Fault.KIND, Fault.SIZE, Fault.RESOLUTION, Fault.GREY, Fault.EXPIRED, Fault.NAME, Fault.CORNERS, Fault.FRONT]


def picture(kind, planted):
    size = (500, 300) if Fault.RESOLUTION in planted else (1_200, 800)
    image = Image.new("RGB", size, (200, 180, 90))
    image.paste((20, 60, 160), (50, 50, 250, 250))
    made = BytesIO()
    (image.convert("L") if Fault.GREY in planted else image).save(made, kind)
    return made.getvalue()


def document(kind, planted):
    content = b"GIF89a" + bytes(2_000) if Fault.KIND in planted else picture(kind, planted)
    return content + bytes(FILE_MAX_BYTES) if Fault.SIZE in planted else content


def declared(planted):
    return Declared(
        name="ADA BYRON" if Fault.NAME in planted else "ada king byron",
        expires_on=date(2026, 11, 23) if Fault.EXPIRED in planted else TODAY,
        four_corners=Fault.CORNERS not in planted,
        is_front=Fault.FRONT not in planted,
    )


def forty():
    """Return 40 kinds of file with 1 to 6 defects each; what is no picture at all has no points and no colours."""
    dice = Random(7)
    for number in range(40):
        planted = set(dice.sample(PLANTED, 1 + number % 6))
        if Fault.KIND in planted:
            planted -= {Fault.RESOLUTION, Fault.GREY}
        yield ("PNG", "JPEG", "PDF")[number % 3], planted


@pytest.mark.parametrize(("kind", "planted"), list(forty()), ids=[str(number) for number in range(40)])
def test_all_planted_defects_are_told_in_one_answer_and_no_other(kind, planted):
    told = defects(document(kind, planted), declared(planted), NAME, TODAY)

    assert {defect.fault for defect in told} == planted
    assert all(defect.what and defect.to_do for defect in told)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "PDF"])
def test_a_good_document_has_no_defect_even_on_its_last_day(kind):
    assert defects(document(kind, ()), declared(()), NAME, TODAY) == ()


def test_grey_is_seen_in_what_was_saved_as_colour():
    made = BytesIO()
    Image.linear_gradient("L").resize((1_200, 800)).convert("RGB").save(made, "JPEG")

    assert [defect.fault for defect in defects(made.getvalue(), declared(()), NAME, TODAY)] == [Fault.GREY]


def test_a_damaged_picture_hides_nothing_that_is_wrong_with_the_rest():
    told = defects(picture("PNG", ())[:2_000], declared({Fault.NAME, Fault.FRONT}), NAME, TODAY)

    assert [defect.fault for defect in told] == [Fault.DAMAGED, Fault.NAME, Fault.FRONT]


@pytest.mark.parametrize(
    ("on_document", "said"),
    [
        ("JOSE  NUNEZ", ""),
        ("José María Núñez", "The names differ: “María” is on the document and not in your profile."),
        ("José", "The names differ: “Núñez” is in your profile and not on the document."),
        ("Josef Núñez", "The names differ: “Josef” on the document is “José” in your profile."),
        ("Núñez José", "The words stand in another order: “Núñez José” on the document, “José Núñez” in the profile."),
        (" ", "The name on the document is missing."),
    ],
)
def test_a_name_that_differs_is_told_by_its_exact_difference(on_document, said):
    assert name_difference(on_document, "José Núñez") == said
