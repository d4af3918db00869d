"""Why a policy is refused: every defect at once, each with its place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from core.errors import FieldError, InvalidInput


@dataclass(frozen=True)
class Defect:
    """One thing that is wrong: `where` in the document, such as `rules[1].any[0].value`, and `what` it should be."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where} {self.what}".strip()


def within(place: str, defects: Iterable[Defect]) -> tuple[Defect, ...]:
    """Return `defects` of one part of a document with their places in the whole: `base.min_jss_pct`."""
    return tuple(Defect(f"{place}.{defect.where}".strip("."), defect.what) for defect in defects)


class PolicyRefused(InvalidInput):
    """A policy cannot be used; `defects` are all of its defects."""

    title = "This policy cannot be used"

    def __init__(self, defects: tuple[Defect, ...]) -> None:
        self.defects = defects
        self.errors = tuple(FieldError(defect.where, defect.what) for defect in defects)
        super().__init__("; ".join(map(str, defects)) + ".", "Correct what is named and try again.")
