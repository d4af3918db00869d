"""Pages of freelancers: the list, one person, and what staff do with them. Rules E-12, H-1, H-6."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from werkzeug.wrappers import Response

from badges.queries import award_of_freelancer, base_checklist
from badges.services import revoke
from core import clock
from core.answers import page, pager
from core.errors import DomainError, NotFound
from core.permissions import Access, allow
from freelancers import queries
from freelancers.approval.earlier import earlier_accounts
from freelancers.capabilities import stop_of
from freelancers.holds import HOLDS, HoldKind, stricter
from freelancers.models import Freelancer
from freelancers.queries import Show
from freelancers.support.queries import appeals_of
from partners.application_queries import applications_of
from privacy.leaving import leave
from staff.blueprint import asked, blueprint, done, me
from staff.forms import HoldForm, ReasonForm
from staff.log import entries_about
from staff.people import badges_of, cannot, country_choices, facts


@blueprint.get("/freelancers")
@allow(Access.STAFF)
def freelancers() -> Response:
    """Everybody, by name; or those who are looked for."""
    at, text, country = clock.now(), asked("q"), asked("country")
    show = Show(asked("show")) if asked("show") in list(Show) else Show.EVERYBODY
    found = queries.search(text, show, country or None, at, asked("cursor") or None)
    return page(
        "staff/freelancers.html",
        people=found.items,
        holds=queries.holds_open_on([person.id for person in found.items]),
        chosen={"q": text, "show": show, "country": country},
        countries=country_choices(),
        shows=list(Show),
        total=queries.counts(at).freelancers,
        pages=pager(found, "staff.freelancers", q=text, show=asked("show"), country=country),
    )


@blueprint.get("/freelancers/<uuid:freelancer_id>")
@allow(Access.STAFF)
def freelancer(freelancer_id: UUID) -> Response:
    """One person: what is known, what is asked of them, their holds, badges and applications, and what happened."""
    return person_page(known_person(freelancer_id))


@blueprint.post("/freelancers/<uuid:freelancer_id>/badges/<uuid:award_id>/revoke")
@allow(Access.STAFF)
def revoke_badge(freelancer_id: UUID, award_id: UUID) -> Response:
    """Take a badge back, for a reason that its holder can read and answer. Rule E-12."""
    person, form = known_person(freelancer_id), ReasonForm()
    if award_of_freelancer(award_id, person.id) is None:
        raise NotFound()
    if not form.validate():
        return person_page(person, 422, reason_form=form)
    try:
        revoke(award_id, form.reason.data, by=me(), at=clock.now())
    except DomainError as error:
        return person_page(person, form.refuse(error), reason_form=form)
    return done(f"The badge is revoked{told(person)}", "staff.freelancer", freelancer_id=person.id)


@blueprint.post("/freelancers/<uuid:freelancer_id>/remove")
@allow(Access.STAFF)
def remove(freelancer_id: UUID) -> Response:
    """Delete all about somebody who asks for it and cannot do it on their own pages. Rule X-3."""
    person, form = known_person(freelancer_id), ReasonForm()
    if not form.validate():
        return person_page(person, 422, reason_form=form)
    try:
        leave(person.id, by=me(), at=clock.now(), reason=form.reason.data)
    except DomainError as error:
        return person_page(person, form.refuse(error), reason_form=form)
    return done("All about them is deleted.", "staff.freelancers")


def known_person(freelancer_id: UUID) -> Freelancer:
    """Return a freelancer. Raises NotFound."""
    found = queries.freelancer_by_id(freelancer_id)
    if found is None:
        raise NotFound()
    return found


def told(person: Freelancer) -> str:
    """End the sentence on what was done, with whether the person learns of it."""
    address = queries.address_of(person)
    if address is None:
        return ". No e-mail address of theirs is known, so nobody was told."
    return f", and a mail to {address} is on its way."


def person_page(person: Freelancer, status: int = 200, **forms: Any) -> Response:
    """Return a person's page; `forms` are those that came back, with what is wrong."""
    at = clock.now()
    holds, past = queries.open_holds(person.id), queries.lifted_holds(person.id)
    return page(
        "staff/freelancer.html",
        status,
        person=person,
        address=queries.address_of(person),
        facts=facts(person),
        findings=base_checklist(person.id, at),
        holds=[(stop_of(each), cannot(HoldKind(each.kind)), stricter(HoldKind(each.kind))) for each in holds],
        appeals=appeals_of([each.id for each in (*holds, *past)]),
        kinds=HOLDS,
        past_holds=past,
        awards=badges_of(person, at),
        applications=applications_of(person.id),
        scores=queries.score_history(person.id),
        history=entries_about(person),
        others=earlier_accounts(person),
        **{"hold_form": HoldForm(formdata=None), "reason_form": ReasonForm(formdata=None)} | forms,
    )
