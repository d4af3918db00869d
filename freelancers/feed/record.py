"""One profile as Laurel takes it, whatever feed it came from.

`UNSET` means that the feed says nothing about a field: what is stored stays. `None` means that it says there is none.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from freelancers.feed import values
from freelancers.feed.values import LINE_MAX, LIST_MAX, TEXT_MAX, URL_MAX

Line = Annotated[str, Meta(max_length=LINE_MAX)]
Url = Annotated[str, Meta(max_length=URL_MAX)]
Percent = Annotated[int, Meta(ge=0, le=100)]
Count = Annotated[int, Meta(ge=0, le=2_000_000_000)]
Cents = Annotated[int, Meta(ge=0, le=10**15)]
PartDate = Annotated[str, Meta(pattern=r"^[0-9]{4}(-(0[1-9]|1[0-2])(-[0-3][0-9])?)?$")]
Level = Literal["basic", "conversational", "fluent", "native"]


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One entry of one of the profile's lists."""


class Language(Part, frozen=True):
    code: Annotated[str, Meta(min_length=2, max_length=2)]
    level: Level | None = None


class Employment(Part, frozen=True):
    title: Line | None = None
    company: Line | None = None
    from_: PartDate | None = msgspec.field(name="from", default=None)
    to: PartDate | None = None


class Education(Part, frozen=True):
    school: Line | None = None
    degree: Line | None = None
    from_: PartDate | None = msgspec.field(name="from", default=None)
    to: PartDate | None = None


class PortfolioItem(Part, frozen=True):
    title: Line | None = None
    url: Url | None = None


class Certificate(Part, frozen=True):
    name: Line
    issuer: Line | None = None
    number: Line | None = None
    url: Url | None = None
    issued_on: date | None = None
    expires_on: date | None = None


class LinkedAccount(Part, frozen=True):
    kind: Line | None = None
    url: Url | None = None


class OtherExperience(Part, frozen=True):
    title: Line


class SkillTest(Part, frozen=True):
    name: Line
    score: Line | None = None


class SkillExperience(Part, frozen=True):
    """What was done with one skill: finished jobs, hours, and earnings in hundredths of the person's currency."""

    skill: Line
    jobs: Count | None = None
    hours: Count | None = None
    earnings_cents: Cents | None = None


class ProfileRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One profile. Units: `_cents` are hundredths of `currency`'s unit, `_pct` whole percent. Rules E-1..E-5, C."""

    marketplace_id: Annotated[str, Meta(min_length=1, max_length=LINE_MAX)]
    name: Annotated[str, Meta(min_length=1, max_length=LINE_MAX)] | UnsetType = UNSET
    email: Line | UnsetType | None = UNSET
    title: Line | UnsetType | None = UNSET
    overview: Annotated[str, Meta(max_length=TEXT_MAX)] | UnsetType | None = UNSET
    photo_url: Url | UnsetType | None = UNSET
    profile_url: Url | UnsetType | None = UNSET
    country: Line | UnsetType | None = UNSET
    city: Line | UnsetType | None = UNSET
    timezone: Line | UnsetType | None = UNSET
    hourly_rate_cents: Annotated[int, Meta(ge=0, le=100_000_000)] | UnsetType | None = UNSET
    currency: Line | UnsetType = UNSET
    account_state: Literal["active", "suspended", "blocked", "closed"] | UnsetType = UNSET
    from_elance: bool | UnsetType = UNSET
    visibility: Literal["public", "marketplace", "private"] | UnsetType = UNSET
    english_level: Level | UnsetType | None = UNSET
    jss_pct: Percent | UnsetType | None = UNSET
    completeness_stated_pct: Percent | UnsetType | None = UNSET
    years_experience: Annotated[int, Meta(ge=0, le=100)] | UnsetType | None = UNSET
    jobs_count: Count | UnsetType | None = UNSET
    hours_worked: Count | UnsetType | None = UNSET
    earnings_cents: Cents | UnsetType | None = UNSET
    rating: Decimal | UnsetType | None = UNSET
    talent_badge: Literal["top_rated", "top_rated_plus", "rising_talent", "expert_vetted"] | UnsetType | None = UNSET
    identity_verified: bool | UnsetType = UNSET
    availability: Line | UnsetType | None = UNSET
    last_active_on: date | UnsetType | None = UNSET
    skills: Annotated[list[Line], Meta(max_length=LIST_MAX)] | UnsetType = UNSET
    languages: Annotated[list[Language], Meta(max_length=LIST_MAX)] | UnsetType = UNSET
    employment: Annotated[list[Employment], Meta(max_length=LIST_MAX)] | UnsetType = UNSET
    education: Annotated[list[Education], Meta(max_length=LIST_MAX)] | UnsetType = UNSET
    portfolio: Annotated[list[PortfolioItem], Meta(max_length=LIST_MAX)] | UnsetType = UNSET
    certificates: Annotated[list[Certificate], Meta(max_length=LIST_MAX)] | UnsetType = UNSET
    linked_accounts: Annotated[list[LinkedAccount], Meta(max_length=LIST_MAX)] | UnsetType = UNSET
    other_experience: Annotated[list[OtherExperience], Meta(max_length=LIST_MAX)] | UnsetType = UNSET
    tests: Annotated[list[SkillTest], Meta(max_length=LIST_MAX)] | UnsetType = UNSET
    skill_experience: Annotated[list[SkillExperience], Meta(max_length=LIST_MAX)] | UnsetType = UNSET
    video_url: Url | UnsetType | None = UNSET
    #: When the marketplace saw these figures; the time of the import when it does not say.
    observed_at: Annotated[datetime, Meta(tz=True)] | UnsetType | None = UNSET


#: What the `profile` document holds; everything else of a record is a column of its own.
PROFILE_PARTS: dict[str, type[Part] | None] = {
    "employment": Employment,
    "education": Education,
    "portfolio": PortfolioItem,
    "certificates": Certificate,
    "linked_accounts": LinkedAccount,
    "other_experience": OtherExperience,
    "tests": SkillTest,
    "skill_experience": SkillExperience,
    "video_url": None,
}
FIELDS = ProfileRecord.__struct_fields__

encoded = msgspec.json.Encoder(order="deterministic").encode


def json_text(value: object) -> str:
    """Return `value`, parts of a record, as JSON."""
    return encoded(value).decode()


def tidy(value: object) -> object:
    """Return `value` with every text in it normalised as `values.line` does; raise BadValue for control characters."""
    if isinstance(value, str):
        return values.line(value, URL_MAX)
    if isinstance(value, list):
        return [tidy(item) for item in value]
    if isinstance(value, Part):
        old = {name: getattr(value, name) for name in value.__struct_fields__}
        new = {name: tidy(text) if isinstance(text, str) else text for name, text in old.items()}
        return value if new == old else msgspec.structs.replace(value, **new)
    return value
