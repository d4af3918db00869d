"""Forms of the console's experts and page, and of an expert's answers."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from wtforms import (
    DateField,
    Field,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, InputRequired, NumberRange

from core.colours import contrast, ink_on, tidy_colour
from core.forms import Form, at_most, reason_field, trimmed
from directory import rules


def _tidy(text: str | None) -> str:
    """Return what was typed, its lines ended as everywhere here."""
    return trimmed(text).replace("\r\n", "\n")


def _words(most: int, *, required: str = "") -> dict[str, object]:
    checks = [at_most(most)]
    return {"filters": [_tidy], "validators": [DataRequired(required), *checks] if required else checks}


class PageForm(Form):
    """What a partner says on its page, in which colour, and how its experts rotate. Rule D-1."""

    headline = StringField("Headline", **_words(rules.HEADLINE_MAX, required="Write a headline."))
    intro = TextAreaField("Introduction", **_words(rules.INTRO_MAX, required="Write a sentence or two."))
    about = TextAreaField("About your experts", **_words(rules.ABOUT_MAX))
    colour = StringField("Colour", filters=[trimmed], validators=[DataRequired("Enter a colour.")])
    slots = IntegerField(
        "Featured at once",
        validators=[
            InputRequired("Enter a number."),
            NumberRange(1, rules.SLOTS_MAX, message=f"Enter a number from 1 to {rules.SLOTS_MAX}."),
        ],
    )
    period_hours = SelectField(
        "Featured for",
        coerce=int,
        choices=[SelectChoice(str(hours), words) for hours, words in rules.PERIODS],
        validators=[InputRequired("Choose one.")],
    )

    def validate_colour(self, field: Field) -> None:
        """Take any way to write a colour, and store it as #rrggbb."""
        colour = tidy_colour(field.data or "")
        if colour is None:
            raise ValidationError("Enter a colour as # and six digits or letters a to f, such as #1d5a3b.")
        field.data = colour


class UseCaseForm(Form):
    """A use case's words."""

    name = StringField("Name", **_words(rules.NAME_MAX, required="Give it a name."))
    summary = TextAreaField(
        "Summary", **_words(rules.SUMMARY_MAX, required="Say in a sentence or two what it is about.")
    )

    def validate_name(self, field: Field) -> None:
        """Refuse a name whose address would be another's, or would lead astray."""
        if problem := rules.use_case_name_problem(field.data or ""):
            raise ValidationError(problem)


class ReasonForm(Form):
    """A reason that the person concerned reads. Rule E-12."""

    reason = reason_field("Reason", "Write the reason; the expert reads it.")


class PinForm(Form):
    """Until when an expert is featured by hand."""

    until = DateField("Featured until", validators=[DataRequired("Choose a day.")])

    def moment(self) -> datetime:
        """Return the end of the chosen day, in UTC."""
        day: date = self.until.data
        return datetime.combine(min(day, date(9000, 1, 1)) + timedelta(days=1), time(), UTC)


class AnswerForm(Form):
    """What an expert answers to a decision about them. Rule E-12."""

    kind = HiddenField()
    decision = HiddenField()
    answer = reason_field("Your answer", "Write a sentence or two.")

    def validate_kind(self, field: Field) -> None:
        """Take the kinds of `directory.roster.Decision`."""
        if field.data not in ("removal", "feature"):
            raise ValidationError("Answer from the form below.")

    def validate_decision(self, field: Field) -> None:
        """Take the decision's id."""
        try:
            field.data = UUID(field.data or "")
        except ValueError:
            raise ValidationError("Answer from the form below.") from None


def contrast_note(colour: str) -> str:
    """Return in a sentence how words read on a brand's colour."""
    ink = ink_on(colour)
    name = "White" if ink == "#ffffff" else "Near-black"
    return f"{name} words stand on it, at a contrast of {contrast(colour, ink):.1f} to 1; 4.5 is needed."
