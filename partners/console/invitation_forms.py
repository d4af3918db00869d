"""Forms of the console's pages of invitations, and the words for what they do."""

from __future__ import annotations

from flask_wtf.file import FileField
from wtforms import BooleanField, DateField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired

from core.forms import Form, at_most, trimmed
from partners.invitations.letters import BODY_MAX, NAME_MAX, PACES, PLACES, SUBJECT_MAX
from partners.invitations.lists import MESSAGE_MAX
from partners.invitations.reading import MAX_ROWS
from partners.invitations.stops import NOTE_MAX
from partners.rules import Outcome

#: What a row of a list does, in a few words.
OUTCOME_WORDS = {
    Outcome.NEW: "Gets an invitation",
    Outcome.RENEWED: "Gets a new link; the earlier one has lapsed",
    Outcome.ALREADY_INVITED: "Has an open invitation",
    Outcome.ALREADY_ACCEPTED: "Has accepted",
    Outcome.ALREADY_EXPERT: "Holds your badge",
    Outcome.DECLINED: "Has declined",
    Outcome.OPTED_OUT: "Wants no more invitations",
    Outcome.BAD_ADDRESS: "Is no address",
    Outcome.BAD_NAME: "Has a name that cannot be sent",
    Outcome.DUPLICATE: "Stands here twice",
}
#: How many rows do so, as the filter says it.
OUTCOME_HEAPS = {
    Outcome.NEW: "New",
    Outcome.RENEWED: "New link",
    Outcome.ALREADY_INVITED: "Already invited",
    Outcome.ALREADY_ACCEPTED: "Accepted",
    Outcome.ALREADY_EXPERT: "Already an expert",
    Outcome.DECLINED: "Declined",
    Outcome.OPTED_OUT: "Opted out",
    Outcome.BAD_ADDRESS: "Bad address",
    Outcome.BAD_NAME: "Bad name",
    Outcome.DUPLICATE: "Duplicate",
}
_PLACES = ", ".join(f"{{{name}}} is {what}" for name, what in PLACES.items())


class InviteForm(Form):
    """Whom to invite, with a word to them. Rule I-5."""

    file = FileField(
        "A file",
        description=f"CSV, as spreadsheets save it (“CSV UTF-8”), with up to {MAX_ROWS:,} rows.",
    )
    addresses = TextAreaField(
        "Addresses",
        description="Or paste them, one on each line: ada@example.org, or Ada Byron <ada@example.org>. "
        "You can paste a whole table. Nothing is sent before you have seen what each line will do.",
    )
    message = TextAreaField(
        "A word from you",
        description="Stands in the mail and on the invitation's page.",
        filters=[trimmed],
        validators=[at_most(MESSAGE_MAX)],
    )

    def brought(self) -> tuple[bytes, str] | None:
        """Return what was brought, and its name; None for nothing."""
        if self.file.data and (content := self.file.data.read()):
            return content, self.file.data.filename or ""
        pasted = (self.addresses.data or "").strip()
        return (pasted.encode(), "") if pasted else None


class LetterForm(Form):
    """With which words, and how fast, a list is sent."""

    subject = StringField(
        "Subject",
        description="Left empty: {partner} invites you to become a verified expert",
        filters=[trimmed],
        validators=[at_most(SUBJECT_MAX)],
    )
    body = TextAreaField(
        "How the mail begins",
        description=f"Places to be filled in: {_PLACES}. {{name|there}} says what stands where nothing is known. "
        "The programme's summary, what experts get and the link follow by themselves.",
        filters=[trimmed],
        validators=[at_most(BODY_MAX)],
    )
    message = TextAreaField(
        "A word from you",
        description="Stands set apart in the mail, and on the invitation's page.",
        filters=[trimmed],
        validators=[at_most(MESSAGE_MAX)],
    )
    per_hour = SelectField(
        "Pace",
        choices=[SelectChoice(str(pace), words) for pace, words in PACES.items()],
        validators=[InputRequired("Choose one.")],
        coerce=int,
        description="A slow pace spreads the answers, and is kinder to a mail server that does not know you yet.",
    )
    reminds = BooleanField("Remind those who do not answer, at most twice")
    name = StringField(
        "Keep the words under a name",
        description="For lists to come.",
        filters=[trimmed],
        validators=[at_most(NAME_MAX)],
    )


class StopForm(Form):
    """Addresses that are not to be invited. Rule I-6."""

    addresses = TextAreaField(
        "Addresses", description="One on each line.", validators=[InputRequired("Write at least one address.")]
    )
    note = StringField("Why", description="For your team.", filters=[trimmed], validators=[at_most(NOTE_MAX)])

    def emails(self) -> list[str]:
        """Return the addresses, one for each line."""
        return [line.strip() for line in (self.addresses.data or "").splitlines() if line.strip()]


class CampaignForm(Form):
    """A new open link. Rule I-3."""

    name = StringField(
        "Name",
        description="For your team, such as: Spring fair.",
        filters=[trimmed],
        validators=[InputRequired("Give it a name."), at_most(NAME_MAX)],
    )
    cap = IntegerField("Places", description="So many can accept.", validators=[InputRequired("Write a number.")])
    last_day = DateField(
        "Last day", description="It works to the end of that day, in UTC.", validators=[InputRequired("Choose a day.")]
    )
