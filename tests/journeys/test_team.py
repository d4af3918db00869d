"""A team grows by a mail with a word in it, and who leaves takes their pending invitations along. By keyboard alone."""

import re

from accounts.rules import INVITED_LINK_LIFETIME
from tests.accessible import faults
from tests.browsing import needs_browser
from tests.journeys.conftest import ADMIN, PASSWORD, add_partner, press, tab_to
from tests.live import link_in, text_of

pytestmark = needs_browser

RITA, SLOW = "rita@northwind.example", "slow@northwind.example"


def test_a_coworker_is_invited_comes_invites_and_leaves(service, staff, person):
    add_partner(service, staff, person)
    pat = person(width=390, java_script_enabled=False).sign_in(ADMIN, PASSWORD)

    pat_invites_rita_by_keyboard(pat)
    rita = rita_comes_in(service, person)
    link = rita_invites_somebody_who_takes_their_time(service, rita)
    pat_removes_rita_by_keyboard(pat)
    assert rita.page.request.get(rita.page.url).status == 404
    assert rita.page.request.get(link).status == 410
    the_last_admin_stays(pat)


def pat_invites_rita_by_keyboard(pat):
    press(pat, "Team")
    pat.sees("Who may do what", "You are an admin.")
    for label, words in (("Name", "Rita"), ("E-mail address", RITA)):
        tab_to(pat, label)
        pat.page.keyboard.type(words)
    tab_to(pat, "Reviewer: decides on applications")
    pat.page.keyboard.press("ArrowDown")
    pat.page.keyboard.press("ArrowDown")
    tab_to(pat, "A word to them")
    pat.page.keyboard.type("We need your eyes.")
    press(pat, "Send the invitation")
    pat.sees("Rita gets a mail, and is in as soon as they have chosen a password.", "Invited, not here yet", "by Pat")


def rita_comes_in(service, person):
    mail = service.mailbox.wait_for(RITA, subject="Northwind's team")
    assert "Pat Partner writes: We need your eyes." in " ".join(text_of(mail).split())
    assert INVITED_LINK_LIFETIME.days == 7
    rita = person()
    rita.go(link_in(mail, "/password/"))
    rita.fill(Password=PASSWORD)
    rita.click("Set the password and sign in")
    return rita.sees("Your programme today", "Three steps to your first experts")


def rita_invites_somebody_who_takes_their_time(service, rita):
    rita.follow("Team")
    assert not faults(rita, "the team")
    rita.page.get_by_label("Name").fill("Slow")
    rita.page.get_by_label("E-mail address").fill(SLOW)
    rita.click("Send the invitation")
    return link_in(service.mailbox.wait_for(SLOW, subject="Northwind's team"), "/password/")


def pat_removes_rita_by_keyboard(pat):
    press(pat, "Team")
    pat.page.get_by_text("Change Rita").focus()
    pat.page.keyboard.press("Enter")
    press(pat, re.compile(r"Remove from the team\W+Rita"))
    pat.sees("Rita is no longer in your team. Slow had been invited by them and not come in")
    pat.does_not_see(RITA, SLOW)


def the_last_admin_stays(pat):
    pat.page.get_by_text("Leave this team").click()
    pat.click("Leave", exact=True)
    pat.sees("Your team needs an admin", "Make somebody else an admin first.")
    pat.console.clear()  # the browser's own word on the 409
