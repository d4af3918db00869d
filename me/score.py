"""How a Job Success Score moves, as words and as a line to draw. Pure. Section J."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from badges.closeness import ScoreSeen, score_sentence

#: The drawing: WIDTH by HEIGHT, with room for the dots at the edges.
WIDTH, HEIGHT, EDGE = 320, 96, 8
#: How many figures are shown.
SHOWN = 12


@dataclass(frozen=True)
class Score:
    """The score now, its margin above `limit_pct` (below zero: points missing), and its history, oldest first.

    `dots` and `limit_y` are the drawing's coordinates, `lines` its unbroken stretches as SVG points.
    """

    pct: int | None
    observed_at: datetime | None
    limit_pct: int
    history: tuple[ScoreSeen, ...]
    dots: tuple[tuple[float, float], ...]
    lines: tuple[str, ...]
    limit_y: float
    warn_margin_pts: int = 0

    @property
    def margin(self) -> int | None:
        """Points above the limit."""
        return None if self.pct is None else self.pct - self.limit_pct

    @property
    def is_close(self) -> bool:
        """Whether it is so near to the limit that a warning is due when it falls."""
        return self.margin is not None and 0 <= self.margin <= self.warn_margin_pts

    @property
    def sentence(self) -> str:
        """Margin and trend in words; empty while there is no score."""
        return "" if self.pct is None else score_sentence(self.pct, self.limit_pct, self.history)


def score(
    pct: int | None,
    observed_at: datetime | None,
    limit_pct: int,
    history: Sequence[ScoreSeen],
    warn_margin_pts: int = 0,
) -> Score:
    """Return the score with its last SHOWN figures (oldest first) placed in time from left to right."""
    shown = tuple(history[-SHOWN:])
    figures = [seen.pct for seen in shown if seen.pct is not None]
    low, high = min([*figures, limit_pct]) - 3, max([*figures, limit_pct]) + 3

    def height(value: int) -> float:
        return round(HEIGHT - EDGE - (value - low) / (high - low) * (HEIGHT - 2 * EDGE), 1)

    places = _places([seen.at for seen in shown])
    points = [None if seen.pct is None else (x, height(seen.pct)) for seen, x in zip(shown, places, strict=True)]
    dots = tuple(point for point in points if point is not None)
    return Score(pct, observed_at, limit_pct, shown, dots, _lines(points), height(limit_pct), warn_margin_pts)


def _places(moments: Sequence[datetime]) -> list[float]:
    if len(moments) < 2 or moments[0] == moments[-1]:
        return [WIDTH - EDGE for _ in moments]
    whole = (moments[-1] - moments[0]).total_seconds()
    return [round(EDGE + (moment - moments[0]).total_seconds() / whole * (WIDTH - 2 * EDGE), 1) for moment in moments]


def _lines(points: Sequence[tuple[float, float] | None]) -> tuple[str, ...]:
    """Join neighbours; where the score had gone, the line breaks."""
    stretches: list[list[tuple[float, float]]] = [[]]
    for point in points:
        if point is None:
            stretches.append([])
        else:
            stretches[-1].append(point)
    return tuple(" ".join(f"{x},{y}" for x, y in stretch) for stretch in stretches if len(stretch) > 1)
