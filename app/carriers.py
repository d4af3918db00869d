"""What takes a finished message away: an SMTP server, or a folder of .eml files."""

from __future__ import annotations

import os
import smtplib
import ssl
import tempfile
from contextlib import suppress
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol

from app.config import Settings, Smtp
from app.mail_message import POLICY
from core.errors import DomainError

TIMEOUT_S = 20.0  # for each word of the conversation
_CLOSING, _TOO_BIG = 421, 552


class CarrierDown(DomainError):
    """No mail can leave at the moment, whatever it is: the way out is closed. All of them wait."""

    status = 503
    title = "No mail can be sent just now"


class Postponed(Exception):
    """This one mail could not be handed over now, or nobody knows whether it was; the text says why."""


class Undeliverable(Exception):
    """This one mail will never be taken; the text holds the server's words."""


class Carrier(Protocol):
    """Takes messages one by one. Nothing is opened before the first of them."""

    def send(self, message: EmailMessage, name: str) -> None:
        """Hand over `message`; `name` tells it apart for good. Raises Postponed, Undeliverable or CarrierDown."""

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

    def send(self, message: EmailMessage, name: str) -> None:
        """Hand over `message`. What goes wrong before it is the server's fault; what goes wrong with it, the mail's."""
        smtp = self._connected()
        sender, to = message["From"].addresses[0].addr_spec, message["To"].addresses[0].addr_spec
        try:
            self._hand_over(smtp, message, sender, to)
        except smtplib.SMTPRecipientsRefused as refused:
            self._refused(*refused.recipients[to])
        except smtplib.SMTPSenderRefused as refused:
            if refused.smtp_code == _TOO_BIG:
                raise Undeliverable(_words(refused.smtp_code, refused.smtp_error)) from None
            raise self._down(f"it refuses our sender: {_words(refused.smtp_code, refused.smtp_error)}") from None
        except smtplib.SMTPDataError as refused:
            self._refused(refused.smtp_code, refused.smtp_error)
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

    def _hand_over(self, smtp: smtplib.SMTP, message: EmailMessage, sender: str, to: str) -> None:
        options, policy = [], POLICY
        if not to.isascii():
            if not smtp.has_extn("smtputf8"):
                raise Undeliverable(f"{self._place} takes only addresses in plain letters.")
            options, policy = ["SMTPUTF8", "BODY=8BITMIME"], policy.clone(utf8=True)
        elif smtp.has_extn("8bitmime"):
            options = ["BODY=8BITMIME"]
        else:
            policy = policy.clone(cte_type="7bit")
        smtp.sendmail(sender, [to], message.as_bytes(policy=policy), mail_options=options)

    def _refused(self, code: int, said: bytes | str) -> None:
        if code == _CLOSING:
            raise self._down(_words(code, said))
        if code >= 500:
            raise Undeliverable(_words(code, said))
        raise Postponed(_words(code, said))

    def _connected(self) -> smtplib.SMTP:
        """Return a connection that just answered: servers close idle ones, and that must not cost a mail its try."""
        if self._smtp is not None:
            with suppress(smtplib.SMTPException, OSError):
                if self._smtp.noop()[0] == 250:
                    return self._smtp
            self._drop()
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
    """Writes each message as an .eml file: whole or not at all, and the same mail again into the same file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, message: EmailMessage, name: str) -> None:
        """Write `message` to `name`.eml. Letters may hold secret links: nobody else may read them."""
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=self._folder, prefix=".", suffix=".part", delete=False) as part:
                try:
                    part.write(message.as_bytes())
                    part.flush()
                    os.fsync(part.fileno())
                    os.replace(part.name, self._folder / f"{name}.eml")
                except BaseException:
                    os.unlink(part.name)
                    raise
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
