"""Waiting for what happens in another process or thread."""

import time


def wait_until(met, timeout_s=30):
    deadline = time.monotonic() + timeout_s
    while not met():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.05)
