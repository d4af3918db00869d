"""Forms of the pages behind an invitation's link."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, Length

from accounts.forms import PASSWORD_HINT, new_password_for
from accounts.rules import PASSWORD_MAX
from partners.addresses import NAME_MAX


def trimmed(text: str | None) -> str:
    """Return what was typed without the spaces around it."""
    return (text or "").strip()


class RegisterForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """A newcomer's account; the view sets `email` to the invited address. Rule I-4."""

    email = ""
    name = StringField(
        "Your name",
        description="As clients should see it.",
        filters=[trimmed],
        validators=[InputRequired("Write your name."), Length(max=NAME_MAX, message=f"At most {NAME_MAX} characters.")],
    )
    password = PasswordField(
        "Password",
        description=PASSWORD_HINT,
        validators=[InputRequired("Write the password you want."), new_password_for(lambda form: form.email)],
        render_kw={"maxlength": PASSWORD_MAX},
    )
