"""Forms of the badge pages."""

from __future__ import annotations

from uuid import UUID

from flask_wtf.file import FileField
from wtforms import TextAreaField, ValidationError

from badges.checking.reading import SIZE_MAX
from badges.checking.sources import OurSources
from badges.public import read_reference
from core.errors import InvalidInput
from core.forms import QueryForm, trimmed
from core.languages import gettext as _
from core.languages import later


class BroughtForm(QueryForm):
    """A badge of any issuer: pasted, or as a file."""

    badge = TextAreaField(
        later("Address or text of the badge"),
        description=later("The link to a badge here or elsewhere, or the badge itself: JSON, or a signed token."),
        filters=[trimmed],
    )
    file = FileField(
        later("Or its file"),
        description=later("A picture with a badge inside (PNG or SVG), or a file ending in .json or .jwt."),
    )

    def validate_badge(self, field: TextAreaField) -> None:
        """Ask for one of the two."""
        if not field.data and not self.file.data:
            raise ValidationError(_("Paste the address or the text of a badge, or choose its file."))

    def data_brought(self, sources: OurSources, base_url: str, also_host: str) -> bytes | UUID:
        """Return what was brought, fetched if it was an address; the badge's id for one of ours. Raises NotFetched."""
        if self.file.data:
            return bytes(self.file.data.stream.read(SIZE_MAX + 1))
        text = str(self.badge.data)
        if text.startswith("{") or (text.count(".") == 2 and "/" not in text):
            return text.encode("utf-8", "replace")
        try:
            return read_reference(text, base_url, also_host)
        except InvalidInput:
            return sources.anything(text) if text.startswith("https://") else text.encode("utf-8", "replace")
