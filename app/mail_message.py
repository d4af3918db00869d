"""Renders a mail of the outbox into a letter: its templates, filled in with the mail's words."""

from __future__ import annotations

import functools
import re
from datetime import date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import jinja2

from app.mail_form import Forms, Written
from app.mail_wire import Letter, address, printable
from core import wording
from core.outbox import OutboxMail
from core.placeholders import filled

TEMPLATES = Path(__file__).resolve().parents[1] / "templates"
SUBJECT_MAX = 200  # characters
URL_MAX = 900  # a line of a mail ends at 998

_BLANK_LINES = re.compile(r"\n{3,}")
_PLAIN_URL = re.compile(r"https?://[\x21-\x7e]+")


def render(mail: OutboxMail, sender: str, base_url: str) -> Letter:
    """Return `mail` as text and HTML, ready to send. Rendered again, it is the same to the byte.

    `sender` is "Name <address>"; `base_url` comes without a slash at the end. Raises BadAddress, jinja2.TemplateError
    for a template that is missing or asks for a word it was not given, and ValueError when SECRET_KEY changed.
    """
    fixed = {"base_url": base_url, "when": when, "filled": filled}
    if mail.batch_id is None or mail.batch is None:
        written = _written(mail.template, {**mail.own_words(), **fixed})
    else:
        written = _forms.written(mail.template, mail.batch_id, {**mail.batch.words, **fixed}, mail.own_words())
    return Letter(
        id=f"{mail.id}@{_host(base_url)}",
        sender=sender,
        to=address(mail.to_address),
        subject=printable(written.subject)[:SUBJECT_MAX],
        at=mail.created_at,
        text=written.text,
        html=written.html,
        boundary=f"=_{mail.id.hex}",
        stop_url=_one_url(written.stop_url, base_url),
        one_click=written.one_click,
    )


def when(moment: str | date | None, time: bool = False) -> str:
    """Return a moment (or its ISO text) as people write it: "24 November 2026", or with `time` "…, 09:00 UTC"."""
    if not moment:
        return ""
    at = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
    return wording.moment(at) if time and isinstance(at, datetime) else wording.day(at)


def _written(template: str, words: dict[str, Any]) -> Written:
    """Return the subject, the text and the HTML, the address that stops such mails and whether a POST to it does."""
    body = _environment.get_template(f"email/{template}.txt")
    context = body.new_context(words)
    text = "".join(body.root_render_func(context))
    return Written(
        subject=" ".join("".join(context.blocks["subject_line"][0](context)).split()),
        text=_tidied(text),
        html=_environment.get_template(f"email/{template}.html").render(words),
        stop_url=str(context.get("stop_url") or ""),
        one_click=bool(context.get("one_click")),
    )


def _tidied(text: str) -> str:
    """Close the gaps that a template's own lines leave behind."""
    lines = "\n".join(line if line == "-- " else line.rstrip() for line in text.splitlines())
    return _BLANK_LINES.sub("\n\n", lines).strip("\n") + "\n"


def _one_url(text: str, base_url: str) -> str | None:
    url = text if text.startswith(f"{base_url}/") else urljoin(f"{base_url}/", text)
    return url if text and len(url) <= URL_MAX and _PLAIN_URL.fullmatch(url) else None


@functools.lru_cache(maxsize=8)
def _host(base_url: str) -> str | None:
    return urlsplit(base_url).hostname


_forms = Forms(_written)
_environment = jinja2.Environment(
    loader=jinja2.FileSystemLoader(TEMPLATES),
    autoescape=jinja2.select_autoescape(["html"], default=False),
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
