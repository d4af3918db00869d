"""Forms of a freelancer's own pages."""

from __future__ import annotations

from wtforms import TextAreaField

from core.forms import Form, at_most, reason_field
from partners.interest import NOTE_MAX


class InterestForm(Form):
    """A freelancer asks a partner to be considered. Rule I-2."""

    note = TextAreaField("A few words to them", validators=[at_most(NOTE_MAX)])


class RevocationAnswerForm(Form):
    """The answer to a revocation. Rule E-12."""

    answer = reason_field("Your answer", "Write what you answer.")
