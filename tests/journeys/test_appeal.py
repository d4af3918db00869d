"""Somebody blocked cannot sign in, and yet appeals: from the mail's link to the lift, on a phone. Rules H, H-6."""

from tests.accessible import overflows, violations
from tests.browsing import needs_browser
from tests.journeys.conftest import PASSWORD, feed, subjects_to
from tests.live import link_in, text_of

pytestmark = needs_browser

ADA = "ada@example.org"
REASON = "The account was used from two places at once."
APPEAL = "I was on a train, and my phone changed its network. My ticket is from that evening."
KEPT = "The second place is four hundred kilometres away from any line of that train."
NEW = "It was the company's network: it leads through its head office. Their letter says so."
LIFTED = "The letter explains both places. We are sorry for the days that you lost."


def test_a_block_is_appealed_kept_opened_again_and_lifted(service, staff, person, tmp_path):
    feed(service, tmp_path, {"marketplace_id": "m1", "name": "Ada Byron", "email": ADA})
    service.cli(
        "users", "create", ADA, "--role", "freelancer", "--freelancer", "m1", "--password-stdin", stdin=PASSWORD
    )
    she_is_blocked(staff)
    ada = person(width=390, height=800)
    she_appeals_by_the_link_in_the_mail(service, ada)
    she_finds_the_same_where_she_cannot_sign_in(person)

    staff_answer(staff, "It stays", KEPT)
    link = link_in(service.mailbox.wait_for(ADA, subject="the hold stays"), "/holds/")
    assert KEPT in text_of(service.mailbox.wait_for(ADA, subject="the hold stays"))
    ada.go(link)
    ada.sees("The hold stays.", KEPT)
    ada.fill(Your_appeal=NEW)
    ada.click("Send to staff")
    ada.sees("Waits for an answer", NEW)

    staff_answer(staff, "It is lifted", LIFTED)
    assert LIFTED in text_of(service.mailbox.wait_for(ADA, subject="is lifted"))
    ada.go(link)
    ada.sees("This hold is lifted", LIFTED, "Closed")
    fits_and_is_accessible(ada)
    ada.sign_in(ADA, PASSWORD).sees("Welcome, Ada Byron").does_not_see("on hold")
    assert subjects_to(service, ADA)[-5:] == [
        "Your account is on hold: block",
        "Your appeal is with us",
        "Your appeal is answered: the hold stays",
        "Your appeal is with us",
        "A hold on your account is lifted: block",
    ]


def she_is_blocked(staff):
    staff.follow("Freelancers", exact=True)
    staff.follow("Ada Byron")
    staff.page.locator("summary", has_text="Place a hold").click()
    staff.page.get_by_role("radio", name="Block.").check()
    staff.page.locator("form[action$='/holds'] textarea").fill(REASON)
    staff.click("Place the hold")
    staff.sees("The hold is placed", "Blocked", REASON)


def she_appeals_by_the_link_in_the_mail(service, ada):
    """By the keyboard alone, as whoever cannot use a mouse."""
    ada.go(link_in(service.mailbox.wait_for(ADA, subject="on hold"), "/holds/"))
    ada.sees("block", REASON, "log in", "What lifts it", "Who decides", "Appeal this hold")
    fits_and_is_accessible(ada)
    ada.press("Send the appeal")
    ada.sees("Write why the hold should be lifted.")
    ada.console.clear()  # the browser's own word on what was refused
    ada.tab_to("Your appeal: Write").page.keyboard.press("Enter")  # what is to be put right leads to its field
    ada.page.keyboard.type(APPEAL)
    ada.press("Send the appeal")
    ada.sees("Your appeal", APPEAL, "it comes by")
    fits_and_is_accessible(ada)


def she_finds_the_same_where_she_cannot_sign_in(person):
    """Without a script, too; and the page that refuses her leads to the appeal."""
    browser = person(java_script_enabled=False)
    browser.sign_in(ADA, PASSWORD).sees("You cannot sign in now", REASON)
    browser.follow("Read it, and appeal")
    browser.sees(APPEAL)
    browser.console.clear()  # the browser's own word on the page that refused her


def staff_answer(staff, decision, words):
    staff.follow("Support")
    staff.follow("Appeal: block")
    staff.page.get_by_role("radio", name=decision).check()
    staff.fill(Your_answer=words)
    staff.click("Send the answer")
    staff.sees("Answered", ADA, "Nobody waits for an answer")


def fits_and_is_accessible(somebody):
    assert overflows(somebody) <= 0
    assert not violations(somebody)
