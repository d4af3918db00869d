"""The form with which a hold is appealed."""

from __future__ import annotations

from core.forms import Form, reason_field


class AppealForm(Form):
    """Why a hold should be lifted, or what is new. Rule H-6."""

    text = reason_field("Your appeal", "Write why the hold should be lifted.")
