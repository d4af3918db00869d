"""Forms of accounts."""

from __future__ import annotations

from typing import Any

from wtforms import EmailField, PasswordField
from wtforms.validators import InputRequired, ValidationError

from accounts.rules import PASSWORD_MAX, PASSWORD_MIN, is_address, password_problem
from core.forms import Form, trimmed

PASSWORD_HINT = f"At least {PASSWORD_MIN} characters. Three or four unrelated words are safe, and easy to keep."


def email_field(label: str, missing: str, hint: str = "") -> EmailField:
    """Return the field for an e-mail address; `missing` asks for it where it is empty."""
    return EmailField(label, description=hint, filters=[trimmed], validators=[InputRequired(missing), _address])


def _address(form: object, field: Any) -> None:
    if not is_address(field.data):
        raise ValidationError("Write an e-mail address like name@example.org.")


def new_password_field(label: str) -> PasswordField:
    """Return the field for a new password; its form knows in `email` whose it will be."""
    return PasswordField(
        label,
        description=PASSWORD_HINT,
        validators=[InputRequired("Write the password you want."), _new_password],
        render_kw={"maxlength": PASSWORD_MAX},
    )


def _new_password(form: Any, field: Any) -> None:
    if problem := password_problem(field.data, form.email):
        raise ValidationError(problem)


class SignInForm(Form):
    """Address and password."""

    email = email_field("E-mail address", "Write your e-mail address.")
    password = PasswordField("Password", validators=[InputRequired("Write your password.")])


class ForgotForm(Form):
    """The address of somebody who forgot their password."""

    email = email_field("E-mail address", "Write your e-mail address.")


class NewPasswordForm(Form):
    """A password chosen through a link; the view sets `email` to whose it is."""

    email = ""
    password = new_password_field("New password")


class ChangePasswordForm(Form):
    """Somebody signed in changes their own password; the view sets `email` to whose it is."""

    email = ""
    current = PasswordField("Your password now", validators=[InputRequired("Write the password you have now.")])
    password = new_password_field("New password")
