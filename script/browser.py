"""Finds a Chromium for the tests, or gets one, and prints its path; nothing when none can be had.

Tries CHROMIUM, what is installed, Debian's package (as root), and Playwright's own download. With CI=true it is a
failure to have none. Runs in .venv; whatever it says to people goes to standard error.
"""

import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ON_MAC = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"


def main() -> int:
    """Print the path of a working browser. Returns an exit status."""
    if (chosen := os.environ.get("CHROMIUM")) and not works(chosen):
        say(f"CHROMIUM names {chosen}, which does not run: correct it, or unset it to have one found.")
        return 1
    browser = chosen or installed() or from_debian() or from_playwright()
    if browser is None:
        say("There is no browser here and none could be installed: install Chromium, or name one with CHROMIUM=/path.")
        return 1 if os.environ.get("CI") == "true" else 0
    print(browser)
    return 0


def works(browser: str) -> bool:
    """Say whether `browser` runs at all: on Ubuntu, `chromium-browser` may be a mere pointer to a snap."""
    try:
        return subprocess.run([browser, "--version"], capture_output=True, timeout=60, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def installed() -> str | None:
    """Return a browser that this machine has."""
    found = [*filter(None, map(shutil.which, NAMES)), *([ON_MAC] if Path(ON_MAC).exists() else [])]
    return next(filter(works, found), None)


def from_debian() -> str | None:
    """Install Debian's package where we may."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None or not is_debian():
        return None
    say("Installing Debian's chromium for the browser tests…")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", "chromium"]):
        done = subprocess.run(["apt-get", *command], env=environment, stdout=sys.stderr, check=False)  # noqa: S607 - where the system has it
        if done.returncode != 0:
            return None
    return installed()


def is_debian() -> bool:
    """Say whether this is Debian itself; its children package Chromium in ways of their own."""
    try:
        return platform.freedesktop_os_release().get("ID") == "debian"
    except OSError:
        return False


def from_playwright() -> str | None:
    """Have Playwright download a browser into its cache."""
    say("Downloading Playwright's Chromium for the browser tests…")
    fetch = [sys.executable, "-m", "playwright", "install", "--no-shell", "chromium"]
    if subprocess.run(fetch, stdout=sys.stderr, check=False).returncode != 0:
        return None
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.executable_path
    return browser if works(browser) else None


def say(sentence: str) -> None:
    """Tell the person at the terminal."""
    print(sentence, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
