"""What an e-mail address looks like, and which addresses reach the same mailbox. Pure. Rule A-2.

Nothing here is ever a reason to decline: most people have a free address.
"""

from __future__ import annotations

import re

#: Providers that give addresses to everybody, whatever the ending that the country has.
_PROVIDERS = """
gmail googlemail yahoo ymail rocketmail outlook hotmail icloud mac aol gmx yandex proton protonmail zoho qq 163 126 sina
foxmail naver daum hanmail rediffmail libero virgilio wanadoo laposte bol uol seznam wp o2 interia onet ukr abv tutanota
tuta fastmail rambler t-online freenet
"""
#: Those whose names are also words, with the whole domain.
_DOMAINS = """
me.com pm.me hey.com free.fr web.de mail.com mail.de mail.ru list.ru bk.ru live.com live.de live.fr live.nl live.it
live.co.uk msn.com orange.fr orange.es terra.com.br terra.es inbox.ru inbox.lv inbox.com ya.ru
"""
_FOR_A_DAY = """
mailinator guerrillamail 10minutemail tempmail temp-mail yopmail trashmail sharklasers maildrop getnada dispostable
throwawaymail fakeinbox mohmal mintemail moakt emailondeck
"""
_OFFICES = """
info admin administrator office sales support contact noreply no-reply webmaster postmaster jobs hr test mail email
hello team service billing
"""
_FREE, _FREE_DOMAINS = frozenset(_PROVIDERS.split()), frozenset(_DOMAINS.split())
_THROWN_AWAY, _OF_NOBODY = frozenset(_FOR_A_DAY.split()), frozenset(_OFFICES.split())
#: What follows a provider's name: ".com", ".fr", ".co.uk".
_ENDING = re.compile(r"[a-z]{2,3}(?:\.[a-z]{2})?")
_MANY_DIGITS = re.compile(r"[0-9]{6,}")
_IGNORES_DOTS = {"gmail.com"}
_SAME_AS = {
    "googlemail.com": "gmail.com",
    "protonmail.com": "proton.me",
    "pm.me": "proton.me",
    "yandex.com": "yandex.ru",
    "ya.ru": "yandex.ru",
}


def is_free(address: str) -> bool:
    """Say whether an address is one of a large provider that gives them to everybody."""
    domain = _parts(address)[1]
    name, _, ending = domain.partition(".")
    return domain in _FREE_DOMAINS or (name in _FREE and _ENDING.fullmatch(ending) is not None)


def oddity(address: str) -> str:
    """Return what is odd about an address, in words that follow "it is"; empty when nothing is."""
    local, domain = _parts(address)
    own = local.partition("+")[0]
    if set(domain.split(".")[:-1]) & _THROWN_AWAY:
        return "one that is thrown away after use"
    if own in _OF_NOBODY:
        return "an office's, not a person's"
    digits = sum(letter.isdigit() for letter in own)
    if _MANY_DIGITS.search(own) or digits > len(own) - digits:
        return "mostly digits"
    return ""


def folded(address: str) -> str:
    """Return what all ways to write one mailbox have in common: case, "+" notes, and dots where they do not count."""
    local, domain = _parts(address)
    domain = _SAME_AS.get(domain, domain)
    local = local.partition("+")[0] or local
    return f"{local.replace('.', '') if domain in _IGNORES_DOTS else local}@{domain}"


def rough(address: str) -> str:
    """Return the part before the "@" without dots and notes: whoever has the same `folded` has the same of this."""
    return _parts(address)[0].partition("+")[0].replace(".", "")


def _parts(address: str) -> tuple[str, str]:
    local, _, domain = address.strip().lower().rpartition("@")
    return local, domain
