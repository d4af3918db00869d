"""Forms of the console's experts, and of an expert's answers."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from wtforms import DateField, Field, HiddenField, ValidationError
from wtforms.validators import DataRequired

from core.forms import Form, reason_field


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
