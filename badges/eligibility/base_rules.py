"""The marketplace's own requirements held against one person, with the words they read. Rules E-1..E-5, E-7, E-8."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from badges.eligibility import asking
from badges.eligibility.facts import Facts
from badges.eligibility.findings import Seen
from badges.eligibility.policy import BasePolicy
from core import wording
from core.languages import gettext as _
from core.languages import later, spoken
from freelancers.holds import HOLDS
from freelancers.ownership import is_stated
from freelancers.rules import REQUIRED_POINTS

ACTIVE = "active"
_ACCOUNT = later("an active account without an open hold")
_STATE_STEPS: Mapping[str, str] = MappingProxyType(
    {
        "suspended": "Ask the marketplace's support why your account is suspended and what ends it.",
        "blocked": "Ask the marketplace's support why your account is blocked and what ends it.",
        "closed": "Open your account again, or ask the marketplace's support how to.",
    }
)
_VISIBLE: Mapping[str, str] = MappingProxyType(
    {
        "public": "Your profile is public",
        "marketplace": "Only people who are signed in to the marketplace can see your profile",
        "private": "Your profile is private",
    }
)
_VISIBILITY_NAMES: Mapping[str, str] = MappingProxyType(
    {"marketplace": later("marketplace-only"), "public": later("public"), "private": later("private")}
)


@dataclass(frozen=True)
class BaseRule:
    """One rule of the base policy: what it asks, as it follows "you need", and how a person stands with it.

    `asked_of_newcomers` says whether it is asked before somebody's first Job Success Score. Rule E-7.
    """

    rule: str
    title: str
    needs: Callable[[BasePolicy], str]
    judge: Callable[[BasePolicy, Facts], Seen]
    asked_of_newcomers: bool = False


def _account(base: BasePolicy, facts: Facts) -> Seen:
    """Rules E-1, H-1, H-6."""
    if facts.account_state == ACTIVE and not facts.holds:
        sentence = "Your account is active and has no open hold."
        return Seen(True, ACTIVE, sentence, "", facts.feed_seen_at)
    since = facts.holds[0].placed_at if facts.holds else facts.feed_seen_at
    value = ", ".join([facts.account_state, *(HOLDS[hold.kind].name for hold in facts.holds)])
    return Seen(False, value, f"{account_trouble(facts)} You need {_ACCOUNT}.", account_steps(facts), since)


def account_trouble(facts: Facts) -> str:
    """Return as a sentence what is wrong with an account that fails E-1: its state, and every open hold."""
    trouble = [] if facts.account_state == ACTIVE else [f"is {facts.account_state}"]
    holds = [f"{HOLDS[hold.kind].name}, since {wording.day(hold.placed_at)}" for hold in facts.holds]
    if holds:
        trouble.append(f"has {'an open hold' if len(holds) == 1 else f'{len(holds)} open holds'} ({'; '.join(holds)})")
    return f"Your account {' and '.join(trouble)}."


def account_steps(facts: Facts) -> str:
    """Return what ends everything that is wrong with an account that fails E-1. Rule H-6."""
    unknown = "Ask the marketplace's support about the state of your account."
    steps = [] if facts.account_state == ACTIVE else [_STATE_STEPS.get(facts.account_state, unknown)]
    return " ".join(dict.fromkeys([*steps, *(HOLDS[hold.kind].lifted_when for hold in facts.holds)]))


def _score_needed(base: BasePolicy) -> str:
    score = asking.score(base.min_jss_pct)
    return _("%(score)s, if you have one at all", score=score) if base.unscored_passes else score


def _score(base: BasePolicy, facts: Facts) -> Seen:
    """Rules E-2, E-8."""
    seen = score_seen(base.min_jss_pct, base, facts)
    if facts.jss_pct is None and base.unscored_passes:
        sentence = "You have no Job Success Score at the moment, and this policy lets people without one pass."
        return Seen(True, seen.value, sentence, "", seen.observed_at)
    return seen


def score_seen(min_pct: int, base: BasePolicy, facts: Facts) -> Seen:
    """Return how a person's Job Success Score stands against `min_pct`. Rule E-2, section J."""
    window = f"{base.score_window_months} months"
    if facts.jss_pct is None:
        yet = "yet" if facts.first_scored_at is None else "at the moment"
        jobs = wording.counted(base.score_min_jobs, "finished job", "finished jobs")
        clients = wording.counted(base.score_min_clients, "client", "different clients")
        return Seen(
            False,
            "none",
            f"You have no Job Success Score {yet}, and one of at least {wording.percent(min_pct)} is needed.",
            f"A score appears with at least {jobs} for {clients} within the last {window}. It is updated every day.",
            facts.jss_observed_at,
        )
    margin = facts.jss_pct - min_pct
    spare = "" if margin < 0 else f", which leaves {wording.counted(margin, 'point', 'points')} to spare"
    return Seen(
        margin >= 0,
        wording.percent(facts.jss_pct),
        f"Your Job Success Score is {wording.percent(facts.jss_pct)}, and {wording.percent(min_pct)} is needed{spare}.",
        f"The score is updated every day from the jobs of the last {window}: good results raise it, old ones drop out.",
        facts.jss_observed_at,
    )


