"""A badge as it is shown: in its optical sizes, and on a card for links that are passed on."""

from __future__ import annotations

from badges.design.card import card
from badges.design.drawing import FULL, SIZES, SMALL, Words, drawn
from badges.design.painting import painted
from badges.design.queries import DRAWN_SIDE, DRAWN_SMALL_SIDE, Look, worn
from badges.models import Achievement
from badges.public import ShownBadge

#: What a page of another site shows for a link to a badge (OpenGraph).
CARD_WIDTH, CARD_HEIGHT = 1200, 630


def size_asked(text: str | None) -> int:
    """Return which of the sizes is asked for in an address; whatever is none of them means the full one."""
    return next((size for size in SIZES if str(size) == text), FULL)


def drawing_of(badge: ShownBadge, size: int, inside: str = "") -> str:
    """Return a badge's SVG in the design that it wears now; `inside` stands in it as it is. Rules B-2, B-3."""
    look = worn(badge.achievement_id)
    root, rest = drawn(look.design, _words(badge), size, look.logo).split(">", 1)
    return f"{root}>{inside}{rest}"


def picture_of(badge: ShownBadge, size: int) -> bytes:
    """Return the same as a PNG."""
    return painted(drawing_of(badge, size), size, size)


def card_of(badge: ShownBadge) -> bytes:
    """Return the picture that stands beside a link to the badge, as a PNG."""
    look = worn(badge.achievement_id)
    return painted(card(look.design, _words(badge), look.logo, badge.holder), CARD_WIDTH, CARD_HEIGHT)


def sample_of(achievement: Achievement, size: int, status: str = "active", look: Look | None = None) -> str:
    """Return what a badge of the achievement looks like, whoever holds it: in the design worn now, or in `look`."""
    look = look or worn(achievement.id, DRAWN_SMALL_SIDE if size == SMALL else DRAWN_SIDE)
    return drawn(look.design, Words(achievement.name, achievement.issuer.name, status), size, look.logo)


def _words(badge: ShownBadge) -> Words:
    return Words(badge.name, badge.issuer, badge.status.value)
