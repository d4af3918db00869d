"""One form for each part of a profile. What the marketplace states is taken out of a form and shown beside it. A-1."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from wtforms import Field, HiddenField, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from core.forms import Form, at_most, trimmed
from freelancers.feed import values
from freelancers.feed.errors import BadValue
from freelancers.feed.money import money
from freelancers.models import Freelancer
from freelancers.ownership import is_stated
from freelancers.profile.parts import CATEGORIES, EXPERIENCE_LEVELS, SKILLS_MAX, digest_of, skills_of
from freelancers.profile.queries import names_of_skills, part
from me.building.fields import (
    LEVELS,
    NOT_SAID,
    PLAIN,
    address,
    country_choices,
    currency_choices,
    line,
    read_by,
    zone_choices,
)

TITLE_MAX = 100
OVERVIEW_MAX = 5_000
RATE_MAX_CENTS = 100_000_000


class PartForm(Form):
    """The form of a part whose fields are named as the profile's. `was` tells whether it was changed meanwhile."""

    was = HiddenField()

    @classmethod
    def of(cls, person: Freelancer, *, filled: bool) -> PartForm:
        """Return the form with what a request sent, or else `filled` with what is stored."""
        form = cls(formdata=None) if filled else cls()
        for field in list(form.parts):
            if is_stated(person.stated, field.name):
                delattr(form, field.name)
        form.prepare(person)
        if filled:
            form.fill(person)
        return form

    @property
    def parts(self) -> Iterator[Field]:
        """Yield the fields that are parts of the profile and may be written."""
        yield from (field for field in self if field.name not in ("was", "csrf_token"))

    def prepare(self, person: Freelancer) -> None:
        """Set the choices that depend on the person."""

    def fill(self, person: Freelancer) -> None:
        """Fill in what is stored."""
        for field in self.parts:
            field.data = part(person, field.name)
        self.was.data = self.digest(person)

    def digest(self, person: Freelancer) -> str:
        """Return what tells whether what the form shows was changed meanwhile."""
        return digest_of({field.name: part(person, field.name) for field in self.parts})

    def values(self) -> dict[str, Any]:
        """Return what is to be stored, by the profile's fields; what is empty is not said."""
        return {field.name: field.data or None for field in self.parts}


class WordsForm(PartForm):
    """Title and overview."""

    title = line("Title", limit=TITLE_MAX, hint="What you do, in a few words: “Data engineer for banks”.")
    overview = TextAreaField(
        "Overview",
        description="What you do best, for whom, and what came of it. An empty line begins a new paragraph.",
        filters=[trimmed],
        validators=[Optional(), at_most(OVERVIEW_MAX), read_by(values.prose)],
        render_kw={"rows": 10},
    )


class WorkForm(PartForm):
    """Categories, experience level, availability."""

    categories = SelectMultipleField(
        "Categories",
        choices=[SelectChoice(each, each) for each in CATEGORIES],
        validators=[Optional()],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    experience_level = RadioField(
        "Experience level",
        choices=[SelectChoice(level, level.capitalize()) for level in EXPERIENCE_LEVELS],
        validators=[Optional()],
    )
    availability = line("Availability", hint="Such as “full time”, “20 hours a week” or “from May”.")


class RateForm(PartForm):
    """What an hour costs."""

    hourly_rate_cents = StringField(
        "Hourly rate", description="An amount, such as 40 or 40.50.", filters=[trimmed], validators=[Optional()]
    )
    currency = SelectField("Currency")

    def prepare(self, person: Freelancer) -> None:
        """Offer every currency in use."""
        self.fixed = person.currency
        if "currency" in self:
            self.currency.choices = currency_choices()

    def fill(self, person: Freelancer) -> None:
        """Fill in the amount in whole units."""
        super().fill(person)
        cents = person.hourly_rate_cents
        if "hourly_rate_cents" in self and cents is not None:
            self.hourly_rate_cents.data = f"{cents // 100}.{cents % 100:02}".removesuffix(".00")

    def validate_hourly_rate_cents(self, field: Field) -> None:
        """Read the amount, in the form's currency."""
        if not field.data:
            return
        chosen = self.currency.data if "currency" in self else self.fixed
        try:
            amount = money(field.data, PLAIN, RATE_MAX_CENTS)
        except BadValue as error:
            raise ValidationError(f"It {error.reason}. {error.hint}") from None
        if not amount.within(chosen):
            raise ValidationError(f"It is in {amount.currency}, and the currency is {chosen}. Write the amount alone.")
        self.cents = amount.cents

    def values(self) -> dict[str, Any]:
        """Return the amount in hundredths."""
        said = super().values()
        if "hourly_rate_cents" in said:
            said["hourly_rate_cents"] = self.cents if said["hourly_rate_cents"] else None
        return said


class PlaceForm(PartForm):
    """Where somebody is, and what their clocks show."""

    country = SelectField("Country", validators=[Optional()])
    city = line("City")
    timezone = SelectField("Time zone", validators=[Optional()])

    def prepare(self, person: Freelancer) -> None:
        """Offer every country and time zone."""
        if "country" in self:
            self.country.choices = [NOT_SAID, *country_choices()]
        if "timezone" in self:
            self.timezone.choices = [NOT_SAID, *zone_choices(person.timezone)]


class SkillsForm(PartForm):
    """What somebody can do, one a line."""

    skills = TextAreaField("Skills", filters=[trimmed], validators=[Optional(), at_most(10_000)], render_kw={"rows": 8})

    def fill(self, person: Freelancer) -> None:
        """Fill in one skill a line."""
        super().fill(person)
        if "skills" in self:
            self.skills.data = "\n".join(person.skills or ())

    def validate_skills(self, field: Field) -> None:
        """Read the list; each skill is called as others call it."""
        try:
            self.listed = skills_of(field.data or "", names_of_skills(field.data or ""))
        except BadValue as error:
            raise ValidationError(f"One of them {error.reason}. {error.hint}") from None
        if len(self.listed) > SKILLS_MAX:
            raise ValidationError(f"These are {len(self.listed)}; {SKILLS_MAX} fit. Keep those you are best at.")

    def values(self) -> dict[str, Any]:
        """Return the list."""
        return {"skills": self.listed} if "skills" in self else {}


class EnglishForm(PartForm):
    """How well somebody speaks English. Rule E-5."""

    english_level = RadioField("English", choices=LEVELS, validators=[Optional()])


class VideoForm(PartForm):
    """Where a video about somebody is."""

    video_url = address("Address of your video", hint="A page that shows it, such as https://video.example.org/ada.")


class VisibilityForm(PartForm):
    """Who sees the profile. Rule E-4."""

    visibility = RadioField(
        "Who sees your profile",
        choices=[
            SelectChoice("public", "Everybody"),
            SelectChoice("marketplace", "Clients who are signed in to the marketplace"),
            SelectChoice("private", "Only me"),
        ],
        validators=[DataRequired("Choose one.")],
    )
