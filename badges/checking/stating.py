"""Whether an issuer took a badge back, by the list that the badge names: Bitstring Status List 1.0."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import Any

from badges.checking.keys import Documents
from badges.checking.reading import Unreadable, as_list, read
from badges.checking.securing import NotSigned, check_signed, credential_in, issuer_of, moment
from badges.credentials.bits import is_set, unpacked
from core.languages import gettext as _

_LISTS_MAX = 4


class Stated(StrEnum):
    """What an issuer's lists say of a badge."""

    GOOD = "good"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    #: It names no list.
    NOWHERE = "nowhere"


_MEANS = {"revocation": Stated.REVOKED, "suspension": Stated.SUSPENDED}


class NotStated(ValueError):
    """The list does not say what it must; the message says why, in a sentence."""


def stated(
    credential: dict[str, Any], issuer: str, documents: Documents, fetch: Callable[[str], bytes], at: datetime
) -> Stated:
    """Return what the lists that a badge names say of it at `at`.

    Raises NotStated, NoKey, NotSigned, and whatever `documents` and `fetch` raise.
    """
    if "credentialStatus" not in credential:
        return Stated.NOWHERE
    entries = as_list(credential["credentialStatus"])
    if not 0 < len(entries) <= _LISTS_MAX:
        raise NotStated(_("It does not say in which list its state stands."))
    found = {_one(entry, issuer, documents, fetch, at) for entry in entries}
    return next(each for each in (Stated.REVOKED, Stated.SUSPENDED, Stated.GOOD) if each in found)


def _one(entry: Any, issuer: str, documents: Documents, fetch: Callable[[str], bytes], at: datetime) -> Stated:
    if not isinstance(entry, dict) or entry.get("type") != "BitstringStatusListEntry":
        raise NotStated(_("Its state stands in a list of a kind that we cannot read."))
    purpose, place, address = (entry.get(name) for name in ("statusPurpose", "statusListIndex", "statusListCredential"))
    if not isinstance(address, str) or not isinstance(place, str) or not (place.isascii() and place.isdigit()):
        raise NotStated(_("It does not say where in the list its state stands."))
    if entry.get("statusSize", 1) != 1 or len(place) > 9:
        raise NotStated(_("Its state stands in a list of a kind that we cannot read."))
    if purpose not in _MEANS:
        return Stated.GOOD
    row = _row(fetch(address), address, str(purpose), issuer, documents, at)
    try:
        return _MEANS[str(purpose)] if is_set(row, int(place)) else Stated.GOOD
    except ValueError:
        raise NotStated(_("The issuer's list has no such place.")) from None


def _row(data: bytes, address: str, purpose: str, issuer: str, documents: Documents, at: datetime) -> bytes:
    """Return the bits of a list that the badge's own issuer signed, for this purpose, and that is not out of date."""
    try:
        brought = read(data)
    except Unreadable:
        raise NotStated(_("What stands at the list's address is no list.")) from None
    states = credential_in(brought)
    kinds, subject = states.get("type"), states.get("credentialSubject")
    if not isinstance(kinds, list) or "BitstringStatusListCredential" not in kinds or not isinstance(subject, dict):
        raise NotStated(_("What stands at the list's address is no list."))
    if issuer_of(states) != issuer:
        raise NotStated(_("The list belongs to another issuer."))
    try:
        check_signed(brought, documents)
    except NotSigned as error:
        raise NotStated(_("The list is not to be trusted. %(why)s", why=error)) from None
    if states.get("id", address) != address or purpose not in as_list(subject.get("statusPurpose")):
        raise NotStated(_("The list is another one than the badge names."))
    _check_time(states, at)
    try:
        return unpacked(str(subject.get("encodedList")))
    except ValueError as error:
        raise NotStated(_("The list cannot be read: it is %(why)s.", why=error)) from None


def _check_time(states: dict[str, Any], at: datetime) -> None:
    for name in ("validFrom", "validUntil"):
        limit = moment(states.get(name))
        if name in states and (limit is None or (limit > at) is (name == "validFrom")):
            raise NotStated(_("The list is out of date."))