def _completeness_needed(base: BasePolicy) -> str:
    needed, elance = map(wording.percent, (base.min_completeness_pct, base.min_completeness_elance_pct))
    if elance == needed:
        return _("a profile that is %(pct)s complete", pct=needed)
    return _(
        "a profile that is %(pct)s complete (%(elance)s if it was brought over from Elance)", pct=needed, elance=elance
    )


def completeness_needed_pct(base: BasePolicy, facts: Facts) -> int:
    """Return how complete this person's profile must be. Rules E-3, E-7."""
    if facts.is_newcomer:
        return base.newcomer_completeness_pct
    return base.min_completeness_elance_pct if facts.from_elance else base.min_completeness_pct


def _completeness(base: BasePolicy, facts: Facts) -> Seen:
    """Rules E-3, E-7, C."""
    needed, because = completeness_needed_pct(base, facts), ""
    if facts.from_elance and not facts.is_newcomer:
        because = ", because it was brought over from Elance"
    stated = facts.completeness_stated_pct is not None
    value = wording.percent(facts.completeness_pct)
    by = ", as the marketplace states it" if stated else ""
    follows = " The figure follows when the marketplace states a new one." if stated else ""
    return Seen(
        facts.completeness_pct >= needed,
        value,
        f"Your profile is {value} complete{by}, and {wording.percent(needed)} is needed{because}.",
        f"Add what is missing to your profile. Begin with {wording.listed(REQUIRED_POINTS)}: while one of these is "
        f"missing, no profile is complete.{follows}",
        facts.profile_seen_at,
    )


def _visibility_needed(base: BasePolicy) -> str:
    return _("a %(visibilities)s profile", visibilities=_visibilities(base.passing_visibilities))


def _visibility(base: BasePolicy, facts: Facts) -> Seen:
    """Rule E-4."""
    met = facts.visibility in base.passing_visibilities
    state = _VISIBLE.get(facts.visibility, f"Your profile is {facts.visibility}")
    return Seen(
        met,
        _visibilities((facts.visibility,)),
        f"{state}, and {_visibility_needed(base)} is needed.",
        f"{_visibility_place(facts)} to {_visibilities(base.passing_visibilities)}.",
        facts.profile_seen_at,
    )


def _visibility_place(facts: Facts) -> str:
    if is_stated(facts.stated, "visibility"):
        return "In your profile's settings on the marketplace, set who can see it"
    return "At “Profile”, under “Who sees your profile”, set it"


def _visibilities(names: tuple[str, ...]) -> str:
    return _visibilities_in(spoken(), names)


@lru_cache(maxsize=100)
def _visibilities_in(_language: str, names: tuple[str, ...]) -> str:
    """Return the names as they are said in the language, which is the one spoken now."""
    return wording.either(_(_VISIBILITY_NAMES.get(name, name)) for name in names)


def _english_needed(base: BasePolicy) -> str:
    return _("%(levels)s English", levels=wording.either(_(each) for each in base.passing_english_levels))


def _english(base: BasePolicy, facts: Facts) -> Seen:
    """Rule E-5."""
    passing = wording.either(base.passing_english_levels)
    level = facts.english_level
    state = f"Your English level is {level}" if level else "Your profile states no English level"
    return Seen(
        level in base.passing_english_levels,
        level or "not stated",
        f"{state}, and {passing} is needed.",
        f"If you speak {_english_needed(base)}, {_english_place(facts)}.",
        facts.profile_seen_at,
    )


def _english_place(facts: Facts) -> str:
    if is_stated(facts.stated, "english_level"):
        return "set that level on your profile; it counts from the next update on"
    return "set that level at “Profile”; it counts at once"


BASE_RULES = (
    BaseRule("E-1", "Active account", lambda base: _(_ACCOUNT), _account),
    BaseRule("E-2", "Job Success Score", _score_needed, _score),
    BaseRule("E-3", "Complete profile", _completeness_needed, _completeness, asked_of_newcomers=True),
    BaseRule("E-4", "Public profile", _visibility_needed, _visibility, asked_of_newcomers=True),
    BaseRule("E-5", "Fluent English", _english_needed, _english),
)
