"""A partner brings a file in by keyboard alone: looks, mends, writes a letter, sends, holds, lets go. Rule I-5."""

from tests.accessible import faults
from tests.browsing import needs_browser
from tests.journeys.conftest import ADMIN, PASSWORD, add_partner, wait_until

pytestmark = needs_browser

ROWS = [f"Person {number},person{number}@example.org,GB" for number in range(1, 61)]
CSV = "Name,Contact,Country\n" + "\n".join(
    [*ROWS, "Twice,person1@example.org,GB", "=1+1,calc@example.org,GB", "No,oops,GB"]
)


def test_a_file_is_brought_in_looked_at_written_and_sent_by_keyboard(service, staff, person, tmp_path):
    path = tmp_path / "experts.csv"
    path.write_text(CSV)
    pat = add_partner(service, staff, person)
    pat.follow("Invitations")
    pat.page.get_by_label("A file").set_input_files(path)
    press(pat, "button", "Look before sending")

    pat.sees("Nothing has been sent yet", "60 mails will go out", "3 rows are left out", "How the file was read")
    press(pat, "link", "Bad name")
    pat.sees("as a spreadsheet's formula does", "Write the name alone")
    press(pat, "link", "Duplicate")
    pat.sees("first on line 2")
    assert not faults(pat, "the preview")

    press(pat, "link", "Letter, pace and a test")
    assert not faults(pat, "the letter")
    pat.page.get_by_label("Subject").focus()
    pat.page.keyboard.type("{first_name}, come to {partner}")
    pat.page.get_by_label("Pace").select_option("100")
    press(pat, "button", "Send me a test")
    assert "Person, come to Northwind" in service.mailbox.wait_for("pat@northwind.example", subject="Test")["Subject"]
    press(pat, "button", "Use this letter")

    press(pat, "button", "Send 60 invitations")
    pat.sees("60 invitations are on the way", "the last one probably leaves on")
    assert service.mailbox.wait_for("person1@example.org")["Subject"] == "Person, come to Northwind"
    assert not faults(pat, "the list that is being sent")
    press(pat, "button", "Hold")
    pat.sees("Held since", "nothing leaves until you let it go on")
    press(pat, "link", "Invitations")
    pat.sees("experts.csv", "Held after", "Waiting to be sent")
    press(pat, "link", "experts.csv")
    press(pat, "button", "Let it go on")
    wait_until(lambda: len(service.mailbox.to("person2@example.org")) == 1, "the next mail had left")


def test_a_list_that_is_being_sent_shows_how_far_it_is_without_a_reload(service, person):
    pat = person(width=390).sign_in(ADMIN, PASSWORD)
    pat.follow("Invitations")
    pat.fill(Addresses="\n".join(f"more{number}@example.org" for number in range(5)))
    pat.click("Look before sending")
    pat.follow("Letter, pace and a test")
    pat.page.get_by_label("Pace").select_option("2000")
    pat.click("Use this letter")
    pat.click("Send 5 invitations")
    pat.page.evaluate("window.wasHere = true")
    pat.sees("wait to leave")
    pat.page.get_by_role("button", name="Hold").focus()
    pat.page.get_by_text("5 of 5").first.wait_for(timeout=60_000)
    pat.page.get_by_text("All mails have left.").first.wait_for()

    assert pat.page.evaluate("window.wasHere"), "the page was never loaded anew"
    assert pat.page.evaluate("document.activeElement.innerText") == "Hold", "nobody loses their place"
    assert pat.page.locator("p.visually-hidden[role=status]").inner_text() == "All mails have left."
    assert not faults(pat, "the list that was sent")


def press(somebody, role, name):
    """Reach a control with the Tab key alone, and press it."""
    target = somebody.page.get_by_role(role, name=name).first
    for _ in range(150):
        if target.evaluate("each => each === document.activeElement"):
            break
        somebody.page.keyboard.press("Tab")
    else:
        raise AssertionError(f"the Tab key does not reach the {role} {name!r}")
    with somebody.page.expect_navigation():
        somebody.page.keyboard.press("Enter")
