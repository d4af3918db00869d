"""What the tests of commands share."""

import pytest


@pytest.fixture
def run(app, session, at):
    """Run a command; gives the result with its output, errors apart."""
    return app.test_cli_runner().invoke


def words(result):
    """Return what a command printed, in one line."""
    return " ".join(result.output.split())
