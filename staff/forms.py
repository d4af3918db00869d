"""Forms of the staff's pages."""

from __future__ import annotations

from typing import Any

from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    ColorField,
    DateField,
    Field,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    URLField,
)
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, InputRequired, NumberRange, Optional, ValidationError

from accounts.forms import email_field
from badges.eligibility.policy import ENGLISH_LEVELS
from core.forms import Form, QueryForm, at_most, reason_field, trimmed
from core.slugs import look_alike, slug_of
from core.wording import capital
from freelancers.approval.supply_feed import SOURCE_MAX
from freelancers.feed import mapping
from freelancers.holds import HOLDS, HoldKind
from partners.addresses import NAME_MAX
from partners.rules import DEFAULT_COLOUR, slug_problem
from partners.services import PARTNER_NAME_MAX
from staff.people import cannot


def _kinds() -> list[SelectChoice]:
    return [
        SelectChoice(kind.value, f"{capital(HOLDS[kind].name)}. Until it is lifted they cannot {cannot(kind)}.")
        for kind in HoldKind
    ]


class HoldForm(Form):
    """A hold to be placed. Rule H-6."""

    kind = RadioField("Kind", choices=_kinds(), validators=[DataRequired("Choose the kind of hold.")])
    reason = reason_field("Reason", "Write the reason.")
    ends_on = DateField(
        "It ends by itself on",
        description="With the beginning of that day, in UTC. For a policy restriction or a block only.",
        validators=[Optional()],
    )


class ReasonForm(Form):
    """Why a hold is lifted, or a badge taken back."""

    reason = reason_field("Reason", "Write the reason.")


class EscalateForm(ReasonForm):
    """A stricter kind of hold that takes the place of one, and why. Rule H-6."""

    kind = SelectField(
        "It becomes",
        choices=[SelectChoice(kind.value, capital(HOLDS[kind].name)) for kind in HoldKind],
        validators=[InputRequired("Choose what it becomes.")],
    )


class PartnerForm(Form):
    """A new partner and the first admin of its team."""

    name = StringField(
        "Name",
        description="As the company writes itself.",
        filters=[trimmed],
        validators=[DataRequired("Write the partner's name."), at_most(PARTNER_NAME_MAX)],
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
        "Their name", filters=[trimmed], validators=[DataRequired("Write the admin's name."), at_most(NAME_MAX)]
    )
    admin_email = email_field(
        "Their e-mail address",
        "Write the admin's e-mail address.",
        "They get a link to choose a password, and can add the rest of their team.",
    )

    def validate(self, extra_validators: Any = None) -> bool:
        """Check everything, with a short name made of the name where none was given."""
        self.slug.data = self.slug.data or slug_of(self.name.data or "")
        return bool(super().validate(extra_validators))

    def validate_name(self, field: Field) -> None:
        """Refuse a name that looks like another and is not; its short name would lack the letter."""
        if strange := look_alike(field.data or ""):
            raise ValidationError(f"{strange} only looks like a letter of the others. Type the name anew.")

    def validate_slug(self, field: Field) -> None:
        """Refuse what cannot be a short name."""
        if (problem := slug_problem(field.data)) and (field.data or self.name.data):
            raise ValidationError(problem)


class ImportForm(Form):
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


class SkillsForm(Form):
    """How many jobs are open per skill, on which day, and by whose count. Rule A-3."""

    file = FileField(
        "File",
        description="CSV or NDJSON: skill, open_jobs, perhaps freelancers. Left out, profiles here are counted.",
        validators=[FileRequired("Choose a file.")],
    )
    source = StringField(
        "Where the figures come from",
        description="Everybody reads this on the board.",
        filters=[trimmed],
        validators=[DataRequired("Say where the figures come from."), at_most(SOURCE_MAX)],
    )
    on = DateField(
        "The day they were counted on",
        description="In UTC; today when left empty. Figures of the same day are replaced.",
        validators=[Optional()],
    )


def _percent(label: str) -> IntegerField:
    return IntegerField(
        label, validators=[InputRequired("Write a whole number."), NumberRange(0, 100, "From 0 to 100.")]
    )


def _days(label: str) -> IntegerField:
    return IntegerField(
        label, validators=[InputRequired("Write a whole number."), NumberRange(0, 365, "From 0 to 365.")]
    )


class BasePolicyForm(QueryForm):
    """The numbers of the base policy and the day they begin. Rule E-13."""

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
