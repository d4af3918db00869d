"""Renders a mail of the outbox into a message: its templates, and headers that nobody can write into."""

from __future__ import annotations

import re
from datetime import date, datetime
from email.errors import MessageError
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy, Policy
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import jinja2

from core import wording
from core.outbox import OutboxMail
from core.placeholders import filled

TEMPLATES = Path(__file__).resolve().parents[1] / "templates"
SUBJECT_MAX = 200  # characters
URL_MAX = 900  # a line of a mail ends at 998

_BLANK_LINES = re.compile(r"\n{3,}")
_OTHER_LETTERS = re.compile(r"(?!\s)[^\x00-\x7f]")
_PLAIN_URL = re.compile(r"https?://[\x21-\x7e]+")


class BadAddress(ValueError):
    """A mail cannot go to this address, now or later; the message says why."""


def render(mail: OutboxMail, sender: str, base_url: str) -> EmailMessage:
    """Return `mail` as text and HTML, ready to send. Rendered again, it is the same to the byte.

    `sender` is "Name <address>"; `base_url` comes without a slash at the end. Raises BadAddress, jinja2.TemplateError
    for a template that is missing or asks for a word it was not given, and ValueError when SECRET_KEY changed.
    """
    words = {**mail.words(), "base_url": base_url, "when": when, "filled": filled}
    text, subject, stop_url, one_click = _plain(mail.template, words)
    message = EmailMessage(policy=POLICY)
    message["From"] = _sender(sender)
    message["To"] = address(mail.to_address)
    message["Subject"] = subject
    message["Date"] = mail.created_at
    message["Message-ID"] = f"<{mail.id}@{urlsplit(base_url).hostname}>"
    message["Auto-Submitted"] = "auto-generated"
    if stop_url and (url := _one_url(urljoin(base_url + "/", stop_url))):
        message["List-Unsubscribe"] = f"<{url}>"
        if one_click:  # RFC 8058
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(text, cte=_encoding(text))
    html = _environment.get_template(f"email/{mail.template}.html").render(words)
    message.add_alternative(html, subtype="html", cte=_encoding(html))
    message.set_boundary(f"=_{mail.id.hex}")
    return message


def address(text: str) -> Address:
    """Return one plain address, its domain as DNS writes it. Raises BadAddress for anything else."""
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


def when(moment: str | date | None, time: bool = False) -> str:
    """Return a moment (or its ISO text) as people write it: "24 November 2026", or with `time` "…, 09:00 UTC"."""
    if not moment:
        return ""
    at = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return wording.moment(at) if time and isinstance(at, datetime) else wording.day(at)


def _plain(template: str, words: dict[str, Any]) -> tuple[str, str, str, bool]:
    """Return the text, the subject, the address that stops such mails (or nothing) and whether a POST to it does."""
    body = _environment.get_template(f"email/{template}.txt")
    context = body.new_context(words)
    text = "".join(body.root_render_func(context))
    subject = " ".join("".join(context.blocks["subject_line"][0](context)).split())
    stop_url = context.get("stop_url")
    one_click = bool(context.get("one_click"))
    return _tidied(text), _printable(subject)[:SUBJECT_MAX], str(stop_url or ""), one_click


def _tidied(text: str) -> str:
    """Close the gaps that a template's own lines leave behind."""
    lines = "\n".join(line if line == "-- " else line.rstrip() for line in text.splitlines())
    return _BLANK_LINES.sub("\n\n", lines).strip("\n") + "\n"


def _printable(text: str) -> str:
    return "".join(letter for letter in text if letter.isprintable())


def _sender(text: str) -> Address:
    name, plain = parseaddr(text)
    parsed = address(plain)
    return Address(_printable(name), parsed.username, parsed.domain)


def _one_url(text: str) -> str | None:
    return text if len(text) <= URL_MAX and _PLAIN_URL.fullmatch(text) else None


def _encoding(text: str) -> str:
    """Return how the text travels: as it is, so that links in it can be copied, unless its lines are too long."""
    if any(len(line.encode()) > 900 for line in text.splitlines()):
        return "quoted-printable"
    return "7bit" if text.isascii() else "8bit"


class _Verbatim(UnstructuredHeader, BaseHeader):
    """A header of one long word, on a line of its own: folding would turn an address into an encoded word."""

    def fold(self, *, policy: Policy[Any]) -> str:
        """Return the header as it goes over the wire."""
        return f"{self.name}: {self}{policy.linesep}"


class _Subject(UnstructuredHeader, BaseHeader):
    """A subject that begins on the line of its name: where folding leaves that line empty, people see a space first."""

    def fold(self, *, policy: Policy[Any]) -> str:
        """Return the header as it goes over the wire."""
        return super().fold(policy=policy).replace(f"{self.name}:{policy.linesep} ", f"{self.name}: ", 1)


def _policy() -> EmailPolicy[EmailMessage]:
    registry = HeaderRegistry()
    registry.map_to_type("subject", _Subject)
    registry.map_to_type("list-unsubscribe", _Verbatim)
    return SMTP.clone(header_factory=registry)


#: How letters are written down.
POLICY = _policy()
_environment = jinja2.Environment(
    loader=jinja2.FileSystemLoader(TEMPLATES),
    autoescape=jinja2.select_autoescape(["html"], default=False),
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
