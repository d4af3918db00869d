"""Every table that says something about a freelancer: which rows, what the person reads of them, and what leaving does.

One table of tables, so that nothing is forgotten: a test holds it against the database, and a new table that is named
neither here nor in IMPERSONAL fails it. Rule X-3.

Conditions are SQL over a row `t`, with `:freelancer`, `:user` (their ids), `:addresses` (their e-mail addresses, lower
case) and `:things` (the ids of all rows that are theirs); what becomes of a column may use `:at` as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType

from core import strongroom, vault

#: Who somebody is called once nobody may know who they were.
NOBODY = "Somebody who left"
_NAMELESS = f"'{NOBODY}'"


class Leaving(Enum):
    """What becomes of the rows when the person leaves."""

    DELETED = "deleted"
    #: The row stays, for what refers to it and for counts; all of it is emptied but the columns that it keeps.
    BLANKED = "blanked"
    #: The row names nobody once the others are blanked; the columns in `blanks` are emptied nevertheless.
    KEPT = "kept"


@dataclass(frozen=True)
class Held:
    """What one table holds about a person, under a `title` that they read in their copy.

    `keeps` are a blanked row's columns that stay, `blanks` what others become where it is not NULL (as SQL), `unread`
    the columns that are left out of the copy: hashes of secrets, and what a team notes while it judges (R-2). `files`
    is the column with names of files in a `room` of `core.vault`; what is locked away there (H-3) is not in the copy.
    """

    table: str
    title: str
    theirs: str
    leaving: Leaving
    keeps: tuple[str, ...] = ()
    blanks: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    unread: tuple[str, ...] = ()
    is_read: bool = True
    files: str | None = None
    room: str = vault.ROOM


_MINE = "t.freelancer_id = :freelancer"
_AWARDS = "(SELECT id FROM awards WHERE freelancer_id = :freelancer)"
_APPLICATIONS = "(SELECT id FROM applications WHERE freelancer_id = :freelancer)"
_PICTURES = "(SELECT id FROM pictures WHERE freelancer_id = :freelancer)"
_OF_AWARD, _OF_APPLICATION = f"t.award_id IN {_AWARDS}", f"t.application_id IN {_APPLICATIONS}"
_ANSWERED = {"answer": "NULL"}

#: In the order in which leaving goes through them: what refers to a row before the row.
HELD: tuple[Held, ...] = (
    Held("sign_ins", "Where you signed in", "t.user_id = :user", Leaving.DELETED, unread=("token_hash",)),
    Held("password_links", "Links to choose a password", "t.user_id = :user", Leaving.DELETED, unread=("token_hash",)),
    Held("failed_sign_ins", "Wrong passwords", "t.email = ANY(:addresses)", Leaving.DELETED),
    Held("observations", "Your figures over time", _MINE, Leaving.DELETED),
    Held("receipts", "Decisions about what you meet", _MINE, Leaving.DELETED),
    Held("attestations", "Trainings and reviews you passed", _MINE, Leaving.DELETED),
    Held("joined_through", "Who brought you here", _MINE, Leaving.DELETED),
    Held("interests", "Where you asked to be considered", _MINE, Leaving.DELETED),
    Held(
        "support_messages",
        "What you wrote to support, and were answered",
        "t.thread_id IN (SELECT id FROM support_threads WHERE freelancer_id = :freelancer)",
        Leaving.DELETED,
        unread=("author_id",),
    ),
    Held("support_threads", "What you wrote to support about", _MINE, Leaving.DELETED, unread=("staff_read_at",)),
    Held(
        "approval_submissions",
        "Your profile as you submitted it, and the letters on it",
        _MINE,
        Leaving.DELETED,
        # among what was looked at is whether others have an account.
        unread=("checks", "decided_by"),
    ),
    Held("account_traits", "Fingerprints that show an earlier account", _MINE, Leaving.DELETED, unread=("digest",)),
    Held(
        "identity_pictures",
        "Pictures you sent for your identity check",
        _MINE,
        Leaving.DELETED,
        unread=("stored_as", "sealed_key"),
        files="stored_as",
        room=strongroom.ROOM,
    ),
    Held(
        "identity_calls",
        "Calls about your identity",
        _MINE,
        Leaving.DELETED,
        unread=("agent_id", "second_id", "room", "offer", "answer"),
    ),
    Held("holds", "Holds on your account", _MINE, Leaving.DELETED),
    Held("badge_choices", "What your badges show", _OF_AWARD, Leaving.DELETED),
    Held("badge_places", "Where your badges stand in the status lists", _OF_AWARD, Leaving.KEPT, blanks={"salt": "''"}),
    Held("use_case_experts", "Use cases you stand under", _OF_AWARD, Leaving.DELETED),
    Held("directory_exposure", "How often clients saw you", _OF_AWARD, Leaving.KEPT),
    Held("rotation_turns", "Your turns among the featured", _OF_AWARD, Leaving.KEPT),
    Held("features", "When you were featured", _OF_AWARD, Leaving.KEPT, blanks=_ANSWERED | {"remove_reason": "NULL"}),
    Held("removals", "When you were taken off a page", _OF_AWARD, Leaving.KEPT, blanks=_ANSWERED | {"reason": "''"}),
    Held("policy_notices", "Changes of the rules you were told of", _OF_AWARD, Leaving.KEPT),
    Held("application_files", "Files you sent", _OF_APPLICATION, Leaving.DELETED, files="stored_as"),
    Held("application_notes", "What a team noted", _OF_APPLICATION, Leaving.DELETED, is_read=False),
    Held("kept_reasons", "Reasons a team kept", _OF_APPLICATION, Leaving.DELETED, is_read=False),
    Held("conflicts_of_interest", "Who stepped back", _OF_APPLICATION, Leaving.DELETED, is_read=False),
    Held("reviews", "Scores a team gave", _OF_APPLICATION, Leaving.KEPT, blanks={"remark": "NULL"}, is_read=False),
    Held(
        "applications",
        "Your applications",
        _MINE,
        Leaving.KEPT,
        blanks={"answers": "'{}'"},
        # when somebody looked, and whether they kept it for later, is not told before they decide for it.
        unread=("reviewed_at", "kept_at", "kept_by", "selected_by"),
    ),
    Held(
        "awards",
        "Your badges",
        _MINE,
        Leaving.KEPT,
        blanks={"revoke_answer": "NULL"},
        unread=("awarded_by", "revoked_by"),
    ),
    Held("invitation_rows", "Lists you were invited from", "t.email = ANY(:addresses)", Leaving.DELETED),
    Held(
        "invitations",
        "Invitations to you",
        "t.freelancer_id = :freelancer OR t.email = ANY(:addresses)",
        Leaving.BLANKED,
        keeps=(
            *("id", "programme_id", "invited_by", "created_at", "sent_at", "expires_at", "opened_at", "accepted_at"),
            *("declined_at", "freelancer_id", "list_id", "campaign_id", "reminders", "reminded_at", "bounced_at"),
        ),
        blanks={
            "email": "'left:' || t.id",
            "token_hash": "sha256(('left:' || t.id)::bytea)",
            "withdrawn_at": "coalesce(t.withdrawn_at, CASE WHEN t.accepted_at IS NULL THEN :at END)",
        },
        unread=("token_hash", "invited_by"),
    ),
    Held("opt_outs", "Who may not invite you", "t.email = ANY(:addresses)", Leaving.DELETED, unread=("added_by",)),
    Held(
        "outbox_mails",
        "Mails to you",
        "t.to_address = ANY(:addresses)",
        Leaving.DELETED,
        unread=("sealed_secrets", "last_error"),
    ),
    Held("picture_sizes", "The pictures themselves", f"t.picture_id IN {_PICTURES}", Leaving.DELETED, is_read=False),
    Held("pictures", "Pictures on your profile", _MINE, Leaving.DELETED, unread=("digest",)),
    Held(
        "freelancers",
        "Your profile",
        "t.id = :freelancer",
        Leaving.BLANKED,
        keeps=("id", "created_at", "words"),
        blanks={
            "marketplace_id": "'left:' || t.id",
            "is_provisional": "false",
            "name": _NAMELESS,
            "currency": "'USD'",
            "account_state": "'closed'",
            "from_elance": "false",
            "visibility": "'private'",
            "identity_verified": "false",
            "skills": "'{}'",
            "languages": "'[]'",
            "profile": "'{}'",
            "stated": "0",
            "completeness_pct": "0",
            "updated_at": ":at",
        },
        unread=("words", "feed_digest"),
    ),
    Held(
        "users",
        "Your account",
        "t.id = :user",
        Leaving.BLANKED,
        keeps=("id", "role", "created_at"),
        blanks={"email": "'left:' || t.id", "name": _NAMELESS, "deactivated_at": ":at"},
        unread=("password_hash",),
    ),
)

#: Tables that say nothing about a freelancer, each with why.
IMPERSONAL: Mapping[str, str] = MappingProxyType(
    {
        "achievements": "what can be awarded",
        "alembic_version": "how far the tables are built",
        "api_answers": "answers to programs, kept for a day; leaving deletes those that name the person",
        "api_tokens": "programs, not people",
        "audit_events": "who did what; leaving blanks what an event says of the person (core.audit.forget)",
        "badge_designs": "how badges look",
        "base_policies": "rules",
        "campaigns": "open links",
        "departures": "that somebody left, by a fingerprint that nobody can turn back (freelancers.departures)",
        "directory_counted": "page views of nobody known, kept for days",
        "directory_demand": "what was looked for, by nobody known",
        "identity_agents": "staff who check identities",
        "identity_slots": "when agents have time",
        "feed_imports": "what imports did, in figures",
        "invitation_letters": "words for invitations",
        "invitation_lists": "files of a partner; leaving takes the person out of those that wait",
        "issuer_logo_sizes": "pictures of partners",
        "issuer_logos": "pictures of partners",
        "issuers": "partners",
        "job_runs": "what ran when",
        "landing_pages": "partners' pages",
        "members": "teams of partners",
        "outbox_batches": "words that many mails share",
        "page_drafts": "what partners prepare for their pages",
        "page_versions": "what partners' pages said",
        "partner_rules": "rules",
        "partners": "partners",
        "policy_snapshots": "rules",
        "programmes": "what partners ask for",
        "requirement_drafts": "rules to be",
        "review_settings": "how teams judge",
        "rotation_draws": "draws, by the ids of badges",
        "rotation_periods": "when turns change",
        "rotation_seeds": "what draws are proved by",
        "saved_views": "how a team sorts its lists",
        "signing_keys": "keys",
        "skill_markets": "figures of skills",
        "status_lists": "lists of bits",
        "use_cases": "partners' pages",
    }
)
