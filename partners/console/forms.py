"""Forms of a partner's console."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from wtforms import BooleanField, DateField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Optional, StopValidation

from accounts.forms import email_field
from badges.attesting import Said
from core.clock import day_of
from core.forms import Form, QueryForm, at_most, trimmed
from core.permissions import Duty
from partners.addresses import NAME_MAX
from partners.duties import DUTIES
from partners.services import SUMMARY_MAX
from partners.states import StepKind
from partners.step_kinds import KIND_NAMES
from partners.steps import HINT_MAX, PROMPT_MAX
from partners.team import WORD_MAX


def _day_if_later(form: Any, field: Any) -> None:
    """Ask for a day where one is needed, and for nothing else."""
    field.errors = []
    if form.when.data != "now" and field.data is None:
        written = any(map(str.strip, field.raw_data or ()))
        raise StopValidation("There is no such day: write it as 2027-01-15." if written else "Choose the day.")
    raise StopValidation


class ProgrammeForm(Form):
    """What the programme says of itself."""

    summary = TextAreaField(
        "Summary",
        description="One or two sentences: what it means to be your expert.",
        filters=[trimmed],
        validators=[InputRequired("Write a sentence."), at_most(SUMMARY_MAX)],
    )
    benefits = TextAreaField("What experts get", description="One benefit on each line.", filters=[trimmed])


class StepWords(Form):
    """The words of a step of the application, and whether it must be answered. Rule R-1."""

    prompt = StringField(
        "In your words",
        filters=[trimmed],
        validators=[InputRequired("Write what you ask."), at_most(PROMPT_MAX)],
    )
    hint = StringField("A hint below it", filters=[trimmed], validators=[at_most(HINT_MAX)])
    required = BooleanField("An application cannot be sent without it", default=True)


class StepForm(StepWords):
    """A new step of the application. Rule R-1."""

    kind = SelectField(
        "What you ask for",
        choices=[SelectChoice(kind.value, KIND_NAMES[kind]) for kind in StepKind],
        validators=[InputRequired()],
    )


class ScheduleForm(QueryForm):
    """From when on new requirements are asked for. Rule E-13."""

    when = RadioField(
        "When do they begin?",
        choices=[SelectChoice("later", "On a day to come"), SelectChoice("now", "At once")],
        default="later",
        validators=[InputRequired("Choose one.")],
    )
    begins_on = DateField("The day", description="It begins with that day, in UTC.", validators=[_day_if_later])

    def __init__(self, *args: Any, **words: Any) -> None:
        super().__init__(*args, **words)
        self.begins_on.flags.required = self.when.data != "now"

    def day(self, at: datetime) -> date:
        """Return the day that was chosen; today for at once."""
        chosen: date = day_of(at) if self.when.data == "now" else self.begins_on.data
        return chosen


class MemberForm(Form):
    """Somebody new in the team."""

    name = StringField("Name", filters=[trimmed], validators=[InputRequired("Write their name."), at_most(NAME_MAX)])
    email = email_field("E-mail address", "Write their e-mail address.")
    duty = RadioField(
        "Their duty",
        choices=[SelectChoice(duty.value, words) for duty, words in DUTIES],
        default=Duty.REVIEWER.value,
        validators=[InputRequired("Choose one.")],
    )
    message = TextAreaField(
        "A word to them", description="Stands in the mail.", filters=[trimmed], validators=[at_most(WORD_MAX)]
    )


class DutyForm(Form):
    """Another duty for somebody of the team."""

    duty = SelectField("Duty", choices=[SelectChoice(duty.value, duty.value.capitalize()) for duty, _ in DUTIES])


class NoteForm(Form):
    """What somebody passed. Rule E-6."""

    kind = RadioField(
        "What was passed",
        choices=[SelectChoice("training", "A training"), SelectChoice("review", "A review")],
        default="training",
        validators=[InputRequired("Choose one.")],
    )
    name = StringField("Its name", filters=[trimmed], validators=[InputRequired("Write its name.")])
    passed_on = DateField("Passed on", validators=[InputRequired("Choose the day.")])
    expires_on = DateField("Counts until", description="Empty: it does not lapse.", validators=[Optional()])

    def offer(self, asked: Sequence[tuple[str, str]]) -> None:
        """Name what the programme asks for; the first of it is filled in where nothing is yet."""
        names = "; ".join(dict.fromkeys(name for _, name in asked))
        asks = f"You ask for: {names}." if asked else "None of your requirements asks for one yet."
        self.name.description = f"As your requirements have it; capital letters do not matter. {asks}"
        if asked and not self.name.data and not self.name.errors:
            self.kind.data, self.name.data = asked[0]

    def said(self) -> Said:
        """Return what was typed."""
        return Said(self.kind.data, self.name.data, self.passed_on.data, self.expires_on.data)


class NoteListForm(NoteForm):
    """Who passed something, as a list. Rule E-6."""

    people = TextAreaField(
        "Who",
        description="One on each line: a marketplace id or an e-mail address. After a comma a line can have its "
        "own day of passing, and after another until when it counts: ada@example.org, 2026-03-15, 2027-03-15.",
        validators=[InputRequired("Write at least one.")],
    )
