"""Names and words that stand for codes: countries, languages, time zones, levels, states. Pure, from Babel's tables."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from zoneinfo import available_timezones

from babel import Locale

from freelancers.feed.errors import BadValue
from freelancers.feed.values import NO, YES, word

NAMED_IN = ("en", "es", "de", "fr")
_NOT_COUNTRIES = frozenset("AC CP CQ DG EA EU EZ IC QO SU TA UN XA XB ZZ".split())  # noqa: SIM905 -- a list of words
_COUNTRY_ALIASES = {
    "usa": "US", "u s a": "US", "u s": "US", "america": "US", "united states of america": "US", "uk": "GB", "u k": "GB",
    "great britain": "GB", "england": "GB", "scotland": "GB", "wales": "GB", "northern ireland": "GB", "holland": "NL",
    "the netherlands": "NL", "korea": "KR", "republic of korea": "KR", "korea republic of": "KR", "korea south": "KR",
    "russian federation": "RU", "turkey": "TR", "czech republic": "CZ", "viet nam": "VN", "ivory coast": "CI",
    "uae": "AE", "emirates": "AE", "macedonia": "MK", "burma": "MM", "swaziland": "SZ", "cape verde": "CV",
    "palestine": "PS", "hong kong": "HK", "macau": "MO", "taiwan": "TW", "iran islamic republic of": "IR",
    "syrian arab republic": "SY", "moldova republic of": "MD", "tanzania united republic of": "TZ",
    "peoples republic of china": "CN",
    "bolivia plurinational state of": "BO", "venezuela bolivarian republic of": "VE", "bosnia": "BA", "brasil": "BR",
    "deutschland": "DE", "espana": "ES", "italia": "IT", "polska": "PL", "turkiye": "TR", "ee uu": "US", "eeuu": "US",
}  # fmt: skip
_LANGUAGE_ALIASES = {
    "mandarin": "zh", "mandarin chinese": "zh", "chinese mandarin": "zh", "cantonese": "zh", "farsi": "fa",
    "castilian": "es",
    "castellano": "es", "flemish": "nl", "filipino": "tl", "tagalog": "tl", "bahasa indonesia": "id", "bahasa": "id",
    "moldovan": "ro", "brazilian portuguese": "pt", "modern greek": "el", "deutsch": "de", "espanol": "es",
    "francais": "fr",
    "italiano": "it", "portugues": "pt", "nederlands": "nl", "turkce": "tr", "polski": "pl", "oriya": "or",
    "panjabi": "pa",
}  # fmt: skip
_LEVELS = {
    "basic": "basic beginner elementary a1 a2 little poor novice",
    "conversational": "conversational intermediate b1 b2 good medium average working",
    "fluent": "fluent advanced professional proficient c1 c2 excellent business",
    "native": "native bilingual mother tongue first",
}  # fmt: skip
_LEVEL_PHRASES = {
    "native or bilingual": "native", "native or bilingual proficiency": "native", "mother tongue": "native",
    "first language": "native",
    "full professional proficiency": "fluent", "professional working proficiency": "fluent",
    "upper intermediate": "conversational",
    "limited working proficiency": "conversational", "elementary proficiency": "basic", "native speaker": "native",
}  # fmt: skip
_STATES = {
    "active": "active open ok enabled live", "suspended": "suspended paused hold", "blocked": "blocked banned",
    "closed": "closed deleted inactive deactivated disabled left",
}  # fmt: skip
_VISIBILITIES = {
    "public": ("public", "everyone", "anyone", "visible"),
    "marketplace": ("marketplace", "marketplace only", "members", "users only", "registered users", "platform"),
    "private": ("private", "hidden", "only me", "invisible"),
}
_BADGES = {
    "top_rated": ("top rated",),
    "top_rated_plus": ("top rated plus", "top rated+"),
    "rising_talent": ("rising talent",),
    "expert_vetted": ("expert vetted",),
}
_OFFSET = re.compile(r"(?:utc|gmt)?\s*([+−-])\s*(\d{1,2})(?::?00)?", re.IGNORECASE)


def folded(text: str) -> str:
    """Return `text` as a key: without accents, dots, brackets, commas or capitals."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return word(re.sub(r"[.,()'’&]", " ", plain))


@lru_cache
def country_codes() -> dict[str, str]:
    """Return every name and code of a country, folded, with its ISO 3166 alpha-2 code."""
    known: dict[str, str] = {}
    for locale in NAMED_IN:
        for code, name in Locale.parse(locale).territories.items():
            if len(code) == 2 and code.isalpha() and code not in _NOT_COUNTRIES:
                known.setdefault(folded(name), code)
                known.setdefault(code.lower(), code)
    return {**known, **_COUNTRY_ALIASES}


@lru_cache
def language_codes() -> dict[str, str]:
    """Return every name and code of a language that has one, folded, with its ISO 639-1 code."""
    known: dict[str, str] = {}
    for locale in NAMED_IN:
        for code, name in Locale.parse(locale).languages.items():
            if len(code) == 2:
                known.setdefault(folded(name), code)
                known.setdefault(code, code)
    return {**known, **_LANGUAGE_ALIASES}


@lru_cache
def timezone_names() -> dict[str, str]:
    """Return every IANA time zone, by its name in lower case."""
    return {name.lower(): name for name in available_timezones() if not name.startswith(("posix", "right"))}


@lru_cache(maxsize=4096)
def country(text: str) -> str:
    """Return the ISO 3166 alpha-2 code of a country given by name (English, Spanish, German, French) or code."""
    return _found(
        country_codes(), folded(text), "is no country Laurel knows", "Write its English name or two-letter code."
    )


@lru_cache(maxsize=4096)
def language(text: str) -> str:
    """Return the ISO 639-1 code of a language given by name (English, Spanish, German, French) or code."""
    key = folded(text)
    known = language_codes()
    return _found(
        known,
        key if key in known else key.split(" ")[0] if re.fullmatch(r"[a-z]{2} [a-z]{2}", key) else key,
        "is no language with a two-letter code (ISO 639-1)",
        "Write its English name or two-letter code.",
    )


@lru_cache(maxsize=4096)
def timezone(text: str) -> str:
    """Return an IANA time zone, from its name or from a whole-hour offset such as "UTC+02:00"."""
    said = text.strip().lower().replace(" ", "_")
    if name := timezone_names().get(said):
        return name
    if (offset := _OFFSET.fullmatch(text.strip())) and int(offset[2]) <= 12:
        # The zones named Etc/GMT count the other way round: UTC+2 is Etc/GMT-2.
        return "Etc/UTC" if int(offset[2]) == 0 else f"Etc/GMT{'-' if offset[1] == '+' else '+'}{int(offset[2])}"
    raise BadValue("is no time zone Laurel knows", "Write its IANA name, such as Europe/Berlin.")


def english_level(text: str) -> str:
    """Return basic, conversational, fluent or native; CEFR levels and common words are understood. Rule E-5."""
    said = word(text)
    if level := _LEVEL_PHRASES.get(said):
        return level
    for level, words in _LEVELS.items():
        if said in words.split():
            return level
    raise BadValue(
        "is no level of language", "Use basic, conversational, fluent or native, or list the words under `values`."
    )


def account_state(text: str) -> str:
    """Return active, suspended, blocked or closed; yes and no in their spellings mean active and closed. Rule E-1."""
    said = word(text)
    for state, words in _STATES.items():
        if said in words.split():
            return state
    if (raw := text.strip().casefold()) in YES | NO:
        return "active" if raw in YES else "closed"
    raise BadValue(
        "is no state of an account", "Use active, suspended, blocked or closed, or list the words under `values`."
    )


def visibility(text: str) -> str:
    """Return public, marketplace or private. Rule E-4."""
    return _worded(
        _VISIBILITIES, text, "is no visibility", "Use public, marketplace or private, or list the words under `values`."
    )


def talent_badge(text: str) -> str:
    """Return top_rated, top_rated_plus, rising_talent or expert_vetted."""
    return _worded(
        _BADGES,
        text,
        "is no talent badge",
        "Use top_rated, top_rated_plus, rising_talent or expert_vetted, or list the words under `values`.",
    )


def _worded(table: dict[str, tuple[str, ...]], text: str, reason: str, hint: str) -> str:
    said = word(text)
    for value, words in table.items():
        if said in words:
            return value
    raise BadValue(reason, hint)


def _found(table: dict[str, str], key: str, reason: str, hint: str) -> str:
    if (value := table.get(key)) is None:
        raise BadValue(reason, hint)
    return value
