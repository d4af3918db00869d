"""What is asked of people: read, checked, and scheduled by the services that the console uses. Rules E-6, E-13."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from api import examples
from api.blueprint import gives, partner, program, route, takes
from api.schemas import (
    BasePolicyCheckedSchema,
    BasePolicyCheckSchema,
    BasePolicySchema,
    CalledOffSchema,
    CheckSchema,
    RequirementsSchema,
    RulesSchema,
    ScheduledSchema,
    ScheduleSchema,
)
from badges.base_trial import trial
from badges.eligibility.partner_rules import PartnerRules
from badges.eligibility.policy import Policy
from badges.eligibility.rules import describe
from badges.models import PartnerRulesVersion
from badges.queries import base_policy, partner_rules_version, scheduled_rules
from core import clock
from core.permissions import Access, Scope, allow
from partners import requirements as service
from partners.models import Programme

TAG = "What is asked"


@route("GET", "/partners/<partner>/requirements", TAG)
@allow(Access.PROGRAM, Scope.POLICIES)
@gives(RequirementsSchema)
def requirements(partner: str) -> dict[str, Any]:
    """Read a partner's requirements

    Its own rules now, those that begin later, and what the marketplace asks of everybody.
    """
    at, badge = clock.now(), _programme().achievement_id
    return {
        "partner": partner,
        "of_everybody": describe(Policy.of_base(base_policy(at))),
        "in_force": _version(partner_rules_version(badge, at)),
        "scheduled": [_version(each) for each in scheduled_rules(badge, at)],
    }


@route("POST", "/partners/<partner>/requirements/check", TAG)
@allow(Access.PROGRAM, Scope.POLICIES)
@takes(RulesSchema, examples.RULES)
@gives(CheckSchema, example=examples.CHECKED)
def check_requirements(sent: dict[str, Any], partner: str) -> dict[str, Any]:
    """Check requirements

    What the rules would ask for, in plain English, and how many freelancers meet them now. Nothing is stored. Rules
    that cannot be used are refused with every reason and its place, as the builder in the console refuses them.
    """
    found = service.check(_programme(), sent, clock.now())
    own = zip(found.own, found.meeting.each, strict=True)
    return {
        "asks": found.asks,
        "own": [{"asks": asks, "met_by": met} for asks, met in own],
        "freelancers": found.meeting.total,
        "meet_base": found.meeting.base,
        "meet_everything": found.meeting.everything,
    }


@route("PUT", "/partners/<partner>/requirements", TAG)
@allow(Access.PROGRAM, Scope.POLICIES)
@takes(ScheduleSchema, examples.SCHEDULE)
@gives(ScheduledSchema)
def schedule_requirements(sent: dict[str, Any], partner: str) -> dict[str, Any]:
    """Schedule requirements

    They replace the partner's own rules from a day on. The experts whom that would affect are told by mail, as after a
    change in the console. The same again changes nothing and tells nobody.
    """
    at = clock.now()
    begins_at, rules = service.moment_of(sent["effective_on"], at), {"rules": sent["rules"]}
    asked = service.ask_for(_programme(), rules, begins_at, by=program().made_by, at=at)
    return {"version": _version(asked.version), "told": asked.told, "changed": asked.is_new}


@route("DELETE", "/partners/<partner>/requirements/<uuid:version_id>", TAG)
@allow(Access.PROGRAM, Scope.POLICIES)
@gives(CalledOffSchema)
def call_off_requirements(partner: str, version_id: UUID) -> dict[str, Any]:
    """Call off requirements that have not begun

    Whoever was told that they would come is told that they will not.
    """
    told = service.call_off(_programme(), version_id, by=program().made_by, at=clock.now())
    return {"told": told}


@route("GET", "/policy", TAG)
@allow(Access.PROGRAM, Scope.POLICIES)
@gives(BasePolicySchema)
def read_base_policy() -> dict[str, Any]:
    """Read the base policy

    What the marketplace asks of everybody, in all its parts.
    """
    base = base_policy(clock.now())
    return {"policy": base.to_json(), "asks": describe(Policy.of_base(base))}


@route("POST", "/policy/check", TAG)
@allow(Access.STAFF_PROGRAM, Scope.POLICIES)
@takes(BasePolicyCheckSchema, examples.BASE_CHANGE)
@gives(BasePolicyCheckedSchema)
def check_base_policy(sent: dict[str, Any]) -> dict[str, Any]:
    """Check a base policy

    What it would ask of everybody, and how many freelancers would come in or fall out. Nothing is stored; what is left
    out is as it is now.
    """
    then, shift = trial(sent["policy"], clock.now())
    return {
        "asks": describe(Policy.of_base(then)),
        "freelancers": shift.total,
        "meet_now": shift.before,
        "would_meet": shift.after,
        "gain": shift.gains,
        "lose": shift.loses,
    }


def _programme() -> Programme:
    programme: Programme = partner().programme
    return programme


def _version(version: PartnerRulesVersion | None) -> dict[str, Any] | None:
    if version is None:
        return None
    return {
        "id": version.id,
        "label": version.label,
        "effective_at": version.effective_at.isoformat(),
        "rules": version.content["rules"],
        "asks": service.phrases(PartnerRules.as_written(version.content).requirements),
    }
