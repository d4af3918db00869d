"""The main job, once through: from the feed to the listing, a hold that hides, and the lift that brings back."""

from urllib.parse import urlsplit

from tests.browsing import needs_browser
from tests.journeys.conftest import (
    ADMIN,
    HEADLINE,
    PASSWORD,
    add_partner,
    all_mails_leave,
    answer,
    apply,
    feed_file,
    invite,
    publish_page,
    register,
    subjects_to,
)
from tests.live import link_in, text_of

pytestmark = needs_browser

ADA = "ada@example.org"
QUESTION = "What is the largest warehouse you have built?"
PAGE = "/experts/northwind"


def test_from_the_feed_to_the_listing_and_through_a_hold_and_back(service, staff, person, tmp_path):
    staff_bring_the_feed_in(staff, tmp_path)
    pat = add_partner(service, staff, person)
    pat_says_what_the_programme_is(pat)
    publish_page(pat)
    link = pat_invites_from_a_pasted_list(service, pat)

    ada = ada_sees_how_she_stands(person, link)
    ada_accepts_and_keeps_a_draft(ada)
    ada_comes_back_and_sends_it(ada)
    badge = pat_reads_it_and_selects_her(service, pat)

    client = person(width=390, height=844)
    client_checks_the_badge(client, badge)
    profile = client_finds_her_featured(service, client)

    staff_hold_her_account(staff)
    at_once_she_is_nowhere(client, badge, profile)
    she_is_told_why(service, ada)
    pat_sees_it_too(pat)

    staff_lift_the_hold(staff)
    at_once_all_is_back(client, badge, profile)
    she_is_told_that_too(service, ada)
    assert subjects_to(service, ADA) == EVERY_MAIL_TO_ADA
    assert subjects_to(service, ADMIN) == ["Your account for Northwind's team on Laurel"]


#: Each of them once, and no other.
EVERY_MAIL_TO_ADA = [
    "Northwind invites you to become a verified expert",
    "Your application to Northwind is open",
    "Northwind has your application",
    "You are a Northwind Expert now",
    "Your account is on hold: verification failed or not done in time",
    "Your badge Northwind Expert is suspended",
    "A hold on your account is lifted: verification failed or not done in time",
    "Your badge Northwind Expert is active again",
]


def staff_bring_the_feed_in(staff, folder):
    good = {"marketplace_id": "m1", "name": "Ada Byron", "email": ADA}
    staff.follow("Imports")
    staff.page.get_by_label("File").set_input_files(
        feed_file(folder, good, {"marketplace_id": "m2", "name": "Bob Broken", "jss_pct": 179})
    )
    staff.click("Import", exact=True)
    staff.sees("Imported", "Rows read\n2", "Created\n1", "Refused\n1", "179")


def pat_says_what_the_programme_is(pat):
    pat.follow("Programme")
    pat.fill(Summary="Northwind Experts build warehouses that answer.", What_experts_get="A listing\nEarly features")
    pat.click("Save")
    pat.follow("Build the form")
    pat.follow("A question")
    pat.fill(In_your_words=QUESTION)
    pat.click("Add it")
    pat.sees(QUESTION)


def pat_invites_from_a_pasted_list(service, pat):
    pat.follow("Invitations")
    pat.fill(Addresses=f"Ada Byron <{ADA}>\n{ADA}\nnobody at all", A_word_from_you="We read your talk.")
    pat.click("Look before sending")
    pat.sees("Nothing has been sent yet", "1 mail will go out", "2 rows are left out", "nobody at all", ADA)
    pat.click("Send 1 invitation")
    mail = service.mailbox.wait_for(ADA, subject="Northwind invites you")
    for words in ("Hello Ada Byron", "Pat Partner of Northwind", "We read your talk.", "- Early features"):
        assert words in text_of(mail)
    return link_in(mail, "/invitations/")


def ada_sees_how_she_stands(person, link):
    ada = person()
    ada.go(link)
    ada.sees("Northwind invites you", "We read your talk.", "Early features", QUESTION, "What an expert needs")
    ada.follow("Make an account")
    ada.fill(Your_name="Ada Byron", Password=PASSWORD)
    ada.click("Make my account")
    return ada.sees("How you stand today", "All 5 requirements met", "95 %")


def ada_accepts_and_keeps_a_draft(ada):
    ada.click("Accept and start")
    ada.sees("You accepted", "Draft", QUESTION, "All 5 requirements met")
    ada.fill(**{QUESTION: "The one of a bank, 40"})
    ada.click("Save draft")
    ada.sees("Your draft is saved", "not sent yet")
    ada.click("Sign out")


def ada_comes_back_and_sends_it(ada):
    ada.sign_in(ADA, PASSWORD)
    ada.sees("Finish your application to Northwind")
    ada.follow("Go on with it")
    assert ada.page.get_by_label(QUESTION).input_value() == "The one of a bank, 40"
    answer(ada, "The one of a bank, 40 TB, in use since 2019.")


