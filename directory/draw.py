"""The rotation's arithmetic: who comes next, and how turns are counted. Pure. Rule D-3.

Each expert has a number of turns, and whoever has fewest is drawn first. So among experts who are all listed all the
time the numbers differ by one at most. Only differences matter, which is what makes the rest fair:

- somebody new starts level with the lowest, instead of at nought, or they would be shown until they caught up;
- somebody who is not in the pool (suspended, hidden, removed, pinned by hand) keeps how far ahead of the lowest they
  were. When they return, that is where they stand again: their credit is neither lost nor piled up.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

#: How far from the lowest anybody can be who was always there; more would be a pile, less a debt.
LEAD_MAX = 1


@dataclass(frozen=True)
class Count:
    """An expert's place in the count. `lead` is set while they are out of the pool, and None while they are in it."""

    turns: int
    lead: int | None = None


def settle(counts: Mapping[UUID, Count], pool: Collection[UUID]) -> dict[UUID, Count]:
    """Return the counts of all, before a draw from `pool`: the new begin, the lost are frozen, the found restored.

    Doing it twice is doing it once.
    """
    staying = [count.turns for award, count in counts.items() if count.lead is None and award in pool]
    leaving = [count.turns for award, count in counts.items() if count.lead is None and award not in pool]
    level = min(staying or leaving, default=0)
    settled = {award: Count(level) for award in pool if award not in counts}
    for award, count in counts.items():
        if award in pool:
            settled[award] = count if count.lead is None else Count(level + count.lead)
        else:
            settled[award] = count if count.lead is not None else Count(count.turns, _lead(count.turns - level))
    return settled


def draw(turns: Mapping[UUID, int], slots: int, seed: bytes) -> list[UUID]:
    """Return who is featured, in order: `slots` of the awards in `turns` (fewer if there are fewer), least turns first.

    Equals are ordered by the HMAC-SHA256 of their award's 16 bytes under `seed`, which anybody who knows the seed can
    repeat, and nobody who does not can foresee. Whoever is pinned is not in `turns`: a pin takes no slot and no turn.
    """
    return sorted(turns, key=lambda award: (turns[award], _lot(seed, award)))[: max(slots, 0)]


def _lot(seed: bytes, award: UUID) -> bytes:
    return hmac.digest(seed, award.bytes, hashlib.sha256)


def _lead(ahead: int) -> int:
    return max(-LEAD_MAX, min(LEAD_MAX, ahead))
