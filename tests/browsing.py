"""A real browser for tests: Chromium through Playwright, with the few things that every journey does."""

from __future__ import annotations

import os
from contextlib import contextmanager

import pytest
from playwright.sync_api import sync_playwright

from tests.live import BROWSER_FLAGS

BROWSER = os.environ.get("LAUREL_BROWSER", "/usr/bin/chromium")
needs_browser = pytest.mark.skipif(
    not os.path.exists(BROWSER), reason="not run: there is no browser (script/test looks for one)"
)


@contextmanager
def chromium(*flags):
    """Start the browser; close it afterwards."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=[*BROWSER_FLAGS, *flags])
        yield browser
        browser.close()


class Person:
    """Somebody at their own browser: sees pages, clicks, and complains when something is wrong with them."""

    def __init__(self, browser, base_url, width=1280, height=900, **options):
        self.context = browser.new_context(base_url=base_url, viewport={"width": width, "height": height}, **options)
        self.context.set_default_timeout(10_000)
        self.page = self.context.new_page()
        self.base_url = base_url
        self.console: list[str] = []
        self.elsewhere: list[str] = []
        self.page.on("console", lambda message: self.console.append(f"{message.type}: {message.text}"))
        self.page.on("pageerror", lambda error: self.console.append(f"error: {error}"))
        self.page.on("request", self._notice)

    def _notice(self, request):
        if not request.url.startswith((self.base_url, "data:", "about:")):
            self.elsewhere.append(request.url)

    def go(self, address):
        """Open an address; return the answer."""
        return self.page.goto(address)

    def click(self, label, role="button", exact=False):
        """Click what carries `label`, and wait for the page that comes."""
        self.page.get_by_role(role, name=label, exact=exact).first.click()
        self.page.wait_for_load_state()

    def follow(self, label, exact=False):
        """Follow the link that carries `label`."""
        self.click(label, "link", exact)

    def fill(self, **values):
        """Fill the fields with these labels (underscores are spaces)."""
        for label, value in values.items():
            self.page.get_by_label(label.replace("_", " "), exact=False).first.fill(value)

    def sign_in(self, address, password):
        self.go("/sign-in")
        self.page.get_by_label("E-mail").first.fill(address)
        self.page.get_by_label("Password").first.fill(password)
        self.click("Sign in")
        return self

    @property
    def text(self):
        """Return the words of the page's main part."""
        return self.page.locator("main").inner_text()

    def sees(self, *words):
        """Assert that the page shows all of these, whatever their case."""
        shown = self.text.lower()
        missing = [word for word in words if word.lower() not in shown]
        assert not missing, f"{self.page.url} does not show {missing}; it shows:\n{self.text[:3000]}"
        return self

    def does_not_see(self, *words):
        """Assert that the page shows none of these."""
        shown = self.text.lower()
        there = [word for word in words if word.lower() in shown]
        assert not there, f"{self.page.url} shows {there}"
        return self

    def tab_to(self, name, back=False):
        """Press the tab key alone until the field, link or button that carries `name` has the focus."""
        target = self.page.get_by_label(name).or_(self.page.get_by_role("link", name=name))
        target = target.or_(self.page.get_by_role("button", name=name)).or_(self.page.locator("summary", has_text=name))
        for _ in range(120):
            self.page.keyboard.press("Shift+Tab" if back else "Tab")
            if target.evaluate_all("nodes => nodes.includes(document.activeElement)"):
                return self
        raise AssertionError(f"no number of tabs leads to {name}")

    def press(self, name, key="Enter"):
        """Go there by the tab key, press a key, and wait for the page that comes."""
        self.tab_to(name)
        with self.page.expect_navigation():
            self.page.keyboard.press(key)
        return self

    def type_into(self, name, text):
        """Go to a field by the tab key, and type."""
        self.tab_to(name).page.keyboard.type(text)
        return self

    def close(self):
        self.context.close()
