"""What a partner shows of its directory on its own site: a small page for a frame, and the same for programs.

Both say only what the partner's page says at this moment. Rules B-2, D-2, D-7.
"""

from __future__ import annotations

from html import escape
from typing import Any

from directory.experts import Expert
from directory.models import LandingPage
from directory.queries import Featured

#: For the framed page alone: any site may show it, and it runs nothing, sends nothing and loads nothing from elsewhere.
POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors *"


def snippet(base_url: str, slug: str, name: str) -> str:
    """Return the line of HTML that a partner puts into a page of its own; `name` is written so that it stays words."""
    source = f"{base_url}/experts/{slug}/embed"
    return (
        f'<iframe src="{source}" title="Experts chosen by {escape(name)}" width="100%" height="480" loading="lazy" '
        'style="border:0"></iframe>'
    )


def as_json(page: LandingPage, featured: Featured, base_url: str) -> dict[str, Any]:
    """Return who is featured now, for a partner's own programs."""
    address = f"{base_url}/experts/{page.partner.slug}"
    return {
        "partner": page.partner.name,
        "url": address,
        "until": featured.until.isoformat() if featured.until else None,
        "experts": [_expert(each, address, base_url) for each in featured.experts],
    }


def _expert(expert: Expert, address: str, base_url: str) -> dict[str, Any]:
    return {
        "name": expert.name,
        "title": expert.title,
        "country": expert.country_code,
        "skills": list(expert.skills),
        "hourly_rate_cents": expert.hourly_rate_cents,
        "currency": expert.currency,
        "url": f"{address}/people/{expert.freelancer_id}",
        "badge_url": f"{base_url}/badges/{expert.award_id}",
        "badge_image_url": f"{base_url}/badges/{expert.award_id}.svg",
    }
