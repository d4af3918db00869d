"""The demo's stage: founds the partners and leads people through their programmes, with the services everybody uses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from accounts.models import Role
from accounts.services import choose_password, create_user
from app.demo import answers
from app.demo.accounts import PASSWORDS, STAFF, password_of
from app.demo.brands import brand
from app.demo.letters import attached
from app.demo.people import Person
from badges.eligibility.partner_rules import PartnerRules
from badges.models import Achievement
from badges.services import set_partner_rules
from core.database import session
from core.outbox import OutboxMail
from core.permissions import Duty
from directory.content import Content, Link, Question
from directory.drafting import add_use_case, draft_page, publish
from directory.editing import set_turns
from freelancers.models import Freelancer
from freelancers.queries import freelancer_of_user
from freelancers.services import link_user
from partners.accepting import accept
from partners.addresses import Address
from partners.answering import decline, mark_opened, register_newcomer
from partners.applying import Change, save_draft, submit, withdraw_application
from partners.deciding import keep_on_file, select
from partners.form_building import add_step, remove_step
from partners.interest import show_interest
from partners.inviting import invite, withdraw
from partners.models import Invitation, Partner
from partners.rules import Stop
from partners.services import create_partner, update_programme
from partners.states import StepKind
from partners.team import add_member


@dataclass
class Stage:
    """What stands so far: who runs things, and whom the marketplace knows, by key."""

    random: Random
    staff_id: UUID
    ids: dict[str, UUID]
    partners: dict[str, Partner] = field(default_factory=dict)
    specs: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    team: dict[str, dict[str, UUID]] = field(default_factory=dict)
    #: By the partner's slug and the person's key: their invitation and its secret, their application, their award.
    invitations: dict[tuple[str, str], tuple[UUID, str]] = field(default_factory=dict)
    applications: dict[tuple[str, str], UUID] = field(default_factory=dict)
    awards: dict[tuple[str, str], UUID] = field(default_factory=dict)

    def admin(self, slug: str) -> UUID:
        """Return the account that founded the partner's team."""
        return next(iter(self.team[slug].values()))

    def anybody(self, slug: str) -> UUID:
        """Return somebody of the team who may decide."""
        able = [user for duty, user in self.team[slug].items() if Duty(duty).covers(Duty.REVIEWER)]
        return self.random.choice(able)

    def user(self, person: Person, at: datetime) -> UUID:
        """Return the person's account, made when it is needed first."""
        freelancer = session.get_one(Freelancer, self.ids[person.key])
        if freelancer.user_id is None:
            user = create_user(person.email, freelancer.name, Role.FREELANCER, password_of(person.key), by=None, at=at)
            link_user(freelancer.id, user.id, at=at)
            return user.id
        return freelancer.user_id


def hire_staff(at: datetime) -> UUID:
    """Create the marketplace's own account."""
    return create_user(STAFF.address, STAFF.name, Role.STAFF, PASSWORDS[Role.STAFF], by=None, at=at).id


def found(stage: Stage, spec: Mapping[str, Any], at: datetime) -> None:
    """Create a partner with its team, programme, rules and page."""
    slug, admin = spec["slug"], spec["team"][0]
    partner = create_partner(
        slug, spec["name"], colour=spec["colour"], website=spec["website"], admin_email=admin["address"],
        admin_name=admin["name"], by=stage.staff_id, at=at,
    )  # fmt: skip
    stage.partners[slug], stage.specs[slug] = partner, spec
    stage.team[slug] = {"admin": _arrive(admin["address"], at + timedelta(hours=3))}
    founder = stage.admin(slug)
    for member in spec["team"][1:]:
        add_member(partner, member["address"], member["name"], Duty(member["duty"]), by=founder, at=at)
        stage.team[slug][member["duty"]] = _arrive(member["address"], at + timedelta(days=1))
    _describe(partner, spec, founder, at + timedelta(hours=4))
    brand(partner, founder, at + timedelta(hours=5))


def _describe(partner: Partner, spec: Mapping[str, Any], by: UUID, at: datetime) -> None:
    """Say in the programme and on the page what the partner has to say."""
    badge = session.get_one(Achievement, partner.programme.achievement_id)
    badge.description, badge.valid_days = spec["badge"], spec.get("valid_days")
    programme, first = partner.programme, [step["key"] for step in partner.programme.steps]
    update_programme(programme.id, summary=spec["summary"], benefits=spec["benefits"], by=by, at=at)
    for step in spec["steps"]:
        kind = StepKind(step["kind"])
        add_step(programme.id, kind, step["prompt"], hint=step["hint"], required=step["required"], by=by, at=at)
    for key in first:
        remove_step(programme.id, key, by=by, at=at)
    rules = PartnerRules.from_json({"rules": spec["rules"]})
    set_partner_rules(badge.id, rules, effective_at=at, by=by, at=at)
    said = spec["page"]
    words = {name: said.get(name, "") for name in ("headline", "intro", "about", "how")}
    links = tuple(Link(**each) for each in said.get("links", ()))
    questions = tuple(Question(**each) for each in said.get("questions", ()))
    content = Content(colour=spec["colour"], links=links, questions=questions, **words)
    draft_page(partner.id, content, by=by, at=at)
    set_turns(partner.id, slots=said["slots"], period_hours=said["period_hours"], by=by, at=at)
    for case in said["use_cases"]:
        add_use_case(partner.id, case["name"], case["summary"], case.get("words", ""), by=by, at=at)


