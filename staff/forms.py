"""Forms of the staff's pages."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    ColorField,
    DateField,
    EmailField,
    Field,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    URLField,
)
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, ValidationError

from accounts.rules import is_address
from badges.eligibility.policy import ENGLISH_LEVELS
from core.wording import capital
from freelancers.feed import mapping
from freelancers.holds import HOLDS, HoldKind
from freelancers.services import REASON_MAX
from partners.services import DEFAULT_COLOUR, NAME_MAX
from staff.people import cannot

#: Short names that addresses of ours have, or may come to have, in the same place.
RESERVED_SLUGS = frozenset(
    "new people brand experts partners console staff me account badges api static admin laurel".split()  # noqa: SIM905 -- a list of words
)
_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?")


def trimmed(text: str | None) -> str:
    """Return what was typed without the spaces around it, and without NUL, which no text of ours has."""
    return (text or "").replace("\0", "").strip()


def slug_of(name: str) -> str:
    """Return a short name for addresses, made of a name; empty when nothing of it can be used."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-")


def _reason(label: str) -> TextAreaField:
    return TextAreaField(
        label,
        filters=[trimmed],
        validators=[
            DataRequired("Write the reason."),
            Length(max=REASON_MAX, message=f"At most {REASON_MAX:,} characters."),
        ],
    )


def _kinds() -> list[SelectChoice]:
    return [
        SelectChoice(kind.value, f"{capital(HOLDS[kind].name)}. Until it is lifted they cannot {cannot(kind)}.")
        for kind in HoldKind
    ]


class HoldForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """A hold to be placed. Rule H-6."""

    kind = RadioField("Kind", choices=_kinds(), validators=[DataRequired("Choose the kind of hold.")])
    reason = _reason("Reason")


class ReasonForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """Why a hold is lifted, or a badge taken back."""

    reason = _reason("Reason")


class PartnerForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """A new partner and the first admin of its team."""

    name = StringField(
        "Name",
        description="As the company writes itself.",
        filters=[trimmed],
        validators=[DataRequired("Write the partner's name."), Length(max=NAME_MAX)],
    )
    slug = StringField(
        "Short name for addresses",
        description="Small letters, digits and hyphens; it stays as it is. Left empty, it is made of the name.",
        filters=[trimmed, str.lower],
    )
    colour = ColorField("Brand colour", default=DEFAULT_COLOUR, validators=[DataRequired("Choose a colour.")])
    website = URLField(
        "Website", description="Such as https://example.com.", filters=[trimmed], validators=[Optional()]
    )
    admin_name = StringField(
        "Their name", filters=[trimmed], validators=[DataRequired("Write the admin's name."), Length(max=120)]
    )
    admin_email = EmailField(
        "Their e-mail address",
        description="They get a link to choose a password, and can add the rest of their team.",
        filters=[trimmed],
        validators=[DataRequired("Write the admin's e-mail address.")],
    )

    def validate(self, extra_validators: Any = None) -> bool:
        """Check everything, with a short name made of the name where none was given."""
        self.slug.data = self.slug.data or slug_of(self.name.data or "")
        return bool(super().validate(extra_validators))

    def validate_slug(self, field: Field) -> None:
        """Refuse what cannot be a short name."""
        if not _SLUG.fullmatch(field.data):
            raise ValidationError("Write 1 to 60 small letters, digits and hyphens, such as northwind.")
        if field.data in RESERVED_SLUGS:
            raise ValidationError(f"“{field.data}” is kept for pages of Laurel itself. Choose another.")

    def validate_admin_email(self, field: Field) -> None:
        """Refuse what cannot be an address."""
        if not is_address(field.data):
            raise ValidationError("Write an e-mail address like name@example.org.")


class ImportForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """A feed file, how to read it, and whether to keep what it brings."""

    file = FileField(
        "File",
        description="CSV or NDJSON, up to 8 MB. For larger ones: flask feed import, on the server.",
        validators=[FileRequired("Choose a file.")],
    )
    mapping = SelectField("Mapping", description="How its columns are read.", validate_choice=True)
    dry_run = BooleanField("Try it only: report everything, keep nothing")

    def __init__(self) -> None:
        super().__init__()
        known = [SelectChoice(each.name, f"{each.name}: {each.about}") for each in mapping.shipped()]
        self.mapping.choices = [SelectChoice("", "Guess it from the first line"), *known]


def _percent(label: str) -> IntegerField:
    return IntegerField(
        label, validators=[InputRequired("Write a whole number."), NumberRange(0, 100, "From 0 to 100.")]
    )


def _days(label: str) -> IntegerField:
    return IntegerField(
        label, validators=[InputRequired("Write a whole number."), NumberRange(0, 365, "From 0 to 365.")]
    )


class BasePolicyForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """The numbers of the base policy and the day they begin, read from an address: nothing happens by it. E-13."""

    class Meta:
        csrf = False

    min_jss_pct = _percent("Job Success Score, at least (percent)")
    unscored_passes = BooleanField("People who have no score at the moment pass")
    min_completeness_pct = _percent("Profile complete, at least (percent)")
    min_completeness_elance_pct = _percent("The same, for profiles brought over from Elance (percent)")
    newcomer_completeness_pct = _percent("The same, for newcomers a partner brought (percent)")
    english = SelectField(
        "English, at least",
        choices=[SelectChoice(level, capital(level)) for level in ENGLISH_LEVELS],
        validators=[InputRequired("Choose one.")],
    )
    grace_e2 = _days("Days of grace for the score")
    grace_e3 = _days("Days of grace for the profile")
    grace_e5 = _days("Days of grace for English")
    grace_e6 = _days("Days of grace for a partner's own requirements")
    begins_on = DateField(
        "From which day on",
        description="It begins with that day, in UTC; today means at once.",
        validators=[InputRequired("Choose the day.")],
    )
