"""What changed between two submissions of a profile, word by word. Pure. Rule A-4."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from freelancers.approval.snapshot import LISTS, Snapshot


class Mark(StrEnum):
    """What became of a piece of text."""

    SAME = "same"
    GONE = "gone"
    NEW = "new"


@dataclass(frozen=True)
class Piece:
    """A run of words, or a line of a list, that is the same, gone or new."""

    mark: Mark
    text: str


@dataclass(frozen=True)
class Change:
    """A part of the profile that differs; `is_list` where each piece is a line of its own."""

    part: str
    pieces: tuple[Piece, ...]
    is_list: bool = False


_TEXTS = {"name": "Name", "title": "Title", "overview": "Overview", "rate": "Hourly rate", "country": "Country",
          "email": "E-mail address"}  # fmt: skip
_WORDS = re.compile(r"\s+|[^\s]+")
#: Longer runs of what stayed the same are cut: the reviewer has read them.
_KEPT_WORDS = 12
#: So many words and spaces stay the same between two changes, or all of it counts as one change.
_SAME_MIN = 6


def changes(before: Snapshot, after: Snapshot) -> tuple[Change, ...]:
    """Return every part that differs, in the order of the profile; empty when nothing does."""
    return tuple(change for change in _each(before, after) if any(p.mark is not Mark.SAME for p in change.pieces))


def _each(before: Snapshot, after: Snapshot) -> Iterator[Change]:
    for key, name in _TEXTS.items():
        yield Change(name, _in_text(getattr(before, key) or "", getattr(after, key) or ""))
    yield Change("Skills", _in_list(before.skills, after.skills), is_list=True)
    yield Change("Languages", _in_list(before.languages, after.languages), is_list=True)
    for key, name in LISTS.items():
        yield Change(name, _in_list(before.lists.get(key, ()), after.lists.get(key, ())), is_list=True)


def _in_text(before: str, after: str) -> tuple[Piece, ...]:
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    pieces: list[Piece] = []
    for same, gone, added in _runs(old, new):
        told = ((Mark.SAME, _cut(same)), (Mark.GONE, "".join(gone)), (Mark.NEW, "".join(added)))
        pieces += [Piece(mark, text) for mark, text in told if text]
    return tuple(pieces)


def _runs(old: list[str], new: list[str]) -> Iterator[tuple[list[str], list[str], list[str]]]:
    """Yield what is the same, and what then is gone and new; a few words alone that stayed count as rewritten."""
    same: list[str] = []
    gone: list[str] = []
    added: list[str] = []
    for step, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        is_edge = a == 0 or b == len(old)
        if step == "equal" and (b - a >= _SAME_MIN or is_edge):
            yield same, gone, added
            same, gone, added = old[a:b], [], []
        else:
            gone += old[a:b]
            added += new[c:d]
    yield same, gone, added


def _cut(run: Sequence[str]) -> str:
    """Return the beginning and the end of what stayed; words and the spaces between them count alike."""
    if len(run) <= 4 * _KEPT_WORDS:
        return "".join(run)
    return f"{''.join(run[: 2 * _KEPT_WORDS]).rstrip()} … {''.join(run[-2 * _KEPT_WORDS :]).lstrip()}"


def _in_list(before: Sequence[str], after: Sequence[str]) -> tuple[Piece, ...]:
    gone = [Piece(Mark.GONE, line) for line in before if line not in after]
    return (*gone, *(Piece(Mark.NEW, line) for line in after if line not in before))
