"""Every problem that a program can be told of, as the API's page lists them. `app/errors.py` names them by class."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

#: (status, when it comes) by the end of `type`.
PROBLEMS: Mapping[str, tuple[int, str]] = MappingProxyType(
    {
        "token-needed": (401, "No token is shown, or it was revoked, has ended, or never was."),
        "scope-missing": (403, "The token is good, but was made without the scope that this needs."),
        "not-found": (404, "There is no such thing, or it is not yours: the two look the same."),
        "method-not-allowed": (405, "The address does not take this method; Allow names those that it takes."),
        "unreadable": (400, "The body is no JSON, is cut off, or a header cannot be read."),
        "client-disconnected": (400, "The body ended before the length that Content-Length states; nothing was done."),
        "bad-request": (400, "The request broke off in another way."),
        "wrong-media-type": (415, "The body is of a kind, or packed in a way, that is not taken here."),
        "too-much": (413, "More rows or bytes than are taken in one request."),
        "request-entity-too-large": (413, "More bytes than the server takes at all."),
        "body-refused": (422, "A part of the body is missing, not known, or of the wrong kind; errors names each."),
        "policy-refused": (422, "The policy or rules cannot be used; errors names each reason and its place."),
        "nested-too-deeply": (422, "Groups within groups, deeper than anybody could read."),
        "invalid-input": (422, "Something that was sent cannot be used; detail says what."),
        "feed-error": (422, "A line of the batch is no JSON object, or the batch is empty; nothing was stored."),
        "key-used-otherwise": (422, "The Idempotency-Key came with another body within the last 24 hours."),
        "import-running": (409, "Another import is under way; Retry-After says when to send it again."),
        "import-stopped": (503, "The database gave up half-way; nothing was stored. Send the batch again."),
        "rules-exist": (409, "Other rules begin at the same moment; call those off first."),
        "has-begun": (409, "What has begun cannot be called off."),
    }
)
