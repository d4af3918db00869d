"""People, partners and what they hold, made for tests with one call each. Everything is stored when a call returns.

Whatever a test does not name is as favourable as can be: a freelancer made here meets every rule of the base policy.
"""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from accounts.models import ApiToken, Role, User
from accounts.tokens import create_token
from badges.design.queries import published
from badges.design.rules import OURS
from badges.design.services import save_draft, use_draft
from badges.models import Achievement, Award, Issuer, JoinedThrough
from core.database import new_id, session, transaction
from core.permissions import Scope
from core.secrets import new_token, token_hash
from directory import drafting, versions
from directory.models import LandingPage
from freelancers.approval.models import Submission
from freelancers.approval.snapshot import snapshot
from freelancers.approval.submitting import look
from freelancers.holds import HoldKind
from freelancers.models import Freelancer, Hold
from partners.models import Application, Invitation, Member, Partner, Programme

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PASSWORD = "correct horse battery"

_numbers = itertools.count(1)

PRAISE = (
    "I am a hardworking and dedicated professional with many years of experience. I always deliver high quality work "
    "on time. Client satisfaction is my top priority. Feel free to contact me and let us discuss your project."
)
QUESTION = {"key": "why", "kind": "question", "prompt": "What have you built with it?", "hint": "", "required": True}


def _add(row):
    session.add(row)
    session.flush()
    return row


@transaction()
def make_user(role=Role.FREELANCER, email=None, name="Ada Byron", password=PASSWORD, at=AT):
    """An account that can sign in with `password`; None: no password yet."""
    from accounts.passwords import hashed

    return _add(
        User(
            id=new_id(),
            email=email or f"person{next(_numbers)}@example.org",
            name=name,
            role=role,
            password_hash=password and hashed(password),
            created_at=at,
        )
    )


@transaction()
def make_freelancer(user=None, at=AT, **values):
    """Somebody who meets E-1..E-5; `user` is the account they sign in with."""
    number = next(_numbers)
    favourable = {
        "marketplace_id": f"m{number}",
        "name": user.name if user else "Ada Byron",
        "email": user.email if user else f"person{number}@example.org",
        "title": "Data engineer",
        "country": "GB",
        "hourly_rate_cents": 5_000,
        "account_state": "active",
        "visibility": "public",
        "english_level": "fluent",
        "jss_pct": 95,
        "jss_observed_at": at,
        "first_scored_at": at,
        "completeness_stated_pct": 100,
        "completeness_pct": 100,
        "skills": ["SQL", "Python"],
        "languages": [{"code": "en", "level": "fluent"}],
        "profile": {},
        "feed_seen_at": at,
    }
    if "completeness_pct" in values and "completeness_stated_pct" not in values:
        values["completeness_stated_pct"] = values["completeness_pct"]
    return _add(Freelancer(id=new_id(), user_id=user and user.id, created_at=at, updated_at=at, **favourable | values))


@transaction()
def make_partner(name="Northwind", slug=None, steps=(QUESTION,), published=True, at=AT):
    """A partner with its issuer, achievement, programme and page; without a team."""
    slug = slug or f"{name.lower()}-{next(_numbers)}"
    issuer = _add(Issuer(id=new_id(), slug=slug, name=name, url=None))
    achievement = _add(
        Achievement(
            id=new_id(),
            issuer_id=issuer.id,
            name=f"{name} Expert",
            description=f"Knows {name} inside out.",
            valid_days=None,
            created_at=at,
        )
    )
    partner = _add(Partner(id=issuer.id, slug=slug, name=name, website=None, colour="#243b7a", created_at=at))
    _add(
        Programme(
            id=new_id(),
            partner_id=partner.id,
            achievement_id=achievement.id,
            summary=f"Become a verified {name} expert.",
            benefits=["A badge that anyone can verify"],
            steps=list(steps),
            created_at=at,
            updated_at=at,
        )
    )
    _add(
        LandingPage(
            partner_id=partner.id,
            headline=f"{name} experts",
            intro="Chosen by us.",
            about="",
            slots=6,
            period_hours=168,
            version=1 if published else 0,
            published_at=at if published else None,
            updated_at=at,
        )
    )
    session.refresh(partner)
    return partner


def say(partner, at=AT, **words):
    """Publish what the partner's page says, over what it says already; returns the page's content."""
    content = replace(versions.draft(partner), **words)
    drafting.draft_page(partner.id, content, by=None, at=at)
    drafting.publish(partner.id, by=None, at=at)
    return content


