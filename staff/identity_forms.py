"""Forms of those who verify people: the checklist with its outcome, a second look, agents and their time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from wtforms import DateField, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField, TimeField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput, ListWidget

from core.forms import Form, at_most, reason_field, trimmed
from core.reasons import REASON_MAX
from freelancers.identity import agents
from freelancers.identity.call_rules import CHECKLIST

NUMBER_MAX = 60  # characters


class OutcomeForm(Form):
    """What an agent found: each point of the checklist, and what follows."""

    held = SelectMultipleField(
        "What holds",
        choices=[SelectChoice(point, words) for point, words in CHECKLIST.items()],
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )
    number = StringField("Number of the document", filters=[trimmed], validators=[at_most(NUMBER_MAX)])
    verdict = RadioField(
        "What follows",
        choices=[
            SelectChoice("verified", "Everything holds: verified"),
            SelectChoice("failed", "Something does not: failed"),
        ],
        validators=[InputRequired("Choose what follows.")],
    )
    reason = TextAreaField("Why not, if it failed", filters=[trimmed], validators=[at_most(REASON_MAX)])


class SecondForm(Form):
    """Whether a second agent agrees to a failure."""

    verdict = RadioField(
        "Do you agree?",
        choices=[SelectChoice("agree", "Yes: it failed"), SelectChoice("disagree", "No: another agent calls, at once")],
        validators=[InputRequired("Choose one.")],
    )
    reason = reason_field("Your reason", "Write your reason.")


def _uuid(text: object) -> UUID:
    return text if isinstance(text, UUID) else UUID(str(text))


class AgentForm(Form):
    """Somebody who is to verify people, or no longer."""

    user = SelectField("Somebody of the staff", coerce=_uuid)

    @classmethod
    def to_add(cls) -> AgentForm:
        """Return the form with the staff who are no agents."""
        form = cls()
        form.user.choices = [
            SelectChoice(user.id, f"{user.name}, {user.email}") for user in agents.staff_who_are_no_agents()
        ]
        return form

    @classmethod
    def to_choose(cls) -> AgentForm:
        """Return the form with the agents."""
        form = cls()
        form.user.choices = _agents()
        return form


class ShiftForm(Form):
    """A time in which an agent is there, in UTC; one that ends before it begins ends the next day."""

    user = SelectField("Agent", coerce=_uuid)
    day = DateField("Day", validators=[InputRequired("Choose the day.")])
    begins = TimeField("From", validators=[InputRequired("Say from when.")])
    until = TimeField("Until", validators=[InputRequired("Say until when.")])

    @classmethod
    def blank(cls, chosen: UUID | None = None) -> ShiftForm:
        """Return the form with the agents to choose from."""
        form = cls(data={"user": chosen}) if chosen else cls()
        form.user.choices = _agents()
        return form

    @property
    def span(self) -> tuple[datetime, datetime]:
        """Return from when until when."""
        day: date = self.day.data
        begins_at = datetime.combine(day, self.begins.data, UTC)
        ends_at = datetime.combine(day, self.until.data, UTC)
        return begins_at, ends_at if ends_at > begins_at else ends_at + timedelta(days=1)


def _agents() -> list[SelectChoice]:
    return [SelectChoice(agent.user_id, agent.user.name) for agent in agents.agents()]
