"""The settings: read once from the environment, checked all at once, and never changed afterwards."""

from __future__ import annotations

import os
import re
import secrets
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from email.headerregistry import Address
from email.utils import formataddr, parseaddr
from pathlib import Path
from typing import Self, TypeVar
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

import click
import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError

ROOT = Path(__file__).resolve().parents[1]
PORT = 8000
SECRET_KEY_MIN = 32  # characters
WEB_PROCESSES_MAX = 128

_DRIVER = "postgresql+psycopg"
_DATABASE_SCHEMES = ("postgres", "postgresql", _DRIVER)
_ON = {"0": False, "1": True}

T = TypeVar("T")


class SettingsError(click.ClickException):
    """The environment asks for something impossible; the message is one sentence that names everything wrong.

    An error of click's, so that a `flask` command shows the sentence and no traceback.
    """

    def __init__(self, problems: list[str]) -> None:
        super().__init__(f"Laurel cannot start with these settings: {'; '.join(problems)}.")
        self.problems = tuple(problems)


@dataclass(frozen=True)
class Smtp:
    """The server that takes our mails."""

    host: str
    port: int
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    #: TLS from the first byte on (smtps://).
    tls: bool = False
    #: TLS after a greeting in the clear (?starttls=1).
    starttls: bool = False


@dataclass(frozen=True)
class Settings:
    """How this Laurel is set up. What is secret does not show in its repr."""

    #: The folder for what Laurel keeps on disk.
    instance: Path
    #: As SQLAlchemy wants it; None means the embedded PostgreSQL.
    database_url: str | None = field(repr=False)
    #: Where people reach us, without a slash at the end.
    base_url: str
    secret_key: str = field(repr=False)
    #: None: mails are written as files to `mail_folder`.
    smtp: Smtp | None
    mail_from: str
    port: int
    web_processes: int
    #: Load the demo into an empty database.
    demo: bool
    #: A meeting service that opens a room for a name after this address; None means rooms of our own. Rule H-2.
    meeting_url: str | None = None
    #: What tells the browsers in a room of our own how they are seen from outside (STUN); None within one network.
    meeting_stun: str | None = None

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> Self:
        """Read the settings from `environ`, the process's own unless given. An empty value counts as unset.

        Makes the instance folder, and in it a secret key unless SECRET_KEY is set. Raises SettingsError.
        """
        reader = _Reader(os.environ if environ is None else environ)
        port = reader.read("PORT", _whole(1, 65535), str(PORT))
        base_url = reader.read("LAUREL_BASE_URL", _base_url, f"http://127.0.0.1:{port}")
        settings = cls(
            instance=reader.read("LAUREL_INSTANCE", _path, str(ROOT / "instance")),
            database_url=reader.read_if_set("DATABASE_URL", sqlalchemy_url),
            base_url=base_url,
            secret_key=reader.read_if_set("SECRET_KEY", _long_enough) or "",
            smtp=reader.read_if_set("SMTP_URL", _smtp),
            mail_from=reader.read("LAUREL_MAIL_FROM", _sender, f"Laurel <no-reply@{_mail_domain(base_url)}>"),
            port=port,
            web_processes=reader.read("WEB_CONCURRENCY", _whole(1, WEB_PROCESSES_MAX), "2"),
            demo=reader.read("LAUREL_DEMO", _switch, "1"),
            meeting_url=reader.read_if_set("LAUREL_MEETING_URL", _meeting_url),
            meeting_stun=reader.read_if_set("LAUREL_MEETING_STUN", _stun),
        )
        problems = [*reader.problems, *_make_folder(settings.instance)]
        if problems:
            raise SettingsError(problems)
        return settings if settings.secret_key else replace(settings, secret_key=_kept_secret(settings.instance))

    @property
    def secure_cookies(self) -> bool:
        """Say whether cookies may travel over TLS alone: where people reach us over it."""
        return self.base_url.startswith("https://")

    @property
    def mail_folder(self) -> Path:
        """Return where mails go as .eml files while there is no SMTP_URL."""
        return self.instance / "mail"


