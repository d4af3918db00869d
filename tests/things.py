"""Something of a partner's and of a freelancer's for every argument that an address takes."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from PIL import Image

from accounts.models import Role
from accounts.tokens import create_token
from badges.attesting import Said, attest
from badges.credentials.models import BadgePlace
from badges.credentials.places import give_places
from badges.design.logos import taken
from badges.design.services import use_logo
from badges.eligibility.partner_rules import PartnerRules
from badges.passed import said_of
from badges.receipts import Cause, record_receipt
from badges.services import set_partner_rules
from core.database import new_id
from core.permissions import Scope
from core.uploads import Accepted, FileKind
from directory.models import UseCase, UseCaseExpert
from freelancers.approval.supply_feed import Row
from freelancers.approval.supply_services import take_in
from freelancers.identity.agents import add_agent
from freelancers.identity.booking import call_now
from freelancers.identity.meeting import Side
from freelancers.identity.models import PictureKind
from freelancers.identity.pictures import send
from freelancers.identity.queue import take_next
from freelancers.identity.views import meetings
from freelancers.profile.parts import key_of
from freelancers.profile.photos import use_photo
from freelancers.support.codes import hold_code
from freelancers.support.rules import About
from freelancers.support.threads import open_thread
from partners.files import add
from partners.interest import show_interest
from partners.invitations import letters, lists, stops
from partners.invitations.campaigns import open_campaign
from partners.invitations.codes import stop_code
from partners.models import Member
from tests.badges.design.conftest import picture
from tests.factories import (
    make_application,
    make_award,
    make_design,
    make_expert,
    make_freelancer,
    make_hold,
    make_invitation,
    make_member,
    make_submission,
    make_user,
    say,
)


def attestation_of(partner, freelancer, at):
    """Note that somebody passed a training of the partner's, and return that."""
    attest(partner.id, [(freelancer.id, Said("training", "Basics", at.date()))], by=None, at=at)
    return said_of(freelancer.id, partner.id)[0]


def entry_of(freelancer, session):
    """Put an employment on somebody's profile, and return what it is called by."""
    entry = {"title": "Analyst", "company": freelancer.name}
    freelancer.profile = {"employment": [entry]}
    session.commit()
    return key_of(entry)


def photo_of(freelancer, at):
    """Give somebody a photo, and return its id."""
    picture = Image.new("RGB", (200, 200), "teal")
    return use_photo(freelancer.id, picture, by=new_id(), at=at).id


def skill_of(at):
    """Let a feed name a skill, and return its short name."""
    rows = [Row("Data entry", 3, 4)]
    take_in(rows, on=at.date(), source="a feed", by=None, at=at)
    return rows[0].slug


def things_of(partner, freelancer, session, at):
    """Return something of the partner's, or of the freelancer's, for every argument that an address takes."""
    programme, expert = partner.programme, make_expert(partner, profile_url="https://marketplace.example/expert")
    invitation, token = make_invitation(partner, freelancer.email)
    case = UseCase(
        id=new_id(), partner_id=partner.id, slug=f"at-{partner.slug}", name="A use", summary="All.", position=0
    )
    session.add(case)
    session.flush()
    session.add(UseCaseExpert(use_case_id=case.id, award_id=expert.id))
    session.commit()
    make_member(partner, coworker := make_user(Role.PARTNER), duty="viewer")
    later = at + timedelta(days=9)
    give_places([expert.id], at)
    application = make_application(partner, freelancer)
    letter = add(application.id, "letter", Accepted(FileKind.PDF, "letter.pdf", b"%PDF"), at)
    return {
        "partner": partner.slug, "slug": partner.slug, "use_case": case.slug, "key": programme.steps[0]["key"],
        "token": token, "verb": "up", "pacing": "pause", "code": stop_code(invitation.id), "kind": "svg",
        "design": make_design(programme.achievement_id, at), "side": 64, "logo": branded(partner.id, at),
        "ending": "webp", "skill": skill_of(at),
        "part_name": "words", "listing": "employment", "audience": "everybody",
        "entry": entry_of(freelancer, session),
        "picture_id": photo_of(freelancer, at),
        "number": last_version(partner, 1 if partner.slug == "northwind" else 2),
        "award": expert.id, "freelancer": expert.freelancer_id,
        "achievement_id": programme.achievement_id,
        "award_id": make_award(partner, freelancer).id, "freelancer_id": freelancer.id, "invitation_id": invitation.id,
        "application_id": application.id, "file_id": letter.id,
        "member_id": session.scalars(sa.select(Member.id).where(Member.user_id == coworker.id)).one(),
        "place": session.scalars(sa.select(BadgePlace.list_id).where(BadgePlace.award_id == expert.id)).one(),
        "purpose": "suspension",
        "version_id": set_partner_rules(
            programme.achievement_id, PartnerRules(), effective_at=later, by=None, at=at).id,
        "list_id": lists.bring(programme, b"new@example.org", "", None, by=None, at=at).id,
        "letter_id": letter_kept(programme, at), "stop_id": stopped(partner, at),
        "campaign_id": open_campaign(programme, "Fair", 9, later.date(), by=None, at=at).id,
        "interest_id": show_interest(make_freelancer(make_user()).id, partner.id, None, at).id,
        "attestation_id": attestation_of(partner, expert.freelancer, at).id,
        "submission_id": make_submission().id,
        "thread_id": open_thread(freelancer.id, About.OTHER, "A question", "How?", by=None, at=at).id,
        "hold_id": (hold := make_hold(freelancer)).id, "held": hold_code(hold.id, at),
        "marketplace_id": freelancer.marketplace_id,
        "token_id": create_token("own", {Scope.FINDINGS}, 30, partner_id=partner.id, by=None, at=at)[0].id,
        "receipt_id": record_receipt(freelancer.id, programme.achievement_id, Cause.APPLICATION, at=at).id,
    }  # fmt: skip


def last_version(partner, many):
    """Publish so many versions of the partner's page, and return the number of the last."""
    for words in range(many):
        say(partner, headline=f"Version {words}")
    return many + 1


def verified_by(agent, person, at):
    """Return a call that an agent has with somebody, one of their pictures, and the person's way into the room."""
    add_agent(agent.id, by=None, at=at)
    for kind in PictureKind:
        picture = send(person.id, kind, Accepted(FileKind.PDF, "card.pdf", b"%PDF"), None, by=person.user_id, at=at)
    call_now(person, at)
    call = take_next(agent.id, at)
    room = meetings().link(call, Side.PERSON).rpartition("/")[2]
    return {"call_id": call.id, "identity_picture_id": picture.id, "room": room}


def stopped(partner, at):
    """Return the id of an address that the partner does not invite; that nobody does, without a partner."""
    partner_id = partner and partner.id
    stops.add([f"never{partner_id}@example.org"], partner_id, None, by=make_user().id, at=at)
    return stops.stopped(partner_id, None).items[0].id


def branded(partner_id, at):
    """Give a partner a logo, and return its id."""
    return use_logo(partner_id, taken(picture()), by=None, at=at)


def letter_kept(programme, at):
    """Return the id of a letter that the programme's team has kept."""
    letters.keep(programme.id, programme.partner_id, "Usual", "Come!", "Hello.", by=None, at=at)
    return letters.letters_of(programme.id)[0].id
