"""Forms of accounts."""

from __future__ import annotations

from typing import Any

from wtforms import EmailField, PasswordField, SelectField, SelectMultipleField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, InputRequired, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from accounts.rules import (
    PASSWORD_MAX,
    PASSWORD_MIN,
    TOKEN_DAYS,
    TOKEN_DAYS_USUAL,
    TOKEN_NAME_MAX,
    is_address,
    password_problem,
)
from core.forms import Form, at_most, trimmed
from core.permissions import Scope

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


#: What each scope lets a program do.
SCOPES = (
    (Scope.FEED, "send profiles of the marketplace’s freelancers"),
    (Scope.FINDINGS, "read how people stand with requirements, and the receipts of decisions"),
    (Scope.POLICIES, "check requirements, and schedule a partner’s own"),
)


class TokenForm(Form):
    """A new API token. `for_partner` leaves out what is not for a partner's programs."""

    name = StringField(
        "Name",
        description="The program that will use it, such as nightly feed.",
        filters=[trimmed],
        validators=[DataRequired("Name the program that will use it."), at_most(TOKEN_NAME_MAX)],
    )
    scopes = SelectMultipleField(
        "What it may do",
        choices=[SelectChoice(scope.value, f"{scope}: {words}") for scope, words in SCOPES],
        validators=[InputRequired("Choose at least one.")],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    days = SelectField(
        "It ends by itself after",
        choices=[SelectChoice(days, f"{days} days") for days in TOKEN_DAYS],
        coerce=int,
        default=TOKEN_DAYS_USUAL,
        validators=[InputRequired("Choose how long it lasts.")],
    )

    @classmethod
    def for_partner(cls) -> TokenForm:
        """Return the form without the feed, which is the marketplace's alone."""
        form = cls()
        form.scopes.choices = [choice for choice in form.scopes.choices if choice.value != Scope.FEED]
        return form
