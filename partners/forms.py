"""Forms of the pages behind an invitation's link."""

from __future__ import annotations

from wtforms import StringField
from wtforms.validators import InputRequired

from accounts.forms import new_password_field
from core.forms import Form, at_most, trimmed
from partners.addresses import NAME_MAX


class RegisterForm(Form):
    """A newcomer's account; the view sets `email` to the invited address. Rule I-4."""

    email = ""
    name = StringField(
        "Your name",
        description="As clients should see it.",
        filters=[trimmed],
        validators=[InputRequired("Write your name."), at_most(NAME_MAX)],
    )
    password = new_password_field("Password")
