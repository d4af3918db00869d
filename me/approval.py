"""Approval of a new profile: what is looked at, submitting, the clock, and the letters. Rules A-1..A-5."""

from __future__ import annotations

from datetime import date, datetime

from flask import url_for
from flask_login import current_user
from werkzeug.wrappers import Response
from wtforms import DateField, Field, HiddenField, TextAreaField
from wtforms.validators import Optional, ValidationError

from core import clock
from core.answers import done, page
from core.errors import DomainError
from core.forms import Form, at_most, trimmed, whole
from core.permissions import Access, allow
from freelancers.approval.findings import Kind, SubmissionState
from freelancers.approval.models import Submission
from freelancers.approval.submissions import submissions_of
from freelancers.approval.submitting import NOTE_MAX, Sent, look, submit
from freelancers.models import Freelancer
from me.blueprint import blueprint, own_freelancer
from partners.invitation_queries import is_invited
from partners.queries import addresses_of

#: Whoever was born before is not submitting a profile.
_FIRST_DAY = date(1900, 1, 1)


#: Where each thing is mended, among the pages of one's profile.
PLACES = {
    Kind.TITLE_MISSING: "words",
    Kind.OVERVIEW_MISSING: "words",
    Kind.PLACEHOLDER: "words",
    Kind.TITLE_GENERIC: "words",
    Kind.OVERVIEW_SHORT: "words",
    Kind.OVERVIEW_GENERIC: "words",
    Kind.OVERVIEW_REPEATS: "words",
    Kind.SKILLS_MISSING: "skills",
    Kind.SKILLS_FULL: "skills",
    Kind.RATE_MISSING: "rate",
    Kind.LANGUAGES_MISSING: "english",
    Kind.BACKGROUND_MISSING: "employment/add",
}


class SubmitForm(Form):
    """What comes with a submission."""

    #: The number of the last submission that the page showed.
    after = HiddenField()
    born_on = DateField("Date of birth", validators=[Optional()])
    note = TextAreaField("A word to the reviewer", filters=[trimmed], validators=[at_most(NOTE_MAX)])

    def validate_born_on(self, field: Field) -> None:
        """Refuse a day on which nobody who submits was born."""
        if field.data and not _FIRST_DAY <= field.data < clock.day_of(clock.now()):
            raise ValidationError("Write the day that you were born on, or leave it empty.")


@blueprint.get("/approval")
@allow(Access.FREELANCER)
def approval() -> Response:
    """Show what is looked at in one's profile, how the last submission stands, and every letter."""
    return _page(own_freelancer(), SubmitForm(formdata=None))


@blueprint.post("/approval")
@allow(Access.FREELANCER)
def submit_profile() -> Response:
    """Submit one's profile as it is now. Rules A-1, A-4."""
    person, form, at = own_freelancer(), SubmitForm(), clock.now()
    if not form.validate():
        return _page(person, form, 422)
    sent = Sent(whole(form.after.data) or 0, form.note.data, form.born_on.data)
    try:
        made = submit(person.id, sent, is_invited=_invited(person, at), by=current_user.id, at=at)
    except DomainError as refused:
        return _page(person, form, form.refuse(refused))
    return done(_SAID[made.state], url_for("me.approval"))


_SAID = {
    SubmissionState.WAITING: "Submitted. A person looks at it, normally within 24 hours, and you get a letter.",
    SubmissionState.APPROVED: "Submitted, and approved at once: everything was clear.",
    SubmissionState.DECLINED: "Submitted, and answered at once: the letter says what to mend.",
    SubmissionState.REPLACED: "Submitted again meanwhile: this page shows the latest.",
}


def _page(person: Freelancer, form: SubmitForm, status: int = 200) -> Response:
    at, sent = clock.now(), submissions_of(person.id)
    last = sent[0] if sent else None
    looked = look(person, is_invited=_invited(person, at), at=at)
    return page(
        "me/approval.html",
        status,
        person=person,
        form=form,
        last=last,
        earlier=[each for each in sent[1:] if each.state is not SubmissionState.REPLACED],
        # Whether there is another account is said by a person, in a letter: nobody is to find out whose accounts exist.
        checks=[each for each in looked.checks if each.kind is not Kind.EARLIER_ACCOUNT],
        skills=looked.skills,
        is_late=_is_late(last, at),
        places={kind: f"/me/profile/{place}" for kind, place in PLACES.items()},
    )


def _is_late(last: Submission | None, at: datetime) -> bool:
    return last is not None and last.state is SubmissionState.WAITING and at > last.due_at


def _invited(person: Freelancer, at: datetime) -> bool:
    return is_invited(person.id, addresses_of(person), at)
