"""What a letter to support is about, how it stands, until when it is answered, and what an answer must say. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from core.errors import InvalidInput
from core.reasons import checked_reason

#: An answer comes within so many business days. H-6 asks it for appeals; nobody else waits longer.
ANSWER_IN_BUSINESS_DAYS = 2
#: So many threads of one person, and so many messages in one of them, may wait for an answer at the same time.
WAITING_MAX, UNANSWERED_MAX = 5, 20
TITLE_MAX = 120  # characters
#: An answer has at least so many letters of its own: a standard paragraph alone is no reason. Rule H-6.
OWN_LETTERS_MIN = 20

_SATURDAY = 5


class About(StrEnum):
    """What a thread is about. One about a hold is its appeal."""

    HOLD = "hold"
    LETTER = "letter"
    OUTCOME = "outcome"
    BADGE = "badge"
    OTHER = "other"


ABOUT_NAMES: Mapping[About, str] = MappingProxyType(
    {
        About.HOLD: "A hold on my account",
        About.LETTER: "The letter about my profile",
        About.OUTCOME: "The outcome of my verification",
        About.BADGE: "A badge or an application",
        About.OTHER: "Something else",
    }
)


class ThreadState(StrEnum):
    """How a thread stands: it waits for staff, for the person, or for nobody."""

    OPEN = "open"
    ANSWERED = "answered"
    CLOSED = "closed"


class Verdict(StrEnum):
    """How an appeal ended. Rule H-6."""

    KEPT = "kept"
    LIFTED = "lifted"


@dataclass(frozen=True)
class Paragraph:
    """A paragraph that staff can add to an answer, after their own words."""

    name: str
    text: str


PARAGRAPHS: Mapping[str, Paragraph] = MappingProxyType(
    {
        "verifying": Paragraph(
            "How verification works",
            "You verify your identity with a government ID and a short video call, at any time of the day. It needs no "
            "public photo: the agent compares with a picture that nobody else sees.",
        ),
        "holds": Paragraph(
            "What a hold leaves as it is",
            "Nothing of yours is lost by a hold. Badge, listing and your place in the rotation come back when it is "
            "lifted, as long as you meet the other requirements.",
        ),
        "new": Paragraph(
            "If there is something new",
            "If you know something that we do not, write it here. We then look at everything again, and the two "
            "business days begin anew.",
        ),
    }
)


def due_at(waits_since: datetime) -> datetime:
    """Return until when somebody who has waited since then is answered. Rule H-6."""
    return after_business_days(waits_since, ANSWER_IN_BUSINESS_DAYS)


def after_business_days(moment: datetime, days: int) -> datetime:
    """Return the same time of day so many business days later, in UTC; what comes at a weekend comes on Monday at 0:00.

    Monday to Friday are business days; whose holidays would count, in a marketplace of all countries, nobody can say.
    """
    at = moment.astimezone(UTC)
    if at.weekday() >= _SATURDAY:
        at = (at + timedelta(days=7 - at.weekday())).replace(hour=0, minute=0, second=0, microsecond=0)
    for _ in range(days):
        at += timedelta(days=1 if at.weekday() < _SATURDAY - 1 else 3)
    return at


def checked_answer(text: str) -> str:
    """Return what staff answer, without the spaces around it.

    Raises InvalidInput when it is empty, too long, or has no words of its own beside a standard paragraph. Rule H-6.
    """
    text = checked_reason(text, "An answer is only ever sent with words of your own.")
    own = text
    for paragraph in PARAGRAPHS.values():
        own = own.replace(paragraph.text, "")
    if sum(letter.isalnum() for letter in own) < OWN_LETTERS_MIN:
        raise InvalidInput(
            "That says too little about this person's case: a standard paragraph comes beside your reason, never "
            "instead of it.",
            "Write in a sentence what you looked at, and why you answer so.",
        )
    return text
