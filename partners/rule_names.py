"""Names as people type them into a requirement: countries, time zones, and lists of anything. Pure. Rule E-6."""

from __future__ import annotations

import csv
import difflib
from collections.abc import Callable, Iterable, Mapping

from badges.eligibility.zones import timezones
from core import wording
from freelancers.feed import names
from freelancers.feed.errors import BadValue

_QUOTED_MAX = 60


def looked_up(
    text: str, find: Callable[[str], str], known: Iterable[str], what: str, problems: dict[str, list[str]]
) -> tuple[str, ...] | None:
    """Return the codes of the names in `text`; every name that is not known is told, with the nearest that is."""
    found: list[str] = []
    said: list[str] = []
    for item in items(text):
        try:
            found.append(find(item))
        except BadValue:
            near = difflib.get_close_matches(item, list(known), 1, 0.6)
            hint = f" Do you mean {near[0]}?" if near else ""
            said.append(f"{quote(item)} is not the name of {what}.{hint}")
    if not found and not said:
        said.append("Write at least one.")
    if said:
        problems["value"] = said
        return None
    return tuple(found)


def zone(text: str) -> str:
    """Return a time zone by its name, by its difference from UTC, or by the city in its name."""
    try:
        return names.timezone(text)
    except BadValue:
        city = "/" + text.strip().lower().replace(" ", "_")
        if len(ends := [zone for zone in sorted(timezones()) if zone.lower().endswith(city)]) >= 1 and len(city) > 3:
            return min(ends, key=len)
        raise


def items(text: str) -> Iterable[str]:
    """Yield what stands between line ends and commas; quotation marks keep a comma within a name."""
    for line in text.splitlines():
        for row in csv.reader([line], skipinitialspace=True):
            yield from (" ".join(item.split()) for item in row if item.strip())


def line_of(fact: str) -> Callable[[str], str]:
    """Return how an item of a list is shown in the form, so that it is read again as the same."""
    if fact == "country":
        return _country_line
    return quoted


def _country_line(code: str) -> str:
    name = wording.country(code)
    try:
        return quoted(name) if names.country(name) == code else code
    except BadValue:
        return code


def quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if "," in text or '"' in text else text


def country_names() -> Mapping[str, str]:
    """Return the codes of all countries, by their English names."""
    return {wording.country(code): code for code in names.country_codes().values()}


def quote(text: str) -> str:
    """Return what somebody typed, in short, as it is quoted to them."""
    return f"“{text if len(text) <= _QUOTED_MAX else text[:_QUOTED_MAX] + '…'}”"
