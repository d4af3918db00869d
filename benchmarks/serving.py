"""How many public answers are given in a second, against a bare Flask that says hello under the same gunicorn.

    .venv/bin/python -m benchmarks.serving          the demo, two gunicorns, wrk on the same cores; a few minutes

It needs `wrk` (Debian's package of that name). Both gunicorns answer one request at a time in each of two processes:
with threads, gunicorn swings between two speeds on two cores, and nothing can be compared. Both servers run all the
time; one after the other has the load, in turns. Each is compared with the hello of its own turn, for a machine is not
always equally quick, and the median of the turns counts. Each has had its load for a second when the measurement begins:
an address that nobody asked for in the last second is first worked out anew.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from app.demo.load import load
from badges.models import Award
from benchmarks.harness import BASE_URL, SECRET_KEY, laurel, say
from core import clock
from core.database import session
from partners.models import Partner

ROOT = Path(__file__).resolve().parents[1]
_ONE_AT_A_TIME = ("--worker-class", "sync", "--threads", "1")
#: So many seconds of load reach both processes.
_FIRST_S = 1
_UNITS_MS = {"us": 0.001, "ms": 1.0, "s": 1000.0}


@dataclass(frozen=True)
class Load:
    """What wrk saw: answers in a second, and how long the slowest of a hundred took."""

    per_second: float
    slowest_ms: float


@contextmanager
def serving(module: str, environment: dict[str, str], words: Sequence[str] = _ONE_AT_A_TIME) -> Iterator[str]:
    """Serve a WSGI application by gunicorn as `gunicorn.conf.py` says, and `words` to it; yield its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(Path(sys.executable).with_name("gunicorn")), "-c", "gunicorn.conf.py", *words, module]
    with tempfile.TemporaryDirectory() as folder:
        ours = {"PORT": str(port), "LAUREL_INSTANCE": folder, "WEB_CONCURRENCY": "2"}
        server = subprocess.Popen(
            command, cwd=ROOT, env=os.environ | environment | ours, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL
        )
        try:
            _wait_for(server, port)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait()


def _wait_for(server: subprocess.Popen[bytes], port: int) -> None:
    while server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("gunicorn ended before it began to serve")


def loaded(url: str, seconds: int, headers: Sequence[str] = ()) -> Load:
    """Ask for one address as often as it is answered, over eight connections. Raises when an answer is an error."""
    words = ["wrk", "-t1", "-c8", f"-d{seconds}s", "--latency", "-H", "Accept-Encoding: gzip, deflate, br"]
    said = subprocess.run([*words, *headers, url], capture_output=True, text=True, check=True).stdout
    if re.search(r"Non-2xx|Socket errors", said) and not headers:
        raise RuntimeError(f"{url} was not always answered: {said}")
    slowest = re.search(r"99%\s+([\d.]+)(us|ms|s)", said)
    rate = re.search(r"Requests/sec:\s+([\d.]+)", said)
    if slowest is None or rate is None:
        raise RuntimeError(f"wrk says what we cannot read: {said}")
    return Load(float(rate[1]), float(slowest[1]) * _UNITS_MS[slowest[2]])


def warm(*urls: str) -> None:
    """Ask for each address until both processes have begun, read their templates and compiled their shapes."""
    for url in urls:
        urllib.request.urlopen(url, timeout=120).close()  # noqa: S310 - our own server
        loaded(url, _FIRST_S)


def addresses() -> dict[str, str]:
    """Return what is asked for, by what it is."""
    open_award = sa.select(Award.id).where(Award.closed_at.is_(None), Award.hidden_at.is_(None))
    award = session.scalar(open_award.order_by(Award.id).limit(1))
    partner = session.scalar(sa.select(Partner.slug).order_by(Partner.created_at).limit(1))
    return {
        "a partner's page": f"/experts/{partner}",
        "a badge as JSON": f"/badges/{award}.json",
        "a badge's page": f"/badges/{award}",
        "a badge's image": f"/badges/{award}.svg",
    }


def etag(url: str) -> str:
    """Return the ETag of an answer."""
    with urllib.request.urlopen(url) as answer:  # noqa: S310 - our own server
        return str(answer.headers["ETag"])


def measure(hello: str, ours: str, repeat: int, seconds: int) -> dict[str, list[Load]]:
    """Give each its load, in turns, once both processes have read their templates."""
    found: dict[str, list[Load]] = defaultdict(list)
    warm(hello, *(ours + path for path in addresses().values()))
    for _ in range(repeat):
        found["Flask's hello"].append(under_load(f"{hello}/", seconds))
        for what, path in addresses().items():
            found[what].append(under_load(ours + path, seconds))
            known = ("-H", f"If-None-Match: {etag(ours + path)}")
            found[f"{what}, 304"].append(under_load(ours + path, seconds, known))
    return found


def under_load(url: str, seconds: int, headers: Sequence[str] = ()) -> Load:
    """Return what wrk sees of a server that has had the same load for a while."""
    loaded(url, _FIRST_S, headers)
    return loaded(url, seconds, headers)


def main() -> None:
    """Run it and print what came out."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3)
    options = parser.parse_args()
    if shutil.which("wrk") is None:
        parser.error("wrk is missing: install Debian's package of that name")
    with laurel() as url, ExitStack() as servers:
        load(clock.now(), lambda words=None, total=None: None)
        environment = {"DATABASE_URL": url, "LAUREL_BASE_URL": BASE_URL, "SECRET_KEY": SECRET_KEY}
        hello = servers.enter_context(serving("benchmarks.hello:app", {}))
        ours = servers.enter_context(serving("wsgi:app", environment))
        found = measure(hello, ours, options.repeat, options.seconds)
    say(f"{'':<32}{'a second':>10}{'of hello':>10}{'from':>8}{'to':>6}{'99th of 100':>14}{'of hello':>10}")
    base = found["Flask's hello"]
    for what, loads in found.items():
        rate, slow = (statistics.median(getattr(each, name) for each in loads) for name in ("per_second", "slowest_ms"))
        quick = sorted(ours.per_second / hello.per_second for ours, hello in zip(loads, base, strict=True))
        slower = statistics.median(ours.slowest_ms / hello.slowest_ms for ours, hello in zip(loads, base, strict=True))
        say(
            f"{what:<32}{rate:>10,.0f}{statistics.median(quick):>10.2f}{quick[0]:>8.2f}{quick[-1]:>6.2f}"
            f"{slow:>11.2f} ms{slower:>10.2f}"
        )


if __name__ == "__main__":
    main()
