"""What stands on somebody's profile already, offered as an answer instead of being asked again. Pure. Rule R-1."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from partners.states import StepKind

_OFFERED_MAX = 5


@dataclass(frozen=True)
class Offer:
    """A certificate of the profile. `take` names it in a form; `answer` is what it fills in."""

    take: str
    title: str
    answer: Mapping[str, str]


def offers(step: Mapping[str, Any], answers: Mapping[str, Any], profile: Mapping[str, Any]) -> tuple[Offer, ...]:
    """Return what the profile has for a step: its certificates; once one is named, that one alone."""
    if step["kind"] != StepKind.CERTIFICATE:
        return ()
    answered = answers.get(step["key"])
    given = answered if isinstance(answered, Mapping) else {}
    held = [entry for entry in profile.get("certificates") or () if isinstance(entry, Mapping) and entry.get("name")]
    found = (Offer(f"{step['key']}:{place}", _title(entry), _answer(entry)) for place, entry in enumerate(held))
    fitting = (offer for offer in found if given.get("name") in (None, offer.answer["name"]))
    return tuple(offer for offer in fitting if not _is_answer(offer.answer, given))[:_OFFERED_MAX]


def taken(
    take: str, steps: Any, answers: Mapping[str, Any], profile: Mapping[str, Any]
) -> tuple[str, Mapping[str, str]] | None:
    """Return the step's key and the answer that somebody chose by `take`, or None when it is not offered."""
    for step in steps:
        for offer in offers(step, answers, profile):
            if offer.take == take:
                return step["key"], offer.answer
    return None


def _answer(entry: Mapping[str, Any]) -> dict[str, str]:
    known = {
        "name": entry.get("name"),
        "number": entry.get("number"),
        "link": entry.get("url"),
        "issued_on": entry.get("issued_on"),
        "expires_on": entry.get("expires_on"),
    }
    return {key: str(text) for key, text in known.items() if text}


def _title(entry: Mapping[str, Any]) -> str:
    return f"{entry['name']}, {entry['number']}" if entry.get("number") else str(entry["name"])


def _is_answer(offered: Mapping[str, str], given: Mapping[str, Any]) -> bool:
    return all(given.get(key) == text for key, text in offered.items())
