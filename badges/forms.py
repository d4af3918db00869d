"""Forms of the badge pages."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import DataRequired


class VerifyForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """Which badge to check. Sent by GET and changing nothing, so it needs neither session nor token."""

    class Meta:
        csrf = False

    badge = StringField(
        "Address or identifier of the badge",
        description="Paste what you were given: the link to the badge, or the long identifier in it.",
        validators=[DataRequired("Paste the address of a badge, or its identifier.")],
    )
