"""Asks openbadges, the verifier of Open Badges 2.0, what it makes of hosted assertions.

It runs in an environment of its own, with the versions that it pins itself. Standard input: {documents: {address:
{type, status, text or data}}, badges: [{address, email}]}; standard output: one verdict for each. Nothing is fetched
from a network: an address that is not among the documents does not exist.
"""

from __future__ import annotations

import base64
import json
import sys

import requests
from requests.adapters import HTTPAdapter

asked = json.load(sys.stdin)


CONTEXT = "https://w3id.org/openbadges/v2"


def answer(_adapter, request, **_more):
    found = asked["documents"].get(request.url) or {"status": 404, "type": "text/plain", "text": "There is nothing."}
    response = requests.Response()
    response.status_code, response.url, response.request = found["status"], request.url, request
    response.headers["Content-Type"] = found["type"]
    response.encoding = "utf-8"
    response._content = base64.b64decode(found["data"]) if "data" in found else found["text"].encode()
    return response


HTTPAdapter.send = answer

from openbadges.verifier import verify  # noqa: E402  it may fetch when it is imported
from openbadges.verifier.openbadges_context import OPENBADGES_CONTEXT_V2_DICT  # noqa: E402  as the line above

asked["documents"][CONTEXT] = {
    "type": "application/ld+json",
    "status": 200,
    "text": json.dumps(OPENBADGES_CONTEXT_V2_DICT),
}


def verdict(badge):
    try:
        found = verify(badge["address"], {"email": badge["email"]}, use_cache=False, cache_backend=None)
    except Exception as error:
        return {"accepted": False, "why": f"{type(error).__name__}: {error}"}
    report = found["report"]
    return {
        "accepted": report["valid"],
        "why": "; ".join(each["result"] for each in report["messages"] if each["messageLevel"] == "ERROR"),
        "recipient": (report.get("recipientProfile") or {}).get("email"),
        "version": report.get("openBadgesVersion"),
    }


json.dump([verdict(badge) for badge in asked["badges"]], sys.stdout)
