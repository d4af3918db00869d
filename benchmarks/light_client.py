"""Sends ready-made requests over a few connections that stay open, and does nothing else: python -m benchmarks.light_client

PORT CONNECTIONS FILE      a JSON list of requests; prints the seconds that all took, and how often each status came
"""

from __future__ import annotations

import json
import re
import socket
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


def converse(port: int, requests: Iterator[bytes], statuses: Counter[str]) -> None:
    """Send one request after the other over one connection, each after the answer to the one before."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)
        for request in requests:
            connection.sendall(request)
            answer = b""
            while b"\r\n\r\n" not in answer:
                answer += connection.recv(65_536) or _closed()
            head, _, body = answer.partition(b"\r\n\r\n")
            length = _LENGTH.search(head)
            while length and len(body) < int(length[1]):
                body += connection.recv(65_536) or _closed()
            statuses[head[9:12].decode()] += 1


def _closed() -> bytes:
    raise ConnectionError("the server closed the connection")


def main() -> None:
    """Send everything, and print what came out."""
    port, connections, path = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    # Whoever is free takes the next; taking one is a single step of the interpreter.
    requests = iter([text.encode() for text in json.loads(Path(path).read_text())])
    statuses: Counter[str] = Counter()
    threads = [threading.Thread(target=converse, args=(port, requests, statuses)) for _ in range(connections)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(json.dumps([time.perf_counter() - began, statuses]))


if __name__ == "__main__":
    main()
