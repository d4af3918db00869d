"""A partner's rules as documents, read as strictly as those that come in."""

import pytest

from badges.eligibility.partner_rules import PartnerRules
from badges.eligibility.refusals import PolicyRefused


def condition(fact="jobs_count", operator="at_least", value=10):
    return {"fact": fact, "operator": operator, "value": value}


def money(cents=5_000, currency="USD"):
    return {"cents": cents, "currency": currency}


def read(*rules, min_jss_pct=80):
    return PartnerRules.from_json({"rules": list(rules)}, min_jss_pct=min_jss_pct)


def defects(*rules, min_jss_pct=80):
    """Return the refusal's defects by their places."""
    with pytest.raises(PolicyRefused) as refused:
        read(*rules, min_jss_pct=min_jss_pct)
    return {each.where: each.what for each in refused.value.defects}
