"""Two accounts beside each other, for the person who judges whether they are one. Rule A-2."""

from __future__ import annotations

from core import wording
from freelancers.approval.snapshot import snapshot
from freelancers.models import Freelancer


def comparison(one: Freelancer, other: Freelancer) -> list[tuple[str, str, str, bool]]:
    """Return lines of (what, of the one, of the other, whether they are alike); what neither has is left out."""
    left, right = _facts(one), _facts(other)
    told = [name for name in left if left[name] or right[name]]
    return [(name, left[name], right[name], _alike(left[name], right[name])) for name in told]


def _facts(person: Freelancer) -> dict[str, str]:
    kept = snapshot(person)
    return {
        "Name": kept.name,
        "E-mail address": kept.email or "",
        "Account": wording.capital(wording.plain(person.account_state)),
        "Here since": wording.day(person.created_at),
        "Country": kept.country or "",
        "City": person.city or "",
        "Title": kept.title or "",
        "Skills": ", ".join(kept.skills),
        "Languages": ", ".join(kept.languages),
        "Employment": "; ".join(kept.lists.get("employment", ())),
        "Education": "; ".join(kept.lists.get("education", ())),
        "Overview": (kept.overview or "")[:_OVERVIEW_SHOWN],
    }


_OVERVIEW_SHOWN = 400


def _alike(one: str, other: str) -> bool:
    return bool(one) and one.casefold() == other.casefold()
