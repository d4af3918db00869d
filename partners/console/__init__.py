"""A partner's own pages, under /console/<partner>: each module here serves one of them."""

from __future__ import annotations

from partners.console import (
    application_form,
    applications,
    home,
    invitations,
    programme,
    requirement_editing,
    requirements,
    team,
    trainings,
)
from partners.console.blueprint import blueprint

__all__ = [
    "application_form",
    "applications",
    "blueprint",
    "home",
    "invitations",
    "programme",
    "requirement_editing",
    "requirements",
    "team",
    "trainings",
]
