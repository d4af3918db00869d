"""An empty profile is built to the last percent on a phone, by keyboard alone, and outlives the next import. A-1, C."""

import pytest
from PIL import Image

from tests.accessible import overflows, violations
from tests.browsing import needs_browser
from tests.journeys.conftest import PASSWORD

pytestmark = [needs_browser, pytest.mark.slow]
MINA = "mina@example.org"


@pytest.fixture
def mina(service, person, tmp_path):
    """Somebody of whom the marketplace knows nothing but a name, signed in on a phone."""
    path = tmp_path / "bare.ndjson"
    path.write_text('{"marketplace_id": "~mina", "name": "Mina Okafor"}\n')
    service.cli("feed", "import", path, "--mapping", "laurel")
    [(freelancer_id,)] = service.sql("SELECT id FROM freelancers WHERE marketplace_id = '~mina'")
    words = ("users", "create", MINA, "--role", "freelancer", "--freelancer", str(freelancer_id))
    service.cli(*words, "--password-stdin", stdin=PASSWORD)
    return person(width=390).sign_in(MINA, PASSWORD)


def write(mina, address, **fields):
    """Fill in the form at an address by keyboard, and save it; the page is sound before and after."""
    mina.go(f"/me/profile/{address}")
    assert not violations(mina)
    assert overflows(mina) <= 0
    for label, text in fields.items():
        mina.type_into(label.replace("_", " "), text)
    mina.press("Save")
    mina.sees("Saved.")


def choose(mina, address, label, key="Space"):
    """Choose one of several by keyboard, and save it."""
    mina.go(f"/me/profile/{address}")
    mina.tab_to(label).page.keyboard.press(key)
    mina.press("Save")


def test_an_empty_profile_is_built_by_keyboard_on_a_phone(service, mina, tmp_path):
    mina.go("/me/profile")
    mina.sees("Required, and missing", "0 %", "Nothing yet.")

    Image.new("RGB", (640, 480), "teal").save(tmp_path / "me.jpg")
    mina.go("/me/profile/photo")
    mina.page.get_by_label("Picture").set_input_files(tmp_path / "me.jpg")
    mina.press("Use it")
    mina.sees("Your photo is saved.", "Cut it out")
    mina.tab_to("Zoom").page.keyboard.press("End")
    mina.press("Cut it out so")
    mina.sees("Your photo is cut out so.")
    assert not violations(mina)
    assert overflows(mina) <= 0

    write(mina, "words", Title="Data engineer", Overview="I build warehouses that answer.")
    write(mina, "skills", Skills="SQL, Python")
    write(mina, "employment/add", What_you_were="Engineer", From="2019-04")
    write(mina, "education/add", School="University of Lagos")
    write(mina, "education/add", School="Evening school")
    write(mina, "linked_accounts/add", What_it_is="GitHub", Address="https://github.com/mina")
    write(mina, "video", Address_of_your_video="https://video.example.org/mina")
    choose(mina, "visibility", "Only me", "ArrowUp")

    mina.go("/me/profile")
    mina.sees("100 %").does_not_see("Required, and missing")
    assert not violations(mina)
    assert overflows(mina) <= 0

    feed_silently(service, tmp_path)
    mina.go("/me/profile")
    mina.sees("100 %", "I build warehouses that answer.", "Marketplace's title", "From the marketplace")


def feed_silently(service, folder):
    """The marketplace sends its next update: it has a title, and nothing for the rest."""
    empty = '"overview": null, "skills": [], "education": [], "video_url": null'
    path = folder / "next.ndjson"
    path.write_text(
        '{"marketplace_id": "~mina", "name": "Mina Okafor", "title": "Marketplace\'s title", ' + empty + "}\n"
    )
    service.cli("feed", "import", path, "--mapping", "laurel")
