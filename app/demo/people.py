"""The demo's people: a second feed about some of those in the public data set, in Laurel's own NDJSON. Pure.

The public data set knows little of a person. This says of PEOPLE of them what a marketplace would know besides: where
to write to them, what they do and have done, which certificates they hold. Made up, and the same at every load.
"""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from babel import Locale

from freelancers.feed import names

DATA = Path(__file__).resolve().parents[1] / "demo_data"
PUBLIC_CSV = DATA / "global_freelancers_raw.csv"
PEOPLE = 350

_ENGLISH = Locale.parse("en")
_ACTIVE = frozenset({"1", "1.0", "true", "y", "yes"})
_TITLES = re.compile(r"^(mr|mrs|ms|miss|dr)\.? ", re.IGNORECASE)
_SUFFIXES = re.compile(r",? (jr\.?|sr\.?|i{2,3}|iv|v|md|phd|dds|dvm|ph\.d\.?)$", re.IGNORECASE)
_LOWEST_RATE_CENTS, _RATE_STEP_CENTS = 3_000, 500


@dataclass(frozen=True)
class Person:
    """One row of the second feed, and what the story needs to know of it: the field of work."""

    field: str
    row: Mapping[str, Any]

    @property
    def key(self) -> str:
        """The marketplace's key."""
        return str(self.row["marketplace_id"])

    @property
    def email(self) -> str:
        """The address at which they are invited."""
        return str(self.row["email"])


def people(certificates: Mapping[str, Sequence[str]], at: datetime) -> tuple[Person, ...]:
    """Return the people of the demo as seen at `at`; `certificates` are the partners' own, by field of work."""
    words = tomllib.loads((DATA / "people.toml").read_text())
    with PUBLIC_CSV.open(newline="") as file:
        active = [row for row in csv.DictReader(file) if row["is_active"].strip().lower() in _ACTIVE]
    random = Random("the people of the demo")  # noqa: S311  # the same people every time; nothing secret
    chosen = sorted(random.sample(active, PEOPLE), key=lambda row: row["freelancer_ID"])
    taken: set[str] = set()
    return tuple(_Maker(random, words, row, certificates, at).person(taken) for row in chosen)


def newcomer_row(name: str, email: str, at: datetime) -> dict[str, Any]:
    """Return what the feed says of somebody who has only just joined: a profile, and no score yet. Rule E-7."""
    return {
        "marketplace_id": "FL251001",
        "name": name,
        "email": email,
        "title": "Automation developer",
        "overview": "I join systems that were never meant to talk.\n\nNew here, with six years of it in my last job.",
        "profile_url": "https://marketplace.example/freelancers/fl251001",
        "country": "PT",
        "city": "Porto",
        "timezone": "Europe/Lisbon",
        "account_state": "active",
        "visibility": "public",
        "completeness_stated_pct": 100,
        "english_level": "fluent",
        "hourly_rate_cents": 4_500,
        "currency": "USD",
        "years_experience": 6,
        "skills": ["APIs", "Workflow automation", "Integration", "Python"],
        "languages": [{"code": "pt", "level": "native"}, {"code": "en", "level": "fluent"}],
        "employment": [{"title": "Systems developer", "company": "Ostrava Tools", "from": "2019"}],
        "observed_at": at.isoformat(),
    }