def open_page(stage: Stage, slug: str, at: datetime) -> None:
    """Publish the partner's page."""
    publish(stage.partners[slug].id, by=stage.admin(slug), at=at)


def _arrive(address: str, at: datetime) -> UUID:
    """Have somebody who was mailed a link choose the password that the demo tells."""
    link = letter_to(address, "account_invitation")
    return choose_password(link.rpartition("/")[2], PASSWORDS[Role.PARTNER], at).id


def letter_to(address: str, template: str) -> str:
    """Return the link in the last mail of a kind to an address: people get it from there too."""
    mail = session.scalars(
        sa.select(OutboxMail)
        .where(OutboxMail.to_address == address, OutboxMail.template == template)
        .order_by(OutboxMail.created_at.desc(), OutboxMail.id.desc())
        .limit(1)
    ).one()
    return str(mail.words()["path"])


def invite_all(stage: Stage, slug: str, people: Sequence[Person], at: datetime) -> None:
    """Send a round of invitations."""
    programme, message = stage.partners[slug].programme, stage.specs[slug]["message"]
    addresses = [Address(person.email, str(person.row["name"])) for person in people]
    invite(programme, addresses, message, by=stage.admin(slug), at=at)
    note_sent(stage, slug, people, at)


def note_sent(stage: Stage, slug: str, people: Sequence[Person], at: datetime) -> None:
    """Remember the invitations that people were sent at `at`, and the secrets in their mails."""
    of_round = (Invitation.programme_id == stage.partners[slug].programme.id, Invitation.sent_at == at)
    sent = {each.email: each.id for each in session.scalars(sa.select(Invitation).where(*of_round))}
    letters = session.scalars(
        sa.select(OutboxMail).where(OutboxMail.template == "invitation", OutboxMail.created_at == at)
    )
    links = {mail.key.split(":")[1]: str(mail.words()["path"]) for mail in letters}
    for person in people:
        invitation_id = sent[person.email]
        stage.invitations[slug, person.key] = invitation_id, links[str(invitation_id)].rpartition("/")[2]


def join(stage: Stage, slug: str, person: Person, at: datetime) -> None:
    """Register through the invitation's link, as somebody whom the marketplace does not know yet. Rule E-7."""
    password = PASSWORDS[Role.FREELANCER]
    user = register_newcomer(_token(stage, slug, person), str(person.row["name"]), password, at)
    newcomer = freelancer_of_user(user.id)
    assert newcomer is not None
    stage.ids[person.key] = newcomer.id


def _token(stage: Stage, slug: str, person: Person) -> str:
    return stage.invitations[slug, person.key][1]


def sign_up(stage: Stage, _slug: str, person: Person, at: datetime) -> None:
    """Have the person make an account."""
    stage.user(person, at)


def look(stage: Stage, slug: str, person: Person, at: datetime) -> None:
    """Open the invitation's link."""
    mark_opened(_token(stage, slug, person), at)


def say_yes(stage: Stage, slug: str, person: Person, at: datetime) -> None:
    """Accept the invitation."""
    stage.applications[slug, person.key] = accept(_token(stage, slug, person), stage.user(person, at), at)


def say_no(stage: Stage, slug: str, person: Person, at: datetime) -> None:
    """Decline the invitation; some want no more of them."""
    decline(_token(stage, slug, person), None, at, stage.random.choice([Stop.NONE, Stop.NONE, Stop.PARTNER]))


def take_back(stage: Stage, slug: str, person: Person, at: datetime) -> None:
    """Withdraw the invitation."""
    withdraw(stage.invitations[slug, person.key][0], by=stage.admin(slug), at=at)


def draft(stage: Stage, slug: str, person: Person, at: datetime) -> None:
    """Begin to answer."""
    programme = stage.partners[slug].programme
    begun = answers.written(programme.steps, stage.specs[slug], person, at, stage.random, whole=False)
    save_draft(stage.applications[slug, person.key], begun, at)


def send(stage: Stage, slug: str, person: Person, at: datetime) -> None:
    """Send the application."""
    programme = stage.partners[slug].programme
    said = answers.written(programme.steps, stage.specs[slug], person, at, stage.random)
    files = attached(programme.steps, person.key)
    submit(stage.applications[slug, person.key], said, at, Change(files))


def keep(stage: Stage, slug: str, person: Person, at: datetime) -> None:
    """Keep the application on file."""
    keep_on_file(stage.applications[slug, person.key], by=stage.anybody(slug), at=at)


def choose(stage: Stage, slug: str, person: Person, at: datetime) -> None:
    """Select the applicant."""
    award = select(stage.applications[slug, person.key], by=stage.anybody(slug), at=at)
    if award is not None:
        stage.awards[slug, person.key] = award.id


def leave(stage: Stage, slug: str, person: Person, at: datetime) -> None:
    """Withdraw the application."""
    withdraw_application(stage.applications[slug, person.key], at)


def ask(stage: Stage, slug: str, person: Person, at: datetime) -> None:
    """Ask the partner to be considered."""
    stage.user(person, at)
    note = stage.random.choice(answers.INTERESTS).format(partner=stage.partners[slug].name)
    show_interest(stage.ids[person.key], stage.partners[slug].id, note, at)
