"""What partners can be called, and what follows from the states of invitations and applications. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from core.errors import DomainError
from core.slugs import SLUG_MAX, is_slug, strange_letter
from partners.states import ApplicationState, InvitationState

#: How long a link works. Rule I-3.
LINK_LIFETIME = timedelta(days=30)
#: A second click on "Send again" is no second mail.
RESEND_PAUSE = timedelta(minutes=1)

#: Links in these states can still be answered.
ANSWERABLE = frozenset({InvitationState.SENT, InvitationState.OPENED})
#: Invitations in these states may be sent again, under a new link. Never after an answer: rule I-6.
RENEWABLE = frozenset({InvitationState.EXPIRED, InvitationState.WITHDRAWN})

#: Laurel's own green, until a partner says otherwise.
DEFAULT_COLOUR = "#1d5a3b"
#: Short names that addresses of ours have, or may come to have, where a partner's stands.
RESERVED_SLUGS = frozenset(
    {"account", "admin", "api", "badges", "brand", "console", "experts", "laurel", "me", "new", "partners", "people"}
    | {"staff", "static"}
)

UNDER_CONSIDERATION = "under_consideration"
_CONSIDERED = frozenset({ApplicationState.SUBMITTED, ApplicationState.IN_REVIEW, ApplicationState.KEPT})


def slug_problem(slug: str) -> str | None:
    """Return as a sentence why `slug` cannot be the short name of a partner, or None when it can."""
    if not is_slug(slug):
        strange = strange_letter(slug)
        found = f" {strange} is none of them." if strange else ""
        return f"The short name has 1 to {SLUG_MAX} small letters, digits and hyphens, such as northwind.{found}"
    if slug in RESERVED_SLUGS:
        return f"The short name “{slug}” is kept for pages of Laurel itself; choose another."
    return None


def shown_to_applicant(state: ApplicationState) -> str:
    """Return the state as its applicant sees it: the same word before and after a not-now decision. Rule R-2."""
    return UNDER_CONSIDERATION if state in _CONSIDERED else str(state)


class Outcome(StrEnum):
    """What inviting an address does. Rule I-5."""

    NEW = "new"
    RENEWED = "renewed"
    ALREADY_INVITED = "already_invited"
    ALREADY_ACCEPTED = "already_accepted"
    ALREADY_EXPERT = "already_expert"
    DECLINED = "declined"
    OPTED_OUT = "opted_out"
    BAD_ADDRESS = "bad_address"
    BAD_NAME = "bad_name"
    DUPLICATE = "duplicate"

    @property
    def sends(self) -> bool:
        """Whether a mail goes out."""
        return self in (Outcome.NEW, Outcome.RENEWED)


@dataclass(frozen=True)
class Known:
    """What is known of an address when it is to be invited. `withdrew`: its application was withdrawn by them."""

    invitation: InvitationState | None = None
    withdrew: bool = False
    is_expert: bool = False
    opted_out: bool = False


def outcome(known: Known) -> Outcome:
    """Return what inviting somebody does, given what is known of them. Rules I-5, I-6."""
    if known.is_expert:
        return Outcome.ALREADY_EXPERT
    if known.opted_out:
        return Outcome.OPTED_OUT
    if known.invitation is None:
        return Outcome.NEW
    if known.invitation in RENEWABLE:
        return Outcome.RENEWED
    if known.invitation is InvitationState.DECLINED:
        return Outcome.DECLINED
    if known.invitation is InvitationState.ACCEPTED:
        return Outcome.RENEWED if known.withdrew else Outcome.ALREADY_ACCEPTED
    return Outcome.ALREADY_INVITED


class Viewer(StrEnum):
    """Who looks at an invitation that can still be answered, or at their own answered one. Rule I-4."""

    #: Not signed in.
    STRANGER = "stranger"
    #: Signed in as somebody who does not apply: of a partner's team, or staff.
    NO_FREELANCER = "no_freelancer"
    #: The invited person: may answer.
    INVITED = "invited"
    #: Another account, which may ask the partner to confirm that it is the same person.
    OTHER = "other"
    #: Another account that has asked.
    ASKED = "asked"
    #: The person who accepted it.
    DONE = "done"


class Stop(StrEnum):
    """What a "no" means: this invitation, all of this partner's, or all of anybody's. Rule I-6."""

    NONE = "none"
    PARTNER = "partner"
    ALL = "all"


class LinkGone(DomainError):
    """The link is expired, withdrawn, used or unknown: which of them is nobody's business. Rule I-3."""

    status = 410
    title = "This link no longer works"

    def __init__(self) -> None:
        super().__init__(
            "An invitation works once and for 30 days, and only until it is sent again or withdrawn.",
            "If you answered it already, your application is under “Your place”. Otherwise ask whoever invited you to "
            "send it again.",
        )
