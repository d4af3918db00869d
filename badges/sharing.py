"""What somebody shares a badge with: a snippet for a web page, a link to their LinkedIn profile, a code for paper."""

from __future__ import annotations

import io
from dataclasses import dataclass
from html import escape
from urllib.parse import urlencode

import segno

from badges.public import ShownBadge

_LINKEDIN = "https://www.linkedin.com/profile/add"
_MODULE_PX = 4


@dataclass(frozen=True)
class Sharing:
    """`embed` is HTML without a script; `linkedin` an address that fills in a form there."""

    embed: str
    linkedin: str


def sharing(badge: ShownBadge, address: str) -> Sharing:
    """Return how the badge at `address` is shared."""
    alt = escape(f"{badge.name}, awarded by {badge.issuer}")
    embed = f'<a href="{address}"><img src="{address}.svg" width="160" height="160" alt="{alt}"></a>'
    fields = {
        "startTask": "CERTIFICATION_NAME",
        "name": badge.name,
        "organizationName": badge.issuer,
        "issueYear": badge.awarded_at.year,
        "issueMonth": badge.awarded_at.month,
        "certUrl": address,
        "certId": badge.id,
    }
    if badge.expires_at is not None:
        fields |= {"expirationYear": badge.expires_at.year, "expirationMonth": badge.expires_at.month}
    return Sharing(embed, f"{_LINKEDIN}?{urlencode(fields)}")


def qr_code(address: str) -> bytes:
    """Return a QR code of `address` as an SVG, dark on white, with the quiet edge that readers need."""
    out = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        out, kind="svg", scale=_MODULE_PX, border=4, dark="#1b201c", light="#ffffff", xmldecl=False, svgclass=None,
        lineclass=None,
    )  # fmt: skip
    return out.getvalue()
