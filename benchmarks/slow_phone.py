"""What a client on a slow phone waits for: a partner's page, seen for the first time in Chromium.

    .venv/bin/python -m benchmarks.slow_phone       the demo, two processes as gunicorn.conf.py has them; half a minute

The phone is the one that Lighthouse tests with: 1.6 Mbit/s down, 150 ms there and back, and a processor a quarter as
quick as this machine's. Each view has a profile of its own that knows nothing; the medians count.
"""

from __future__ import annotations

import argparse
import os
import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import sqlalchemy as sa
from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from app.demo.load import load
from benchmarks.harness import BASE_URL, SECRET_KEY, laurel, say
from benchmarks.serving import serving
from core import clock
from core.database import session
from partners.models import Partner

BROWSER = os.environ.get("LAUREL_BROWSER", "/usr/bin/chromium")
_LINE = {"offline": False, "latency": 150, "downloadThroughput": 1_600_000 / 8, "uploadThroughput": 750_000 / 8}
_TIMES_SLOWER = 4
#: So many views reach both processes: each has read its templates and packed its stylesheets.
_FIRST = 3
_PHONE = {"width": 390, "height": 844}
_WATCH = """
window.seen = {paint: 0, shift: 0};
new PerformanceObserver(list => list.getEntries().forEach(each => seen.paint = each.startTime))
  .observe({type: "largest-contentful-paint", buffered: true});
new PerformanceObserver(list => list.getEntries().forEach(each => { if (!each.hadRecentInput) seen.shift += each.value; }))
  .observe({type: "layout-shift", buffered: true});
"""


@dataclass(frozen=True)
class View:
    """A page as it came: its largest paint, how much of it moved meanwhile, what was sent, what the console says."""

    paint_ms: float
    shift: float
    sent_bytes: int
    console: tuple[str, ...]


def first_view(browser: Browser, url: str) -> View:
    """Return how a page comes to somebody whose phone is slow and has nothing of it yet."""
    with _slow_phone(browser) as (page, line):
        sent: list[int] = []
        console: list[str] = []
        line.on("Network.loadingFinished", lambda told: sent.append(told["encodedDataLength"]))
        page.on("console", lambda message: console.append(message.text))
        page.on("pageerror", lambda error: console.append(str(error)))
        page.goto(url)
        page.wait_for_load_state("networkidle")
        seen = page.evaluate("seen")
    return View(seen["paint"], seen["shift"], int(sum(sent)), tuple(console))


@contextmanager
def _slow_phone(browser: Browser) -> Iterator[tuple[Page, CDPSession]]:
    context = browser.new_context(viewport=_PHONE, device_scale_factor=2, is_mobile=True, has_touch=True)
    page = context.new_page()
    line = context.new_cdp_session(page)
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", _LINE)
    line.send("Emulation.setCPUThrottlingRate", {"rate": _TIMES_SLOWER})
    page.add_init_script(_WATCH)
    yield page, line
    context.close()


def main() -> None:
    """Run it and print what came out."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=5)
    options = parser.parse_args()
    say(f"load {os.getloadavg()[0]:.1f}")
    with laurel() as database:
        load(clock.now(), lambda words=None, total=None: None)
        slug = session.scalar(sa.select(Partner.slug).order_by(Partner.created_at).limit(1))
        environment = {"DATABASE_URL": database, "LAUREL_BASE_URL": BASE_URL, "SECRET_KEY": SECRET_KEY}
        with serving("wsgi:app", environment, ()) as ours, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=BROWSER, args=["--no-sandbox", "--disable-gpu"])
            views = [first_view(browser, f"{ours}/experts/{slug}") for _ in range(_FIRST + options.repeat)][_FIRST:]
    say(f"largest paint {statistics.median(each.paint_ms for each in views):,.0f} ms")
    say(f"layout shift {max(each.shift for each in views):.3f}, {max(each.sent_bytes for each in views):,} bytes sent")
    say(f"console: {[words for each in views for words in each.console] or 'nothing'}")


if __name__ == "__main__":
    main()
