"""What of a profile a directory shows: what is public on it, in words. Pure. Rule B-4."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlsplit

from core import wording
from core.languages import gettext as _
from core.languages import later
from directory.facets import minutes_from_utc, offset

#: As many entries of a list are shown; the marketplace's own profile has them all.
SHOWN = 6
_LEVELS = (later("basic"), later("conversational"), later("fluent"), later("native"))


@dataclass(frozen=True)
class Entry:
    """One line of a history: what, and where and when in words."""

    title: str
    text: str


def languages(spoken: Iterable[Mapping[str, Any]], english_level: str | None) -> str | None:
    """Return the languages in words, English first: "English (fluent), German (native)"; None when none is stated."""
    levels = {entry["code"]: entry.get("level") for entry in spoken}
    if english_level:
        levels["en"] = english_level
    in_order = sorted(levels, key=lambda code: (code != "en", wording.language(code)))
    words = [wording.language(code) + (f" ({_level(level)})" if (level := levels[code]) else "") for code in in_order]
    return ", ".join(words) or None


def where(city: str | None, country: str | None) -> str | None:
    """Return "Leeds, United Kingdom" from a city and a country's code; None when neither is known."""
    return ", ".join(filter(None, (city, wording.country(country) if country else None))) or None


def clock(zone: str | None, day: date) -> str | None:
    """Return what a time zone's clock shows at noon of `day` against UTC: "UTC+05:30"; None when none is known."""
    minutes = minutes_from_utc(zone, datetime(day.year, day.month, day.day, 12, tzinfo=UTC)) if zone else None
    return None if minutes is None else f"UTC{offset(minutes)}"


def employment(entries: Iterable[Mapping[str, Any]]) -> Sequence[Entry]:
    """Return where the person worked, as the profile orders it."""
    return [
        Entry(title, " · ".join(filter(None, (company if entry.get("title") else None, span(entry)))))
        for entry in entries
        if (company := entry.get("company")) or entry.get("title")
        if (title := entry.get("title") or company)
    ][:SHOWN]


def certificates(entries: Iterable[Mapping[str, Any]], day: date) -> Sequence[Entry]:
    """Return the certificates that are valid on `day`, the newest first."""
    valid = [entry for entry in entries if not (end := entry.get("expires_on")) or date.fromisoformat(end) >= day]
    newest_first = sorted(valid, key=lambda entry: entry.get("issued_on") or "", reverse=True)
    return [Entry(entry["name"], " · ".join(filter(None, _certified(entry)))) for entry in newest_first][:SHOWN]


@dataclass(frozen=True)
class Piece:
    """A piece of work: what it is, words to it, where it can be seen, and its picture by its id."""

    title: str
    text: str
    url: str | None
    picture: str | None


def portfolio(entries: Iterable[Mapping[str, Any]]) -> Sequence[Piece]:
    """Return somebody's work, as the profile orders it."""
    return [
        Piece(title, entry.get("text") or "", web_address(entry.get("url")), entry.get("picture"))
        for entry in entries
        if (title := entry.get("title") or entry.get("url"))
    ][:SHOWN]


def paragraphs(text: str | None) -> Sequence[str]:
    """Return a text's paragraphs; single line breaks stay within them."""
    return [part.strip() for part in (text or "").split("\n\n") if part.strip()]


def web_address(url: str | None) -> str | None:
    """Return `url` if it is one that a link may lead to: http or https, with a host."""
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.netloc else None


def _level(level: str) -> str:
    return _(level) if level in _LEVELS else level


def _certified(entry: Mapping[str, Any]) -> Iterable[str | None]:
    issued, expires = entry.get("issued_on"), entry.get("expires_on")
    yield entry.get("issuer")
    yield _("since %(day)s", day=when(issued)) if issued else None
    yield _("valid until %(day)s", day=when(expires)) if expires else None


def span(entry: Mapping[str, Any]) -> str | None:
    """Return from when to when: "March 2020 to now"; None when neither is known."""
    begun, ended = entry.get("from"), entry.get("to")
    if not begun:
        return _("until %(day)s", day=when(ended)) if ended else None
    return _("%(first)s to %(last)s", first=when(begun), last=when(ended) if ended else _("now"))


def when(text: str) -> str:
    """Return "2020", "March 2020" or "2 March 2020" for "2020", "2020-03" or "2020-03-02"; what is no date as it is."""
    try:
        year, *rest = (int(part) for part in text.split("-"))
        if not rest:
            return str(year)
        return wording.month(date(year, rest[0], 1)) if len(rest) == 1 else wording.day(date(year, rest[0], rest[1]))
    except ValueError:
        return text
