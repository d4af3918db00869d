"""One form for an entry of each list of a profile: a job, a school, a piece of work. Rule A-1."""

from __future__ import annotations

from typing import Any

from flask_wtf.file import FileField
from wtforms import BooleanField, DateField, Field, SelectField, TextAreaField
from wtforms.validators import DataRequired, Optional, ValidationError

from core.forms import Form, at_most, trimmed
from freelancers.feed import values
from freelancers.profile.pictures import ACCEPTED, RULE
from me.building.fields import LEVELS, address, line, month, other_language_choices, read_by


class EntryForm(Form):
    """The form of one entry; its fields are named as the entry's."""

    def values(self) -> dict[str, Any]:
        """Return what was said, by the entry's keys."""
        said = {field.name.rstrip("_"): field.data for field in self if field.name != "csrf_token"}
        return {key: value.isoformat() if hasattr(value, "isoformat") else value for key, value in said.items()}

    def kept(self, entry: dict[str, Any]) -> dict[str, Any]:
        """Return what of a stored entry stays without being sent again."""
        return {}

    def fill(self, entry: dict[str, Any]) -> None:
        """Fill in what is stored."""
        for field in self:
            said = entry.get(field.name.rstrip("_"))
            if said is not None:
                field.process_formdata([said])


class _Spanned(EntryForm):
    """Something that was begun and perhaps ended. `from` is a word of Python's, so the field has a line after it."""

    def validate_to(self, field: Field) -> None:
        """The end comes after the beginning."""
        begun = self["from_"].data
        if field.data and begun and field.data < begun[: len(field.data)]:
            raise ValidationError("The end lies before the beginning.")


_BEGAN, _ENDED = "A year or a month: 2021 or 2021-03.", "Leave it empty while it goes on."


class EmploymentForm(_Spanned):
    """One employment."""

    title = line("What you were", "Write what you were there.", hint="Such as “Analyst”.")
    company = line("Where")
    from_ = month("From", _BEGAN)
    to = month("To", _ENDED)


class EducationForm(_Spanned):
    """One education."""

    school = line("School", "Write the school's name.")
    degree = line("Degree or subject")
    from_ = month("From", _BEGAN)
    to = month("To", _ENDED)


class PortfolioForm(EntryForm):
    """One piece of work."""

    title = line("Title", "Give the piece a title.")
    text = TextAreaField(
        "What it is, and what you did",
        filters=[trimmed],
        validators=[Optional(), at_most(2_000), read_by(values.prose)],
        render_kw={"rows": 4},
    )
    url = address("Where it can be seen")
    picture = FileField("Picture", description=RULE, render_kw={"accept": ACCEPTED})
    no_picture = BooleanField("Without a picture")

    def values(self) -> dict[str, Any]:
        """Return what was said; a picture is kept apart."""
        said = super().values()
        del said["picture"], said["no_picture"]
        return said

    def kept(self, entry: dict[str, Any]) -> dict[str, Any]:
        """Return the picture, unless it is to go."""
        return {} if self.no_picture.data else {"picture": entry.get("picture")}

    def fill(self, entry: dict[str, Any]) -> None:
        """Fill in what is stored; of a picture only that there is one."""
        super().fill({key: value for key, value in entry.items() if key != "picture"})
        if not entry.get("picture"):
            del self.no_picture


class CertificateForm(EntryForm):
    """One certificate."""

    name = line("Name", "Write what it is called.")
    issuer = line("Who issued it")
    number = line("Number")
    url = address("Where it can be checked")
    issued_on = DateField("Issued on", validators=[Optional()])
    expires_on = DateField("Valid until", validators=[Optional()], description="Leave it empty if it does not expire.")

    def validate_expires_on(self, field: Field) -> None:
        """The end comes after the beginning."""
        if field.data and self.issued_on.data and field.data < self.issued_on.data:
            raise ValidationError("It ends before it was issued.")


class LinkedAccountForm(EntryForm):
    """An account elsewhere."""

    kind = line("What it is", "Say what it is.", hint="Such as GitHub, Behance, or your own website.")
    url = address("Address", "Write the address of your page there.")


class OtherForm(EntryForm):
    """Other experience."""

    title = line("What you did", "Write what you did.")


class LanguageForm(EntryForm):
    """A language besides English, which has a part of its own."""

    code = SelectField("Language", choices=other_language_choices, validators=[DataRequired("Choose a language.")])
    level = SelectField("Level", choices=LEVELS)
