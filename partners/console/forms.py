"""Forms of a partner's console."""

from __future__ import annotations

from typing import Any

from flask_wtf import FlaskForm
from wtforms import BooleanField, EmailField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from accounts.rules import is_address
from core.permissions import Duty
from partners.addresses import NAME_MAX
from partners.forms import trimmed
from partners.inviting import MESSAGE_MAX
from partners.services import SUMMARY_MAX
from partners.simple_rules import JOBS_MAX, YEARS_MAX
from partners.states import StepKind
from partners.steps import HINT_MAX, KIND_NAMES, PROMPT_MAX

#: What each duty lets somebody do; each includes those before it.
DUTIES = (
    (Duty.VIEWER, "Viewer: sees everything, changes nothing"),
    (Duty.REVIEWER, "Reviewer: decides on applications"),
    (Duty.MANAGER, "Manager: invites, and edits programme and page"),
    (Duty.ADMIN, "Admin: also decides who is in the team"),
)


def _at_most(limit: int) -> Length:
    return Length(max=limit, message=f"At most {limit:,} characters.")


def _address(form: object, field: Any) -> None:
    if not is_address(field.data):
        raise ValidationError("Write an e-mail address like name@example.org.")


class InviteForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """Whom to invite, with a word to them. Rule I-5."""

    addresses = TextAreaField(
        "Addresses",
        description="One on each line, or with commas between: ada@example.org, or Ada Byron <ada@example.org>. "
        "You can paste a whole table. Nothing is sent before you have seen what each line will do.",
        validators=[InputRequired("Write at least one address.")],
    )
    message = TextAreaField(
        "A word from you",
        description="Stands in the mail and on the invitation's page.",
        filters=[trimmed],
        validators=[_at_most(MESSAGE_MAX)],
    )


class ProgrammeForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """What the programme says of itself."""

    summary = TextAreaField(
        "Summary",
        description="One or two sentences: what it means to be your expert.",
        filters=[trimmed],
        validators=[InputRequired("Write a sentence."), _at_most(SUMMARY_MAX)],
    )
    benefits = TextAreaField("What experts get", description="One benefit on each line.", filters=[trimmed])


class StepForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """A new step of the application. Rule R-1."""

    kind = SelectField(
        "What you ask for",
        choices=[SelectChoice(kind.value, KIND_NAMES[kind]) for kind in StepKind],
        validators=[InputRequired()],
    )
    prompt = StringField(
        "In your words",
        description="For example: What is the largest warehouse you have built?",
        filters=[trimmed],
        validators=[InputRequired("Write what you ask."), _at_most(PROMPT_MAX)],
    )
    hint = StringField("A hint below it", filters=[trimmed], validators=[_at_most(HINT_MAX)])
    required = BooleanField("An application cannot be sent without it", default=True)


class RulesForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """The most usual of a partner's own requirements. Rule E-6."""

    certificate = StringField("A certificate they hold", description="Its exact name.", filters=[trimmed])
    skills = StringField("Any one of these skills", description="With commas between.", filters=[trimmed])
    min_jobs = IntegerField(
        "Finished jobs, at least", validators=[Optional(), NumberRange(0, JOBS_MAX, "A whole number, 0 or more.")]
    )
    min_years = IntegerField(
        "Years of experience, at least",
        validators=[Optional(), NumberRange(0, YEARS_MAX, f"A whole number from 0 to {YEARS_MAX}.")],
    )


class MemberForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """Somebody new in the team."""

    name = StringField("Name", filters=[trimmed], validators=[InputRequired("Write their name."), _at_most(NAME_MAX)])
    email = EmailField(
        "E-mail address", filters=[trimmed], validators=[InputRequired("Write their e-mail address."), _address]
    )
    duty = RadioField(
        "Their duty",
        choices=[SelectChoice(duty.value, words) for duty, words in DUTIES],
        default=Duty.REVIEWER.value,
        validators=[InputRequired("Choose one.")],
    )


class DutyForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """Another duty for somebody of the team."""

    duty = SelectField("Duty", choices=[SelectChoice(duty.value, duty.value.capitalize()) for duty, _ in DUTIES])
