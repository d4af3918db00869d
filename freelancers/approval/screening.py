"""The automatic look at a profile: facts in, everything that was looked at out, with the words for it. Pure.

Rules A-2..A-5. Tests, payment, picture and address never count; of the address a few words of advice are all there is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from core.wording import listed, plural
from freelancers.approval import addresses, texts
from freelancers.approval.duplicates import TRAIT_NAMES, Trait
from freelancers.approval.findings import Check, Kind, check
from freelancers.approval.snapshot import BACKGROUND, Snapshot
from freelancers.approval.supply_rules import SkillState


@dataclass(frozen=True)
class ScreeningPolicy:
    """The thresholds of a screening; they hold from `effective_on`.

    An overview is short below so many words, and generic where fewer than so many in a hundred are its writer's own.
    After so many declines a person answers (A-4).
    """

    effective_on: date
    overview_words_min: int
    own_words_min_pct: int
    declines_then_person: int

    @property
    def label(self) -> str:
        """Return what the policy is called on receipts."""
        return f"screening of {self.effective_on.isoformat()}"


#: The oldest first. A threshold is never changed: a further policy is added, so that an old answer can be explained.
POLICIES: tuple[ScreeningPolicy, ...] = (
    ScreeningPolicy(effective_on=date(2026, 1, 1), overview_words_min=25, own_words_min_pct=25, declines_then_person=3),
)


def policy_on(day: date, policies: Sequence[ScreeningPolicy] = POLICIES) -> ScreeningPolicy:
    """Return the policy that holds on a day; before the first one, the first."""
    held = [policy for policy in policies if policy.effective_on <= day]
    return held[-1] if held else policies[0]


@dataclass(frozen=True)
class SkillSeen:
    """One of somebody's skills as the board has it; `state` None where no figures are known. Rule A-3."""

    name: str
    state: SkillState | None = None
    open_related: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return it as plain JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> SkillSeen:
        """Return what `to_json` wrote."""
        state = data["state"] and SkillState(data["state"])
        return cls(data["name"], state, tuple(data["open_related"]))


@dataclass(frozen=True)
class Surroundings:
    """What the profile itself does not say: the board, what earlier accounts share, whether a partner invited."""

    skills: tuple[SkillSeen, ...] = ()
    earlier: tuple[tuple[Trait, ...], ...] = ()
    is_invited: bool = False


def screen(profile: Snapshot, around: Surroundings, policy: ScreeningPolicy) -> tuple[Check, ...]:
    """Return everything that a profile is looked at for, met or not, in the order of Kind."""
    found = (*_parts(profile), *_texts(profile, policy), *_supply(around), _account(around), *_address(profile))
    order = list(Kind)
    return tuple(sorted(found, key=lambda each: order.index(each.kind)))


def _parts(profile: Snapshot) -> Iterator[Check]:
    background = [line for name in BACKGROUND for line in profile.lists.get(name, ())]
    for kind, has, seen in (
        (Kind.TITLE_MISSING, not texts.is_blank(profile.title), texts.shortened(profile.title or "")),
        (Kind.OVERVIEW_MISSING, not texts.is_blank(profile.overview), plural(texts.length(profile.overview), "word")),
        (Kind.SKILLS_MISSING, bool(profile.skills), plural(len(profile.skills), "skill")),
        (Kind.RATE_MISSING, bool(profile.rate), profile.rate or ""),
        (Kind.LANGUAGES_MISSING, bool(profile.languages), ", ".join(profile.languages)),
        (Kind.BACKGROUND_MISSING, bool(background), background[0] if background else ""),
    ):
        yield check(kind, has, seen=seen if has else "nothing", what=_MISSING[kind])


_MISSING = {
    Kind.TITLE_MISSING: "There is no title.",
    Kind.OVERVIEW_MISSING: "There is no overview.",
    Kind.SKILLS_MISSING: "There is no skill.",
    Kind.RATE_MISSING: "There is no hourly rate.",
    Kind.LANGUAGES_MISSING: "There is no language.",
    Kind.BACKGROUND_MISSING: "Nothing says where your skills come from.",
}