class _Maker:
    """Makes up one person, from what the public data set says of them."""

    def __init__(
        self,
        random: Random,
        words: Mapping[str, Any],
        known: Mapping[str, str],
        certificates: Mapping[str, Sequence[str]],
        at: datetime,
    ) -> None:
        self.random, self.words, self.known, self.at = random, words, known, at
        self.field = known["primary_skill"]
        self.about = words["fields"][self.field]
        self.certificates = certificates.get(self.field, ())
        self.years = int(float(known["years_of_experience"] or 0)) or random.randint(2, 16)
        self.country = names.country_codes()[names.folded(known["country"])]
        self.language = names.language_codes()[names.folded(known["language"])]

    def person(self, taken: set[str]) -> Person:
        """Return the person, under an address that nobody in `taken` has."""
        name = _plain_name(self.known["name"])
        city, timezone = self.random.choice(self.words["places"][self.country])
        row: dict[str, Any] = {
            "marketplace_id": self.known["freelancer_ID"],
            "name": name,
            "email": _address(name, taken),
            "title": self.random.choice(self.about["titles"]),
            "profile_url": f"https://marketplace.example/freelancers/{self.known['freelancer_ID'].lower()}",
            "city": city,
            "timezone": timezone,
            "account_state": "active",
            "availability": self.random.choice(self.words["availability"]),
            "years_experience": self.years,
            "skills": self._skills(),
            "observed_at": self.at.isoformat(),
            "last_active_on": (self.at.date() - timedelta(days=self.random.randint(0, 9))).isoformat(),
        }
        languages = self._languages()
        row |= {"languages": languages, **self._standing(languages), **self._work(), **self._past()}
        row["overview"] = self._overview(languages)
        row["skill_experience"] = _by_skill(row)
        return Person(self.field, row)

    def _standing(self, languages: Sequence[Mapping[str, str]]) -> dict[str, Any]:
        """What E-2..E-5 ask for: nearly all of them meet it, some just, some not."""
        random = self.random
        english = next((spoken["level"] for spoken in languages if spoken["code"] == "en"), None)
        scores = [None, random.randint(62, 79), 80, random.randint(81, 88), random.randint(89, 100)]
        visibility = random.choices(["public", "marketplace", "private"], [96, 3, 1])[0]
        complete, elance = random.choices([(100, False), (92, True), (85, False)], [92, 5, 3])[0]
        return {
            "jss_pct": random.choices(scores, [4, 5, 3, 30, 58])[0],
            "visibility": visibility,
            "completeness_stated_pct": complete,
            "from_elance": elance,
            "english_level": english,
        }

    def _languages(self) -> list[dict[str, str]]:
        own = {"code": self.language, "level": "native"}
        if self.language == "en":
            second = self.random.choice([None, None, "es", "fr", "de"])
            level = self.random.choice(["basic", "conversational", "fluent"])
            return [own, {"code": second, "level": level}] if second else [own]
        level = self.random.choices(["fluent", "native", "conversational", "basic"], [84, 6, 8, 2])[0]
        return [{"code": "en", "level": level}, own]

    def _work(self) -> dict[str, Any]:
        random = self.random
        jobs = random.randint(3, 12) + self.years * random.randint(1, 4)
        hours = jobs * random.randint(25, 110)
        rate_cents = _LOWEST_RATE_CENTS + _RATE_STEP_CENTS * random.randint(0, min(4 + self.years * 2, 24))
        badge = random.choices(["top_rated", "top_rated_plus", "rising_talent", None], [30, 12, 12, 46])[0]
        return {
            "jobs_count": jobs,
            "hours_worked": hours,
            "hourly_rate_cents": rate_cents,
            "currency": "USD",
            "earnings_cents": hours * rate_cents * random.randint(70, 95) // 100,
            "rating": round(random.uniform(4.3, 5.0), 1),
            "talent_badge": badge,
            "identity_verified": random.random() < 0.8,
        }

    def _past(self) -> dict[str, Any]:
        random, this_year = self.random, self.at.year
        first = this_year - self.years
        change = first + self.years // 2
        employers = random.sample(self.words["employers"], 2)
        titles = random.sample(self.about["titles"], 2)
        works = random.sample(self.about["works"], random.randint(2, 5))
        return {
            "employment": [
                {"title": titles[0], "company": employers[0], "from": str(change)},
                {"title": titles[1], "company": employers[1], "from": str(first), "to": str(change)},
            ],
            "education": [
                {
                    "school": random.choice(self.words["schools"]),
                    "degree": random.choice(self.about["degrees"]),
                    "from": str(first - 4),
                    "to": str(first),
                }
            ],
            "portfolio": [{"title": work} for work in works],
            "certificates": [self._certificate(name) for name in self.certificates if random.random() < 0.92],
        }

    def _certificate(self, name: str) -> dict[str, str]:
        """A partner's certificate, held for a while already, and good for three years, or for good."""
        issued = self.at.date() - timedelta(days=self.random.randint(60, 500))
        shown = {"name": name, "issuer": name.split()[0], "number": f"{name[0]}-{self.random.randint(10_000, 99_999)}"}
        shown["issued_on"] = issued.isoformat()
        if self.random.random() < 0.6:
            shown["expires_on"] = date(issued.year + 3, issued.month, min(issued.day, 28)).isoformat()
        return shown

    def _skills(self) -> list[str]:
        return self.random.sample(self.about["skills"], self.random.randint(5, len(self.about["skills"]) - 1))

    def _overview(self, languages: Sequence[Mapping[str, str]]) -> str:
        random, words = self.random, self.words
        who = random.choice(self.about["who"])
        spoken = " and ".join(str(_ENGLISH.languages[each["code"]]) for each in languages)
        facts = {
            "who": who,
            "who_capital": who[0].upper() + who[1:],
            "what": random.choice(self.about["what"]),
            "years": self.years,
            "hours": random.choice([15, 20, 25, 30, 35, 40]),
            "languages": spoken,
        }
        parts = (
            random.choice(words["overview_openings"]),
            " ".join(random.sample(words["overview_middles"], 2)),
            random.choice(words["overview_ends"]),
        )
        return "\n\n".join(parts).format(**facts)


def _by_skill(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return what somebody did with the first of their skills: most of it with the first."""
    shares = ((row["skills"][0], 60), (row["skills"][1], 30), (row["skills"][2], 10))
    return [
        {
            "skill": skill,
            "jobs": row["jobs_count"] * share // 100,
            "hours": row["hours_worked"] * share // 100,
            "earnings_cents": row["earnings_cents"] * share // 100,
        }
        for skill, share in shares
    ]


def _plain_name(text: str) -> str:
    return _SUFFIXES.sub("", _TITLES.sub("", text.strip()))


def _address(name: str, taken: set[str]) -> str:
    """Return an address at a domain that belongs to nobody, unlike all in `taken`, which gets it too."""
    local = ".".join(re.sub(r"[^a-z ]", "", name.lower()).split())
    for candidate in _numbered(local):
        if candidate not in taken:
            taken.add(candidate)
            return f"{candidate}@example.org"
    raise AssertionError("there is always a next number")


def _numbered(local: str) -> Iterator[str]:
    yield local
    number = 2
    while True:
        yield f"{local}{number}"
        number += 1
