"""Forms of the badge pages."""

from __future__ import annotations

from wtforms import StringField
from wtforms.validators import DataRequired

from core.forms import QueryForm


class VerifyForm(QueryForm):
    """Which badge to check."""

    badge = StringField(
        "Address or identifier of the badge",
        description="Paste what you were given: the link to the badge, or the long identifier in it.",
        validators=[DataRequired("Paste the address of a badge, or its identifier.")],
    )
