"""A partner's own pages, under /console/<partner>: each module here serves one of them."""

from __future__ import annotations

from partners.console import (
    application_form,
    applications,
    badge_design,
    campaigns,
    decisions,
    exports,
    files,
    home,
    invitations,
    lists,
    people,
    programme,
    requirement_editing,
    requirements,
    review_settings,
    reviewing,
    stops,
    team,
    tokens,
    trainings,
)
from partners.console.blueprint import blueprint

__all__ = [
    "application_form",
    "applications",
    "badge_design",
    "blueprint",
    "campaigns",
    "decisions",
    "exports",
    "files",
    "home",
    "invitations",
    "lists",
    "people",
    "programme",
    "requirement_editing",
    "requirements",
    "review_settings",
    "reviewing",
    "stops",
    "team",
    "tokens",
    "trainings",
]
