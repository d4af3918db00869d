"""Forms of a freelancer's own pages."""

from __future__ import annotations

from wtforms import BooleanField, PasswordField, SelectMultipleField, TextAreaField
from wtforms.validators import InputRequired, Optional
from wtforms.widgets import CheckboxInput

from badges.credentials.choosing import Choice, pieces_of, profile_of
from core.forms import Form, at_most, reason_field
from freelancers.models import Freelancer
from partners.interest import NOTE_MAX


class InterestForm(Form):
    """A freelancer asks a partner to be considered. Rule I-2."""

    note = TextAreaField("A few words to them", validators=[at_most(NOTE_MAX)])


class LeaveForm(Form):
    """Leaving for good needs the password once more, so that an unlocked screen is not enough. Rule X-3."""

    password = PasswordField("Your password", validators=[InputRequired("Write your password to leave.")])


class RevocationAnswerForm(Form):
    """The answer to a revocation. Rule E-12."""

    answer = reason_field("Your answer", "Write what you answer.")


class ContentsForm(Form):
    """What a badge carries besides a fingerprint of its holder's address. Rule B-4."""

    shows_name = BooleanField()
    shows_profile = BooleanField()
    pieces = SelectMultipleField(
        choices=[],
        validators=[Optional()],
        option_widget=CheckboxInput(),
    )

    @classmethod
    def of(cls, person: Freelancer, choice: Choice | None = None) -> ContentsForm:
        """Return the form with what somebody can choose from, and with what they chose or else what was posted."""
        form = cls() if choice is None else cls(formdata=None, data=vars(choice))
        form.pieces.choices = [(piece.address, piece.name) for piece in pieces_of(person)]
        form.name, form.profile = person.name, profile_of(person)
        if form.profile is None:
            del form.shows_profile
        return form

    @property
    def choice(self) -> Choice:
        """Return what was chosen."""
        profile = "shows_profile" in self and self.shows_profile.data
        return Choice(self.shows_name.data, bool(profile), tuple(self.pieces.data or ()))
