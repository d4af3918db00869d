"""How the demo's teams review: a rubric each, scores, and a comment now and then. Rule R-5."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from app.demo.people import Person
from app.demo.stage import Stage
from core.permissions import Duty
from partners.deciding import open_for_review
from partners.review.rules import Criterion, Way
from partners.review.services import add_note, give_review, set_way

_RUBRIC = (
    Criterion("depth", "Depth of experience", "Built, ran and repaired it, not only set it up.", 3),
    Criterion("proof", "Work that can be seen", "Links that open, and a part in it that is theirs.", 2),
    Criterion("words", "Explains it to a client", "Would somebody outside the trade follow?", 1),
)
#: Who reviews how; a partner that is not named has no rubric.
_WAYS = {"quernstone": Way(_RUBRIC, is_double=True), "inkfold": Way(_RUBRIC[:2])}
_REMARKS = (
    "The second project is the strongest: they name what went wrong, and what they did about it.",
    "Solid. I would like to see something that has run for longer than a year.",
    "Writes clearly, and the links hold what they promise.",
    None,
    None,
)
_NOTES = (
    "I worked with one of their clients: very content.",
    "Ask for this one again when the autumn round of use cases begins.",
    "The certificate's link opens now; it did not last week.",
)


def agree_on_rubric(stage: Stage, slug: str, at: datetime) -> None:
    """Say how the partner's team reviews."""
    if slug in _WAYS:
        set_way(stage.partners[slug].programme, _WAYS[slug], by=stage.admin(slug), at=at)


def review(stage: Stage, slug: str, person: Person, at: datetime) -> None:
    """Have somebody of the team read the application, and in most cases score it, as the partner's way is."""
    application_id = stage.applications[slug, person.key]
    open_for_review(application_id, by=stage.anybody(slug), at=at)
    # Of its own, so that the rest of the story is the same with and without.
    random = Random(f"{slug} {person.key}")  # noqa: S311  # a story, not a secret
    reviewers = [user for duty, user in stage.team[slug].items() if Duty(duty).covers(Duty.REVIEWER)]
    random.shuffle(reviewers)
    if slug in _WAYS:
        good, count = random.choice((2, 3, 4, 4)), random.choice((0, 1, 2, 2) if _WAYS[slug].is_double else (0, 1, 1))
        for number, user_id in enumerate(reviewers[:count]):
            _score(application_id, good, user_id, at + timedelta(minutes=7 * (number + 1)), random)
    if random.random() < 0.2:
        add_note(application_id, random.choice(_NOTES), by=reviewers[0], at=at + timedelta(minutes=30))


def _score(application_id: UUID, good: int, user_id: UUID, at: datetime, random: Random) -> None:
    given = {each.key: str(min(5, max(1, good + random.choice((-1, 0, 0, 1, 1))))) for each in _RUBRIC}
    give_review(application_id, given, random.choice(_REMARKS), by=user_id, at=at)
