"""What a profile is made of, in the order in which its page shows it: titles, forms, fields, and words to each part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from freelancers.models import Freelancer
from freelancers.ownership import BITS, among_stated
from me.building import entry_forms, forms


@dataclass(frozen=True)
class Part:
    """A part that is one form. `fields` are those of the profile; `lead` says what it is for."""

    key: str
    title: str
    form: type[forms.PartForm]
    fields: tuple[str, ...]
    lead: str

    def stated(self, person: Freelancer) -> tuple[str, ...]:
        """Return those of its fields that the marketplace states."""
        return among_stated(person.stated, self.fields)

    def is_open(self, person: Freelancer) -> bool:
        """Say whether any of it is the person's to write."""
        writable = (field for field in self.fields if field not in self.stated(person))
        return any(writable)


@dataclass(frozen=True)
class Listing(Part):
    """A part that is a list of entries, each with a form of its own; `one` names an entry."""

    entry: type[entry_forms.EntryForm]
    one: str


PARTS: Mapping[str, Part] = {
    each.key: each
    for each in (
        Part(
            "words",
            "Title and overview",
            forms.WordsForm,
            ("title", "overview"),
            "What clients read first, and what a search finds you by.",
        ),
        Part(
            "work",
            "What you do",
            forms.WorkForm,
            ("categories", "experience_level", "availability"),
            "So that you are found for the right work.",
        ),
        Part(
            "skills",
            "Skills",
            forms.SkillsForm,
            ("skills",),
            "One a line. Skills that others have are called as they call them.",
        ),
        Part(
            "rate",
            "Rate",
            forms.RateForm,
            ("hourly_rate_cents", "currency"),
            "What an hour of your work costs a client.",
        ),
        Part(
            "place",
            "Where you are",
            forms.PlaceForm,
            ("country", "city", "timezone"),
            "Clients look for people whose day overlaps with theirs.",
        ),
        Part("english", "English", forms.EnglishForm, ("english_level",), "How well you speak and write it."),
        Part("video", "Video", forms.VideoForm, ("video_url",), "A minute in which you say what you do."),
        Part(
            "visibility",
            "Who sees your profile",
            forms.VisibilityForm,
            ("visibility",),
            "A badge shows, and a directory lists you, only while your profile is public.",
        ),
    )
}


def _listing(key: str, title: str, one: str, entry: type[entry_forms.EntryForm], lead: str) -> Listing:
    return Listing(key, title, forms.PartForm, (key,), lead, entry, one)


LISTINGS: Mapping[str, Listing] = {
    each.key: each
    for each in (
        _listing("languages", "Other languages", "a language", entry_forms.LanguageForm, "Besides English."),
        _listing("employment", "Employment", "an employment", entry_forms.EmploymentForm, "Where you worked."),
        _listing("education", "Education", "an education", entry_forms.EducationForm, "Where you learned."),
        _listing(
            "portfolio", "Portfolio", "a piece of work", entry_forms.PortfolioForm, "Work that clients can look at."
        ),
        _listing(
            "certificates", "Certificates", "a certificate", entry_forms.CertificateForm, "What others vouch for."
        ),
        _listing(
            "linked_accounts",
            "Linked accounts",
            "an account",
            entry_forms.LinkedAccountForm,
            "Where else you are found.",
        ),
        _listing(
            "other_experience", "Other experience", "other experience", entry_forms.OtherForm, "Whatever else counts."
        ),
    )
}
#: The order of the page.
ORDER = (
    "words", "work", "skills", "rate", "place", "english", "languages", "employment", "education", "portfolio",
    "certificates", "linked_accounts", "other_experience", "video", "visibility",
)  # fmt: skip

assert {field for part in (*PARTS.values(), *LISTINGS.values()) for field in part.fields} >= set(BITS) - {"photo_url"}


def outline() -> tuple[Part, ...]:
    """Return every part in the order of the page."""
    return tuple((PARTS | LISTINGS)[key] for key in ORDER)  # type: ignore[operator]  # both are dicts
