"""One freelancer as staff see them, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from badges.models import Award, AwardStatus
from badges.standing import awards_and_status
from core import wording
from freelancers.holds import HoldKind, stops
from freelancers.models import Freelancer
from freelancers.queries import countries

_ENDED = (AwardStatus.REVOKED, AwardStatus.EXPIRED)
_PARTS = ("employment", "education", "portfolio", "certificates", "linked_accounts", "other_experience", "tests")


@dataclass(frozen=True)
class HeldBadge:
    """A badge somebody holds or held, as it stands now; `can_be_revoked` while it has not ended."""

    award: Award
    status: AwardStatus

    @property
    def can_be_revoked(self) -> bool:
        """Say whether there is still something to take back. Rule E-12."""
        return self.status not in _ENDED


def badges_of(person: Freelancer, at: datetime) -> list[HeldBadge]:
    """Return everything the person holds or held, the newest first, with how it stands at `at`."""
    return [HeldBadge(award, status) for award, status in awards_and_status(person.id, at)]


def cannot(kind: HoldKind) -> str:
    """Return what a hold of this kind stops somebody from doing, in words that follow "they cannot". Rule H-6."""
    return wording.either(word.replace("your", "their") for word in stops([kind]))


def country_choices() -> list[tuple[str, str]]:
    """Return the countries that freelancers live in, as (code, name), by name."""
    return sorted(((code, wording.country(code)) for code in countries()), key=lambda choice: choice[1])


def facts(person: Freelancer) -> list[tuple[str, str | None]]:
    """Return what is known about somebody as (term, words); what is not known is left out by the page."""
    place = [part for part in (person.city, person.country and wording.country(person.country)) if part]
    return [
        ("Account", wording.capital(wording.plain(person.account_state))),
        ("Profile is shown to", _VISIBILITIES[person.visibility]),
        ("Profile complete", _completeness(person)),
        ("Job Success Score", _percent(person.jss_pct) or "None"),
        ("English", person.english_level and wording.capital(person.english_level)),
        ("Identity", "Verified" if person.identity_verified else "Not verified"),
        ("Brought over from Elance", "Yes" if person.from_elance else None),
        ("Lives in", ", ".join(place) or None),
        ("Time zone", person.timezone),
        ("Hourly rate", _amount(person.hourly_rate_cents, person.currency)),
        ("Earned", _amount(person.earnings_cents, person.currency)),
        ("Finished jobs", _number(person.jobs_count)),
        ("Hours worked", _number(person.hours_worked)),
        ("Experience", _years(person.years_experience)),
        ("Rating", None if person.rating is None else f"{person.rating} of 5"),
        ("Marketplace's badge", person.talent_badge and wording.capital(wording.plain(person.talent_badge))),
        ("Skills", ", ".join(person.skills) or None),
        ("Languages", ", ".join(_spoken(each) for each in person.languages) or None),
        ("Also in the profile", _parts(person)),
    ]


_VISIBILITIES = {"public": "Everybody", "marketplace": "The marketplace's members", "private": "Nobody"}


def _completeness(person: Freelancer) -> str:
    stated = person.completeness_stated_pct is not None
    how = "as the marketplace states it" if stated else "computed from its parts"
    return f"{wording.percent(person.completeness_pct)}, {how}"


def _percent(pct: int | None) -> str | None:
    return None if pct is None else wording.percent(pct)


def _number(count: int | None) -> str | None:
    return None if count is None else f"{count:,}"


def _years(count: int | None) -> str | None:
    return None if count is None else wording.counted(count, "year", "years")


def _amount(cents: int | None, currency: str) -> str | None:
    return None if cents is None else wording.amount(cents, currency)


def _spoken(language: dict[str, str | None]) -> str:
    name = wording.language(str(language["code"]))
    return f"{name} ({language['level']})" if language.get("level") else name


def _parts(person: Freelancer) -> str | None:
    counted = [(name, len(person.profile.get(name) or ())) for name in _PARTS]
    said = [f"{wording.plain(name)} ({count})" for name, count in counted if count]
    return wording.capital(", ".join(said)) or None
