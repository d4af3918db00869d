"""The demo, running, and a browser to look at it."""

import pytest

from tests.browsing import chromium
from tests.live import laurel


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """A whole service with the demo in it; without a worker, so that it stays as it is."""
    with laurel(tmp_path_factory.mktemp("demo"), worker=False, demo=True) as service:
        yield service


@pytest.fixture(scope="module")
def browser():
    # Ended with the module: journeys in the same process have one of their own, and Playwright allows one at a time.
    with chromium() as one:
        yield one
