"""Whom a use case takes by rule, said in words and kept as JSON. Pure. Rule D-1.

The twin for the database is `directory.use_case_pool.fits`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from core import wording
from core.languages import gettext as _

SKILLS_MAX, SKILL_MAX = 20, 80
SCORE_MAX_PCT = 100


@dataclass(frozen=True)
class CaseRule:
    """What an expert has to have; empty text and None mean: any. Of each list, one is enough.

    `rate_max_cents` is in US dollars: whoever is paid in another currency cannot be compared, and does not fit.
    """

    skills: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    rate_max_cents: int | None = None
    score_min_pct: int | None = None

    @property
    def is_empty(self) -> bool:
        """Say whether it asks for nothing: then nobody is taken by rule."""
        return self == CaseRule()

    @property
    def as_json(self) -> dict[str, Any]:
        """Return the rule as it is stored; {} for an empty one."""
        return {name: list(kept) if isinstance(kept, tuple) else kept for name, kept in asdict(self).items() if kept}

    @property
    def words(self) -> str:
        """Return the rule as the rest of a sentence: "with Python or SQL, in Germany, at most $80 an hour"."""
        return ", ".join(self._parts())

    def _parts(self) -> Iterator[str]:
        if self.skills:
            yield _("with %(skills)s", skills=wording.either(self.skills))
        if self.countries:
            yield _("in %(countries)s", countries=wording.either(map(wording.the_country, self.countries)))
        if self.languages:
            yield _("who speak %(languages)s", languages=wording.either(map(wording.language, self.languages)))
        if self.rate_max_cents is not None:
            yield _("for at most %(rate)s an hour", rate=wording.amount(self.rate_max_cents, "USD"))
        if self.score_min_pct is not None:
            yield _("with a Job Success Score of %(pct)s or more", pct=wording.percent(self.score_min_pct))


def rule_of(stored: Mapping[str, Any]) -> CaseRule:
    """Return a rule as it was stored."""
    lists = {name: tuple(stored.get(name, ())) for name in ("skills", "countries", "languages")}
    return CaseRule(**lists, rate_max_cents=stored.get("rate_max_cents"), score_min_pct=stored.get("score_min_pct"))


def skills_of(text: str) -> tuple[str, ...]:
    """Return the skills that were typed, parted by commas or lines, each once whatever its case."""
    found: dict[str, str] = {}
    for part in text.replace("\n", ",").split(","):
        skill = " ".join(part.split())
        if skill:
            found.setdefault(skill.lower(), skill)
    return tuple(found.values())


def problem(skills: Iterable[str]) -> str | None:
    """Return in a sentence why these cannot be the skills of a rule, or None when they can."""
    named = list(skills)
    if len(named) > SKILLS_MAX or any(len(skill) > SKILL_MAX for skill in named):
        return f"Name at most {SKILLS_MAX} skills, parted by commas, of at most {SKILL_MAX} characters each."
    return None