def pat_reads_it_and_selects_her(service, pat):
    pat.follow("Home")
    pat.follow("Applications to decide on")
    pat.follow("Ada Byron")
    pat.sees("40 TB, in use since 2019", "All 5 requirements met", "selecting gives the badge at once")
    pat.click("Select Ada Byron")
    pat.sees("Ada Byron is selected and holds your badge from now on")
    return link_in(service.mailbox.wait_for(ADA, subject="Expert now"), "/badges/")


def client_checks_the_badge(client, badge):
    client.go("/")
    client.follow("Check a badge")
    client.page.get_by_label("badge", exact=False).first.fill(badge)
    client.click("Check", exact=True)
    assert client.page.url == badge
    client.sees("Ada Byron", "Northwind Expert", "Active", "Issued by", "it counts today")


def client_finds_her_featured(service, client):
    service.cli("rotate")
    client.go("/")
    client.follow("Northwind")
    client.sees(HEADLINE, "Featured now", "Ada Byron")
    client.follow("Ada Byron")
    client.sees("Data engineer", "United Kingdom", "95 %")
    return client.page.url


def staff_hold_her_account(staff):
    staff.follow("Freelancers")
    staff.fill(Name="Ada")
    staff.click("Search")
    staff.follow("Ada Byron")
    staff.page.get_by_text("Place a hold").click()
    staff.page.get_by_label("Verification failed").check()
    staff.fill(Reason="The call did not take place.")
    staff.click("Place the hold")
    staff.sees("The hold is placed", "Verification failed", "Suspended")


def at_once_she_is_nowhere(client, badge, profile):
    """The very next request of a stranger knows: page, profile, badge and its picture. Rules H-1, B-2, B-3, D-2."""
    assert client.page.request.get(profile).status == 404
    assert "Suspended" in client.page.request.get(f"{badge}.svg").text()
    client.go(PAGE)
    client.sees(HEADLINE).does_not_see("Ada Byron", "Featured now")
    client.go(badge)
    client.sees("Northwind Expert", "Suspended").does_not_see("Ada Byron", "it counts today")


def she_is_told_why(service, ada):
    service.cli("sweep")
    held = text_of(service.mailbox.wait_for(ADA, subject="on hold"))
    assert "The call did not take place." in held
    assert "What lifts it" in held
    assert "Who decides" in held
    assert "hold" in text_of(service.mailbox.wait_for(ADA, subject="is suspended"))
    ada.follow("Home")
    ada.sees("Your account is on hold", "The call did not take place.", "What lifts it", "Who decides", "Suspended")


def pat_sees_it_too(pat):
    pat.follow("Experts")
    pat.sees("Ada Byron", "Suspended")


def staff_lift_the_hold(staff):
    staff.page.get_by_text("Lift the hold “").click()
    staff.page.locator("details[open]").get_by_label("Reason").fill("The call took place today.")
    staff.click("Lift the hold", exact=True)
    staff.sees("The hold is lifted", "Active, no open hold")


def at_once_all_is_back(client, badge, profile):
    client.go(PAGE)
    client.sees("Featured now", "Ada Byron")
    client.go(badge)
    client.sees("Ada Byron", "Active", "it counts today")
    assert client.page.request.get(profile).status == 200
    assert "Suspended" not in client.page.request.get(f"{badge}.svg").text()


def she_is_told_that_too(service, ada):
    service.cli("sweep")
    assert "The call took place today." in text_of(service.mailbox.wait_for(ADA, subject="is lifted"))
    service.mailbox.wait_for(ADA, subject="active again")
    ada.follow("Home")
    ada.sees("There is nothing to do now", "Active").does_not_see("on hold")
    all_mails_leave(service)


def test_opening_the_link_uses_nothing_up_and_its_secret_is_nowhere_but_in_the_mail(service, staff, person):
    pat = person().sign_in(ADMIN, PASSWORD) if has_partner(service) else add_partner(service, staff, person)
    [link] = invite(service, pat, "grace@example.org")
    token = urlsplit(link).path.rsplit("/", 1)[-1]
    scanner = person().page.request
    for _ in range(20):
        assert scanner.get(link).status == 200
        assert scanner.head(link).status == 200

    pat.follow("Invitations")
    pat.sees("grace@example.org", "Opened")
    answers = "SELECT accepted_at, declined_at FROM invitations WHERE email = 'grace@example.org'"
    assert service.sql(answers) == [(None, None)]
    apply(register(person(), link, "Grace Hopper"))
    assert token not in service.log_text()
    for table in ("invitations", "outbox_mails", "audit_events"):
        assert service.sql(f"SELECT 1 FROM {table} t WHERE t::text LIKE %s", f"%{token}%") == []


def has_partner(service):
    return bool(service.sql("SELECT 1 FROM partners"))
