"""A form is built by keyboard, answered on two devices with a file, and loses nothing by a change. Rules R-1, X-1."""

import re

from PIL import Image

from tests.accessible import faults
from tests.browsing import needs_browser
from tests.journeys.conftest import ADMIN, PASSWORD, add_partner, invite, press, register, tab_to, wait_until

pytestmark = needs_browser

CLEO = "cleo@example.org"
QUESTION = "What have you built with Northwind?"


def test_a_form_is_built_answered_on_two_devices_and_changed(service, staff, person, tmp_path):
    add_partner(service, staff, person)
    pat = person(width=390, java_script_enabled=False).sign_in(ADMIN, PASSWORD)
    pat_builds_the_form_by_keyboard(pat)
    the_builder_and_its_preview_are_accessible(person().sign_in(ADMIN, PASSWORD), pat.page.url)

    (link,) = invite(service, pat, CLEO)
    phone = register(person(width=390, height=800), link, "Cleo Short")
    phone.click("Accept and start")
    application = phone.page.url
    cleo_types_and_it_is_saved(phone)
    cleo_sends_files(phone, tmp_path)
    desk = person().sign_in(CLEO, PASSWORD)
    two_devices_overwrite_nothing(phone, desk, application)
    desk.click("Send application")
    desk.sees("Under consideration")

    pat_reads_it_and_changes_the_form(pat)
    desk.go(application)
    desk.page.get_by_text("Your answers: read or change them").click()
    desk.sees("What Northwind no longer asks")


def pat_builds_the_form_by_keyboard(pat):
    press(pat, "Programme")
    press(pat, "Build the form")
    press(pat, "A certificate")
    tab_to(pat, "In your words")
    pat.page.keyboard.type("Your Northwind certificate")
    pat.page.keyboard.press("Enter")
    pat.page.wait_for_url(re.compile(r"/programme/form#step-"))
    pat.sees("3. A certificate", "Your Northwind certificate")
    press(pat, re.compile(r"Move up\W+Your Northwind certificate"))
    pat.sees("2. A certificate", "3. A portfolio piece")
    press(pat, re.compile(r"Make it optional\W+Your Northwind certificate"))
    pat.sees("Applicants may leave it out", "2. A certificate (optional)")
    press(pat, "See it as an applicant does")
    pat.sees("A preview", "Name of the certificate", "A PDF, PNG or JPEG of at most 5 MB.")
    assert pat.page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0


def the_builder_and_its_preview_are_accessible(pat, preview):
    for address in (preview.split("/programme")[0] + "/programme/form", preview):
        assert pat.go(address).status == 200
        assert not faults(pat, address)


def saved(somebody):
    return somebody.page.locator("[data-saved]").inner_text()


def cleo_types_and_it_is_saved(phone):
    phone.sees("What to do next", "Sending still needs:")
    phone.page.get_by_label(QUESTION).fill("A warehouse for a bank.")
    wait_until(lambda: saved(phone).startswith("Saved at"), "it was saved")
    phone.sees("Everything is answered.")
    phone.page.get_by_label("Link that shows it").fill("no link")
    wait_until(lambda: "but for what is marked" in saved(phone), "the fault was told")
    phone.sees("It must start with http:// or https://")
    phone.page.get_by_label("Link that shows it").fill("")
    phone.page.get_by_label("Name of the certificate").fill("Builder")
    wait_until(lambda: saved(phone).startswith("Saved at") and "marked" not in saved(phone), "the fault was gone")
    assert not faults(phone, "the draft")
    phone.page.set_viewport_size({"width": 390, "height": 800})


def cleo_sends_files(phone, folder):
    (folder / "certificate.pdf").write_bytes(b"MZ this is no certificate")
    Image.new("RGB", (60, 40), "white").save(folder / "scan.png")
    (folder / "huge.png").write_bytes(b"\x89PNG" + b"\x00" * 5_000_001)
    field = phone.page.get_by_label("The certificate itself")
    field.set_input_files(folder / "huge.png")
    phone.sees("The file has 5.0 MB, and 5 MB fit.")
    field.set_input_files(folder / "certificate.pdf")
    wait_until(lambda: "By its content this is a program" in phone.text, "the program was refused")
    field.set_input_files(folder / "scan.png")
    wait_until(lambda: "scan.png" in phone.text, "the file was kept")
    phone.does_not_see("By its content this is a program")
    with phone.page.expect_download() as download:
        phone.page.get_by_role("link", name="scan.png").click()
    assert download.value.suggested_filename == "scan.png"


def two_devices_overwrite_nothing(phone, desk, application):
    desk.go(application)
    assert desk.page.get_by_label(QUESTION).input_value() == "A warehouse for a bank."
    desk.page.get_by_label(QUESTION).fill("From the desk.")
    wait_until(lambda: saved(desk).startswith("Saved at"), "the desk had saved")
    phone.page.get_by_label(QUESTION).fill("From the phone.")
    wait_until(lambda: "changed on another device" in saved(phone), "the phone was told")
    phone.click("Show both")
    phone.sees("This has changed on another device", "From the desk.")
    assert phone.page.get_by_label(QUESTION).input_value() == "From the phone."
    assert {line.partition("status of ")[2] for line in phone.console} == {"409 (CONFLICT)"}
    phone.console.clear()
    phone.follow("Take the other instead")
    assert phone.page.get_by_label(QUESTION).input_value() == "From the desk."


def pat_reads_it_and_changes_the_form(pat):
    pat.follow("Applications", exact=True)
    pat.follow("Cleo Short")
    pat.sees("From the desk.", "Builder", "scan.png")
    pat.follow("Programme", exact=True)
    pat.follow("Build the form")
    pat.click(re.compile(r"Remove\W+What have you built with Northwind"))
    pat.sees("No longer asked", "1 application answers it")
    pat.follow("Applications", exact=True)
    pat.follow("Cleo Short")
    pat.page.get_by_text("Answers to what you no longer ask").click()
    pat.sees("From the desk.")
