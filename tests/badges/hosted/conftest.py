"""What tests of hosted badges share with those of credentials."""

from tests.badges.credentials.conftest import now, secure, verifiers

__all__ = ["now", "secure", "verifiers"]
