"""A feed file of any size in Laurel's own format: profiles of about 1 KB, no two alike, the same in every run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

_SEED = 20_261_124
_COUNTRIES = ("GB", "DE", "US", "IN", "PH", "BR", "UA", "PL", "ES", "AR", "PK", "CA")
_ZONES = ("Europe/London", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Asia/Manila", "America/Sao_Paulo")
_FIRST = ("Ada", "Grace", "Edsger", "Barbara", "Donald", "Niklaus", "Radia", "Tim", "Margaret", "José", "Zoë", "André")
_LAST = ("Byron", "Hopper", "Dijkstra", "Liskov", "Knuth", "Wirth", "Perlman", "Lee", "Hamilton", "García", "Müller")
_SKILLS = tuple(f"{kind} {tool}" for kind in ("Cloud", "Data", "Mobile", "Web", "Brand", "Video", "Tax", "Game")
                for tool in ("design", "testing", "strategy", "writing", "analysis", "migration", "security", "support"))  # fmt: skip
_TITLES = (
    "Data engineer",
    "Product designer",
    "Copywriter",
    "Mobile developer",
    "Bookkeeper",
    "Video editor",
    "Analyst",
)
_SYLLABLES = ("ba", "co", "di", "fu", "ga", "lo", "mi", "nu", "pe", "ra", "se", "ti", "vo", "xa", "zen", "ter", "ing")


def write(path: Path, rows: int) -> int:
    """Write a feed of so many rows; return its size in bytes."""
    random = Random(_SEED)  # noqa: S311 - the same in every run
    words = _vocabulary(random)
    with path.open("w", encoding="utf-8") as file:
        for number in range(rows):
            file.write(json.dumps(_profile(number, random, words), ensure_ascii=False) + "\n")
    return path.stat().st_size


def _vocabulary(random: Random) -> list[str]:
    """Return some thousands of words, as many as people use."""
    return sorted({"".join(random.choices(_SYLLABLES, k=random.randint(2, 4))) for _ in range(6_000)})


def _profile(number: int, random: Random, words: list[str]) -> dict[str, Any]:
    name = f"{random.choice(_FIRST)} {random.choice(_LAST)}"
    scored = random.random() < 0.85
    return {
        "marketplace_id": f"~01{number * 2_654_435_761 % 2**40:010x}",
        "name": name,
        "email": f"person{number}@example.org",
        "title": random.choice(_TITLES),
        "overview": "\n".join(_sentences(random, words, 10) for _ in range(random.randint(1, 3))),
        "photo_url": f"https://photos.example.org/{number:x}.jpg",
        "profile_url": f"https://market.example.org/people/{number}",
        "country": random.choice(_COUNTRIES),
        "timezone": random.choice(_ZONES),
        "hourly_rate_cents": random.randrange(1_000, 15_000, 50),
        "currency": "USD",
        "account_state": "active",
        "visibility": "public",
        "english_level": random.choice(("conversational", "fluent", "native")),
        "jss_pct": random.randint(60, 100) if scored else None,
        "years_experience": random.randint(1, 25),
        "jobs_count": random.randint(0, 200),
        "hours_worked": random.randint(0, 9_000),
        "earnings_cents": random.randint(0, 90_000_000),
        "rating": random.randint(300, 500) / 100,
        "last_active_on": f"2026-0{random.randint(1, 9)}-1{random.randint(0, 9)}",
        "skills": random.sample(_SKILLS, random.randint(3, 8)),
        "languages": [{"code": "en", "level": "fluent"}, {"code": random.choice(("de", "es", "hi", "fr"))}],
        **dict(_parts(number, random, words)),
    }


def _parts(number: int, random: Random, words: list[str]) -> Iterator[tuple[str, list[dict[str, str]]]]:
    company = random.choice(words).title()
    yield (
        "employment",
        [{"title": random.choice(_TITLES), "company": company, "from": f"20{random.randint(10, 25)}-03"}],
    )
    yield "portfolio", [{"title": _sentences(random, words, 4)} for _ in range(random.randint(0, 2))]
    if number % 3 == 0:
        yield "education", [{"school": f"University of {random.choice(words).title()}", "degree": "BSc"}]
    if number % 4 == 0:
        yield "certificates", [{"name": f"{company} Associate", "expires_on": f"2027-0{random.randint(1, 9)}-01"}]


def _sentences(random: Random, words: list[str], count: int) -> str:
    return " ".join(random.choices(words, k=count)).capitalize() + "."
