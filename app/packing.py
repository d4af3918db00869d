"""How a body is made shorter on its way, as whoever reads it allows.

Only what is public is packed: a packed page that holds both a secret and a visitor's words gives the secret away
by its length.
"""

from __future__ import annotations

import functools
import gzip

import brotli
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header

#: What is shorter does not get shorter by packing.
PACKED_FROM_BYTES = 500
PACKED = ("text/", "image/svg+xml", "application/json", "application/ld+json", "application/xml", "application/did+")
#: Leaves a body as it is.
PLAIN = "identity"
#: The ways to pack, the best first.
WAYS = ("br", "gzip", PLAIN)
#: How far back Brotli looks for what it has seen, as a power of two: any page fits. To prepare for the usual 22 takes
#: longer than to pack a page.
BROTLI_WINDOW = 18


@functools.lru_cache(maxsize=256)
def way(accepted: str) -> str:
    """Return the best of WAYS that an Accept-Encoding header allows."""
    wanted = parse_accept_header(accepted, Accept)
    return next((name for name in WAYS if wanted.quality(name) > 0), PLAIN)


def gains(body: bytes, mimetype: str | None) -> bool:
    """Say whether a body of that kind gets shorter by being packed."""
    return len(body) >= PACKED_FROM_BYTES and str(mimetype).startswith(PACKED)


def packed(body: bytes, name: str, effort: int) -> bytes:
    """Return the body packed in one of WAYS; `effort` is 0 for the quickest to 9 for the shortest."""
    if name == "br":
        return bytes(brotli.compress(body, quality=effort, lgwin=BROTLI_WINDOW))
    if name == "gzip":
        return gzip.compress(body, compresslevel=effort, mtime=0)
    return body
