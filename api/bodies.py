"""Reads what programs send: JSON documents, and batches of rows that may be packed."""

from __future__ import annotations

import json
import zlib
from typing import Any

from flask import request

from api.errors import NestedTooDeeply, TooMuch, Unreadable, WrongMediaType
from core.strict_json import read_strictly

JSON = "application/json"
NDJSON = "application/x-ndjson"
DOCUMENT_MAX_BYTES = 1_000_000
#: A batch as it is sent; the server itself takes no more. Unpacked it may be larger.
BATCH_MAX_BYTES = 8_000_000
UNPACKED_MAX_BYTES = 32_000_000

_GZIP = 16 + zlib.MAX_WBITS
_MAKE_SMALLER = "Send it in smaller parts."


def document() -> Any:
    """Return the JSON of the request. Raises WrongMediaType, TooMuch, Unreadable and NestedTooDeeply."""
    if request.mimetype != JSON:
        raise WrongMediaType(f"The body is not {JSON}.", f"Send JSON, with “Content-Type: {JSON}”.", Accept=JSON)
    _refuse_packed()
    data = request.get_data()
    if len(data) > DOCUMENT_MAX_BYTES:
        raise TooMuch(f"The body has {len(data):,} bytes, at most {DOCUMENT_MAX_BYTES:,} are read.", _MAKE_SMALLER)
    try:
        found = read_strictly(data.decode())
        json.dumps(found, ensure_ascii=False).encode()
    except RecursionError:
        raise NestedTooDeeply from None
    except ValueError as wrong:
        said = "it is not UTF-8 throughout" if isinstance(wrong, UnicodeError) else str(wrong)
        raise Unreadable(f"The body is not JSON: {said}.", "Mend it and send it again.") from None
    if b"\\u0000" in data and "\x00" in "".join(_texts(found)):
        raise Unreadable("A text in the body holds the character NUL, which cannot be stored.", "Remove it.")
    return found


def batch() -> bytes:
    """Return the rows of the request, unpacked. Raises WrongMediaType, TooMuch and Unreadable."""
    if request.mimetype != NDJSON:
        step = f"Send one JSON object a line, with “Content-Type: {NDJSON}”."
        raise WrongMediaType(f"The body is not {NDJSON}.", step, Accept=NDJSON)
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    if charset not in ("utf-8", "utf8", "us-ascii"):
        raise WrongMediaType("The rows are not UTF-8.", "Send them as UTF-8.", Accept=NDJSON)
    packing = request.headers.get("Content-Encoding", "identity").strip().lower()
    if packing not in ("identity", "gzip", ""):
        step = "Send it packed with gzip, or not packed."
        raise WrongMediaType("The body is packed in a way that is not read here.", step, **{"Accept-Encoding": "gzip"})
    data = request.get_data()
    return _unpacked(data) if packing == "gzip" else data


def _refuse_packed() -> None:
    if request.headers.get("Content-Encoding", "identity").strip().lower() not in ("identity", ""):
        step = "Send it as it is."
        raise WrongMediaType("The body is packed, and documents are not.", step, **{"Accept-Encoding": "identity"})


def _unpacked(data: bytes) -> bytes:
    """Return what was packed with gzip, in one piece or several; never more than fits in memory."""
    pieces, room = [], UNPACKED_MAX_BYTES + 1
    try:
        while data and room > 0:
            one = zlib.decompressobj(_GZIP)
            pieces.append(one.decompress(data, room))
            room -= len(pieces[-1])
            if not one.eof and room > 0:
                raise Unreadable("The packed body is cut off.", "Send it again, whole.")
            data = one.unused_data
    except zlib.error:
        raise Unreadable("The body is not packed with gzip, or is damaged.", "Pack it again and send it.") from None
    if room <= 0:
        raise TooMuch(f"Unpacked the body has more than {UNPACKED_MAX_BYTES:,} bytes.", _MAKE_SMALLER)
    return b"".join(pieces)


def _texts(found: Any) -> list[str]:
    if isinstance(found, dict):
        return [text for name, inner in found.items() for text in (name, *_texts(inner))]
    if isinstance(found, list):
        return [text for inner in found for text in _texts(inner)]
    return [found] if isinstance(found, str) else []
