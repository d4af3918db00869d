"""What rules in a file would do, as a table: `flask policy simulate`. Rule E-13."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from rich import box
from rich.table import Table

from badges.eligibility.partner_rules import PartnerRules
from badges.eligibility.policy import BasePolicy
from badges.queries import base_policy, policy_for
from badges.simulation import Change, Shift, everybody_by_country, holders
from core.errors import InvalidInput, NotFound
from partners.models import Partner
from partners.queries import all_partners, partner_by_slug
from partners.trial import applicants

COLUMNS = ("Partner", "Who", "Before", "After", "Gain", "Lose", "Enter grace", "No change")
WORDS = {"to_decide": "applicants", "waiting": "selected", "kept": "kept"}


def figures(content: bytes, slug: str | None, at: datetime) -> Table:
    """Return what the rules in `content` would do if they were asked for at `at`: the partner's own, or a base policy.

    Raises NotFound for an unknown partner, and InvalidInput or PolicyRefused with everything that is wrong.
    """
    data = _read(content)
    table = Table(*COLUMNS, title="What the change would do, as profiles are now", box=box.SIMPLE_HEAD)
    for number in range(2, len(COLUMNS)):
        table.columns[number].justify = "right"
    for partner in _partners(slug):
        for row in _rows(partner, _change(partner, data, slug is None, at)):
            table.add_row(partner.slug, *(each if isinstance(each, str) else f"{each:,}" for each in row))
    return table


def _read(content: bytes) -> Any:
    try:
        return json.loads(content)
    except RecursionError:
        raise InvalidInput("The file nests its groups too deeply to be read.", "Groups can stand 3 deep.") from None
    except ValueError as wrong:
        raise InvalidInput(f"The file is no JSON: {wrong}.", "See docs/decisions/requirements.md for one.") from None


def _partners(slug: str | None) -> list[Partner]:
    if slug is None:
        return list(all_partners())
    found = partner_by_slug(slug)
    if found is None:
        raise NotFound(f"No partner is called {slug}.", "flask users and the staff's pages know their short names.")
    return [found]


def _change(partner: Partner, data: Any, is_base: bool, at: datetime) -> Change:
    now = policy_for(partner.programme.achievement_id, at)
    if is_base:
        then = replace(now, base=BasePolicy.from_json(data))
    else:
        rules = PartnerRules.from_json(data, min_jss_pct=base_policy(at).min_jss_pct)
        then = replace(now, rules=rules)
    return Change(now, then, partner.id, partner.programme.achievement_id, at)


def _rows(partner: Partner, change: Change) -> Iterator[tuple[str | int, ...]]:
    experts = holders(change)
    yield ("experts", experts.total, "", experts.gains, experts.loses, experts.grace, experts.unaffected)
    shifts = {WORDS[queue.value]: shift for queue, shift in applicants(partner.programme.id, change).items()}
    shifts["everybody"] = sum(everybody_by_country(change).values(), Shift())
    for who, shift in shifts.items():
        yield (who, shift.before, shift.after, shift.gains, shift.loses, "", shift.unaffected)