def _texts(profile: Snapshot, policy: ScreeningPolicy) -> Iterator[Check]:
    title, overview = profile.title, profile.overview
    stands_in = {"Title": texts.filler(title), "Overview": texts.filler(overview)}
    yield _placeholder({where: said for where, said in stands_in.items() if said})
    is_title = not texts.is_blank(title) and not stands_in["Title"]
    is_own = not is_title or bool(texts.own_words(title))
    yield check(
        Kind.TITLE_GENERIC, is_own, seen=texts.shortened(title or ""),
        what=f"Your title “{texts.shortened(title or '')}” would fit anybody.",
    )  # fmt: skip
    yield from _overview(None if stands_in["Overview"] else overview, policy)
    yield _letters(title, overview)


def _placeholder(stands_in: dict[str, str]) -> Check:
    said = [f"In the {where.lower()} stands “{texts.shortened(quoted)}”." for where, quoted in stands_in.items()]
    where = listed(stands_in) if stands_in else None
    return check(Kind.PLACEHOLDER, not stands_in, seen="; ".join(stands_in.values()), what=" ".join(said), where=where)


def _overview(overview: str | None, policy: ScreeningPolicy) -> Iterator[Check]:
    """Look at an overview; one that is not there, or stands in for one, is told of as that alone."""
    is_there, length = not texts.is_blank(overview), texts.length(overview)
    is_long = not is_there or length >= policy.overview_words_min
    what = f"Your overview has {plural(length, 'word')}; at least {policy.overview_words_min} are needed."
    yield check(Kind.OVERVIEW_SHORT, is_long, seen=plural(length, "word"), what=what)
    share, own = texts.own_share_pct(overview), texts.own_words(overview)
    is_own = not is_there or share >= policy.own_words_min_pct
    left = f"only “{', '.join(own[:6])}” is left" if own else "nothing is left"
    what = f"Without words that anybody could write of themselves, {left} of your overview."
    yield check(Kind.OVERVIEW_GENERIC, is_own, seen=f"{share} of 100 words are your own", what=what)
    again = texts.repeated(overview) if is_there else ""
    what = f"Your overview repeats itself or only lists words: “{texts.shortened(again)}”."
    yield check(Kind.OVERVIEW_REPEATS, not again, seen=texts.shortened(again), what=what)


def _letters(title: str | None, overview: str | None) -> Check:
    looked_at = {"Title": texts.odd_letters(title), "Overview": texts.odd_letters(overview)}
    odd = {where: what for where, what in looked_at.items() if what}
    said = " ".join(f"In the {where.lower()} are {what}." for where, what in odd.items())
    where = listed(odd) if odd else None
    return check(Kind.ODD_LETTERS, not odd, seen="; ".join(odd.values()), what=said, where=where)


def _supply(around: Surroundings) -> Iterator[Check]:
    """Look at supply and demand, which whoever a partner invited skips. Without figures a skill is open. A-3, A-5."""
    full = [skill for skill in around.skills if skill.state is SkillState.FULL]
    is_all = bool(full) and len(full) == len(around.skills)
    seen = "not asked: a partner invited you" if around.is_invited else _states(around.skills)
    said = _full(full) if full else ""
    yield check(Kind.SKILLS_FULL, around.is_invited or not is_all, seen=seen, what=said)
    yield check(Kind.SOME_SKILLS_FULL, around.is_invited or is_all or not full, seen=seen, what=said)


def _full(full: Sequence[SkillSeen]) -> str:
    said = f"{listed(skill.name for skill in full)} {'is' if len(full) == 1 else 'are'} full now."
    related = dict.fromkeys(name for skill in full for name in skill.open_related)
    return f"{said} Related skills that are open: {listed(related)}." if related else said


def _states(skills: Sequence[SkillSeen]) -> str:
    return ", ".join(f"{skill.name}: {skill.state or 'no figures'}" for skill in skills)


def _account(around: Surroundings) -> Check:
    common = dict.fromkeys(TRAIT_NAMES[trait] for traits in around.earlier for trait in traits)
    count = len(around.earlier)
    said = f"{plural(count, 'other account has', 'other accounts have')} {listed(common)}." if count else ""
    return check(Kind.EARLIER_ACCOUNT, not count, seen=listed(common) if count else "none", what=said)


def _address(profile: Snapshot) -> Iterator[Check]:
    address = profile.email or ""
    is_free, odd = bool(address) and addresses.is_free(address), addresses.oddity(address) if address else ""
    yield check(Kind.FREE_ADDRESS, not is_free, seen=address, what="Your address is at a free provider, as most are.")
    yield check(Kind.ODD_ADDRESS, not odd, seen=address, what=f"By its looks your address is {odd}.")
