"""The audit log in sentences. Pure: events in, words out. Rule X-2."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from core import wording

#: What follows the name of whoever did it, for each action; the subject comes after it.
DEEDS: Mapping[str, str] = MappingProxyType(
    {
        "account.created": "created an account",
        "account.invited": "invited somebody to an account",
        "account.password_chosen": "chose a first password",
        "account.password_changed": "changed a password",
        "achievement.created": "created a badge",
        "api_token.created": "made an API token",
        "api_token.revoked": "revoked an API token",
        "application.awarded": "awarded a waiting application",
        "application.conflict_declared": "stepped back from an application, for a conflict of interest",
        "application.conflict_lifted": "put somebody back on an application",
        "application.kept_on_file": "kept an application on file",
        "application.noted": "commented on an application",
        "application.opened": "opened an application",
        "application.opened_for_review": "opened an application for review",
        "application.reason_sent": "sent an applicant a reason",
        "application.reviewed": "scored an application",
        "application.selected": "selected an applicant",
        "application.submitted": "sent an application",
        "application.withdrawn": "withdrew an application",
        "approval.approved": "approved a profile",
        "approval.declined": "declined a profile, with a letter",
        "approval.submitted": "submitted a profile for approval",
        "attestation.noted": "noted a training or review as passed",
        "attestation.withdrawn": "took back that a training or review was passed",
        "appeal.kept": "answered an appeal: the hold stays",
        "award.awarded": "awarded a badge",
        "award.expired": "closed an expired badge",
        "award.grace_began": "put a badge in grace",
        "award.grace_cleared": "ended the grace of a badge: everything is met again",
        "award.grace_shortened": "shortened the grace of a badge",
        "award.contents_chosen": "chose what a badge says about them",
        "award.hidden": "hid a badge from the public",
        "award.reinstated": "reinstated a badge",
        "award.revocation_answered": "answered a revocation",
        "award.revoked": "revoked a badge",
        "award.suspended": "suspended a badge",
        "award.suspended_otherwise": "kept a badge suspended, for other reasons than before",
        "award.unhidden": "showed a badge to the public again",
        "badge.design_restored": "returned to an earlier design of a badge",
        "badge.redesigned": "changed the design of a badge",
        "base_policy.called_off": "called off a base policy before it began",
        "base_policy.set": "set the marketplace's base policy",
        "export.made": "took an export along",
        "feature.answered": "answered the end of a feature",
        "feature.pinned": "pinned an expert",
        "feature.removed": "ended a feature",
        "feed.imported": "imported a feed",
        "feed.given_up": "gave up an unfinished import",
        "freelancer.adopted": "found a newcomer in the feed",
        "freelancer.joined_through": "noted through whom a newcomer joined",
        "freelancer.left": "let somebody leave, and deleted all about them",
        "freelancer.linked": "linked an account to a profile",
        "freelancer.registered": "registered as a newcomer",
        "hold.escalated": "made a hold stricter",
        "hold.ended_for": "ended a hold for a stricter one",
        "hold.lifted": "lifted a hold",
        "hold.placed": "placed a hold",
        "hold.told_again": "sent the notice of a hold again",
        "identity.agent_added": "let somebody verify people",
        "identity.agent_removed": "let somebody no longer verify people",
        "identity.call_asked": "came for a verification call",
        "identity.call_booked": "booked a verification call",
        "identity.call_called_off": "called off a verification call",
        "identity.call_cut_off": "gave back a verification call that broke off",
        "identity.call_left": "closed a verification call: the wait room was left",
        "identity.call_moved": "moved a verification call",
        "identity.call_no_show": "closed a verification call: nobody came",
        "identity.call_taken": "took a verification call",
        "identity.failed": "agreed that a verification failed",
        "identity.failure_found": "found that a verification fails",
        "identity.failure_refused": "did not agree that a verification failed",
        "identity.second_taken": "took a second look at a verification",
        "identity.shift_added": "offered time for verification calls",
        "identity.shift_dropped": "took back time for verification calls",
        "identity.verified": "verified an identity",
        "identity.not_done": "held somebody whose time to verify was over",
        "identity.picture_erased": "deleted a picture for a verification",
        "identity.picture_seen": "looked at a picture for a verification",
        "identity.picture_sent": "sent a picture for a verification",
        "interest.shown": "noted a request to be considered",
        "invitation.accepted": "accepted an invitation",
        "campaign.created": "opened a campaign link",
        "campaign.ended": "ended a campaign link",
        "invitation.bounced": "could not deliver an invitation",
        "invitation.confirmation_asked": "asked to be confirmed as the person invited",
        "invitation.declined": "declined an invitation",
        "invitation.person_confirmed": "confirmed the person invited",
        "invitation.sent": "sent an invitation",
        "invitation.sent_again": "sent an invitation again",
        "invitation.withdrawn": "withdrew an invitation",
        "invitations.allowed_again": "let an address be invited again",
        "invitations.letter_forgotten": "forgot a letter for invitations",
        "invitations.letter_kept": "kept a letter for invitations",
        "invitations.list_paused": "held a list of invitations",
        "invitations.list_resumed": "let a list of invitations go on",
        "invitations.list_sent": "sent a list of invitations",
        "invitations.list_stopped": "stopped a list of invitations",
        "invitations.stopped": "put an address on the list of those not to be invited",
        "key.added": "added a key that signs badges",
        "key.withdrawn": "withdrew a key that signed badges",
        "issuer.created": "created an issuer of badges",
        "listing.answered": "answered a removal from the directory",
        "listing.removed": "took an expert out of the directory",
        "listing.restored": "put an expert back into the directory",
        "logo.dropped": "took a logo away",
        "logo.used": "brought a logo",
        "mail.tried_again": "had a given-up mail sent again",
        "member.added": "added somebody to a team",
        "member.duty_changed": "changed a duty in a team",
        "member.removed": "removed somebody from a team",
        "page.published": "published a page",
        "page.returned": "returned to an earlier version of a page",
        "page.turns_set": "changed how many a page features, and for how long",
        "page.unpublished": "took a page offline",
        "page.updated": "changed a page",
        "partner.created": "created a partner",
        "partner_rules.called_off": "called off a partner's own rules before they began",
        "partner_rules.set": "set a partner's own rules",
        "photo.cut_out": "cut out their photo anew",
        "photo.removed": "took their photo away",
        "photo.used": "brought a photo",
        "profile.changed": "changed a profile",
        "programme.steps_changed": "changed the steps of a programme",
        "programme.updated": "changed a programme",
        "review.settings_changed": "changed how a partner reviews",
        "rotation.drawn": "drew who is featured",
        "skills.imported": "took in how many jobs are open per skill",
        "support.answered": "answered a letter to support",
        "support.closed": "closed a letter to support",
        "support.opened": "wrote to support",
        "support.written": "added to a letter to support",
        "use_case.added": "added a use case",
        "use_case.chosen": "put an expert on a use case's list",
        "use_case.deleted": "deleted a use case",
        "use_case.dropped": "took an expert off a use case's list",
        "use_case.moved": "moved a use case",
        "use_case.reordered": "reordered a use case's list",
        "use_case.ruled": "said whom a use case takes by rule",
        "use_case.updated": "changed a use case",
    }
)

#: The beginnings of actions, for filtering.
SUBJECTS: tuple[str, ...] = tuple(dict.fromkeys(action.partition(".")[0] for action in DEEDS))

#: Who acts when no person does: a sweep, a rotation, an import, a command.
MACHINE = "Laurel"
_SHOWN = 160
#: A value of ours, such as "verification_failed".
_CODE = re.compile(r"[a-z]+(?:_[a-z]+)+")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{8,15}(?:\+00:00|Z)")
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
#: Said by the sentence's subject already, and to nobody's use as bare numbers.
_LEFT_OUT = ("_id", "freelancer", "award")


@dataclass(frozen=True)
class Detail:
    """One value that an event tells of; `before` is None where there was none."""

    name: str
    before: str | None
    after: str | None


def deed(action: str) -> str:
    """Return what was done, in words that follow a name; an action without words of its own shows as it is."""
    subject, _, verb = action.partition(".")
    return DEEDS.get(action) or f"did “{wording.plain(verb)}” ({wording.plain(subject)})"


def details(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Detail, ...]:
    """Return what differs between `before` and `after`, each name once, in their order."""
    names = [name for name in {**before, **after} if not name.endswith(_LEFT_OUT)]
    return tuple(
        Detail(wording.plain(name), _said(before.get(name)), _said(after.get(name)))
        for name in names
        if before.get(name) != after.get(name)
    )


def _said(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list) and value and all(_ID.fullmatch(str(each)) for each in value):
        return str(len(value))  # who they are is on their own pages
    if isinstance(value, list):
        text = ", ".join(_said(each) or "" for each in value)
    elif isinstance(value, dict):
        text = "; ".join(f"{wording.plain(str(name))}: {_said(each) or ''}" for name, each in value.items())
    else:
        text = _word(str(value))
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"


def _word(text: str) -> str:
    if _MOMENT.fullmatch(text):
        return wording.moment(datetime.fromisoformat(text))
    return wording.plain(text) if _CODE.fullmatch(text) else text
