"""How a letter is written down for its journey (RFC 5322, 2045): headers that nobody can write into, and two parts.

`EmailMessage` of the standard library would do it, and takes ten times as long. What does not fit on one plain line is
left to that library: it knows how to fold and encode.
"""

from __future__ import annotations

import binascii
import functools
import re
from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

LINE_MAX = 78  # of a header
BODY_LINE_MAX = 900  # bytes; a line of a mail ends at 998

_ATOM, _LABEL = r"[\w!#$%&'*+/=?^`{|}~-]+", r"[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?"
#: What nearly all addresses look like; those that do not are looked at more closely.
_PLAIN_ADDRESS = re.compile(rf"({_ATOM}(?:\.{_ATOM})*)@({_LABEL}(?:\.{_LABEL})+)", re.ASCII | re.IGNORECASE)
_OTHER_LETTERS = re.compile(r"(?!\s)[^\x00-\x7f]")
_LINE_END = re.compile(rb"\r\n|\r|\n")


class BadAddress(ValueError):
    """A mail cannot go to this address, now or later; the message says why."""


@dataclass(frozen=True)
class Letter:
    """A mail that is ready to be written down. `id` is its Message-ID without brackets, `sender` is "Name <address>".

    `subject` holds no line breaks; `stop_url`, where there is one, is one word of plain letters.
    """

    id: str
    sender: str
    to: Address
    subject: str
    at: datetime
    text: str
    html: str
    boundary: str
    stop_url: str | None = None
    one_click: bool = False

    @property
    def needs_utf8(self) -> bool:
        """Say whether the recipient's address is beyond ASCII: few servers take that (RFC 6531)."""
        return not self.to.addr_spec.isascii()

    def to_bytes(self, *, eight_bit: bool = True) -> bytes:
        """Return the whole of it, the same to the byte each time.

        `eight_bit` says whether bodies travel as they are, so that links in them can be copied.
        """
        parts = (_part("plain", self.text, eight_bit), _part("html", self.html, eight_bit), b"")
        between = f"--{self.boundary}".encode()
        return "".join(self._head()).encode() + between + between.join(parts) + b"--\r\n"

    def _head(self) -> list[str]:
        utf8 = self.needs_utf8
        lines = [
            _from(self.sender, utf8),
            _line("To", self.to.addr_spec) or _folded("To", self.to, utf8),
            _line("Subject", self.subject) or _folded("Subject", self.subject, utf8),
            f"Date: {format_datetime(self.at)}\r\nMessage-ID: <{self.id}>\r\nAuto-Submitted: auto-generated\r\n",
        ]
        if self.stop_url:
            # On a line of its own, however long: folding would turn the address into an encoded word.
            lines.append(f"List-Unsubscribe: <{self.stop_url}>\r\n")
        if self.stop_url and self.one_click:  # RFC 8058
            lines.append("List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n")
        kind = f'multipart/alternative;\r\n boundary="{self.boundary}"'
        return [*lines, f"MIME-Version: 1.0\r\nContent-Type: {kind}\r\n\r\n"]


def address(text: str) -> Address:
    """Return one plain address, its domain as DNS writes it. Raises BadAddress for anything else."""
    if plain := _PLAIN_ADDRESS.fullmatch(text):
        return Address(username=plain[1], domain=plain[2])
    local, _, domain = text.strip().rpartition("@")
    try:
        domain = domain.encode("idna").decode()
        # The parser knows plain letters only; those of other scripts stand where a plain one might.
        Address(addr_spec=f"{_OTHER_LETTERS.sub('x', local)}@{domain}")
        found = Address(username=local, domain=domain)
    except (ValueError, IndexError, MessageError) as error:
        raise BadAddress(f"{text!r} is not an e-mail address ({error}).") from None
    if not found.username or not found.domain:
        raise BadAddress(f"{text!r} is not an e-mail address.")
    return found


@functools.lru_cache(maxsize=8)
def sender_of(text: str) -> Address:
    """Return the address that "Name <address>" says."""
    name, plain = parseaddr(text)
    parsed = address(plain)
    return Address(printable(name), parsed.username, parsed.domain)


def printable(text: str) -> str:
    """Return `text` without what would end a line or hide in it."""
    return text if text.isprintable() else "".join(letter for letter in text if letter.isprintable())


@functools.lru_cache(maxsize=8)
def _from(sender: str, utf8: bool) -> str:
    return _folded("From", sender_of(sender), utf8)


def _line(name: str, value: str) -> str | None:
    """Return a header that is plain and short, or None for one that must be folded or encoded."""
    line = f"{name}: {value}"
    plain = value.isascii() and value.isprintable() and "=?" not in value and value == value.strip()
    return f"{line}\r\n" if value and plain and len(line) <= LINE_MAX else None


def _folded(name: str, value: str | Address, utf8: bool) -> str:
    policy = SMTP.clone(utf8=utf8)
    folded: str = policy.header_factory(name, value).fold(policy=policy)
    # Where folding leaves the line of the name empty, people see a space first.
    return folded.replace(f"{name}:\r\n ", f"{name}: ", 1)


def _part(subtype: str, body: str, eight_bit: bool) -> bytes:
    """Return a part with its header, from the end of the boundary's line to the beginning of the next."""
    plain = body.encode()
    lines = _LINE_END.split(plain)
    if max(map(len, lines)) > BODY_LINE_MAX or not (eight_bit or body.isascii()):
        how, data = "quoted-printable", binascii.b2a_qp(b"\n".join(lines)).replace(b"\n", b"\r\n")
    else:
        how, data = "7bit" if body.isascii() else "8bit", b"\r\n".join(lines)
    head = f'Content-Type: text/{subtype}; charset="utf-8"\r\nContent-Transfer-Encoding: {how}'
    return b"\r\n" + head.encode() + b"\r\n\r\n" + data + (b"\r\n" if data.endswith(b"\n") else b"\r\n\r\n")
