"""What applicants answer. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

from app.demo.people import Person

INTERESTS = (
    "I have used {partner} for three years, for clients who found me by word of mouth. I would like others to find me.",
    "Two of my clients asked whether I am on your page. Am I welcome to apply?",
    "I teach {partner} at evening classes and build with it by day. Please consider me.",
    "My latest project with {partner} went live in spring, and I can show it.",
)
_WORK_TEXTS = (
    "I did all of it but the photographs.",
    "I led a team of three; the concept and the hard parts are mine.",
    "From the first workshop to the handover, over five months.",
    "My part was what happens behind the screens.",
)


def written(
    steps: Sequence[Mapping[str, Any]],
    spec: Mapping[str, Any],
    person: Person,
    at: datetime,
    random: Random,
    *,
    whole: bool = True,
) -> dict[str, Any]:
    """Return the person's answers to a programme's steps, by key; only the first of them unless `whole`."""
    written_to = [step for step in steps if step["kind"] != "file"]
    asked = [step for step in written_to if step["required"] or random.random() < 0.6]
    return {step["key"]: _answer(step["kind"], spec, person, at, random) for step in (asked if whole else asked[:1])}


def _answer(kind: str, spec: Mapping[str, Any], person: Person, at: datetime, random: Random) -> Any:
    if kind == "question":
        return random.choice(spec["answers"])
    if kind == "experience":
        return random.choice(spec["experiences"])
    if kind == "certificate":
        return _certificate(spec, person, at, random)
    if kind == "training":
        finished = at.date() - timedelta(days=random.randint(90, 700))
        return {"name": f"{spec['name']}: systems that last", "finished_on": finished.isoformat()}
    title = random.choice(person.row["portfolio"])["title"] if person.row.get("portfolio") else "My latest work"
    link = f"https://portfolio.example/{_slug(person.row['name'])}/{_slug(title)}"
    return {"title": title, "link": link, "text": random.choice(_WORK_TEXTS)}


def _certificate(spec: Mapping[str, Any], person: Person, at: datetime, random: Random) -> dict[str, str]:
    """Return the partner's own certificate, as the profile has it where it does."""
    held = [each for each in person.row.get("certificates", ()) if each["name"] == spec["certificate"]]
    shown = held[0] if held else {"number": f"{spec['name'][0]}-{random.randint(10_000, 99_999)}"}
    issued = shown.get("issued_on") or (at.date() - timedelta(days=random.randint(60, 400))).isoformat()
    answer = {"name": spec["certificate"], "number": shown["number"], "issued_on": issued}
    answer["link"] = f"https://{spec['slug']}.example/certificates/{shown['number'].lower()}"
    return answer | ({"expires_on": shown["expires_on"]} if "expires_on" in shown else {})


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
