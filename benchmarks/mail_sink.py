"""A mail server that takes everything and keeps nothing but how much it was, in a process of its own.

It does no more than a server must, so that what is measured is whoever sends. Asked `XTOLD`, it tells how many mails it
took, how many different ones by their Message-ID, and how many bytes.
"""

from __future__ import annotations

import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

_ID = re.compile(rb"^Message-ID:\s*(\S+)", re.IGNORECASE | re.MULTILINE)


class Sink:
    """What came in."""

    def __init__(self) -> None:
        self.mails, self.size, self.ids = 0, 0, set[bytes]()

    def take(self, lines: BinaryIO) -> bytes:
        """Read one message to its last dot."""
        message = bytearray()
        while (line := lines.readline()) not in (b".\r\n", b""):
            message += line
        self.mails, self.size = self.mails + 1, self.size + len(message)
        self.ids |= set(_ID.findall(message))
        return b"250 taken\r\n"

    def serve(self, connection: socket.socket) -> None:
        """Talk to one client until it goes."""
        lines = connection.makefile("rb", buffering=65_536)
        answers = {
            b"EHLO": b"250-sink\r\n250-PIPELINING\r\n250 8BITMIME\r\n",
            b"DATA": b"354 go on\r\n",
            b"QUIT": b"221 bye\r\n",
        }
        connection.sendall(b"220 sink\r\n")
        while verb := lines.readline()[:5].strip().upper():
            told = f"250 {self.mails} {len(self.ids)} {self.size}\r\n".encode()
            connection.sendall(told if verb == b"XTOLD" else answers.get(verb, b"250 fine\r\n"))
            if verb == b"DATA":
                connection.sendall(self.take(lines))


def main() -> None:
    """Print the port, and serve one client after the other."""
    sink = Sink()
    with socket.create_server(("127.0.0.1", 0)) as server:
        print(server.getsockname()[1], flush=True)
        while True:
            connection, _ = server.accept()
            with connection:
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)
                sink.serve(connection)


@contextmanager
def sink() -> Iterator[int]:
    """Run a sink while the block does; give its port."""
    command = [sys.executable, "-m", "benchmarks.mail_sink"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.kill()


if __name__ == "__main__":
    main()
