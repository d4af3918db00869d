"""What a public page says, as data for machines: schema.org in JSON-LD. Rules B-4, D-2.

Nothing is in it but what the page itself shows at this moment.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from badges.models import Award
from directory.experts import Expert
from directory.profile import web_address
from directory.queries import Open
from partners.models import Partner

Data = Mapping[str, Any]


def of_home(base_url: str, partners: Iterable[Open]) -> Data:
    """Return the first page: the site, and the list of its programmes."""
    named = [(each.name, f"{base_url}/experts/{each.slug}") for each in partners]
    site = {"@type": "WebSite", "@id": f"{base_url}/#site", "name": "Laurel", "url": f"{base_url}/"}
    return _graph(site, _list(f"{base_url}/", named))


def of_list(base_url: str, partner: Partner, use_case: str, name: str, about: str, experts: Sequence[Expert]) -> Data:
    """Return a page that lists experts of a partner, in its order; `use_case` is the use case's slug, or empty."""
    address = f"{base_url}/experts/{partner.slug}" + (f"/{use_case}" if use_case else "")
    named = [(each.name, _person(base_url, partner, each.freelancer_id)) for each in experts]
    page = {
        "@type": "CollectionPage",
        "@id": address,
        "url": address,
        "name": name,
        "description": about,
        "about": {"@id": _maker(base_url, partner)},
        "mainEntity": {"@id": f"{address}#list"},
    }
    return _graph(page, _organization(base_url, partner), _list(address, named), _way(base_url, partner, address, name))


def of_person(base_url: str, partner: Partner, award: Award) -> Data:
    """Return an expert's page: the person, their badge, and who awarded it."""
    person = award.freelancer
    address = _person(base_url, partner, person.id)
    about = {
        "@type": "Person",
        "@id": f"{address}#person",
        "name": person.name,
        "jobTitle": person.title,
        "url": address,
        "sameAs": web_address(person.profile_url),
        "address": {"@type": "PostalAddress", "addressCountry": person.country} if person.country else None,
        "knowsAbout": list(person.skills),
        "knowsLanguage": sorted({entry["code"] for entry in person.languages if entry.get("code")}),
        "hasCredential": _credential(base_url, partner, award),
    }
    page = {"@type": "ProfilePage", "@id": address, "url": address, "mainEntity": _stated(about)}
    return _graph(page, _organization(base_url, partner), _way(base_url, partner, address, person.name))


def _credential(base_url: str, partner: Partner, award: Award) -> Data:
    address = f"{base_url}/badges/{award.id}"
    stated = {
        "@type": "EducationalOccupationalCredential",
        "@id": address,
        "url": address,
        "name": award.achievement.name,
        "description": award.achievement.description,
        "credentialCategory": "badge",
        "image": f"{address}.png",
        "dateCreated": award.awarded_at.date().isoformat(),
        "expires": award.expires_at.date().isoformat() if award.expires_at else None,
        "recognizedBy": {"@id": _maker(base_url, partner)},
    }
    return _stated(stated)


def _organization(base_url: str, partner: Partner) -> Data:
    stated = {
        "@type": "Organization",
        "@id": _maker(base_url, partner),
        "name": partner.name,
        "url": web_address(partner.website),
        "logo": base_url + partner.logo_url if partner.logo_url else None,
    }
    return _stated(stated)


def _list(address: str, named: Sequence[tuple[str, str]]) -> Data:
    entries = [
        {"@type": "ListItem", "position": place, "name": name, "url": url} for place, (name, url) in enumerate(named, 1)
    ]
    return {"@type": "ItemList", "@id": f"{address}#list", "numberOfItems": len(named), "itemListElement": entries}


def _way(base_url: str, partner: Partner, address: str, name: str) -> Data:
    """Return how one gets to a page from the first one."""
    steps = {f"{base_url}/": "Laurel", f"{base_url}/experts/{partner.slug}": partner.name, address: name}
    entries = [
        {"@type": "ListItem", "position": place, "name": words, "item": url}
        for place, (url, words) in enumerate(steps.items(), 1)
    ]
    return {"@type": "BreadcrumbList", "itemListElement": entries}


def _maker(base_url: str, partner: Partner) -> str:
    return f"{base_url}/experts/{partner.slug}#maker"


def _person(base_url: str, partner: Partner, person: UUID) -> str:
    return f"{base_url}/experts/{partner.slug}/people/{person}"


def _graph(*things: Data) -> Data:
    return {"@context": "https://schema.org", "@graph": list(things)}


def _stated(thing: Data) -> Data:
    """Return a thing without what is not known of it."""
    return {name: value for name, value in thing.items() if value not in (None, "", [])}
