"""What takes a finished message away: an SMTP server, or a folder of .eml files."""

from __future__ import annotations

import os
import smtplib
import ssl
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol

from app.config import Settings, Smtp
from app.mail_wire import Letter, sender_of
from core.errors import DomainError

TIMEOUT_S = 20.0  # for each word of the conversation
_FINE, _ACCEPTED, _CLOSING, _TOO_BIG = 250, (250, 251), 421, 552


class CarrierDown(DomainError):
    """No mail can leave at the moment, whatever it is: the way out is closed. All of them wait."""

    status = 503
    title = "No mail can be sent just now"


class Postponed(Exception):
    """This one mail could not be handed over now, or nobody knows whether it was; the text says why."""


class Undeliverable(Exception):
    """This one mail will never be taken; the text holds the server's words."""


class Carrier(Protocol):
    """Takes letters one by one, each in two steps. Nothing is opened before the first of them."""

    def offer(self, letter: Letter, name: str) -> None:
        """Do all that can be done before a letter leaves; `name` tells it apart for good.

        Raises Postponed, Undeliverable or CarrierDown; then it will not leave.
        """

    def hand_over(self) -> None:
        """Let the letter leave that was offered. Raises the same."""

    def withdraw(self) -> None:
        """Forget the letter that was offered."""

    def close(self) -> None:
        """Let go of what was opened."""


def carrier_for(settings: Settings) -> Carrier:
    """Return the way out that the settings name."""
    return SmtpCarrier(settings.smtp) if settings.smtp else FolderCarrier(settings.mail_folder)


class SmtpCarrier:
    """Sends over one connection, kept open from mail to mail and made again when it broke."""

    def __init__(self, server: Smtp) -> None:
        self._server = server
        self._smtp: smtplib.SMTP | None = None
        self._data = b""

    def offer(self, letter: Letter, name: str) -> None:
        """Say from whom and for whom the letter is. A connection that ended while nobody spoke costs no mail a try."""
        kept = self._smtp is not None
        try:
            self._introduce(self._connected(), letter)
        except (smtplib.SMTPException, OSError) as broken:
            self._drop()
            if not kept:
                raise Postponed(f"The connection to {self._place} broke before this mail was taken: {broken}") from None
            self.offer(letter, name)

    def hand_over(self) -> None:
        """Send the letter itself."""
        smtp = self._connected()
        try:
            code, said = smtp.data(self._data)
        except smtplib.SMTPDataError as refused:
            self._refused(refused.smtp_code, refused.smtp_error)
        except (smtplib.SMTPException, OSError) as broken:
            self._drop()
            raise Postponed(f"The connection to {self._place} broke while this mail was under way: {broken}") from None
        else:
            if code != _FINE:
                self._refused(code, said)

    def withdraw(self) -> None:
        """Let the server forget what it was told."""
        with suppress(smtplib.SMTPException, OSError):
            self._connected().rset()

    def close(self) -> None:
        """Say goodbye, if anybody is still there."""
        if self._smtp is not None:
            with suppress(smtplib.SMTPException, OSError):
                self._smtp.quit()
        self._drop()

    @property
    def _place(self) -> str:
        return f"{self._server.host}:{self._server.port}"

    def _introduce(self, smtp: smtplib.SMTP, letter: Letter) -> None:
        eight_bit = smtp.has_extn("8bitmime")
        options = ["BODY=8BITMIME"] if eight_bit else []
        if letter.needs_utf8:
            if not smtp.has_extn("smtputf8"):
                raise Undeliverable(f"{self._place} takes only addresses in plain letters.")
            options.append("SMTPUTF8")
        self._data = letter.to_bytes(eight_bit=eight_bit)
        # `smtp.mail` and `smtp.rcpt` would take these addresses apart once more.
        smtp.command_encoding = "utf-8" if letter.needs_utf8 else "ascii"
        code, said = smtp.docmd("MAIL", " ".join((f"FROM:<{sender_of(letter.sender).addr_spec}>", *options)))
        if code == _CLOSING:
            raise smtplib.SMTPServerDisconnected(_words(code, said))
        if code != _FINE:
            self.withdraw()
            if code == _TOO_BIG:
                raise Undeliverable(_words(code, said))
            raise self._down(f"it refuses our sender: {_words(code, said)}")
        code, said = smtp.docmd("RCPT", f"TO:<{letter.to.addr_spec}>")
        if code not in _ACCEPTED:
            self._refused(code, said)

    def _refused(self, code: int, said: bytes | str) -> None:
        if code == _CLOSING:
            raise self._down(_words(code, said))
        self.withdraw()
        if code >= 500:
            raise Undeliverable(_words(code, said))
        raise Postponed(_words(code, said))

    def _connected(self) -> smtplib.SMTP:
        """Return the connection that was kept open, or a new one."""
        if self._smtp is None:
            try:
                self._smtp = self._connect()
            except (smtplib.SMTPException, OSError) as error:
                raise self._down(_reason(error)) from None
        return self._smtp

    def _connect(self) -> smtplib.SMTP:
        server, context = self._server, ssl.create_default_context()
        smtp: smtplib.SMTP
        if server.tls:
            smtp = smtplib.SMTP_SSL(server.host, server.port, timeout=TIMEOUT_S, context=context)
        else:
            smtp = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT_S)
        try:
            if server.starttls:
                smtp.starttls(context=context)
            smtp.ehlo_or_helo_if_needed()
            if server.user and server.password:
                smtp.login(server.user, server.password)
        except BaseException:
            smtp.close()
            raise
        return smtp

    def _down(self, why: str) -> CarrierDown:
        self._drop()
        return CarrierDown(f"The mail server {self._place} does not take mail: {why}", "The mails wait; none is lost.")

    def _drop(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
        self._smtp = None


class FolderCarrier:
    """Writes each letter as an .eml file: whole or not at all, and the same mail again into the same file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._part, self._name = Path(), ""

    def offer(self, letter: Letter, name: str) -> None:
        """Write the letter under a name of its own. It may hold secret links: nobody else may read it."""
        with self._writing():
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=self._folder, prefix=".", suffix=".part", delete=False) as part:
                self._part, self._name = Path(part.name), name
                part.write(letter.to_bytes())
                part.flush()
                os.fsync(part.fileno())

    def hand_over(self) -> None:
        """Give the letter its name."""
        with self._writing():
            os.replace(self._part, self._folder / f"{self._name}.eml")

    def withdraw(self) -> None:
        """Delete what was written."""
        self._part.unlink(missing_ok=True)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise CarrierDown(
                f"Mails cannot be written to {self._folder}: {error.strerror}.", "The mails wait; none is lost."
            ) from None

    def close(self) -> None:
        """Nothing was kept open."""


def _words(code: int, said: bytes | str) -> str:
    text = said.decode(errors="replace") if isinstance(said, bytes) else said
    return f"{code} {' '.join(text.split())}"


def _reason(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return _words(error.smtp_code, error.smtp_error)
    return str(error) or type(error).__name__
