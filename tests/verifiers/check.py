"""Asks openbadgeslib what it makes of badges; the same questions and answers as check.js beside this.

It runs in an environment of its own. A list with a Data Integrity proof it reads but cannot check, so for badges of
that form it is not asked to; lists that are tokens it checks.
"""

from __future__ import annotations

import json
import sys

from openbadgeslib.errors import LibOpenBadgesException
from openbadgeslib.ob3 import OB3LdpVerifier, OB3Verifier

asked = json.load(sys.stdin)
documents = {address: found["text"].encode() for address, found in asked["documents"].items()}


def download(address, *_args, **_more):
    if address not in documents:
        raise LibOpenBadgesException(f"there is nothing at {address}")
    return documents[address]


def check(form, badge):
    if form == "json":
        issuer = badge["issuer"]
        verifier = OB3LdpVerifier.for_issuer_did(issuer["id"] if isinstance(issuer, dict) else issuer)
        verifier.verify(json.dumps(badge), check_status=True, verify_status_list=False, download=download)
    else:
        issuer = OB3Verifier._decode_unverified(badge)["issuer"]
        verifier = OB3Verifier.for_issuer_did(issuer["id"] if isinstance(issuer, dict) else issuer, download)
        verifier.verify(badge, check_status=True, download=download)


def verdict(form, badge):
    try:
        check(form, badge)
    except Exception as error:
        return {"accepted": False, "why": f"{type(error).__name__}: {error}"}
    return {"accepted": True, "why": ""}


json.dump(
    [{"openbadgeslib": verdict(form, badge)} for one in asked["badges"] for form, badge in one.items()], sys.stdout
)
