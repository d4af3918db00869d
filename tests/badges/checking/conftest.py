"""What tests of the check share with those of credentials."""

from tests.badges.credentials.conftest import fetched, now, secure, verifiers

__all__ = ["fetched", "now", "secure", "verifiers"]
