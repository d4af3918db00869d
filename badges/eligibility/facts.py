"""What is known about a person when their eligibility is worked out: plain values, read once, kept in the receipt."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from freelancers.holds import HoldKind

#: From the lowest to the highest; English goes by the same. Rule E-5.
LANGUAGE_LEVELS = ("basic", "conversational", "fluent", "native")


@dataclass(frozen=True)
class OpenHold:
    """A hold that is not lifted, and since when it stands."""

    kind: HoldKind
    placed_at: datetime


@dataclass(frozen=True)
class Language:
    """A language by its ISO 639-1 `code`; `level` is one of LANGUAGE_LEVELS, None when not said."""

    code: str
    level: str | None = None


@dataclass(frozen=True)
class Certificate:
    """A certificate; `expires_on` is its last valid day, None when it does not expire."""

    name: str
    issued_on: date | None = None
    expires_on: date | None = None


@dataclass(frozen=True)
class SkillExperience:
    """What somebody did with one skill; `earnings_cents` are hundredths of the person's currency, None: not known."""

    skill: str
    jobs: int | None = None
    hours: int | None = None
    earnings_cents: int | None = None


@dataclass(frozen=True)
class Passed:
    """A training or review (`kind`) that this issuer says somebody passed; `expires_on` is its last valid day."""

    kind: str
    name: str
    passed_on: date
    expires_on: date | None = None
    noted_at: datetime | None = None


