"""What takes a finished message away: an SMTP server, or a folder of .eml files."""

from __future__ import annotations

import os
import smtplib
import ssl
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol, TypeAlias

from app.config import Settings, Smtp
from app.mail_wire import Letter, sender_of
from core.errors import DomainError

TIMEOUT_S = 20.0  # for each word of the conversation
_FINE, _ACCEPTED, _GO_ON, _CLOSING, _TOO_BIG = 250, (250, 251), 354, 421, 552
_Answer: TypeAlias = tuple[int, bytes]


class CarrierDown(DomainError):
    """No mail can leave at the moment, whatever it is: the way out is closed. All of them wait."""

    status = 503
    title = "No mail can be sent just now"


class Postponed(Exception):
    """This one mail could not be handed over now, or nobody knows whether it was; the text says why."""


class Undeliverable(Exception):
    """This one mail will never be taken; the text holds the server's words."""


class Carrier(Protocol):
    """Takes letters one by one. Nothing is opened before the first of them."""

    def send(self, letter: Letter, name: str) -> None:
        """Let a letter leave; `name` tells it apart for good.

        Raises Postponed, Undeliverable or CarrierDown; then it did not leave, or nobody knows.
        """

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

    def send(self, letter: Letter, name: str) -> None:
        """Send it. A connection that ended while nobody spoke costs no mail a try."""
        kept = self._smtp is not None
        try:
            self._introduce(self._connected(), letter)
        except (smtplib.SMTPException, OSError) as broken:
            self._drop()
            if not kept:
                raise Postponed(f"The connection to {self._place} broke before this mail was taken: {broken}") from None
            self.send(letter, name)
            return
        try:
            self._hand_over(self._connected(), letter)
        except (smtplib.SMTPException, OSError) as broken:
            self._drop()
            raise Postponed(f"The connection to {self._place} broke while this mail was under way: {broken}") from None

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
        """Say from whom and for whom a letter is, and that it comes now."""
        mail = f"MAIL FROM:<{sender_of(letter.sender).addr_spec}>{self._options(smtp, letter)}"
        sender, recipient, data = _asked(smtp, (mail, f"RCPT TO:<{letter.to.addr_spec}>", "DATA"))
        if sender[0] == _CLOSING:
            raise smtplib.SMTPServerDisconnected(_words(*sender))
        if (sender[0] != _FINE or recipient[0] not in _ACCEPTED) and data[0] == _GO_ON:
            self._drop()  # it waits for a letter that is not to come
        if sender[0] not in (_FINE, _TOO_BIG):
            raise self._down(f"it refuses our sender: {_words(*sender)}")
        for answer, good in ((sender, (_FINE,)), (recipient, _ACCEPTED), (data, (_GO_ON,))):
            if answer[0] not in good:
                self._refused(*answer)

    def _options(self, smtp: smtplib.SMTP, letter: Letter) -> str:
        options = " BODY=8BITMIME" if smtp.has_extn("8bitmime") else ""
        if not letter.needs_utf8:
            return options
        if not smtp.has_extn("smtputf8"):
            raise Undeliverable(f"{self._place} takes only addresses in plain letters.")
        return f"{options} SMTPUTF8"

    def _hand_over(self, smtp: smtplib.SMTP, letter: Letter) -> None:
        data = letter.to_bytes(eight_bit=smtp.has_extn("8bitmime"))
        smtp.send(data.replace(b"\r\n.", b"\r\n..") + b".\r\n")  # it begins with a header, and ends with a line
        code, said = smtp.getreply()
        if code != _FINE:
            self._refused(code, said)

    def _refused(self, code: int, said: bytes) -> None:
        if code == _CLOSING:
            raise self._down(_words(code, said))
        if self._smtp is not None:
            with suppress(smtplib.SMTPException, OSError):
                self._smtp.rset()
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

    def send(self, letter: Letter, name: str) -> None:
        """Write the letter, and give it its name once all of it is on disk.

        It may hold secret links: nobody else may read it.
        """
        with self._writing():
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=self._folder, prefix=".", suffix=".part", delete=False) as part:
                part.write(letter.to_bytes())
                part.flush()
                os.fsync(part.fileno())
            os.replace(part.name, self._folder / f"{name}.eml")

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


def _asked(smtp: smtplib.SMTP, commands: Sequence[str]) -> list[_Answer]:
    """Return the answers to commands that follow one another. Not one by one where the server takes them so (RFC 2920).

    `smtp.mail` and `smtp.rcpt` would take the addresses apart once more.
    """
    lines = [f"{command}\r\n".encode() for command in commands]
    if smtp.has_extn("pipelining"):
        smtp.send(b"".join(lines))
        return [smtp.getreply() for _ in lines]
    answers: list[_Answer] = []
    for line in lines:
        if answers and answers[-1][0] not in _ACCEPTED:
            return [*answers, *[answers[-1]] * (len(lines) - len(answers))]
        smtp.send(line)
        answers.append(smtp.getreply())
    return answers


def _words(code: int, said: bytes | str) -> str:
    text = said.decode(errors="replace") if isinstance(said, bytes) else said
    return f"{code} {' '.join(text.split())}"


def _reason(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return _words(error.smtp_code, error.smtp_error)
    return str(error) or type(error).__name__
