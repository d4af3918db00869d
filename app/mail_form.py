"""Letters of one batch differ in a few words: the first is rendered, and the others are put together from its pieces.

A form is made by rendering the templates with a mark in place of each word that is the mail's own. It is used only for
words that a template can do nothing but put somewhere: text on one line. Anything else is rendered in full.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias
from uuid import UUID

from cachetools import LRUCache
from markupsafe import escape

#: What a form holds for: the template, the batch, and which of the mail's own words are one word, several, or fixed.
Shape: TypeAlias = tuple[str, UUID, tuple[tuple[str, object], ...]]
_ONE, _SEVERAL = "one word", "several"


@dataclass(frozen=True)
class Written:
    """A letter's words: `stop_url` is empty where there is nothing to stop."""

    subject: str
    text: str
    html: str
    stop_url: str
    one_click: bool


class Pieces:
    """A text with places in it."""

    def __init__(self, text: str, marks: Mapping[str, int]) -> None:
        found = re.split(f"({'|'.join(marks)})", text) if marks else [text]
        self._pieces = found
        self._places = [(at, marks[mark]) for at, mark in enumerate(found) if at % 2]

    def filled(self, words: list[str]) -> str:
        """Return the text with `words` in its places."""
        pieces = self._pieces.copy()
        for at, number in self._places:
            pieces[at] = words[number]
        return "".join(pieces)


class Form:
    """A letter with places for the words that are each mail's own, in the order of their names."""

    def __init__(self, render: Callable[[dict[str, Any]], Written], shared: Mapping[str, Any], own: Mapping[str, Any]):
        marks: dict[str, int] = {}
        marked = {**shared, **own}
        for name, value in own.items():
            if isinstance(value, str):
                marked[name] = " ".join(_mark(marks) for _ in value.split(" ", 1))
        written = render(marked)
        self._subject, self._stop_url = Pieces(written.subject, marks), Pieces(written.stop_url, marks)
        self._text, self._html = Pieces(written.text, marks), Pieces(written.html, marks)
        self._one_click = written.one_click

    def filled(self, own: Mapping[str, Any]) -> Written:
        """Return the letter with these words in it."""
        plain = [part for value in own.values() if isinstance(value, str) for part in value.split(" ", 1)]
        safe = [str(escape(part)) for part in plain]
        return Written(
            self._subject.filled(plain),
            self._text.filled(plain),
            self._html.filled(safe),
            self._stop_url.filled(plain),
            self._one_click,
        )


class Forms:
    """The forms in use. `render` returns a letter's words in full."""

    def __init__(self, render: Callable[[str, dict[str, Any]], Written]) -> None:
        self._render = render
        self._made: LRUCache[Shape, Form | None] = LRUCache(64)

    def written(self, template: str, batch: UUID, shared: Mapping[str, Any], own: Mapping[str, Any]) -> Written:
        """Return a letter's words, `own` being those that its batch does not share."""
        shape = _shape(template, batch, own)
        form = self._made.get(shape) if shape else None
        if form is not None:
            return form.filled(own)
        written = self._render(template, {**shared, **own})
        if shape and shape not in self._made:
            self._made[shape] = self._checked(template, shared, own, written)
        return written

    def _checked(
        self, template: str, shared: Mapping[str, Any], own: Mapping[str, Any], written: Written
    ) -> Form | None:
        """Return a form that gives just what was `written`, or None: a template does more than put words somewhere."""
        try:
            form = Form(lambda words: self._render(template, words), shared, own)
        except Exception:  # whatever a template makes of a mark that is no date, no address, no number
            return None
        return form if form.filled(own) == written else None


def _mark(marks: dict[str, int]) -> str:
    """Return a new mark: one word that nobody writes, and that is another one in other letters, large or small."""
    mark = f"xQ{secrets.token_hex(8)}Qx"
    marks[mark] = len(marks)
    return mark


def _shape(template: str, batch: UUID, own: Mapping[str, Any]) -> Shape | None:
    kinds: list[tuple[str, object]] = []
    for name, value in own.items():
        if isinstance(value, str):
            if not value.isprintable() or value != " ".join(value.split()) or not value:
                return None
            kinds.append((name, _SEVERAL if " " in value else _ONE))
        elif value is None or isinstance(value, bool | int):
            kinds.append((name, value))
        else:
            return None
    return template, batch, tuple(kinds)
