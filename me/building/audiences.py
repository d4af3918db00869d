"""Who sees what of a profile: everybody, clients in the marketplace, and oneself. Rules B-4, D-2, E-4."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from flask import url_for
from werkzeug.wrappers import Response

from badges.vouched import vouched
from core import clock
from core.answers import page
from core.permissions import Access, allow
from freelancers.models import Freelancer
from freelancers.profile.queries import part
from me.blueprint import blueprint, own_freelancer
from me.building.outline import Part, outline
from me.building.showing import Shown, shown


@dataclass(frozen=True)
class Audience:
    """Some of those who look at a profile: under which visibilities they see it, and which parts of it."""

    key: str
    name: str
    sees_when: frozenset[str]
    parts: frozenset[str]
    where: str


_EVERY = frozenset(each.key for each in outline()) - {"visibility"}
#: What a directory's page about somebody shows (templates/directory/person.html); a test holds both together.
_PUBLIC = frozenset(
    {"words", "work", "skills", "rate", "place", "english", "languages", "employment", "portfolio", "certificates"}
)
AUDIENCES: Mapping[str, Audience] = MappingProxyType(
    {
        each.key: each
        for each in (
            Audience(
                "everybody",
                "Everybody",
                frozenset({"public"}),
                _PUBLIC,
                "This is what anybody reads on your page in the directories of partners whose badge you hold.",
            ),
            Audience(
                "clients",
                "Clients in the marketplace",
                frozenset({"public", "marketplace"}),
                _EVERY,
                "This is what clients who are signed in to the marketplace, and partners to whom you apply, can read.",
            ),
            Audience(
                "me",
                "Only me",
                frozenset({"public", "marketplace", "private"}),
                _EVERY,
                "This is all that you see here.",
            ),
        )
    }
)
#: What of a part everybody does not see.
_NOT_PUBLIC = frozenset({"categories", "experience_level"})


@blueprint.get(f"/profile/preview/<any({','.join(AUDIENCES)}):audience>")
@allow(Access.FREELANCER)
def preview(audience: str) -> Response:
    """What one audience sees of the profile as it is now."""
    person, chosen = own_freelancer(), AUDIENCES[audience]
    return page(
        "me/profile_preview.html",
        person=person,
        chosen=chosen,
        sees=person.visibility in chosen.sees_when,
        photo_url=_photo(person),
        verified=vouched(person, clock.now().date()),
        seen=seen_by(chosen, person, clock.now().date()),
        audiences=[(each, url_for("me.preview", audience=each.key)) for each in AUDIENCES.values()],
    )


def seen_by(audience: Audience, person: Freelancer, today: date) -> list[tuple[Part, list[Shown]]]:
    """Return the parts that an audience sees, with what is in them; nothing while the profile is not for them."""
    if person.visibility not in audience.sees_when:
        return []
    found = ((each, list(shown(person, each))) for each in outline() if each.key in audience.parts)
    if audience.key == "everybody":
        found = ((each, _public(person, each, things, today)) for each, things in found)
    return [(each, things) for each, things in found if things]


def _public(person: Freelancer, chosen: Part, things: list[Shown], today: date) -> list[Shown]:
    """Return what of a part everybody sees: certificates only while they are valid."""
    if chosen.key != "certificates":
        return [thing for thing in things if thing.field not in _NOT_PUBLIC]
    entries = part(person, "certificates") or ()
    valid = [not (end := each.get("expires_on")) or date.fromisoformat(end) >= today for each in entries]
    return [thing for thing, holds in zip(things, valid, strict=True) if holds]


def _photo(person: Freelancer) -> str | None:
    """Return where somebody's photo is, for their own eyes."""
    return person.photo_url or ("/me/profile/photo/256.jpg" if person.photo_id else None)
