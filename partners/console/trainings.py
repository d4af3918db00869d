"""A console's trainings and reviews: who passed which, noted one by one or as a list, and taken back. Rule E-6."""

from __future__ import annotations

from uuid import UUID

from flask import flash, g, request, url_for
from werkzeug.wrappers import Response

from badges import attesting
from badges.passed import attestation_of, said_by, said_of
from badges.queries import checklist
from core import clock, wording
from core.answers import done, pager
from core.errors import InvalidInput, NotFound
from core.permissions import Access, Duty, allow
from partners import noting
from partners.console.blueprint import acting, back_to, blueprint, own_programme, page
from partners.console.forms import NoteForm, NoteListForm
from partners.noting import Noting

#: What a line of a list does, in a few words.
OUTCOME_WORDS = {
    Noting.NEW: "Is noted",
    Noting.NOTED: "Is noted already",
    Noting.NOT_YOURS: "Is not one of your applicants or experts",
    Noting.DUPLICATE: "Stands here twice",
    Noting.UNREADABLE: "Cannot be read",
}


@blueprint.get("/trainings")
@allow(Access.MEMBER)
def trainings(partner: str) -> Response:
    """Show what was noted of whom, and the form for a list."""
    return _list_page(NoteListForm(formdata=None), 200)


@blueprint.post("/trainings/preview")
@allow(Access.MEMBER, Duty.REVIEWER)
def preview_trainings(partner: str) -> Response:
    """Show what each line of a pasted list does. Nothing is noted yet."""
    form = NoteListForm()
    lines = _lines(form)
    if lines is None:
        return _list_page(form, 422)
    return page(
        "partners/trainings_preview.html",
        form=form,
        noting=[line for line in lines if line.outcome is Noting.NEW],
        left_out=[line for line in lines if line.outcome is not Noting.NEW],
        words=OUTCOME_WORDS,
    )


@blueprint.post("/trainings")
@allow(Access.MEMBER, Duty.REVIEWER)
def note_trainings(partner: str) -> Response:
    """Note what the preview showed, or go back to the list to change it."""
    form = NoteListForm()
    if request.form.get("action") == "change":
        return _list_page(form, 200)
    lines = _lines(form)
    if lines is None:
        return _list_page(form, 422)
    new = noting.note_list(own_programme(), lines, **acting())
    left = len(lines) - new
    rest = f" {wording.counted(left, 'line was', 'lines were')} left out." if left else ""
    flash(f"{wording.counted(new, 'person is', 'people are')} noted as having passed it.{rest}", "success")
    return back_to("trainings")


@blueprint.get("/trainings/people/<uuid:freelancer>")
@allow(Access.MEMBER)
def person_trainings(partner: str, freelancer: UUID) -> Response:
    """Show what one of the partner's people passed, and the form for more."""
    return _person_page(freelancer, None, 200)


@blueprint.post("/trainings/people/<uuid:freelancer>")
@allow(Access.MEMBER, Duty.REVIEWER)
def note_training(partner: str, freelancer: UUID) -> Response:
    """Note that one of the partner's people passed something."""
    person, form = noting.own_person(own_programme(), freelancer), NoteForm()
    if not form.validate():
        return _person_page(freelancer, form, 422)
    try:
        new = noting.note(own_programme(), freelancer, form.said(), **acting())
    except InvalidInput as refused:
        return _person_page(freelancer, form, form.refuse(refused))
    words = f"Noted. It counts for {person.name} from now on." if new else "That is noted already."
    return done(words, url_for(".person_trainings", partner=g.partner.slug, freelancer=freelancer))


@blueprint.post("/trainings/<uuid:attestation_id>/withdraw")
@allow(Access.MEMBER, Duty.REVIEWER)
def withdraw_training(partner: str, attestation_id: UUID) -> Response:
    """Take back that somebody passed something."""
    if attestation_of(g.partner.id, attestation_id) is None:
        raise NotFound()
    found = attesting.withdraw(g.partner.id, attestation_id, request.form.get("reason", ""), **acting())
    words = f"Taken back: the {found.kind} “{found.name}” no longer counts for {found.freelancer.name}."
    return done(words, url_for(".person_trainings", partner=g.partner.slug, freelancer=found.freelancer_id))


def _lines(form: NoteListForm) -> list[noting.Line] | None:
    """Return what the form's lines do, or None with what is wrong put at its field."""
    if not form.validate():
        return None
    at = clock.now()
    try:
        said = attesting.checked(form.said(), at)
        lines = noting.preview(own_programme(), form.people.data, said, at)
    except InvalidInput as refused:
        form.refuse(refused)
        return None
    if not lines:
        form.people.errors = ["There is nobody in this."]
    return lines or None


def _list_page(form: NoteListForm, status: int) -> Response:
    own, found = own_programme(), said_by(g.partner.id, request.args.get("cursor"))
    asked = noting.asked_for(own, clock.now())
    form.offer(asked)
    pages = pager(found, "partners_console.trainings", partner=g.partner.slug)
    return page("partners/trainings.html", status, form=form, found=found.items, pages=pages, asked=asked)


def _person_page(freelancer_id: UUID, form: NoteForm | None, status: int) -> Response:
    own, at = own_programme(), clock.now()
    person, asked = noting.own_person(own, freelancer_id), noting.asked_for(own, at)
    form = form or NoteForm(formdata=None)
    form.offer(asked)
    open_ones = [each for each in checklist(freelancer_id, own.achievement_id, at) if not each.met]
    said = said_of(freelancer_id, g.partner.id)
    return page(
        "partners/trainings_person.html", status, person=person, form=form, said=said, asked=asked, open=open_ones
    )
