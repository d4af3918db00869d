"""The check of a badge, step by step: what holds, what does not, and what could not be looked up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

from badges.checking.fetching import NotFetched
from badges.checking.keys import NoKey
from badges.checking.reading import Brought, Unreadable, as_list, read
from badges.checking.securing import NotSigned, check_signed, credential_in, issuer_of, moment
from badges.checking.stating import NotStated, Stated, stated
from badges.credentials.contexts import CREDENTIALS
from core import wording
from core.languages import gettext as _

#: Clocks differ; a badge issued this very moment elsewhere is not from the future.
_SKEW = timedelta(minutes=5)
_BADGES = ("OpenBadgeCredential", "AchievementCredential")
_CONTEXT_BEGINS = "https://purl.imsglobal.org/spec/ob/v3p0/context"


class Result(StrEnum):
    """What a step of a check says."""

    HOLDS = "holds"
    FAILS = "fails"
    #: It could not be found out.
    OPEN = "open"


class Verdict(StrEnum):
    """What the whole check says."""

    VALID = "valid"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    EXPIRED = "expired"
    INVALID = "invalid"
    OPEN = "open"


@dataclass(frozen=True)
class Step:
    """One step: what was looked at, what came of it, and why, in a sentence."""

    title: str
    result: Result
    why: str


@dataclass(frozen=True)
class Said:
    """What a badge says, to be shown only beside whether that is to be believed."""

    id: str
    name: str
    issuer: str
    issuer_id: str
    since: datetime | None
    until: datetime | None


@dataclass(frozen=True)
class Report:
    """A check: its steps up to the first that fails, the verdict, and what the badge says of itself."""

    verdict: Verdict
    steps: tuple[Step, ...]
    said: Said | None = None


class Sources(Protocol):
    """Where a check finds what it asks for: the document of an identifier, and a list of states."""

    def document(self, did: str) -> dict[str, Any]:
        """Return the document of an identifier. Raises NoKey and NotFetched."""

    def states(self, address: str) -> bytes:
        """Return the list at `address`. Raises NotFetched."""


class _Failed(Exception):
    def __init__(self, verdict: Verdict, result: Result, why: str) -> None:
        super().__init__(why)
        self.verdict, self.result, self.why = verdict, result, why


def check(data: bytes, sources: Sources, at: datetime) -> Report:
    """Check what somebody brought, at `at`."""
    try:
        brought = read(data)
    except Unreadable as error:
        return Report(Verdict.INVALID, (Step(_("Read it"), Result.FAILS, str(error)),))
    credential = credential_in(brought)
    said = _said(credential)
    steps = [Step(_("Read it"), Result.HOLDS, brought.words)]
    looks: tuple[tuple[str, Callable[[], str]], ...] = (
        (_("It is an Open Badge"), lambda: _form(credential)),
        (_("Its issuer signed it"), lambda: _signed(brought, credential, sources, said)),
        (_("It is within its time"), lambda: _in_time(credential, at)),
        (_("It was not taken back"), lambda: _state(credential, sources, at)),
    )
    for title, look in looks:
        try:
            steps.append(Step(title, Result.HOLDS, look()))
        except _Failed as failed:
            return Report(failed.verdict, (*steps, Step(title, failed.result, failed.why)), said)
    return Report(Verdict.VALID, tuple(steps), said)


def _said(credential: dict[str, Any]) -> Said:
    issuer = credential.get("issuer")
    subject = credential.get("credentialSubject")
    achievement = subject.get("achievement") if isinstance(subject, dict) else None
    named = achievement if isinstance(achievement, dict) else credential
    own = issuer if isinstance(issuer, dict) else {"id": issuer}
    return Said(
        id=_text(credential.get("id")),
        name=_text(named.get("name")) or _("a badge without a name"),
        issuer=_text(own.get("name")) or _text(own.get("id")),
        issuer_id=_text(own.get("id")),
        since=moment(credential.get("validFrom")),
        until=moment(credential.get("validUntil")),
    )


def _text(value: Any) -> str:
    return value[:200] if isinstance(value, str) else ""


def _form(credential: dict[str, Any]) -> str:
    contexts, kinds = (as_list(credential.get(name)) for name in ("@context", "type"))
    if contexts[:1] != [CREDENTIALS]:
        raise _invalid(_("It is not a credential of version 2.0. Older badges cannot be checked here."))
    if not any(isinstance(each, str) and each.startswith(_CONTEXT_BEGINS) for each in contexts):
        raise _invalid(_("It does not speak the vocabulary of Open Badges 3.0."))
    if "VerifiableCredential" not in kinds or not any(each in kinds for each in _BADGES):
        raise _invalid(_("It does not say that it is an Open Badge."))
    subject = credential.get("credentialSubject")
    if not isinstance(subject, dict) or not isinstance(subject.get("achievement"), dict):
        raise _invalid(_("It does not say what was achieved."))
    if not isinstance(credential.get("id"), str):
        raise _invalid(_("It has no identifier of its own."))
    return _("It has all that Open Badges 3.0 asks for.")


def _invalid(why: str) -> _Failed:
    return _Failed(Verdict.INVALID, Result.FAILS, why)


def _signed(brought: Brought, credential: dict[str, Any], sources: Sources, said: Said) -> str:
    try:
        issuer = issuer_of(credential)
        check_signed(brought, sources.document)
    except (NotSigned, NoKey) as error:
        raise _invalid(str(error)) from None
    except NotFetched as error:
        raise _Failed(
            Verdict.OPEN, Result.OPEN, _("The issuer's keys could not be fetched. %(why)s", why=error)
        ) from None
    if issuer.startswith("did:key:"):
        return _("It was signed by the key that it names. Whose key that is, it does not prove.")
    where, whose = _place(issuer), said.issuer or _("the issuer")
    return _(
        "It was signed with a key that %(where)s lists for %(whose)s, and not changed since.", where=where, whose=whose
    )


def _place(issuer: str) -> str:
    return issuer.split(":")[2].replace("%3A", ":")


def _in_time(credential: dict[str, Any], at: datetime) -> str:
    since, until = moment(credential.get("validFrom")), moment(credential.get("validUntil"))
    if since is None or ("validUntil" in credential and until is None):
        raise _invalid(_("It does not say since when, or until when, in a way that can be read."))
    for name, limit in (("nbf", since), ("exp", until)):
        if name in credential and (limit is None or credential[name] != int(limit.timestamp())):
            raise _invalid(_("The token around it names other times than the badge in it."))
    if since > at + _SKEW:
        raise _invalid(_("It counts from %(day)s on, and not yet.", day=wording.day(since)))
    if until is not None and until <= at:
        raise _Failed(Verdict.EXPIRED, Result.FAILS, _("Its time was over on %(day)s.", day=wording.day(until)))
    if until is None:
        return _("It counts since %(first)s, without an end.", first=wording.day(since))
    return _("It counts since %(first)s, until %(last)s.", first=wording.day(since), last=wording.day(until))


def _state(credential: dict[str, Any], sources: Sources, at: datetime) -> str:
    try:
        found = stated(credential, issuer_of(credential), sources.document, sources.states, at)
    except (NotStated, NoKey, NotSigned) as error:
        raise _invalid(str(error)) from None
    except NotFetched as error:
        raise _Failed(
            Verdict.OPEN, Result.OPEN, _("The issuer's list of states could not be fetched. %(why)s", why=error)
        ) from None
    if found is Stated.REVOKED:
        raise _Failed(Verdict.REVOKED, Result.FAILS, _("The issuer revoked it. That is for good."))
    if found is Stated.SUSPENDED:
        raise _Failed(Verdict.SUSPENDED, Result.FAILS, _("The issuer's list says that it does not count now."))
    if found is Stated.NOWHERE:
        return _("Its issuer keeps no list that would say so.")
    return _("The issuer's own list, which they signed too, says that it counts now.")
