"""The shape of what programs send and get. What is sent and not known is refused."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from core.permissions import Scope
from freelancers.feed.report import RowResult
from freelancers.holds import Action, Contracts, HoldKind, Proposals


def text(about: str, **options: Any) -> fields.String:
    """Return a text, described."""
    return fields.String(metadata={"description": about}, **options)


def moment(about: str, **options: Any) -> fields.String:
    """Return a moment with its time zone, written as ISO 8601 has it."""
    return fields.String(metadata={"description": about, "format": "date-time"}, **options)


def number(about: str, **options: Any) -> fields.Integer:
    """Return a whole number, described."""
    return fields.Integer(metadata={"description": about}, **options)


def flag(about: str, **options: Any) -> fields.Boolean:
    """Return yes or no, described."""
    return fields.Boolean(metadata={"description": about}, **options)


def listed(inner: Any, about: str, **options: Any) -> fields.List[Any]:
    """Return a list, described."""
    return fields.List(inner, metadata={"description": about}, **options)


def part(schema: type[Schema], about: str, **options: Any) -> fields.Nested:
    """Return an object within another."""
    return fields.Nested(schema, metadata={"description": about}, **options)


def anything(about: str, **options: Any) -> fields.Raw:
    """Return JSON of whatever shape, described."""
    return fields.Raw(metadata={"description": about}, **options)


class FieldErrorSchema(Schema):
    field = text("Where it stands in what was sent, such as rules[1].value.")
    detail = text("What it should be.")


class ProblemSchema(Schema):
    """An error, as RFC 9457 has it."""

    type = text("Which problem it is: an address on the API's page that describes it.")
    title = text("What happened, in a few words.")
    status = number("The HTTP status again.")
    detail = text("Why.")
    next_step = text("What to do about it.")
    errors = listed(fields.Nested(FieldErrorSchema), "Each part that is wrong, where there are several.")
    request_id = text("Quote it when you ask us about this; the header X-Request-ID has it too.")


class TokenSchema(Schema):
    name = text("The token's name.")
    scopes = listed(fields.String(validate=validate.OneOf(list(Scope))), "What it opens.")
    partner = text("The partner whose token it is; null: the marketplace's own.", allow_none=True)
    expires_at = moment("When it ends by itself.")


class DefectSchema(Schema):
    field = text("The field of the row; empty where it is about the row as a whole.")
    value = text("What stood there, shortened.")
    detail = text("Why it cannot be.")
    next_step = text("What to do about it.")


class RowSchema(Schema):
    line = number("The line of the body, from 1.")
    marketplace_id = text("The row's key; null where it could not be read.", allow_none=True)
    result = text("What became of the row.", validate=validate.OneOf(list(RowResult)))
    fields_ = listed(
        fields.String(), "Which fields were updated; only for updated.", attribute="fields", data_key="fields"
    )
    defects = listed(fields.Nested(DefectSchema), "All that is wrong with the row; only for refused.")


class ImportSchema(Schema):
    import_id = fields.UUID(metadata={"description": "The import, as the marketplace's log has it."})
    read = number("How many rows there were.")
    created = number("How many people are new.")
    updated = number("How many people changed.")
    unchanged = number("How many rows said what was known.")
    refused = number("How many rows were refused; the others count all the same.")
    rows = listed(fields.Nested(RowSchema), "What became of each row, in order.")


class FindingSchema(Schema):
    rule = text("The rule, such as E-2; E-6 are the partner's own.")
    key = text("Tells a policy's requirements apart: E-6/2 is the partner's second.")
    title = text("What is asked for, in a few words.")
    met = flag("Whether it is met.")
    asked = flag("False for what a newcomer is not asked for yet; it then counts as met.")
    value = text("What was seen.")
    observed_at = moment("When that was seen first.", allow_none=True)
    sentence = text("How it stands, as the person reads it.")
    next_step = text("What they can do; null where nothing is open.", allow_none=True)
    grace_days = number("For how long a badge outlives the loss of this.")
    grace_ends_at = moment("Until when it must be met again, for a badge in grace.", allow_none=True)


class PolicyHeadSchema(Schema):
    label = text("The policy's name.")
    effective_at = moment("From when on it is asked for.")
    digest = text("SHA-256 of all its content.")
    asks = listed(fields.String(), "What it asks for, in plain English.")


class AwardSchema(Schema):
    id = fields.UUID(metadata={"description": "The badge's public page is /badges/ and this."})
    status = text("active, grace, suspended, revoked or expired.")


class BadgeSchema(Schema):
    partner = text("The partner's short name.")
    name = text("The badge's name.")
    award = part(AwardSchema, "What the person holds; null: nothing.", allow_none=True)


class ReceiptHeadSchema(Schema):
    id = fields.UUID(metadata={"description": "GET /api/v1/receipts/ and this."})
    evaluated_at = moment("When it was decided.")
    is_current = flag("Whether it says what is found now.")


class EligibilitySchema(Schema):
    marketplace_id = text("Whom this is about.")
    evaluated_at = moment("When this was worked out: now.")
    eligible = flag("Whether everything is met.")
    badge = part(BadgeSchema, "For which badge; null: what the marketplace asks of everybody.", allow_none=True)
    policy = part(PolicyHeadSchema, "What is asked.")
    findings = listed(fields.Nested(FindingSchema), "One for each requirement, in the order of every page and mail.")
    receipt = part(ReceiptHeadSchema, "The last decision about this badge; null: none yet.", allow_none=True)


class CapabilitySchema(Schema):
    action = text("What is asked about.", validate=validate.OneOf(list(Action)))
    words = text("The same in words that follow “may” or “cannot”.")
    allowed = flag("Whether nothing stands in the way.")
    stopped_by = listed(fields.String(validate=validate.OneOf(list(HoldKind))), "Every hold that stops it.")


class HoldSchema(Schema):
    kind = text("The kind of hold.", validate=validate.OneOf(list(HoldKind)))
    name = text("The kind in words.")
    reason = text("Why, as the person reads it; null for a partner's token.", allow_none=True)
    since_at = moment("Since when.")
    ends_at = moment("When it ends by itself; null: it does not.", allow_none=True)
    lifted_when = text("What lifts it, as the person reads it.")
    decided_by = text("Who decides.")
    appeal_url = text("Where its holder, signed in, appeals it; null for a partner's token.", allow_none=True)


class CapabilitiesSchema(Schema):
    marketplace_id = text("Whom this is about.")
    evaluated_at = moment("When this was worked out: now.")
    capabilities = listed(fields.Nested(CapabilitySchema), "One for each action, always all of them.")
    holds = listed(fields.Nested(HoldSchema), "The holds that are open, the oldest first.")
    active_proposals = text("What becomes of proposals already sent.", validate=validate.OneOf(list(Proposals)))
    existing_contracts = text("What becomes of running contracts.", validate=validate.OneOf(list(Contracts)))


class ReplaySchema(Schema):
    same = flag("Whether deciding again gives what was decided.")
    findings = listed(fields.Nested(FindingSchema), "What deciding again gives.")


class ReceiptSchema(Schema):
    id = fields.UUID(metadata={"description": "The receipt."})
    badge = text("The badge's name.")
    issuer = text("Who gives it.")
    evaluated_at = moment("When it was decided.")
    cause = text("What led to it: application, selection, sweep or revocation.")
    eligible = flag("Whether everything was met.")
    policy = fields.Dict(metadata={"description": "All that was asked then, with its digest."})
    facts = fields.Dict(metadata={"description": "All that was seen then."})
    findings = listed(fields.Nested(FindingSchema), "What followed.")
    replayed = part(ReplaySchema, "Decided again today, from the facts and under the policy of then.")


class ReplayedSchema(ReplaySchema):
    receipt_id = fields.UUID(metadata={"description": "The receipt."})


class RulesSchema(Schema):
    """A partner's own rules; what can stand in them is said in docs/api.md."""

    rules = listed(anything("A condition, or a group."), "Conditions and groups; all are asked for.", required=True)


