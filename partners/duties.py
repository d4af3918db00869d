"""What each duty in a partner's team may do, in plain words; each includes those before it. Pure.

A test holds every line against what its route declares, so that the page never promises anything else.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.permissions import Duty

#: A duty in a few words, where somebody chooses one.
DUTIES = (
    (Duty.VIEWER, "Viewer: sees everything, changes nothing"),
    (Duty.REVIEWER, "Reviewer: decides on applications"),
    (Duty.MANAGER, "Manager: invites, and edits programme and page"),
    (Duty.ADMIN, "Admin: also decides who is in the team"),
)


@dataclass(frozen=True)
class Deed:
    """Something that can be done in a console, the least duty that may do it, and the routes that do it."""

    words: str
    duty: Duty
    endpoints: tuple[str, ...]


_OURS, _PAGE, _EXPERTS = "partners_console.", "directory_console.page.", "directory_console.experts."

DEEDS = (
    Deed(
        "See applications, experts, invitations, figures and the team", Duty.VIEWER,
        (f"{_OURS}applications", f"{_EXPERTS}experts", f"{_OURS}invitations", f"{_OURS}home", f"{_OURS}team"),
    ),
    Deed("Leave the team", Duty.VIEWER, (f"{_OURS}leave_team",)),
    Deed("Select applicants, or keep them on file", Duty.REVIEWER, (f"{_OURS}decide", f"{_OURS}decide_many")),
    Deed(
        "Score applications, comment on them, and note trainings", Duty.REVIEWER,
        (f"{_OURS}review", f"{_OURS}note", f"{_OURS}note_trainings"),
    ),
    Deed(
        "Invite people, send again, withdraw; open campaign links", Duty.MANAGER,
        (f"{_OURS}send_list", f"{_OURS}resend_invitation", f"{_OURS}withdraw_invitation", f"{_OURS}open_campaign"),
    ),
    Deed(
        "Change the programme, its application form, its requirements, and how you review", Duty.MANAGER,
        (
            f"{_OURS}save_programme", f"{_OURS}add_step", f"{_OURS}confirm_requirements",
            f"{_OURS}save_review_settings",
        ),
    ),
    Deed(
        "Change and publish the page, feature experts and take them out", Duty.MANAGER,
        (f"{_PAGE}save_page", f"{_PAGE}publish", f"{_EXPERTS}pin", f"{_EXPERTS}remove"),
    ),
    Deed("Design the badge, and bring the logo", Duty.MANAGER, (f"{_OURS}save_badge", f"{_OURS}save_logo")),
    Deed("Revoke a badge, with a reason", Duty.MANAGER, (f"{_EXPERTS}revoke",)),
    Deed("Take exports along", Duty.MANAGER, (f"{_OURS}make_export",)),
    Deed(
        "Invite coworkers, change what they may do, remove them", Duty.ADMIN,
        (f"{_OURS}add_member", f"{_OURS}change_duty", f"{_OURS}remove_member"),
    ),
    Deed("Make API tokens, and end them", Duty.ADMIN, (f"{_OURS}make_token", f"{_OURS}revoke")),
)  # fmt: skip
