"""The logos and badges of the demo's partners: drawn here, taken and used as any partner's are."""

from __future__ import annotations

import math
from datetime import datetime
from uuid import UUID

from badges.design.logos import taken
from badges.design.outlines import Shape
from badges.design.painting import painted
from badges.design.rules import Design, Mark, Ornament
from badges.design.services import save_draft, use_draft, use_logo
from partners.models import Partner

_SIDE = 512


def _millstone() -> str:
    """A millstone from above: a disc with furrows that turn."""
    furrows = []
    for each in range(9):
        turn = f'transform="rotate({40 * each} 50 50)"'
        furrows.append(f'<path d="M50 36Q60 26 58 6" fill="none" stroke="#1f3a8a" stroke-width="4.5" {turn}/>')
    stone, eye = '<circle cx="50" cy="50" r="46" fill="#e9b44c"/>', '<circle cx="50" cy="50" r="12" fill="#1f3a8a"/>'
    return f"{stone}{''.join(furrows)}{eye}"


def _fold() -> str:
    """A sheet, folded twice."""
    return (
        '<path d="M8 22L50 6V78L8 94z" fill="#b4235a"/><path d="M50 6L92 22V94L50 78z" fill="#e0608f"/>'
        '<path d="M50 42L92 22V58L50 78z" fill="#7d1440"/>'
    )


def _weave() -> str:
    """Three threads across three."""
    across = "".join(
        f'<rect x="4" y="{10 + 30 * row}" width="92" height="20" rx="4" fill="#e98b3a"/>' for row in range(3)
    )
    down = []
    for column in range(3):
        for row in range(3):
            if (column + row) % 2 == 0:
                down.append(f'<rect x="{10 + 30 * column}" y="{5 + 30 * row}" width="20" height="30" fill="#a3480f"/>')
    return across + "".join(down)


def _hedge() -> str:
    """A hedge of round bushes behind a gate's post."""
    bushes = []
    for each in range(7):
        turn = math.radians(180 + 30 * each)
        x, y = 50 + 34 * math.cos(turn), 62 + 34 * math.sin(turn)
        bushes.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="13" fill="{"#0b5f58" if each % 2 else "#3fa08c"}"/>')
    return f'{"".join(bushes)}<path d="M32 92V66a18 18 0 0 1 36 0V92z" fill="#0b5f58"/>'


_LOGOS = {"quernstone": _millstone, "inkfold": _fold, "loomwright": _weave, "hedgeward": _hedge}
_DESIGNS = {
    "quernstone": Design(Shape.SEAL, Ornament.STARS, "#1f3a8a", "#e9b44c", "#ffffff", Mark.LOGO),
    "inkfold": Design(Shape.CREST, Ornament.PLAIN, "#fff5f8", "#b4235a", "#6b1237", Mark.LOGO),
    "loomwright": Design(Shape.HEXAGON, Ornament.PLAIN, "#fbf1e4", "#a3480f", "#5c2705", Mark.LOGO),
    "hedgeward": Design(Shape.SHIELD, Ornament.LAUREL, "#0b5f58", "#9fe0c8", "#ffffff", Mark.MONOGRAM, "H"),
}


def brand(partner: Partner, by: UUID, at: datetime) -> None:
    """Give a partner its logo, and its badge the design."""
    if partner.slug not in _LOGOS:
        return
    drawing = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100">{_LOGOS[partner.slug]()}</svg>'
    use_logo(partner.id, taken(painted(drawing, _SIDE, _SIDE)), by=by, at=at)
    achievement_id = partner.programme.achievement_id
    save_draft(achievement_id, _DESIGNS[partner.slug], by=by, at=at)
    use_draft(achievement_id, by=by, at=at)