class ScheduleSchema(RulesSchema):
    effective_on = fields.Date(
        required=True, metadata={"description": "The day (UTC) from which on it is asked for; today: at once."}
    )


class AskedSchema(Schema):
    asks = text("What a requirement asks for, in plain English.")
    met_by = number("How many freelancers meet it now.")


class CheckSchema(Schema):
    asks = listed(fields.String(), "Everything that would be asked for, the marketplace's requirements first.")
    own = listed(fields.Nested(AskedSchema), "Each of the rules that were sent.")
    freelancers = number("How many freelancers there are.")
    meet_base = number("How many meet what the marketplace asks.")
    meet_everything = number("How many meet all of it.")


class VersionSchema(Schema):
    id = fields.UUID(metadata={"description": "What DELETE takes, until they begin."})
    label = text("The rules' name.")
    effective_at = moment("From when on they are asked for.")
    rules = listed(anything("A condition, or a group."), "The rules, as they are sent.")
    asks = listed(fields.String(), "What each of them asks for, in plain English.")


class RequirementsSchema(Schema):
    partner = text("The partner's short name.")
    of_everybody = listed(fields.String(), "What the marketplace asks of everybody.")
    in_force = part(VersionSchema, "The partner's own rules now; null: none.", allow_none=True)
    scheduled = listed(fields.Nested(VersionSchema), "Those that begin later, the next ones first.")


class ScheduledSchema(Schema):
    version = part(VersionSchema, "What is asked for from then on; null: nothing of its own.", allow_none=True)
    told = number("How many experts it would affect, and were told by mail.")
    changed = flag("False: just this was asked for already, and nothing was done.")


class CalledOffSchema(Schema):
    told = number("How many experts were told that it will not come.")


class BasePolicyCheckSchema(Schema):
    policy = fields.Dict(
        required=True,
        metadata={
            "description": "A base policy; what is left out is as it is now. Its parts are those that GET returns."
        },
    )


class BasePolicyCheckedSchema(Schema):
    asks = listed(fields.String(), "What would be asked of everybody, in plain English.")
    freelancers = number("How many freelancers there are.")
    meet_now = number("How many meet what is asked now.")
    would_meet = number("How many would meet this.")
    gain = number("How many would come in.")
    lose = number("How many would fall out.")


class BasePolicySchema(Schema):
    policy = fields.Dict(metadata={"description": "The base policy in force, in all its parts."})
    asks = listed(fields.String(), "What it asks of everybody, in plain English.")
