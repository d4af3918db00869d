"""A partner's page that nobody sees yet, for the console's home. Rule D-1."""

from __future__ import annotations

from flask import url_for

from directory.queries import page_of_partner
from directory.versions import stored_draft
from partners.models import Partner
from partners.today import Draft


def page_drafts(partner: Partner) -> tuple[Draft, ...]:
    """Return the partner's page while it is not published, and what of it is changed and not published yet."""
    stored = page_of_partner(partner.slug)
    url = url_for("directory_console.page.page", partner=partner.slug)
    if stored is not None and stored.published_at is not None:
        waits = Draft("Publish your page’s draft", "What you changed is seen by your team alone so far.", url)
        return (waits,) if stored_draft(partner.id) else ()
    if stored is None:
        return (Draft("Make your page", "Clients find your experts there. Nobody sees it until you publish it.", url),)
    return (Draft("Publish your page", "It is a draft: clients do not find your experts yet.", url),)
