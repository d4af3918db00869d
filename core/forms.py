"""What the forms of all packages are made of."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import TextAreaField
from wtforms.validators import DataRequired, Length

from core.errors import DomainError
from core.reasons import REASON_MAX


class Form(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """A form that is posted, and protected from being sent by another site."""

    def refuse(self, error: DomainError) -> int:
        """Put what a service refused above the form; return the status to answer with."""
        self.form_errors.append(error.advice)
        return error.status


class QueryForm(Form):
    """A form that is read from an address: it changes nothing, and so needs neither session nor token."""

    class Meta:
        csrf = False


def trimmed(text: str | None) -> str:
    """Return what was typed without the spaces around it."""
    return (text or "").strip()


def whole(text: str | None) -> int | None:
    """Return a whole number of up to nine digits that came with a request; None for anything else."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None


def at_most(limit: int) -> Length:
    """Return the check that so many characters are not exceeded."""
    return Length(max=limit, message=f"At most {limit:,} characters.")


def reason_field(label: str, missing: str) -> TextAreaField:
    """Return the field for a reason, or an answer to one; `missing` asks for it where it is empty. Rule E-12."""
    return TextAreaField(label, filters=[trimmed], validators=[DataRequired(missing), at_most(REASON_MAX)])
