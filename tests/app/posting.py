"""A mail server to test against: it takes, refuses and hangs up as it is told, and keeps what it took."""

from __future__ import annotations

import email
import email.policy
import socket
import threading
import time
from contextlib import contextmanager

from aiosmtpd.controller import Controller

from app.mail_message import render

TAKEN = "250 taken"


class Postbox:
    """What came in, in order, as parsed messages; and what to answer to whom."""

    def __init__(self):
        self.messages = []
        self.connections = 0
        #: Answers to RCPT and to the end of DATA, by the recipient's address.
        self.answers_to_recipient = {}
        self.answers_to_message = {}
        #: Hang up when a mail to one of these is under way.
        self.hangs_up_on = set()
        #: Close the connection after so many mails.
        self.closes_after = None
        self.slow_s = 0
        #: Say that commands may come in one breath.
        self.pipelines = False
        self._lock = threading.Lock()

    @property
    def recipients(self):
        return [message["To"] for message in self.messages]

    @property
    def ids(self):
        return [message["Message-ID"] for message in self.messages]

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        self.connections += 1
        session.host_name, session.taken = hostname, 0
        return ["250-PIPELINING", *responses] if self.pipelines else responses

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address in self.hangs_up_on:
            server.transport.abort()
        answer = self.answers_to_recipient.get(address, TAKEN)
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server, session, envelope):
        answer = self.answers_to_message.get(envelope.rcpt_tos[0], TAKEN)
        if answer.startswith("2"):
            time.sleep(self.slow_s)
            with self._lock:
                self.messages.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        session.taken += 1
        if session.taken == self.closes_after:
            server.loop.call_later(0.01, server.transport.close)
        return answer


def arriving(mail, sender="Laurel <no-reply@laurel.test>", base_url="http://laurel.test"):
    """A mail of the outbox as its reader's program sees it: written down, and read again as it came."""
    as_it_came = email.policy.SMTP.clone(refold_source="none")
    lines = render(mail, sender, base_url).to_bytes().splitlines()
    return email.message_from_bytes(b"\n".join(lines) + b"\n", policy=as_it_came)


def free_port():
    """A port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def mail_server(postbox, port=0):
    """A server that runs while the block does; gives its port."""
    controller = Controller(postbox, hostname="127.0.0.1", port=port or free_port())
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop(no_assert=True)
