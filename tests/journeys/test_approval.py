"""A new profile: declined with every reason, mended, compared by a person, approved. By keyboard alone, on a phone."""

from tests.accessible import is_sound
from tests.browsing import needs_browser
from tests.factories import PRAISE
from tests.journeys.conftest import PASSWORD, STAFF, add_partner, invite, register
from tests.live import text_of

pytestmark = needs_browser

BO = "bo@example.org"
FACTS = (
    "I keep the books of nineteen farriers and sheep shearers in Devon: mileage, part payments, invoices from a phone "
    "in a field. I chase what horse owners forget to pay, and close each quarter within nine days."
)


def test_a_letter_is_mended_and_the_profile_approved(service, staff, person):
    admin = add_partner(service, staff, person)
    bo = person(width=390, height=844)
    register(bo, invite(service, admin, BO)[0], "Bo Berg")
    robin = person(width=390, height=844).sign_in(STAFF, PASSWORD)

    bo_submits_too_early_and_reads_every_reason(service, bo)
    bo_mends_what_is_missing_and_waits(bo)
    robin_declines_with_a_reason(robin)
    bo_reads_the_letter_and_mends_the_rest(service, bo)
    robin_sees_what_changed_and_approves(robin)
    bo_is_approved(service, bo)


def bo_submits_too_early_and_reads_every_reason(service, bo):
    bo.go("/me")
    bo.press("Approval")
    bo.sees("6 things are missing", "Edit your profile first")
    bo.tab_to("Everything that is looked at").page.keyboard.press("Enter")
    bo.sees("Not looked at: your picture")
    is_sound(bo)
    bo.press("Submit it as it is")
    bo.sees("the letter says what to mend", "These are all the reasons", "There is no title", "There is no hourly rate")
    is_sound(bo)
    letter = text_of(service.mailbox.wait_for(BO, subject="not approved yet"))
    for missing in ("title", "overview", "skill", "hourly rate", "language"):
        assert f"There is no {missing}." in letter
    assert "Nothing says where your skills come from." in letter


def bo_mends_what_is_missing_and_waits(bo):
    write(bo, "words", Title="Bookkeeper", Overview=PRAISE)
    write(bo, "skills", Skills="Bookkeeping")
    write(bo, "rate", Hourly_rate="30")
    write(bo, "education/add", School="Exeter College")
    bo.go("/me/profile/english")
    choose(bo, "Basic", down=2)
    bo.press("Save")
    bo.go("/me/approval")
    bo.sees("Nothing is missing", "What anybody could write of themselves")
    bo.type_into("Date of birth", "04121990")
    bo.press("Submit")
    bo.sees("A person is looking at it", "The answer normally comes by", "You keep your place")
    is_sound(bo)


def robin_declines_with_a_reason(robin):
    robin.go("/staff")
    robin.sees("Profiles to approve")
    robin.press("Approvals")
    robin.sees("Waiting", "Bo Berg", "An overview of your own", "Submission 2")
    is_sound(robin)
    robin.press("Bo Berg")
    robin.sees("What the rules found", "nothing is left of your overview", "What changed since", "Bookkeeper")
    is_sound(robin)
    choose(robin, "Approve", down=1)
    robin.type_into("In your own words", "Say for whom you keep books.")
    robin.press("Send the letter")
    robin.sees("Declined. The letter to Bo Berg is on its way", "No profile waits")


def bo_reads_the_letter_and_mends_the_rest(service, bo):
    letter = text_of(service.mailbox.wait_for(BO, subject="not approved yet", count=2))
    assert "An overview of your own" in letter
    assert "Say for whom you keep books." in letter
    bo.go("/me/approval")
    bo.sees("What to mend", "Say for whom you keep books.", "Earlier letters")
    bo.press("An overview of your own")
    bo.tab_to("Overview").page.keyboard.press("Control+A")
    bo.page.keyboard.type(FACTS)
    bo.press("Save")
    bo.go("/me/approval")
    bo.sees("Nothing stands in the way")
    bo.type_into("A word to the reviewer", "I named my clients.")
    bo.press("Submit")
    bo.sees("A person is looking at it")


def robin_sees_what_changed_and_approves(robin):
    robin.go("/staff/approvals")
    robin.press("Bo Berg")
    robin.sees("I named my clients.", "What changed since", "nineteen farriers", "Declined 2 times so far")
    assert robin.page.locator("ins", has_text="farriers").count() == 1
    assert robin.page.locator("del", has_text="hardworking").count() == 1
    is_sound(robin)
    choose(robin, "Approve")
    robin.press("Send the letter")
    robin.sees("Approved. The letter to Bo Berg is on its way")


def bo_is_approved(service, bo):
    service.mailbox.wait_for(BO, subject="Your profile is approved")
    bo.go("/me/approval")
    bo.sees("Your profile is approved", "Earlier letters")
    bo.does_not_see("Submit it again")
    is_sound(bo)


def write(bo, address, **fields):
    """Fill in a part of the profile by keyboard, and save it."""
    bo.go(f"/me/profile/{address}")
    for label, text in fields.items():
        bo.type_into(label.replace("_", " "), text)
    bo.press("Save")
    bo.sees("Saved.")


def choose(somebody, label, down=0):
    """Choose one of several by the keyboard."""
    somebody.tab_to(label)
    for _ in range(down):
        somebody.page.keyboard.press("ArrowDown")
    if not down:
        somebody.page.keyboard.press("Space")
