"""Forms of accounts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask_wtf import FlaskForm
from wtforms import EmailField, PasswordField
from wtforms.validators import InputRequired, ValidationError

from accounts.rules import PASSWORD_MAX, PASSWORD_MIN, is_address, password_problem

PASSWORD_HINT = f"At least {PASSWORD_MIN} characters. Three or four unrelated words are safe, and easy to keep."


def _trimmed(text: str | None) -> str:
    return (text or "").strip()


def _address(form: object, field: Any) -> None:
    if not is_address(field.data):
        raise ValidationError("Write an e-mail address like name@example.org.")


def new_password_for(email: Callable[[Any], str]) -> Callable[[Any, Any], None]:
    """Return a validator for a new password; `email` finds in the form whose it will be."""

    def check(form: Any, field: Any) -> None:
        if problem := password_problem(field.data, email(form)):
            raise ValidationError(problem)

    return check


class SignInForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """Address and password."""

    email = EmailField(
        "E-mail address", filters=[_trimmed], validators=[InputRequired("Write your e-mail address."), _address]
    )
    password = PasswordField("Password", validators=[InputRequired("Write your password.")])


class ForgotForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """The address of somebody who forgot their password."""

    email = EmailField(
        "E-mail address", filters=[_trimmed], validators=[InputRequired("Write your e-mail address."), _address]
    )


class NewPasswordForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """A password chosen through a link; the view sets `email` to whose it is."""

    email = ""
    password = PasswordField(
        "New password",
        description=PASSWORD_HINT,
        validators=[InputRequired("Write the password you want."), new_password_for(lambda form: form.email)],
        render_kw={"maxlength": PASSWORD_MAX},
    )


class ChangePasswordForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """Somebody signed in changes their own password; the view sets `email` to whose it is."""

    email = ""
    current = PasswordField("Your password now", validators=[InputRequired("Write the password you have now.")])
    password = PasswordField(
        "New password",
        description=PASSWORD_HINT,
        validators=[InputRequired("Write the password you want."), new_password_for(lambda form: form.email)],
        render_kw={"maxlength": PASSWORD_MAX},
    )
