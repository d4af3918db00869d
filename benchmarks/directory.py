"""A directory of any size: what a page, a filter and a search take, and whether they stay flat.

    .venv/bin/python -m benchmarks.directory                    10,000 people with 900 experts, 1,000,000 with 90,000
    .venv/bin/python -m benchmarks.directory --served           the demo by gunicorn against a bare Flask's hello, by wrk

Each question is asked twice over: as a client asks it, from the request to the last byte of the page; and of the function
behind the page alone, `directory.partner_page.showing`, which finds and reads its people and renders nothing. Of a hundred each the
median, and the slowest five (p95). Every question is asked for the first time: no two have the same address, and no answer is kept.
"""

from __future__ import annotations

import argparse
import itertools
import os
import statistics
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlencode

import psycopg
import sqlalchemy as sa
from flask import Flask
from flask.globals import app_ctx

from app.demo.load import load
from benchmarks.harness import BASE_URL, SECRET_KEY, laurel, page_asked_for, peak_mib, say, timed
from benchmarks.marketplace import AT, make
from benchmarks.serving import loaded, serving, warm
from core import clock
from core.database import new_id, session
from directory import index
from directory.models import LandingPage
from directory.partner_page import showing
from directory.queries import page_of_partner
from directory.rotation import rotate
from partners.models import Partner, Programme

#: People and partners: three quarters as many badges as people, shared by the partners.
SIZES = ((10_000, 8), (1_000_000, 8))
ASKED = 100
_SLIPS = ("pyhton", "pytohn", "pyton", "pythn", "sqll", "dta enginer")

Arguments = Mapping[str, str]
Ask = Callable[[LandingPage, Arguments], object]


def first_pages() -> Iterator[Arguments]:
    """Yield what somebody asks who only looks."""
    yield from itertools.repeat({})


def filtered() -> Iterator[Arguments]:
    """Yield combinations of filters, no two alike."""
    countries, zones = ("GB", "DE", "US", "IN", "PH", "BR"), ("+01:00", "-05:00", "+05:30", "-03:00")
    for number in itertools.count():
        yield {
            "skill": ("SQL", "Python")[number % 2],
            "country": countries[number % 6] if number % 3 else "",
            "timezone": "" if number % 3 else zones[number % 4],
            "language": "de" if number % 5 else "",
            "rate_max": str(60 + number),
            "sort": ("", "rate", "newest", "score")[number % 4],
        }


def searched() -> Iterator[Arguments]:
    """Yield searches: one word, two, half a word, a slip of the pen, with a filter."""
    for number in itertools.count():
        words = ("python", f"skill {number % 40}", "ware", _SLIPS[number % len(_SLIPS)], f"person {number}")
        yield {"q": words[number % 5], "rate_max": str(20 + number) if number % 3 == 0 else ""}


def page_to_publish(slug: str) -> LandingPage:
    """Give the partner's badge a programme and a published page."""
    row = session.execute(
        sa.text(
            "SELECT i.id, i.name, a.id AS badge FROM issuers i JOIN achievements a ON a.issuer_id = i.id WHERE i.slug = :slug"
        ),
        {"slug": slug},
    ).one()
    session.add(Partner(id=row.id, slug=slug, name=row.name, website=None, colour="#243b7a", created_at=AT))
    session.flush()
    session.add(
        Programme(
            id=new_id(),
            partner_id=row.id,
            achievement_id=row.badge,
            summary="",
            benefits=[],
            steps=[],
            created_at=AT,
            updated_at=AT,
        )
    )
    session.add(
        LandingPage(
            partner_id=row.id,
            headline="Experts",
            intro="",
            about="",
            slots=6,
            period_hours=168,
            published_at=AT,
            updated_at=AT,
        )
    )
    session.commit()
    page = page_of_partner(slug)
    assert page is not None
    return page


def deep(page: LandingPage) -> Iterator[Arguments]:
    """Yield pages far down the list, each from the one before; at the end of the list, from the twentieth on again."""
    while True:
        cursor: str | None = ""
        for _ in range(20):
            cursor = showing(page, {"cursor": cursor or ""}, AT).found.next_cursor
        while cursor:
            yield {"cursor": cursor}
            cursor = showing(page, {"cursor": cursor}, AT).found.next_cursor


def found(page: LandingPage, arguments: Arguments) -> object:
    """Find and read what a page shows."""
    return showing(page, arguments, AT)


def served_whole(page: LandingPage, arguments: Arguments) -> object:
    """Ask for the page as a client does, of the service itself: what it has just answered is not remembered in front of it."""
    return page_asked_for(f"/experts/{page.partner.slug}", urlencode(arguments))