class _Reader:
    """Reads one setting after the other and gathers what is wrong with them."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self.problems: list[str] = []

    def read(self, name: str, parse: Callable[[str], T], default: str) -> T:
        """Return the setting `name` as `parse` makes it of its text, or of `default` when that is unset or wrong."""
        found = self.read_if_set(name, parse)
        return parse(default) if found is None else found

    def read_if_set(self, name: str, parse: Callable[[str], T]) -> T | None:
        """Return the setting `name` as `parse` makes it of its text; None when it is unset, or noted as wrong.

        `parse` raises ValueError with what the setting must be.
        """
        text = self._environ.get(name, "").strip()
        if not text:
            return None
        try:
            return parse(text)
        except ValueError as error:
            # Never the value itself: it may hold a password, and this goes to the log.
            self.problems.append(f"{name} must be {error}")
            return None


def sqlalchemy_url(text: str) -> str:
    """Return a PostgreSQL address so that SQLAlchemy talks to it through psycopg 3. Raises ValueError."""
    wanted = "the address of a PostgreSQL database, such as postgresql://user:password@host:5432/laurel"
    try:
        url = sa.make_url(text)
    except (ArgumentError, ValueError):
        raise ValueError(wanted) from None
    if url.drivername not in _DATABASE_SCHEMES or not url.database:
        raise ValueError(wanted)
    return url.set(drivername=_DRIVER).render_as_string(hide_password=False)


def _path(text: str) -> Path:
    return Path(text).expanduser().resolve()


def _make_folder(instance: Path) -> list[str]:
    """Make the instance folder if it is missing; return what prevents it."""
    try:
        instance.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        return [f"LAUREL_INSTANCE must be a folder ({instance} cannot be made: {error.strerror})"]
    if not os.access(instance, os.W_OK | os.X_OK):
        return [f"LAUREL_INSTANCE must be a folder that Laurel may write to ({instance} is not)"]
    return []


def _whole(low: int, high: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not (text.isascii() and text.isdigit() and low <= int(text) <= high):
            raise ValueError(f"a whole number from {low} to {high}")
        return int(text)

    return parse


def _switch(text: str) -> bool:
    if text not in _ON:
        raise ValueError("0 or 1")
    return _ON[text]


def _long_enough(text: str) -> str:
    if len(text) < SECRET_KEY_MIN:
        raise ValueError(f"at least {SECRET_KEY_MIN} characters long")
    return text


def _split(text: str, wanted: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        _ = parts.port  # a wrong port shows only when it is asked for
    except ValueError:
        raise ValueError(wanted) from None
    if not parts.hostname or parts.fragment:
        raise ValueError(wanted)
    return parts


def _base_url(text: str) -> str:
    wanted = "an http or https address without a path, such as https://experts.example.com"
    parts = _split(text, wanted)
    if parts.scheme not in ("http", "https") or parts.path not in ("", "/") or parts.query or "@" in parts.netloc:
        raise ValueError(wanted)
    return f"{parts.scheme}://{parts.netloc.lower()}"


def _meeting_url(text: str) -> str:
    wanted = "an https address that a room's name is put after, such as https://meet.google.com/lookup/laurel-"
    parts = _split(text, wanted)
    if parts.scheme != "https" or not parts.path or parts.query or "@" in parts.netloc:
        raise ValueError(wanted)
    return text


def _stun(text: str) -> str:
    if not re.fullmatch(r"stuns?:[A-Za-z0-9.-]+(:\d{1,5})?", text):
        raise ValueError("the address of a STUN server, such as stun:stun.example.com:3478")
    return text


def _smtp(text: str) -> Smtp:
    wanted = "an address such as smtp://user:password@host:587?starttls=1 or smtps://host"
    parts = _split(text, wanted)
    query = parse_qs(parts.query, keep_blank_values=True)
    tls = parts.scheme == "smtps"
    if parts.scheme not in ("smtp", "smtps") or parts.path not in ("", "/") or not query.keys() <= {"starttls"}:
        raise ValueError(wanted)
    if (flag := query.get("starttls", ["0"])[-1]) not in _ON or (tls and _ON[flag]):
        raise ValueError(f"{wanted}, with starttls 0 or 1 and only for smtp://")
    if bool(parts.username) != bool(parts.password):
        raise ValueError(f"{wanted}, with both a user and a password or neither")
    return Smtp(
        host=parts.hostname or "",
        port=parts.port or (465 if tls else 587 if _ON[flag] else 25),
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        tls=tls,
        starttls=_ON[flag],
    )


def _sender(text: str) -> str:
    wanted = 'an address such as "Laurel <no-reply@example.com>"'
    name, address = parseaddr(text)
    try:
        parsed = Address(addr_spec=address)
    except (ValueError, IndexError):
        raise ValueError(wanted) from None
    if not parsed.username or not parsed.domain or not name.isprintable():
        raise ValueError(wanted)
    return formataddr((name, address))


def _mail_domain(base_url: str) -> str:
    """Return the domain our mails come from by default: the site's own, where it has a name."""
    host = urlsplit(base_url).hostname or ""
    is_number = ":" in host or host.replace(".", "").isdigit()
    return "localhost" if is_number or not host else host


def _kept_secret(instance: Path) -> str:
    """Return the key kept in `instance`, made first if there is none. Processes that start at once agree on one."""
    path = instance / "secret_key"
    if not path.exists():
        with tempfile.NamedTemporaryFile("w", dir=instance, prefix=".secret_key.") as fresh:  # mode 0600
            fresh.write(secrets.token_urlsafe(48))
            fresh.flush()
            os.fsync(fresh.fileno())
            with suppress(FileExistsError):  # then another process was first, and its key counts
                os.link(fresh.name, path)
    try:
        return _long_enough(path.read_text().strip())
    except (OSError, ValueError) as error:
        raise SettingsError([f"the secret key in {path} cannot be used ({error})"]) from None
