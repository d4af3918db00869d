"""Fetches from other servers what a check needs, and lets nobody use that to reach what is not public.

Only https to port 443, by a name whose addresses are all public; the connection goes to the very address that was
looked at, so a name that changes in between gains nothing. No redirects, no cookies, little at once, not for long.
"""

from __future__ import annotations

import ipaddress
import re
import socket
import ssl
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from http.client import HTTPException, HTTPSConnection
from urllib.parse import urlsplit

from core.languages import gettext as _

BYTES_MAX = 500_000
TIME_MAX_S = 5.0
_PORT = 443
_NAME = re.compile(r"(?=.{4,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])")
_PATH = re.compile(r"[\x21-\x7e]{0,1000}")
#: Addresses that stand for others, and so may lead inside, however public they look.
_STAND_INS = tuple(map(ipaddress.ip_network, ("2002::/16", "2001::/32", "64:ff9b::/96", "64:ff9b:1::/48", "::/96")))

Resolve = Callable[[str], Sequence[str]]


class NotFetched(Exception):
    """It could not be fetched, or may not be; the message says why, in a sentence."""


def resolved(host: str) -> list[str]:
    """Return the addresses of a name."""
    found = socket.getaddrinfo(host, _PORT, proto=socket.IPPROTO_TCP)
    return sorted({str(entry[4][0]) for entry in found})


def target(address: str, resolve: Resolve = resolved) -> tuple[str, str, str]:
    """Return where `address` leads: the host, its network address and the path. Raises NotFetched."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        raise NotFetched(_("That is no address.")) from None
    host = (parts.hostname or "").rstrip(".")
    if parts.scheme != "https" or port not in (None, _PORT) or "@" in parts.netloc:
        raise NotFetched(_("We only fetch from plain https addresses."))
    if not _NAME.fullmatch(host):
        raise NotFetched(_("We only fetch from servers that have a public name."))
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if not _PATH.fullmatch(path):
        raise NotFetched(_("That is no address."))
    try:
        found = resolve(host)
    except (OSError, UnicodeError):
        found = []
    if not found:
        raise NotFetched(_("There is no server called %(host)s.", host=host))
    if not all(map(is_public, found)):
        raise NotFetched(_("%(host)s is not on the public internet.", host=host))
    return host, found[0], path


def is_public(address: str) -> bool:
    """Say whether a network address is one that everybody can reach, and no stand-in for another."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv6Address) and (
        parsed.ipv4_mapped is not None or parsed.scope_id is not None or any(parsed in each for each in _STAND_INS)
    ):
        return False
    return parsed.is_global and not (parsed.is_multicast or parsed.is_reserved or parsed.is_unspecified)


class _Connection(HTTPSConnection):
    """A connection to the network address that was looked at, under the name that was asked for."""

    def __init__(self, host: str, network_address: str) -> None:
        self._network_address, self._tls = network_address, ssl.create_default_context()
        super().__init__(host, _PORT, timeout=TIME_MAX_S, context=self._tls)

    def connect(self) -> None:
        plain = socket.create_connection((self._network_address, _PORT), TIME_MAX_S)
        self.sock = self._tls.wrap_socket(plain, server_hostname=self.host)

    def cut(self) -> None:
        """End whatever is under way, from another thread."""
        with suppress(OSError, AttributeError):
            self.sock.shutdown(socket.SHUT_RDWR)


def fetch(address: str) -> bytes:
    """Return what is at `address`. Raises NotFetched."""
    host, network_address, path = target(address)
    connection = _Connection(host, network_address)
    deadline = threading.Timer(TIME_MAX_S, connection.cut)
    deadline.start()
    try:
        return _answer(connection, host, path)
    except (OSError, HTTPException, ValueError):
        raise NotFetched(_("%(host)s did not answer as it should.", host=host)) from None
    finally:
        deadline.cancel()
        connection.close()


def _answer(connection: HTTPSConnection, host: str, path: str) -> bytes:
    accept = "application/vc, application/ld+json, application/json, application/vc+jwt, image/*;q=0.5, */*;q=0.1"
    headers = {"Accept": accept, "Accept-Encoding": "identity", "User-Agent": "Laurel badge check"}
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    if answer.status != 200:
        led = " " + _("It wants to lead elsewhere, and we do not follow.") if 300 <= answer.status < 400 else ""
        why = _("%(host)s has nothing at that address (it answers %(status)s).", host=host, status=answer.status)
        raise NotFetched(why + led)
    data = answer.read(BYTES_MAX + 1)
    if len(data) > BYTES_MAX:
        raise NotFetched(_("What %(host)s sends is larger than any badge.", host=host))
    return data
