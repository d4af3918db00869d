"""The fields a mapping can fill and the rules it can read them with; docs/feed.md lists them all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from freelancers.feed import money, names, record, values
from freelancers.feed.errors import BadValue
from freelancers.feed.values import Reading

Rule = Callable[[str, Reading], object]


def _plain(read: Callable[[str], object]) -> Rule:
    return lambda text, reading: read(text)


def _up_to(limit: int) -> Rule:
    return lambda text, reading: values.whole(text, reading, limit)


#: Every rule by the name that mappings use.
RULES: dict[str, Rule] = {
    "text": _plain(values.line),
    "prose": _plain(values.prose),
    "whole": values.whole,
    "years": _up_to(100),
    "percent": values.percent,
    "fraction": values.fraction,
    "rating": values.rating,
    "money": money.money,
    "currency": _plain(money.currency),
    "yes_no": _plain(values.yes_no),
    "date": values.day,
    "moment": _plain(values.moment),
    "email": _plain(values.email),
    "url": _plain(values.url),
    "country": _plain(names.country),
    "language": _plain(names.language),
    "timezone": _plain(names.timezone),
    "english_level": _plain(names.english_level),
    "account_state": _plain(names.account_state),
    "visibility": _plain(names.visibility),
    "talent_badge": _plain(names.talent_badge),
}


@dataclass(frozen=True)
class Field:
    """What one field takes: its rules (the first is used when the mapping names none) and whether it may be empty."""

    rules: tuple[str, ...]
    nullable: bool = True
    #: For lists: the keys of an entry; a plain list of texts has none.
    many: bool = False
    parts: tuple[str, ...] = ()


def _parts(part: type[record.Part]) -> Field:
    return Field(("text",), many=True, parts=part.__struct_encode_fields__)


FIELDS: dict[str, Field] = {
    "marketplace_id": Field(("text",), nullable=False),
    "name": Field(("text",), nullable=False),
    "email": Field(("email",)),
    "title": Field(("text",)),
    "overview": Field(("prose",)),
    "photo_url": Field(("url",)),
    "profile_url": Field(("url",)),
    "country": Field(("country",)),
    "city": Field(("text",)),
    "timezone": Field(("timezone",)),
    "hourly_rate_cents": Field(("money",)),
    "currency": Field(("currency",), nullable=False),
    "account_state": Field(("account_state",), nullable=False),
    "from_elance": Field(("yes_no",), nullable=False),
    "visibility": Field(("visibility",), nullable=False),
    "english_level": Field(("english_level",)),
    "jss_pct": Field(("percent", "fraction")),
    "completeness_stated_pct": Field(("percent", "fraction")),
    "years_experience": Field(("years",)),
    "jobs_count": Field(("whole",)),
    "hours_worked": Field(("whole",)),
    "earnings_cents": Field(("money",)),
    "rating": Field(("rating",)),
    "talent_badge": Field(("talent_badge",)),
    "identity_verified": Field(("yes_no",), nullable=False),
    "availability": Field(("text",)),
    "last_active_on": Field(("date",)),
    "skills": Field(("text",), many=True),
    "languages": _parts(record.Language),
    "employment": _parts(record.Employment),
    "education": _parts(record.Education),
    "portfolio": _parts(record.PortfolioItem),
    "certificates": _parts(record.Certificate),
    "linked_accounts": _parts(record.LinkedAccount),
    "other_experience": _parts(record.OtherExperience),
    "tests": _parts(record.SkillTest),
    "skill_experience": _parts(record.SkillExperience),
    "video_url": Field(("url",)),
    "observed_at": Field(("moment",)),
}

#: The rule for a key inside a list's entries, where it is not plain text.
PART_RULES: dict[str, str] = {
    "url": "url",
    "code": "language",
    "level": "english_level",
    "issued_on": "date",
    "expires_on": "date",
    "jobs": "whole",
    "hours": "whole",
    "earnings_cents": "money",
}
#: The key that a plain text stands for, where a feed gives a list of texts for a list of entries.
MAIN_PART: dict[str, str] = {
    "languages": "code",
    "employment": "title",
    "education": "school",
    "portfolio": "title",
    "certificates": "name",
    "linked_accounts": "url",
    "other_experience": "title",
    "tests": "name",
    "skill_experience": "skill",
}


def part_date(text: str, reading: Reading) -> str:
    """Return a year, a month (2021-03) or a day in ISO form, as employment and education give them."""
    body = text.strip()
    if len(body) == 4 and body.isdigit():
        return body
    if len(body) == 7 and body[4] == "-":
        values.day(f"{body}-01")
        return body
    try:
        return values.day(body, reading).isoformat()
    except BadValue as error:
        raise BadValue("is no year, month or day", "Write 2021, 2021-03 or 2021-03-15.") from error