#: In which ways each question is asked.
WAYS: Mapping[str, Ask] = MappingProxyType({"served": served_whole, "found": found})


@dataclass(frozen=True)
class Marketplace:
    """One size of marketplace: a service of its own with a database of its own, and one partner's page in it."""

    app: Flask
    page: LandingPage
    experts: int


@contextmanager
def marketplace_of(people: int, partners: int) -> Iterator[Marketplace]:
    """Make a marketplace for as long as the block lasts."""
    with laurel() as url:
        with psycopg.connect(url) as connection:
            make(connection, people, partners)
        page = page_to_publish("partner-1")
        rotate(AT)
        session.refresh(page, ["partner"])
        made_s = timed(lambda: index.directory_of(page.partner_id, AT))
        experts = len(index.directory_of(page.partner_id, AT))
        say(f"{people:,} people, {experts:,} experts: in memory after {made_s:.2f} s, {peak_mib()} MiB")
        yield Marketplace(app_ctx.app, page, experts)


def in_turns(
    sizes: Sequence[Marketplace], kind: Callable[[LandingPage], Iterator[Arguments]], ask: Ask
) -> list[list[float]]:
    """Ask each size a hundred questions of a kind, one after the other in turns; return what they took, in milliseconds."""
    questions, took = [kind(each.page) for each in sizes], [list[float]() for _ in sizes]
    for _ in range(ASKED):
        for size, asked, times in zip(sizes, questions, took, strict=True):
            with size.app.app_context():
                times.append(1000 * timed(partial(ask, size.page, next(asked))))
    return took


def flat() -> None:
    """Measure both sizes in turns, so that a machine that slows down does so for both, and print how they compare."""
    kinds: dict[str, Callable[[LandingPage], Iterator[Arguments]]] = {
        "the first page": lambda _: first_pages(),
        "a deep page": deep,
        "filters": lambda _: filtered(),
        "a search": lambda _: searched(),
    }
    clock.use(lambda: AT)  # pages that are served read the time themselves
    with ExitStack() as stack:
        sizes = [stack.enter_context(marketplace_of(*size)) for size in SIZES]
        say(f"{'':<24}{'small':>10}{'p95':>10}{'large':>10}{'p95':>10}{'ratio':>8}")
        for (way, ask), (name, kind) in itertools.product(WAYS.items(), kinds.items()):
            said, medians = f"{name}, {way}".ljust(24), []
            for took in in_turns(sizes, kind, ask):
                medians.append(statistics.median(took))
                said += f"{medians[-1]:>7.2f} ms{statistics.quantiles(took, n=20)[-1]:>7.2f} ms"
            say(f"{said}{medians[-1] / medians[0]:>8.2f}")


_LUA = """
local n = {start}
function request()
  n = n + 1
  return wrk.format("GET", "{path}" .. n)
end
"""


def served(repeat: int, seconds: int) -> None:
    """Ask gunicorn for addresses that nobody asked for before, in turns with a bare Flask's hello."""
    with laurel() as url, ExitStack() as servers, tempfile.TemporaryDirectory() as folder:
        load(clock.now(), lambda words=None, total=None: None)
        slug = session.scalar(sa.select(Partner.slug).order_by(Partner.created_at).limit(1))
        environment = {"DATABASE_URL": url, "LAUREL_BASE_URL": BASE_URL, "SECRET_KEY": SECRET_KEY}
        hello = servers.enter_context(serving("benchmarks.hello:app", {}))
        ours = servers.enter_context(serving("wsgi:app", environment))
        paths = {
            "filters": f"/experts/{slug}?skill=SQL&sort=rate&rate_max=1",
            "a search": f"/experts/{slug}?q=sql&rate_max=1",
        }
        rates: dict[str, list[float]] = {kind: [] for kind in ("hello", *paths)}
        warm(f"{hello}/", *(ours + path for path in paths.values()))
        for turn in range(repeat):
            rates["hello"].append(loaded(f"{hello}/", seconds).per_second)
            for kind, path in paths.items():
                script = Path(folder) / "ask.lua"
                script.write_text(_LUA.format(start=(turn + 1) * 10_000, path=path))
                rates[kind].append(loaded(ours, seconds, ("-s", str(script))).per_second)
        base = statistics.median(rates["hello"])
        for kind, each in rates.items():
            say(f"{kind:<20}{statistics.median(each):>10,.0f} a second{statistics.median(each) / base:>8.2f} of hello")


def main() -> None:
    """Run what was asked for and print what came out."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--served", action="store_true")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=3)
    options = parser.parse_args()
    say(f"load {os.getloadavg()[0]:.1f}")
    served(options.repeat, options.seconds) if options.served else flat()


if __name__ == "__main__":
    main()
