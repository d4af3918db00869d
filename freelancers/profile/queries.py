"""What is asked of somebody's profile: its parts as they stand, how many there are, and the skills that others name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from core.database import session
from core.slugs import slug_of
from freelancers.approval.models import SkillMarket
from freelancers.models import Freelancer
from freelancers.profile.parts import DOCUMENT, split
from freelancers.rules import ProfileParts

#: The parts kept as lists in `Freelancer.profile`, as they are counted.
_COUNTED = ("employment", "portfolio", "education", "linked_accounts", "certificates", "other_experience", "tests")


def part(person: Freelancer, name: str) -> Any:
    """Return a part of a profile as it stands, whether it has a column of its own or not."""
    return (person.profile or {}).get(name) if name in DOCUMENT else getattr(person, name)


def parts_of(person: Freelancer) -> ProfileParts:
    """Return how many of each part the profile has. Rule C."""
    profile = person.profile or {}
    return ProfileParts(
        photo=int(bool(person.photo_url or person.photo_id or person.identity_verified)),
        overview=int(bool(person.overview)),
        skills=len(person.skills or ()),
        video=int(bool(profile.get("video_url"))),
        stated_pct=person.completeness_stated_pct,
        **{name: len(profile.get(name) or ()) for name in _COUNTED},
    )


def names_of_skills(typed: str) -> Mapping[str, str]:
    """Return the name in use of each skill in a text that the board knows, by the one typed, in lower case. A-2."""
    slugs = {name.lower(): slug_of(name) for name in split(typed)}
    newest = sa.select(SkillMarket.slug, SkillMarket.name).where(SkillMarket.slug.in_(set(slugs.values())))
    names = {row.slug: row.name for row in session.execute(newest.order_by(SkillMarket.observed_on))}
    # Signs that a slug leaves out tell skills apart: C, C++ and C# are three.
    return {
        line: names[slug] for line, slug in slugs.items() if slug in names and _letters(line) == _letters(names[slug])
    }


def _letters(text: str) -> str:
    return "".join(letter for letter in text.lower() if letter.isalnum() or letter in "+#")
