"""Status lists as a row of bits: where a bit stands, and how the row travels. Bitstring Status List 1.0."""

from __future__ import annotations

import zlib
from collections.abc import Iterable

from badges.credentials.tokens import decoded, encoded

#: The least that the standard allows, so that one bit tells nothing about whose it is.
LENGTH = 131_072
#: What a list of somebody else's may hold when it is unpacked, in bytes.
UNPACKED_MAX = 2_000_000
_GZIP = 31


def encoded_list(indexes: Iterable[int]) -> str:
    """Return a list in which the bits at `indexes` are set, the most significant bit of a byte first."""
    row = bytearray(LENGTH // 8)
    for index in indexes:
        row[index // 8] |= 0x80 >> (index % 8)
    packer = zlib.compressobj(level=9, wbits=_GZIP)  # no time and no name in it: the same bits, the same text
    return f"u{encoded(packer.compress(bytes(row)) + packer.flush())}"


def unpacked(text: str) -> bytes:
    """Return the bits of a list as bytes. Raises ValueError for anything that is not such a list, or a short one."""
    if not text.startswith("u"):
        raise ValueError("not in base64url")
    reader = zlib.decompressobj(wbits=_GZIP)
    try:
        row = reader.decompress(decoded(text[1:]), UNPACKED_MAX)
    except zlib.error:
        raise ValueError("not packed with gzip") from None
    if not reader.eof:
        raise ValueError("cut short, or larger than any list")
    if len(row) * 8 < LENGTH:
        raise ValueError("shorter than the standard allows")
    return row


def is_set(row: bytes, index: int) -> bool:
    """Return the bit at `index`. Raises ValueError when there is none."""
    if not 0 <= index < len(row) * 8:
        raise ValueError("outside the list")
    return bool(row[index // 8] & (0x80 >> (index % 8)))