@dataclass(frozen=True)
class Facts:
    """One freelancer as seen at one moment, for one issuer of badges.

    Units: `_pct` whole percent 0..100, `_cents` hundredths of `currency`. `completeness_pct` is the figure that counts,
    which is `completeness_stated_pct` where the marketplace states one (rule C). `joined_through_issuer`: they joined
    because this issuer's partner invited them (rule E-7). None means that nothing is known.
    """

    account_state: str
    visibility: str
    completeness_pct: int
    from_elance: bool = False
    english_level: str | None = None
    jss_pct: int | None = None
    jss_observed_at: datetime | None = None
    first_scored_at: datetime | None = None
    completeness_stated_pct: int | None = None
    country: str | None = None
    timezone: str | None = None
    hourly_rate_cents: int | None = None
    currency: str = "USD"
    years_experience: int | None = None
    jobs_count: int | None = None
    hours_worked: int | None = None
    earnings_cents: int | None = None
    talent_badge: str | None = None
    identity_verified: bool = False
    availability: str | None = None
    last_active_on: date | None = None
    skills: tuple[str, ...] = ()
    languages: tuple[Language, ...] = ()
    certificates: tuple[Certificate, ...] = ()
    skill_experience: tuple[SkillExperience, ...] = ()
    portfolio_items: int = 0
    passed: tuple[Passed, ...] = ()
    holds: tuple[OpenHold, ...] = ()
    joined_through_issuer: bool = False
    feed_seen_at: datetime | None = None
    #: When the person last wrote of their profile themselves.
    edited_at: datetime | None = None
    #: Which fields the marketplace states (freelancers/ownership.py): others are written here. Before that was
    #: noted, all were stated.
    stated: int = -1

    @property
    def profile_seen_at(self) -> datetime | None:
        """When what the profile says was last stated, by the marketplace or by the person."""
        return max(filter(None, (self.feed_seen_at, self.edited_at)), default=None)

    @property
    def is_newcomer(self) -> bool:
        """Invited into the marketplace by this partner, and never scored since. Rule E-7."""
        return self.joined_through_issuer and self.first_scored_at is None and self.jss_pct is None

    @classmethod
    def of_columns(
        cls,
        row: Mapping[str, Any],
        holds: Iterable[OpenHold],
        joined_through_issuer: bool,
        passed: Iterable[Passed] = (),
    ) -> Facts:
        """Return the facts in a row of `freelancers`, given by column name, with the person's open holds.

        `passed` is what the issuer says of the person. A row that has `portfolio_items` needs no more of the profile
        than its certificates and skill experience.
        """
        profile = row.get("profile") or {}
        plain = {name: row[name] for name in COLUMNS if name in row}
        return cls(
            **plain,
            skills=tuple(row.get("skills") or ()),
            languages=tuple(Language(spoken["code"], spoken.get("level")) for spoken in row.get("languages") or ()),
            certificates=tuple(_certificate(entry) for entry in profile.get("certificates") or ()),
            skill_experience=tuple(map(_skill_experience, profile.get("skill_experience") or ())),
            passed=tuple(sorted(passed, key=lambda each: (each.kind, each.name, each.passed_on))),
            portfolio_items=row["portfolio_items"] if "portfolio_items" in row else len(profile.get("portfolio") or ()),
            holds=tuple(sorted(holds, key=lambda hold: (hold.placed_at, hold.kind))),
            joined_through_issuer=joined_through_issuer,
        )

    def to_json(self) -> dict[str, Any]:
        """Return the facts as plain JSON values: moments and days in ISO form."""
        return vars(self) | {
            **{name: _iso(getattr(self, name)) for name in (*_MOMENTS, "last_active_on")},
            "skills": list(self.skills),
            "languages": [dict(vars(spoken)) for spoken in self.languages],
            "certificates": [
                {"name": held.name, "issued_on": _iso(held.issued_on), "expires_on": _iso(held.expires_on)}
                for held in self.certificates
            ],
            "skill_experience": [dict(vars(done)) for done in self.skill_experience],
            "passed": [
                vars(each) | {name: _iso(getattr(each, name)) for name in ("passed_on", "expires_on", "noted_at")}
                for each in self.passed
            ],
            "holds": [{"kind": hold.kind, "placed_at": _iso(hold.placed_at)} for hold in self.holds],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Facts:
        """Return what `to_json` wrote. What a later version no longer knows is left out."""
        known = {field.name for field in fields(cls)}
        values = {name: value for name, value in data.items() if name in known}
        for name in _MOMENTS & values.keys():
            values[name] = values[name] and datetime.fromisoformat(values[name])
        if values.get("last_active_on"):
            values["last_active_on"] = date.fromisoformat(values["last_active_on"])
        return cls(
            **values
            | {
                "skills": tuple(data["skills"]),
                "languages": tuple(Language(**spoken) for spoken in data["languages"]),
                "certificates": tuple(_certificate(entry) for entry in data["certificates"]),
                "skill_experience": tuple(map(_skill_experience, data.get("skill_experience", ()))),
                "passed": tuple(map(_passed, data.get("passed", ()))),
                "holds": tuple(
                    OpenHold(HoldKind(hold["kind"]), datetime.fromisoformat(hold["placed_at"]))
                    for hold in data["holds"]
                ),
            }
        )


_BUILT = {
    "skills",
    "languages",
    "certificates",
    "skill_experience",
    "portfolio_items",
    "passed",
    "holds",
    "joined_through_issuer",
}
#: The columns of `freelancers` that are facts as they stand there.
COLUMNS = tuple(field.name for field in fields(Facts) if field.name not in _BUILT)
_MOMENTS = {field.name for field in fields(Facts) if field.name.endswith("_at")}


def _certificate(entry: Mapping[str, Any]) -> Certificate:
    return Certificate(entry["name"], _day(entry.get("issued_on")), _day(entry.get("expires_on")))


def _skill_experience(entry: Mapping[str, Any]) -> SkillExperience:
    return SkillExperience(entry["skill"], entry.get("jobs"), entry.get("hours"), entry.get("earnings_cents"))


def _passed(entry: Mapping[str, Any]) -> Passed:
    noted_at = entry["noted_at"] and datetime.fromisoformat(entry["noted_at"])
    passed_on = date.fromisoformat(entry["passed_on"])
    return Passed(entry["kind"], entry["name"], passed_on, _day(entry["expires_on"]), noted_at)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _iso(moment: date | None) -> str | None:
    return None if moment is None else moment.isoformat()


def folded(text: str) -> str:
    """Return `text` in lower case, one letter for one, as `lower()` does in the database.

    Python's own `lower` turns some letters into two or looks at their neighbours; the database does not.
    """
    if text.isascii():
        return text.lower()
    return "".join(low if len(low := letter.lower()) == 1 else low[0] for letter in text)
