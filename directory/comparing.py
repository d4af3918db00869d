"""A few experts side by side, others like one of them, and words that a search can go on with. Rules B-4, D-2, D-6."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

import numpy as np
import sqlalchemy as sa
from sqlalchemy.orm import contains_eager

from badges.models import Award
from core.database import session
from directory.experts import Expert, among_listed
from directory.index import directory_of
from directory.search import cards
from directory.typed import folded

#: More do not fit side by side.
COMPARED_MAX = 4
ALIKE_SHOWN = 3
SUGGESTED = 8


def read_ids(texts: Iterable[str]) -> Sequence[UUID]:
    """Return the people named in an address, each once and no more than fit; what names nobody is left out."""
    ids: dict[UUID, None] = {}
    for text in texts:
        try:
            ids[UUID(text)] = None
        except ValueError:
            continue
    return list(ids)[:COMPARED_MAX]


def side_by_side(partner_id: UUID, ids: Sequence[UUID], at: datetime) -> Sequence[Award]:
    """Return the awards of those of `ids`, people, who are listed at `at`, in this order. Rule D-2."""
    asked = among_listed(sa.select(Award), partner_id, at).options(contains_eager(Award.freelancer))
    found = {award.freelancer_id: award for award in session.scalars(asked.where(Award.freelancer_id.in_(ids)))}
    return [found[each] for each in ids if each in found]


def alike(partner_id: UUID, award: Award, at: datetime) -> Sequence[Expert]:
    """Return others who share most of the expert's skills; a skill that few have says more than one that all have."""
    known = directory_of(partner_id, at)
    shared = np.zeros(len(known), np.float32)
    for skill in award.freelancer.skills:
        people = known.facets["skill"].who(skill.lower())
        if len(people):
            shared[people] += 1 / np.log2(2 + len(people))
    if award.id in known.numbers:
        shared[known.numbers[award.id]] = 0
    nearest = np.lexsort((known.lots(f"{at:%Y-%m-%d}"), -shared))[: 2 * ALIKE_SHOWN]
    awards = [known.awards[number] for number in nearest if shared[number] > 0]
    found = cards(at, awards)
    return [found[each] for each in awards if each in found][:ALIKE_SHOWN]


def suggested(partner_id: UUID, text: str, at: datetime) -> Sequence[str]:
    """Return skills with a word that begins with `text`, those first that most have."""
    skills, begun = directory_of(partner_id, at).facets["skill"], folded(text).strip()
    if not begun:
        return []
    numbers = sorted(
        zip(skills.written, skills.counts(None).tolist(), strict=True), key=lambda each: (-each[1], each[0])
    )
    return [skill for skill, _ in numbers if f" {begun}" in f" {folded(skill)}"][:SUGGESTED]
