"""The feeds of the demo: the public data set, the second feed, and what changes in the months after."""

from __future__ import annotations

import json
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.demo.people import PUBLIC_CSV, Person
from core.database import session
from freelancers.feed import mapping
from freelancers.feed.importing import import_feed
from freelancers.models import Freelancer

#: Days before today on which the marketplace sends new scores of everybody.
SCORE_DAYS = (330.0, 210.0, 120.0)
_CHANGED_SHARE = 0.4
_STEPS = (-3, -2, -1, 1, 2, 3)

Rows = dict[float, list[Mapping[str, Any]]]


class Trouble(StrEnum):
    """What befalls an expert's profile, and whether it passes."""

    SCORE_LOST = "score_lost"
    SCORE_IN_GRACE = "score_in_grace"
    SCORE_BACK_IN_TIME = "score_back_in_time"
    SCORE_BACK_LATE = "score_back_late"
    NOT_PUBLIC = "not_public"
    UNFINISHED = "unfinished"
    CERTIFICATE_OVER = "certificate_over"


def import_public(at: datetime) -> None:
    """Import the public data set."""
    with tempfile.TemporaryDirectory() as refused:
        import_feed(PUBLIC_CSV, mapping.find("public_csv"), by=None, at=at, refused_folder=Path(refused))


def import_rows(rows: Iterable[Mapping[str, Any]], at: datetime) -> None:
    """Import rows of Laurel's own NDJSON."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"marketplace-{at:%Y-%m-%d}.ndjson"
        path.write_text("".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows))
        import_feed(path, mapping.find("laurel"), by=None, at=at, refused_folder=Path(folder))
    session.expire_all()  # the import goes past the session


def ids_by_key() -> dict[str, UUID]:
    """Return everybody's id by the marketplace's key."""
    return dict(session.execute(sa.select(Freelancer.marketplace_id, Freelancer.id)).all())


def changing_scores(people: Sequence[Person], random: Random) -> Rows:
    """Return rows with new scores by the day they arrive: up and down a little, and never across a limit."""
    rows: Rows = defaultdict(list)
    scores = {person.key: person.row["jss_pct"] for person in people if person.row["jss_pct"] is not None}
    for day in SCORE_DAYS:
        for key, score in scores.items():
            lowest, highest = (86, 100) if score >= 86 else (80, 85) if score >= 80 else (60, 79)
            if random.random() < _CHANGED_SHARE:
                scores[key] = min(max(score + random.choice(_STEPS), lowest), highest)
                rows[day].append({"marketplace_id": key, "jss_pct": scores[key]})
    return rows


def troubled(person: Person, trouble: Trouble, now: datetime, random: Random) -> Rows:
    """Return the rows that bring the trouble over `person`, and end it where it ends, by the day they arrive."""
    low, good = random.randint(70, 78), random.randint(82, 88)
    fields: dict[Trouble, dict[float, dict[str, Any]]] = {
        Trouble.SCORE_LOST: {25: {"jss_pct": low}},
        Trouble.SCORE_IN_GRACE: {5: {"jss_pct": low}},
        Trouble.SCORE_BACK_IN_TIME: {60: {"jss_pct": low}, 51: {"jss_pct": good}},
        Trouble.SCORE_BACK_LATE: {60: {"jss_pct": low}, 25: {"jss_pct": good}},
        Trouble.NOT_PUBLIC: {2: {"visibility": "marketplace"}},
        Trouble.UNFINISHED: {8: {"completeness_stated_pct": 80, "from_elance": False}},
        Trouble.CERTIFICATE_OVER: {10: {"certificates": _over(person, now - timedelta(days=9))}},
    }
    return {day: [{"marketplace_id": person.key, **changed}] for day, changed in fields[trouble].items()}


def _over(person: Person, on: datetime) -> list[dict[str, Any]]:
    """Return the person's certificates as they are when all of them end on a day."""
    issued = (on - timedelta(days=3 * 365)).date().isoformat()
    return [{**each, "issued_on": issued, "expires_on": on.date().isoformat()} for each in person.row["certificates"]]
