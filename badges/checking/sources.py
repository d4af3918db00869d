"""Where a check finds keys and lists: our own are here, everybody else's are fetched, with care."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from badges.checking.fetching import NotFetched, fetch
from badges.checking.keys import NoKey, address_of
from badges.checking.reading import Unreadable, strict_json
from badges.credentials.documents import Purpose, Site, did_document
from badges.credentials.issuing import JWT, list_json, list_token
from badges.credentials.keyring import Signers, published
from badges.queries import issuer_by_slug
from core.errors import NotFound
from core.languages import gettext as _

_FETCHES_MAX = 4


class OurSources:
    """Answers for our own issuers and lists as they are at `at`, and fetches the rest; each thing once."""

    def __init__(self, site: Site, keys: Signers, at: datetime, fetch: Callable[[str], bytes] = fetch) -> None:
        self._site, self._keys, self._at, self._fetch = site, keys, at, fetch
        self._fetched: dict[str, bytes] = {}

    def document(self, did: str) -> dict[str, Any]:
        """Return the document of an identifier. Raises NoKey and NotFetched."""
        if did == self._site.did or did.startswith(f"{self._site.did}:"):
            return did_document(did, published(self._at)) if self._is_ours(did) else {}
        try:
            return strict_json(self._once(address_of(did)).decode("utf-8", "replace"))
        except Unreadable:
            raise NoKey(_("What stands at the issuer's address cannot be read.")) from None

    def _is_ours(self, did: str) -> bool:
        if did == self._site.did:
            return True
        slug = did.removeprefix(self._site.issuer_did(""))
        try:
            return self._site.issuer_did(issuer_by_slug(slug).slug) == did
        except NotFound:
            return False

    def states(self, address: str) -> bytes:
        """Return the list at `address`. Raises NotFetched."""
        begins = f"{self._site.base_url}/badges/status/"
        if not address.startswith(begins):
            return self._once(address)
        name = address.removeprefix(begins)
        place, _dash, purpose = name.removesuffix(JWT).rpartition("-")
        make = list_token if name.endswith(JWT) else list_json
        try:
            return make(UUID(place), Purpose(purpose), self._site, self._keys, self._at).encode()
        except (NotFound, ValueError):
            raise NotFetched(_("There is no such list here.")) from None

    def anything(self, address: str) -> bytes:
        """Return what is at an address that somebody gave. Raises NotFetched."""
        return self._once(address)

    def _once(self, address: str) -> bytes:
        if address not in self._fetched:
            if len(self._fetched) >= _FETCHES_MAX or urlsplit(address).netloc == urlsplit(self._site.base_url).netloc:
                raise NotFetched(_("That is more than a badge needs."))
            self._fetched[address] = self._fetch(address)
        return self._fetched[address]
