"""The console's experts: how they stand, what is decided about them, and where they answer. D-2, D-7, E-12, X-4."""

import re
from uuid import uuid4

import pytest
import sqlalchemy as sa

from badges.models import Award
from core.database import joined_transaction
from directory import services
from directory.models import Feature, Removal
from directory.queries import featured_now
from directory.roster import holder
from directory.rotation import rotate
from tests.directory.console.conftest import HOME
from tests.factories import (
    make_award,
    make_expert,
    make_freelancer,
    make_hold,
    make_member,
    make_partner,
    make_user,
    sign_in,
)


def act(client, award, verb, **fields):
    return client.post(f"{HOME}/experts/{award.id}/{verb}", data=fields, follow_redirects=True)


def test_the_experts_are_listed_with_how_they_stand(manager, at, partner, ada):
    make_hold(make_award(partner, make_freelancer(name="Held Person")).freelancer)
    rotate(at)
    page = manager.get(f"{HOME}/experts").text

    assert page.index("Ada Byron") < page.index("Held Person")
    assert "Suspended" in page
    assert "Not shown while suspended" in page
    assert "1 time<" in page


def test_experts_are_found_by_name_and_paged(manager, at, partner):
    for number in range(30):
        make_award(partner, make_freelancer(name=f"Expert {number:02}"))
    page = manager.get(f"{HOME}/experts?q=EXPERT").text
    next_url = re.search(r'rel="next" href="([^"]+)"', page)[1].replace("&amp;", "&")

    assert page.count("Expert ") >= 24
    assert "Expert 29" not in page
    assert "Expert 29" in manager.get(next_url).text
    assert "Nobody of that name" in manager.get(f"{HOME}/experts?q=100%25").text
    assert manager.get(f"{HOME}/experts?q=%00").status_code == 200
    assert manager.get(f"{HOME}/experts?cursor=garbage").status_code == 422


def test_an_experts_page_shows_what_is_open(manager, session, at, ada):
    with joined_transaction():
        session.merge(ada.freelancer).jss_pct = 70
    page = manager.get(f"{HOME}/experts/{ada.id}").text

    assert "Job Success Score" in page
    assert "Not met" in page


def test_featuring_by_hand_and_taking_out_again(manager, session, at, partner, ada):
    assert "featured until 9 March 2026" in act(manager, ada, "pin", until="2026-03-09").text
    assert [each.award_id for each in featured_now(partner.id, at).experts] == [ada.id]

    assert "no longer featured" in act(manager, ada, "unfeature", reason="Holiday.").text
    assert featured_now(partner.id, at).experts == []
    assert act(manager, ada, "unfeature", reason="Again.").status_code == 409


def test_removing_and_restoring(manager, at, partner, ada):
    assert "out of the directory" in act(manager, ada, "remove", reason="Lapsed.").text
    assert "Ada Byron" not in manager.get("/experts/northwind").text
    assert "Lapsed." in manager.get(f"{HOME}/experts/{ada.id}").text

    assert "in the directory again" in act(manager, ada, "restore").text
    assert "Ada Byron" in manager.get("/experts/northwind").text


def test_revoking_ends_the_badge_and_keeps_the_reason(manager, session, at, partner, ada):
    page = act(manager, ada, "revoke", reason="Sold answers.").text

    assert "Revoked on" in page
    assert "Sold answers." in page
    assert session.get(Award, ada.id, populate_existing=True).revoked_at == at
    assert "Ada Byron" in manager.get(f"{HOME}/experts?show=former").text
    assert "Ada Byron" not in manager.get(f"{HOME}/experts").text


@pytest.mark.parametrize("verb", ["unfeature", "remove", "revoke"])
def test_no_reason_no_decision(manager, session, at, ada, verb):
    rotate(at)
    answer = act(manager, ada, verb, reason="  ")

    assert answer.status_code == 422
    assert "Write the reason" in answer.text
    assert session.scalar(sa.select(sa.func.count()).select_from(Removal)) == 0
    assert session.scalar(sa.select(Feature.removed_at)) is None


@pytest.mark.parametrize("until", ["", "soon", "2020-01-01", "9999-12-31"])
def test_a_pin_needs_a_day_to_come(manager, ada, at, until):
    assert act(manager, ada, "pin", until=until).status_code == 422


@pytest.mark.parametrize("verb", ["pin", "unfeature", "remove", "restore", "revoke"])
def test_a_viewer_decides_nothing(client, session, at, partner, ada, verb):
    sign_in(client, make_member(partner, duty="viewer"))

    assert act(client, ada, verb, reason="R.", until="2026-03-09").status_code == 403
    assert "Decide" not in client.get(f"{HOME}/experts/{ada.id}").text


@pytest.mark.parametrize("verb", ["", "/pin", "/unfeature", "/remove", "/restore", "/revoke"])
def test_another_partners_expert_does_not_exist(manager, session, at, verb):
    other = make_expert(make_partner())
    url = f"{HOME}/experts/{other.id}{verb}"
    answer = manager.post(url, data={"reason": "R.", "until": "2026-03-09"}) if verb else manager.get(url)

    assert answer.status_code == 404
    assert session.get(Award, other.id, populate_existing=True).revoked_at is None


def test_an_expert_reads_why_and_answers_and_the_partner_reads_the_answer(client, session, at, partner, ada):
    services.remove_from_directory(ada.id, "Certificate lapsed.", by=None, at=at)
    user = session.get(Award, ada.id).freelancer
    removal = session.scalars(sa.select(Removal)).one()
    sign_in(client, session.get_one(type(make_user()), user.user_id))
    url = f"/me/listings/{ada.id}"

    assert "Certificate lapsed." in client.get(url).text
    empty = client.post(url, data={"kind": "removal", "decision": removal.id, "answer": " "})
    assert (empty.status_code, "Write a sentence" in empty.text) == (422, True)
    sent = client.post(
        url, data={"kind": "removal", "decision": removal.id, "answer": "Renewed it."}, follow_redirects=True
    )
    assert "Renewed it." in sent.text
    assert client.post(url, data={"kind": "x", "decision": "y", "answer": "z"}).status_code == 422

    client.post("/sign-out")
    sign_in(client, make_member(partner, duty="viewer"))
    assert "Renewed it." in client.get(f"{HOME}/experts/{ada.id}").text


def test_nobody_reads_what_was_decided_about_another(client, at, partner, ada):
    stranger = make_user()
    make_freelancer(stranger)
    sign_in(client, stranger)

    assert client.get(f"/me/listings/{ada.id}").status_code == 404
    assert client.get(f"/me/listings/{uuid4()}").status_code == 404


def test_a_holder_is_shown_to_their_own_partner_alone(session, at, partner, ada):
    assert holder(partner.id, ada.id, at).name == "Ada Byron"
