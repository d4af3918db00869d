"""Which language we speak, and how our words are said in it.

English is what is written in the code; `translations/<language>.po` says it in the others. Which one is spoken is part
of the moment, like a transaction: whoever answers a request sets it, and everything that makes words asks here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, lru_cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

V = TypeVar("V", bound=Callable[..., Any])

DEFAULT = "en"
#: Every language that public pages are in, by its code in addresses, and what it calls itself.
NAMES = MappingProxyType({"en": "English", "es": "Español", "de": "Deutsch"})
CATALOGUES = Path(__file__).resolve().parents[1] / "translations"

#: English as it is written here: 2 March, not March 2.
_LOCALES = {"en": "en_GB"}
_ATTRIBUTE = "laurel_in_every_language"
_spoken: ContextVar[str] = ContextVar("laurel_language", default=DEFAULT)


def spoken() -> str:
    """Return the code of the language that is spoken now."""
    return _spoken.get()


def locale() -> Locale:
    """Return how days, numbers and names of countries are written in the language spoken now."""
    return locale_of(spoken())


@cache
def locale_of(language: str) -> Locale:
    """Return how a language of ours writes days and numbers."""
    return Locale.parse(_LOCALES.get(language, language))


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak a language for a while."""
    before = _spoken.set(language)
    try:
        yield
    finally:
        _spoken.reset(before)


def in_every_language(view: V) -> V:
    """Declare that the decorated view's page is in every language: `/de` before its path says which."""
    setattr(view, _ATTRIBUTE, True)
    return view


def is_in_every_language(view: Callable[..., Any] | None) -> bool:
    """Say whether a view's page is in every language."""
    return getattr(view, _ATTRIBUTE, False)


def here(path: str) -> str:
    """Return where a page that is in every language is in the one spoken now: "/de/skills" for "/skills"."""
    return place_of(spoken(), path)


def place_of(language: str, path: str) -> str:
    """Return where a page that is in every language is in one of them."""
    if language == DEFAULT:
        return path
    return f"/{language}" if path == "/" else f"/{language}{path}"


def parted(path: str) -> tuple[str, str]:
    """Return the language of an address and its path without it: ("de", "/skills") for "/de/skills"."""
    language, slash, rest = path.removeprefix("/").partition("/")
    if language in NAMES and language != DEFAULT:
        return language, f"/{rest}" if slash else "/"
    return DEFAULT, path


def said(text: str) -> str:
    """Return how `text` is said in the language spoken now, its %-places still open."""
    return _catalogue(spoken()).gettext(text) if text else ""  # of nothing, a catalogue says what it is


def said_of(one: str, many: str, num: int) -> str:
    """Return how `num` things are said, its %-places still open."""
    return _catalogue(spoken()).ngettext(one, many, num)


def gettext(text: str, /, **values: Any) -> str:
    """Return how `text` is said in the language spoken now; `%(name)s` in it are `values`."""
    return said(text) % values


def ngettext(one: str, many: str, num: int, /, **values: Any) -> str:
    """Return how `num` things are said; `%(num)s` is the number as people write it."""
    return said_of(one, many, num) % {"num": number(num), **values}


def number(value: float) -> str:
    """Return a number as people write it: "1,200", "1.200", "1200"."""
    language = spoken()
    if language == DEFAULT:
        return f"{value:,}"
    return _number(value, language)


@lru_cache(maxsize=10_000)
def _number(value: float, language: str) -> str:
    return format_decimal(value, locale=locale_of(language))


def later(text: str) -> str:
    """Mark words that are said somewhere else; `gettext` is asked for them there."""
    return text


@cache
def _catalogue(language: str) -> NullTranslations:
    """Return a language's words. They are compiled when first asked for, so that only what people edit is kept."""
    if language == DEFAULT:
        return NullTranslations()
    compiled = BytesIO()
    with (CATALOGUES / f"{language}.po").open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return GNUTranslations(compiled)
