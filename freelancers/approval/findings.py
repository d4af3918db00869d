"""What a profile is looked at for, and what is said where it is not in order. Pure. Rules A-2..A-4, E-10."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any

#: A decision normally comes within this. Rule A-1.
ANSWER_TIME = timedelta(hours=24)


class SubmissionState(StrEnum):
    """How a submission stands."""

    WAITING = "waiting"
    APPROVED = "approved"
    DECLINED = "declined"
    #: Submitted again before it was decided.
    REPLACED = "replaced"


class Weight(StrEnum):
    """What comes of a finding."""

    #: Clear: by itself it is a reason to decline, which the person can mend.
    REASON = "reason"
    #: Not clear: a person looks at it. It becomes a reason only if they say so.
    LOOK = "look"
    #: Worth knowing, and never a reason.
    ADVICE = "advice"


class Kind(StrEnum):
    """Everything that is looked at, in the order in which it is told."""

    TITLE_MISSING = "title_missing"
    OVERVIEW_MISSING = "overview_missing"
    SKILLS_MISSING = "skills_missing"
    RATE_MISSING = "rate_missing"
    LANGUAGES_MISSING = "languages_missing"
    BACKGROUND_MISSING = "background_missing"
    PLACEHOLDER = "placeholder"
    SKILLS_FULL = "skills_full"
    TITLE_GENERIC = "title_generic"
    OVERVIEW_SHORT = "overview_short"
    OVERVIEW_GENERIC = "overview_generic"
    OVERVIEW_REPEATS = "overview_repeats"
    EARLIER_ACCOUNT = "earlier_account"
    SOME_SKILLS_FULL = "some_skills_full"
    ODD_LETTERS = "odd_letters"
    FREE_ADDRESS = "free_address"
    ODD_ADDRESS = "odd_address"


@dataclass(frozen=True)
class Terms:
    """What is asked: its `name`, `where` it stands, what comes of it, `why` it matters, and how to `mend` it."""

    name: str
    where: str
    weight: Weight
    why: str
    mend: str


_SHORT = "Say what you do, for whom, with which tools, and one thing that you finished."
TERMS: Mapping[Kind, Terms] = MappingProxyType(
    {
        Kind.TITLE_MISSING: Terms(
            "A title", "Title", Weight.REASON, "It is what clients read first in every search.",
            "Say in a few words what you do, such as “Snowflake data engineer”.",
        ),
        Kind.OVERVIEW_MISSING: Terms(
            "An overview", "Overview", Weight.REASON, "Clients decide by it whether to write to you.", _SHORT,
        ),
        Kind.SKILLS_MISSING: Terms(
            "At least one skill", "Skills", Weight.REASON, "Clients find you by your skills.",
            "Name the skills that you offer, the strongest first.",
        ),
        Kind.RATE_MISSING: Terms(
            "An hourly rate", "Hourly rate", Weight.REASON, "Clients look for people within their budget.",
            "State a rate; you can change it at any time.",
        ),
        Kind.LANGUAGES_MISSING: Terms(
            "A language", "Languages", Weight.REASON, "Clients need to know how to talk with you.",
            "Name the languages that you work in, and how well you speak each.",
        ),
        Kind.BACKGROUND_MISSING: Terms(
            "Where your skills come from", "Background", Weight.REASON,
            "Somebody who does not know you sees where you learned or did it.",
            "Add one of these: an employment, an education, a portfolio piece, a certificate, or other experience.",
        ),
        Kind.PLACEHOLDER: Terms(
            "Real texts", "Title and overview", Weight.REASON,
            "A text that only stands in for one tells clients nothing.",
            "Write the text itself in its place.",
        ),
        Kind.SKILLS_FULL: Terms(
            "A skill that is not full", "Skills", Weight.REASON,
            "There are far more freelancers than open jobs for it, so somebody new would wait for work in vain.",
            "Add a skill of yours that is open now, or come back when one of yours has opened: the board shows it.",
        ),
        Kind.TITLE_GENERIC: Terms(
            "A title of your own", "Title", Weight.LOOK, "A title that fits everybody helps nobody to find you.",
            "Name what you do, such as “Payroll accountant for small firms”.",
        ),
        Kind.OVERVIEW_SHORT: Terms(
            "Enough to go by", "Overview", Weight.LOOK, "From so few words a client cannot tell what you do.", _SHORT,
        ),
        Kind.OVERVIEW_GENERIC: Terms(
            "An overview of your own", "Overview", Weight.LOOK,
            "What anybody could write of themselves does not tell you apart.",
            "Put facts in place of praise: tools, kinds of clients, results with numbers.",
        ),
        Kind.OVERVIEW_REPEATS: Terms(
            "Sentences, each once", "Overview", Weight.LOOK, "Repeated words and bare lists are not read.",
            "Say it once, in sentences. Single words have their place among the skills.",
        ),
        Kind.EARLIER_ACCOUNT: Terms(
            "One account", "Account", Weight.LOOK,
            "Everybody has one account, so that reviews and reputation stay together. A person compares them.",
            "If you have an earlier account, say so to the reviewer: you may get it back. If not, do nothing.",
        ),
        Kind.SOME_SKILLS_FULL: Terms(
            "Skills that are not full", "Skills", Weight.ADVICE, "In a full skill it is hard to find first jobs.",
            "Put the open ones first.",
        ),
        Kind.ODD_LETTERS: Terms(
            "Letters that can be read", "Title and overview", Weight.ADVICE,
            "Searches do not find such words, and a screen reader cannot say them.", "Type them with plain letters.",
        ),
        Kind.FREE_ADDRESS: Terms(
            "An address of your own", "E-mail address", Weight.ADVICE,
            "Some clients take an address at a domain of your own as a sign that you mean business.",
            "Nothing needs to be done. It does not count.",
        ),
        Kind.ODD_ADDRESS: Terms(
            "An address that lasts", "E-mail address", Weight.ADVICE,
            "The letter on your profile goes there, and whoever loses the address loses the way to the account.",
            "Use an address that you keep. It does not count.",
        ),
    }
)  # fmt: skip


@dataclass(frozen=True)
class Check:
    """One thing that was looked at; `seen` is the value or quotation, `what` the sentence. Rule E-10.

    It carries all its words, so that a receipt says in a year what it said then.
    """

    kind: Kind
    name: str
    where: str
    weight: Weight
    met: bool
    seen: str
    what: str
    why: str
    mend: str

    def to_json(self) -> dict[str, Any]:
        """Return the check as plain JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Check:
        """Return what `to_json` wrote."""
        return cls(**{**data, "kind": Kind(data["kind"]), "weight": Weight(data["weight"])})


def check(kind: Kind, met: bool, *, seen: str, what: str, where: str | None = None) -> Check:
    """Return how a profile stands with one thing; `what` is said where it is not met."""
    terms = TERMS[kind]
    said = what if not met else "In order."
    return Check(kind, terms.name, where or terms.where, terms.weight, met, seen, said, terms.why, terms.mend)


def unmet(checks: Iterable[Check], *weights: Weight) -> tuple[Check, ...]:
    """Return the checks that are not met; of the given weights only, if there are any."""
    return tuple(each for each in checks if not each.met and (not weights or each.weight in weights))


class Route(StrEnum):
    """Who answers a submission, and how."""

    APPROVED = "approved"
    DECLINED = "declined"
    PERSON = "person"


def route(checks: Sequence[Check], *, declines: int, declines_then_person: int, person_declined: bool) -> Route:
    """Return what becomes of a submission. Rules A-2, A-4.

    A person decides whatever is not clear, all after so many declines, and what comes back to a person who declined it.
    """
    if unmet(checks, Weight.LOOK) or declines >= declines_then_person or person_declined:
        return Route.PERSON
    return Route.DECLINED if unmet(checks, Weight.REASON) else Route.APPROVED
