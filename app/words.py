"""Keeps the catalogues of words in step with what pages say: `script/words`.

What is marked in code and templates (`_`, `gettext`, `ngettext`, `later`, `{% trans %}`) is looked for; each catalogue
gets what is new, without a translation, and loses what nobody says any more.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from core.languages import CATALOGUES, DEFAULT, NAMES

ROOT = CATALOGUES.parent
_PLACES = ("app", "badges", "core", "directory", "freelancers", "partners", "templates")
_WAYS = [("**.html", "jinja2"), ("**.py", "python")]
_OPTIONS = {"**.html": {"silent": "false", "trim_blocks": "true", "lstrip_blocks": "true"}}
_KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "later": None}
#: What a tool writes about itself would make each run a change.
_OF_THE_TOOL = (
    b'"POT-Creation',
    b'"PO-Revision',
    b'"Generated-By',
    b'"Last-Tr',
    b'"Language-Team',
    b'"Report',
    b'"Project',
)


def extracted() -> Catalog:
    """Return all words that are marked, with the files that say them."""
    found = Catalog()
    for place in _PLACES:
        for name, _, text, *_ in extract_from_dir(ROOT / place, _WAYS, _OPTIONS, _KEYWORDS, comment_tags=()):
            found.add(text, locations=[(f"{place}/{name}", 0)])
    return found


def catalogue(language: str) -> Catalog:
    """Return a language's catalogue as it is kept."""
    with _path(language).open("rb") as file:
        return read_po(file, locale=language)


def untranslated(language: str) -> list[str]:
    """Return what pages say that a language's catalogue has no sure translation of."""
    kept = catalogue(language)
    known = {id_of(each.id): each for each in kept if not each.fuzzy}
    return [id_of(each.id) for each in extracted() if each.id and not _is_whole(known.get(id_of(each.id)))]


def id_of(text: str | tuple[str, ...] | list[str]) -> str:
    """Return the words that name a message: of two forms, the first."""
    return text if isinstance(text, str) else text[0]


def update() -> Iterator[str]:
    """Bring every catalogue in step; say for each how much of it still has to be translated."""
    said = extracted()
    for language in NAMES.keys() - {DEFAULT}:
        kept = {id_of(each.id): each.string for each in catalogue(language) if not each.fuzzy}
        fresh = Catalog(locale=language, header_comment=f"# {NAMES[language]}", fuzzy=False)
        for message in (each for each in said if each.id):
            fresh.add(message.id, kept.get(id_of(message.id)), locations=sorted(set(message.locations)))
        written = BytesIO()
        write_po(written, fresh, width=0, sort_output=True, include_lineno=False)
        lines = [line for line in written.getvalue().splitlines(keepends=True) if not line.startswith(_OF_THE_TOOL)]
        _path(language).write_bytes(b"".join(lines))
        yield f"translations/{language}.po: {len(fresh)} sentences, {len(untranslated(language))} without a translation"


def _is_whole(message: Message | None) -> bool:
    if message is None:
        return False
    said = [message.string] if isinstance(message.string, str) else list(message.string or ("",))
    return all(said)


def _path(language: str) -> Path:
    return CATALOGUES / f"{language}.po"


if __name__ == "__main__":
    for line in update():
        print(line)