def make_use_case(partner, name="Migrating", summary="Without downtime.", words="", at=AT):
    """A use case on the partner's published page; returns its row."""
    case = drafting.add_use_case(partner.id, name, summary, words, by=None, at=at)
    drafting.publish(partner.id, by=None, at=at)
    return case


@transaction()
def make_member(partner, user=None, duty="admin", at=AT):
    """Somebody of the partner's team; returns the user."""
    user = user or make_user(Role.PARTNER, name="Pat Partner")
    _add(Member(id=new_id(), partner_id=partner.id, user_id=user.id, duty=duty, joined_at=at, left_at=None))
    return user


@transaction()
def make_invitation(partner, email, at=AT, expires_at=None, **values):
    """An invitation that was sent; returns it with its secret: (invitation, token)."""
    token = new_token()
    invitation = _add(
        Invitation(
            id=new_id(),
            programme_id=partner.programme.id,
            email=email,
            token_hash=token_hash(token),
            created_at=at,
            sent_at=at,
            expires_at=expires_at or at + timedelta(days=30),
            **values,
        )
    )
    return invitation, token


@transaction()
def make_application(partner, freelancer, submitted=True, at=AT, **values):
    """An application to the partner's programme, submitted unless said otherwise."""
    values = {"answers": {"why": "A warehouse for a bank."}, **values}
    return _add(
        Application(
            id=new_id(),
            programme_id=partner.programme.id,
            freelancer_id=freelancer.id,
            created_at=at,
            updated_at=at,
            submitted_at=at if submitted else None,
            **values,
        )
    )


@transaction()
def make_award(partner, freelancer, at=AT, **values):
    """The partner's badge, held by the freelancer."""
    return _add(
        Award(
            id=new_id(),
            achievement_id=partner.programme.achievement_id,
            freelancer_id=freelancer.id,
            awarded_at=at,
            **values,
        )
    )


def make_design(achievement_id, at=AT):
    """The design that a badge wears; returns its id."""
    save_draft(achievement_id, OURS, by=None, at=at)
    use_draft(achievement_id, by=None, at=at)
    return published(achievement_id)[0].id


@transaction()
def make_expert(partner=None, at=AT, **facts):
    """A freelancer with an account, a selected application and an active award; returns the award."""
    partner = partner or make_partner()
    freelancer = make_freelancer(make_user(), at=at, **facts)
    award = make_award(partner, freelancer, at=at)
    make_application(partner, freelancer, at=at, selected_at=at, award_id=award.id)
    return award


@transaction()
def make_hold(freelancer, kind=HoldKind.AWAITING_VERIFICATION, reason="A routine check.", at=AT):
    """An open hold, placed without the mail that the service sends."""
    return _add(Hold(id=new_id(), freelancer_id=freelancer.id, kind=kind, reason=reason, placed_at=at))


@transaction()
def make_submission(freelancer=None, at=AT, **values):
    """Somebody new whose profile waits for a person: there is nothing in their overview but praise."""
    freelancer = freelancer or make_freelancer(make_user(), at=at, is_provisional=True, overview=PRAISE)
    looked = look(freelancer, is_invited=False, at=at)
    receipt = {"policy": looked.policy, "checks": [each.to_json() for each in looked.checks], "skills": []}
    kept = {"number": 1, "submitted_at": at, "waiting_since_at": at, "is_invited": False, "is_by_person": False}
    profile = snapshot(freelancer).to_json()
    return _add(Submission(freelancer_id=freelancer.id, profile=profile, **receipt | kept | values))


@transaction()
def make_newcomer(partner, at=AT, **values):
    """Somebody who joined through the partner's invitation and has no history yet. Rule E-7."""
    unscored = {"jss_pct": None, "jss_observed_at": None, "first_scored_at": None, "english_level": None}
    freelancer = make_freelancer(make_user(), at=at, **unscored | values)
    _add(JoinedThrough(freelancer_id=freelancer.id, issuer_id=partner.id, joined_at=at))
    return freelancer


def make_token(scopes=tuple(Scope), partner=None, name=None, at=AT, days=90):
    """A token, the marketplace's unless a partner is given, used a moment ago; returns its secret."""
    name = name or f"program {next(_numbers)}"
    token, secret = create_token(name, scopes, days, partner_id=partner and partner.id, by=None, at=at)
    _use(token.id, at)
    return secret


@transaction()
def _use(token_id, at):
    session.get_one(ApiToken, token_id).last_used_at = at


def sign_in(client, user):
    """Sign `user` in, as the browser would."""
    return client.post("/sign-in", data={"email": user.email, "password": PASSWORD})
