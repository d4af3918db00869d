"""Badges signed quickly: what a badge says is worked out by PyLD once for each achievement, then only filled in.

All badges of an achievement differ in a few words, and every node in them but one has an address, so their canonical
N-Quads are the same lines with other words. Each pattern is held against PyLD with a badge full of odd words before it
signs anything.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from badges.credentials.documents import Held, Issuing, Purpose, Site, credential
from badges.credentials.linked_data import canonical
from badges.credentials.proofs import base58, moment, options

#: Made anew in each process, so that nobody can put the sample's words into a text.
_A, _B, _LIST = uuid4(), uuid4(), uuid4()
_FROM, _UNTIL = datetime(2001, 1, 1, 1, 1, 1, tzinfo=UTC), datetime(2002, 2, 2, 2, 2, 2, tzinfo=UTC)
_SAMPLE = Held(_A, "sample@example.org", "emailAddress", uuid4().hex, _FROM, None, _LIST, 9_876_543, Purpose.SUSPENSION)


class PatternIsWrong(RuntimeError):
    """A pattern does not give what PyLD gives; nothing is signed with it."""


class Pattern:
    """The canonical lines of all badges of one achievement: those that stay, and those with words to fill in."""

    def __init__(self, issuing: Issuing, sample: Held, site: Site) -> None:
        document = credential(issuing, sample, site)
        words = _words(document)
        place_of = {word: place for place, word in enumerate(words)}
        split = re.compile("(" + "|".join(map(re.escape, words)) + ")")
        self._fixed: list[str] = []
        self._open: list[tuple[str, tuple[int, ...]]] = []
        for each in canonical(document).split("\n")[:-1]:  # splitlines would split in the middle of odd texts
            line = f"{each}\n"
            pieces = split.split(line)
            if len(pieces) == 1:
                self._fixed.append(line)
            else:
                text = "%s".join(piece.replace("%", "%%") for piece in pieces[::2])
                self._open.append((text, tuple(place_of[word] for word in pieces[1::2])))

    def quads(self, document: dict[str, Any]) -> str:
        """Return the canonical N-Quads of a badge that this is the pattern of."""
        words = _words(document)
        filled = [text % tuple(words[place] for place in places) for text, places in self._open]
        return "".join(sorted(self._fixed + filled))


def _words(document: dict[str, Any]) -> tuple[str, ...]:
    """Return what differs from badge to badge, as lines have it; none of it needs escaping.

    Words that may stand in a partner's text too carry their quotation marks: within a text those are escaped.
    """
    subject = document["credentialSubject"]
    identity, status = subject["identifier"][0], document["credentialStatus"]
    return (
        f"<{status['id']}>",
        document["id"].removesuffix(".json"),
        f'"{identity["identityHash"]}"',
        f'"{identity["identityType"]}"',
        f'"{identity["salt"]}"',
        f'"{document["validFrom"]}"',
        f'"{document.get("validUntil", "never")}"',
        status["statusListCredential"],
        f'"{status["statusPurpose"]}"',
        f'"{status["statusListIndex"]}"',
    )


@lru_cache(maxsize=2_000)
def pattern(issuing: Issuing, ends: bool, site: Site) -> Pattern:
    """Return the pattern of an achievement's badges, held against PyLD. Raises NotSignable and PatternIsWrong."""
    sample = replace(_SAMPLE, valid_until=_UNTIL if ends else None)
    made = Pattern(issuing, sample, site)
    odd = replace(
        sample,
        award_id=_B,
        identity="m1",
        identity_type="accountId",
        salt="0",
        list_index=0,
        purpose=Purpose.REVOCATION,
        valid_from=_UNTIL,
        valid_until=_FROM if ends else None,
    )
    document = credential(issuing, odd, site)
    if made.quads(document) != canonical(document):
        raise PatternIsWrong(issuing.name)
    return made


@lru_cache(maxsize=1_000)
def _option_quads(method: str, created: str, contexts: tuple[str, ...]) -> bytes:
    at = datetime.fromisoformat(created)
    return sha256(canonical({"@context": list(contexts), **options(method, at)}).encode()).digest()


def signed_badge(
    issuing: Issuing, held: Held, site: Site, key: Ed25519PrivateKey, method: str, created: datetime
) -> dict[str, Any]:
    """Return the badge with its proof."""
    document = credential(issuing, held, site)
    quads = pattern(issuing, held.valid_until is not None, site).quads(document)
    own = _option_quads(method, moment(created), tuple(document["@context"]))
    signature = key.sign(own + sha256(quads.encode()).digest())
    proof = {**options(method, created), "proofValue": f"z{base58(signature)}"}
    return {**document, "proof": [proof]}
