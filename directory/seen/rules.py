"""What a browser tells of a page view, read with suspicion: anybody can write it. Pure. Rule D-5."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from core.errors import InvalidInput

#: Longer than any page of ours could say.
BODY_MAX_BYTES = 8_000
#: More cards than any page of ours has.
AWARDS_MAX = 60
SEARCH_MAX, FIELDS_MAX = 1_000, 40
#: What can be told of an award: its slot was in sight, its card was in a search's result, its page was.
KINDS = ("shown", "found", "viewed")

_PROGRAM = re.compile(
    r"bot|crawl|spider|slurp|headless|lighthouse|preview|scan|monitor|fetch|curl|wget|python|java/|go-http|httpclient",
    re.I,
)


@dataclass(frozen=True)
class Report:
    """One page view: `view` is a number its browser made up, `seen` pairs of a kind and an award, `search` a query."""

    view: UUID
    seen: frozenset[tuple[str, UUID]]
    search: str = ""


def is_a_person(headers: Mapping[str, str]) -> bool:
    """Say whether a browser reports it that does not say of itself that it is a program's."""
    agent = headers.get("User-Agent", "")
    return "Mozilla/" in agent and not _PROGRAM.search(agent)


def from_our_page(headers: Mapping[str, str]) -> bool:
    """Say whether a page of ours sent it: browsers say so themselves, and let no page change it."""
    return headers.get("Sec-Fetch-Site") == "same-origin"


def read_report(body: bytes) -> Report:
    """Return what a page view tells. Raises InvalidInput for anything that no page of ours would send."""
    if len(body) > BODY_MAX_BYTES:
        raise _strange(f"It is longer than {BODY_MAX_BYTES:,} bytes.")
    try:
        told = json.loads(body)
        view = UUID(told["view"])
        seen = frozenset((kind, UUID(award)) for kind in KINDS for award in told.get(kind, ()))
        search = told.get("search", "")
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise _strange("It is not the JSON that our pages write.") from error
    if len(seen) > AWARDS_MAX or not isinstance(search, str) or not search.isascii() or len(search) > SEARCH_MAX:
        raise _strange("It tells of more than a page can show.")
    if search.count("&") >= FIELDS_MAX:
        raise _strange(f"Its search has more than {FIELDS_MAX} parts.")
    return Report(view, seen, search)


def _strange(why: str) -> InvalidInput:
    return InvalidInput(f"{why} Nothing was counted.", "Pages of a directory send this by themselves; open one.")
