"""Before somebody shows their identity document: what is wrong with it, everything at once. Rule H-3."""

from __future__ import annotations

from datetime import datetime

from flask import request
from flask_wtf.file import FileField
from werkzeug.wrappers import Response
from wtforms import BooleanField, DateField, StringField
from wtforms.validators import Optional

from core import clock
from core.answers import page
from core.forms import Form, at_most, trimmed
from core.permissions import Access, allow
from core.uploads import ACCEPTED
from freelancers.identity.rules import NAME_MAX, Declared, Defect, defects
from freelancers.models import Freelancer
from me.blueprint import blueprint, own_freelancer


class DocumentForm(Form):
    """A picture of an identity document, and what its holder says of it. What is missing is told with the rest."""

    file = FileField("Picture of your document", render_kw={"accept": ACCEPTED})
    name = StringField("Your name, as the document has it", filters=[trimmed], validators=[at_most(NAME_MAX)])
    expires_on = DateField("Valid until", validators=[Optional()])
    four_corners = BooleanField("All four corners can be seen")
    is_front = BooleanField("It is the front: the side with my photo and my name")


@blueprint.route("/identity", methods=["GET", "POST"])
@allow(Access.FREELANCER)
def identity() -> Response:
    """Try a document: the answer names every defect, and nothing that was sent is kept. Rule H-3."""
    person, form = own_freelancer(), DocumentForm()
    if not form.is_submitted():
        return page("me/identity.html", person=person, form=form, found=None)
    is_valid, found = form.validate(), _found(form, person, clock.now())
    status = 200 if is_valid and not found else 422
    return page("me/identity.html", status, person=person, form=form, found=found)


def _found(form: DocumentForm, person: Freelancer, at: datetime) -> tuple[Defect, ...]:
    sent = request.files.get(form.file.name)
    declared = Declared(
        name=form.name.data or "",
        expires_on=form.expires_on.data,
        four_corners=form.four_corners.data,
        is_front=form.is_front.data,
    )
    return defects(sent.read() if sent else b"", declared, person.name, at.date())
