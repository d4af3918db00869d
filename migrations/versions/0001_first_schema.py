"""All tables, the audit log that can only grow, and the marketplace's first base policy."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from core.audit import APPEND_ONLY_SQL
from freelancers.words import CREATE_FUNCTION, DROP_FUNCTION

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

FIRST_POLICY = {
    "label": "2020-01",
    "effective_at": "2020-01-01T00:00:00+00:00",
    "min_jss_pct": 80,
    "unscored_passes": False,
    "min_completeness_pct": 100,
    "min_completeness_elance_pct": 90,
    "newcomer_completeness_pct": 100,
    "passing_visibilities": ["public"],
    "passing_english_levels": ["fluent", "native"],
    "grace_days": {"E-1": 0, "E-2": 14, "E-3": 14, "E-4": 0, "E-5": 14, "E-6": 14},
    "score_min_jobs": 2,
    "score_min_clients": 2,
    "score_window_months": 24,
    "warn_margin_pts": 3,
    "warn_certificate_days": [30, 7],
}


def upgrade() -> None:
    op.create_table(
        "audit_events",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject_type", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=True),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("after", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_events")),
    )
    op.create_index(op.f("ix_audit_events_at"), "audit_events", ["at"], unique=False)
    op.create_index("ix_audit_events_partner", "audit_events", ["partner_id", "at"], unique=False)
    op.create_index("ix_audit_events_subject", "audit_events", ["subject_type", "subject_id", "at"], unique=False)
    op.create_table(
        "base_policies",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("effective_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_base_policies")),
        sa.UniqueConstraint("effective_at", name=op.f("uq_base_policies_effective_at")),
    )
    op.create_table(
        "failed_sign_ins",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_failed_sign_ins")),
    )
    op.create_index("ix_failed_sign_ins_email", "failed_sign_ins", ["email", "at"], unique=False)
    op.create_table(
        "feed_imports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("file_digest", sa.LargeBinary(), nullable=False),
        sa.Column("mapping_name", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("dry_run", sa.Boolean(), nullable=False),
        sa.Column("created", sa.Integer(), nullable=False),
        sa.Column("updated", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feed_imports")),
    )
    op.create_index(op.f("ix_feed_imports_started_at"), "feed_imports", ["started_at"], unique=False)
    op.create_table(
        "issuers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issuers")),
        sa.UniqueConstraint("slug", name=op.f("uq_issuers_slug")),
    )
    op.create_table(
        "job_runs",
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("figures", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("job", "period", name=op.f("pk_job_runs")),
    )
    op.create_index(op.f("ix_job_runs_claimed_at"), "job_runs", ["claimed_at"], unique=False)
    op.create_table(
        "outbox_mails",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("to_address", sa.Text(), nullable=False),
        sa.Column("context", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("sealed_secrets", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_mails")),
        sa.UniqueConstraint("key", name=op.f("uq_outbox_mails_key")),
    )
    op.create_index(
        "ix_outbox_mails_due",
        "outbox_mails",
        ["due_at"],
        unique=False,
        postgresql_where=sa.text("sent_at IS NULL AND failed_at IS NULL"),
    )
    op.create_index("ix_outbox_mails_to", "outbox_mails", ["to_address"], unique=False)
    op.create_table(
        "policy_snapshots",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_policy_snapshots")),
    )
    op.create_table(
        "users",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deactivated_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("role IN ('staff', 'partner', 'freelancer')", name=op.f("ck_users_role")),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_users_email_lower")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("email", name=op.f("uq_users_email")),
    )
    op.create_table(
        "achievements",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("issuer_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("valid_days", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["issuer_id"], ["issuers.id"], name=op.f("fk_achievements_issuer_id_issuers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_achievements")),
    )
    op.create_index(op.f("ix_achievements_issuer_id"), "achievements", ["issuer_id"], unique=False)
    op.execute(CREATE_FUNCTION)
    op.create_table(
        "freelancers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("marketplace_id", sa.Text(), nullable=False),
        sa.Column("is_provisional", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("overview", sa.Text(), nullable=True),
        sa.Column("photo_url", sa.Text(), nullable=True),
        sa.Column("profile_url", sa.Text(), nullable=True),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("city", sa.Text(), nullable=True),
        sa.Column("timezone", sa.Text(), nullable=True),
        sa.Column("hourly_rate_cents", sa.Integer(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("account_state", sa.Text(), nullable=False),
        sa.Column("from_elance", sa.Boolean(), nullable=False),
        sa.Column("visibility", sa.Text(), nullable=False),
        sa.Column("english_level", sa.Text(), nullable=True),
        sa.Column("jss_pct", sa.Integer(), nullable=True),
        sa.Column("completeness_stated_pct", sa.Integer(), nullable=True),
        sa.Column("years_experience", sa.Integer(), nullable=True),
        sa.Column("jobs_count", sa.Integer(), nullable=True),
        sa.Column("hours_worked", sa.Integer(), nullable=True),
        sa.Column("earnings_cents", sa.BigInteger(), nullable=True),
        sa.Column("rating", sa.Numeric(precision=3, scale=2), nullable=True),
        sa.Column("talent_badge", sa.Text(), nullable=True),
        sa.Column("identity_verified", sa.Boolean(), nullable=False),
        sa.Column("availability", sa.Text(), nullable=True),
        sa.Column("last_active_on", sa.Date(), nullable=True),
        sa.Column("skills", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("languages", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("profile", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("completeness_pct", sa.Integer(), nullable=False),
        sa.Column("feed_digest", sa.LargeBinary(), nullable=True),
        sa.Column("feed_seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("jss_observed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_scored_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "words",
            postgresql.TSVECTOR(),
            sa.Computed("freelancer_words(name, title, skills, overview)", persisted=True),
            nullable=True,
        ),
        sa.CheckConstraint(
            "account_state IN ('active', 'suspended', 'blocked', 'closed')", name=op.f("ck_freelancers_account_state")
        ),
        sa.CheckConstraint(
            "english_level IN ('basic', 'conversational', 'fluent', 'native')",
            name=op.f("ck_freelancers_english_level"),
        ),
        sa.CheckConstraint(
            "visibility IN ('public', 'marketplace', 'private')", name=op.f("ck_freelancers_visibility")
        ),
        sa.CheckConstraint("completeness_pct BETWEEN 0 AND 100", name=op.f("ck_freelancers_completeness_pct")),
        sa.CheckConstraint("jss_pct BETWEEN 0 AND 100", name=op.f("ck_freelancers_jss_pct")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_freelancers_user_id_users"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_freelancers")),
        sa.UniqueConstraint("marketplace_id", name=op.f("uq_freelancers_marketplace_id")),
        sa.UniqueConstraint("user_id", name=op.f("uq_freelancers_user_id")),
    )
    op.create_index("ix_freelancers_email", "freelancers", ["email"], unique=False)
    op.create_index("ix_freelancers_words", "freelancers", ["words"], unique=False, postgresql_using="gin")
    op.create_index(
        "ix_freelancers_name",
        "freelancers",
        [sa.literal_column("lower(name)").label("lower_name")],
        unique=False,
        postgresql_ops={"lower_name": "text_pattern_ops"},
    )
    op.create_table(
        "partners",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("website", sa.Text(), nullable=True),
        sa.Column("colour", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("colour ~ '^#[0-9a-f]{6}$'", name=op.f("ck_partners_colour")),
        sa.ForeignKeyConstraint(["id"], ["issuers.id"], name=op.f("fk_partners_id_issuers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partners")),
        sa.UniqueConstraint("slug", name=op.f("uq_partners_slug")),
    )
    op.create_table(
        "password_links",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_password_links_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_password_links")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_password_links_token_hash")),
    )
    op.create_index(op.f("ix_password_links_user_id"), "password_links", ["user_id"], unique=False)
    op.create_table(
        "sign_ins",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_sign_ins_user_id_users"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_ins")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sign_ins_token_hash")),
    )
    op.create_index(
        "ix_sign_ins_user", "sign_ins", ["user_id"], unique=False, postgresql_where=sa.text("ended_at IS NULL")
    )
    op.create_table(
        "awards",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("achievement_id", sa.Uuid(), nullable=False),
        sa.Column("freelancer_id", sa.Uuid(), nullable=False),
        sa.Column("awarded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("awarded_by", sa.Uuid(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("grace_began_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("grace_ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("suspended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifts_at_once", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by", sa.Uuid(), nullable=True),
        sa.Column("revoke_reason", sa.Text(), nullable=True),
        sa.Column("revoke_answer", sa.Text(), nullable=True),
        sa.Column("revoke_answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("hidden_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(revoked_at IS NULL) = (revoke_reason IS NULL)", name=op.f("ck_awards_revoked_with_reason")
        ),
        sa.ForeignKeyConstraint(
            ["achievement_id"], ["achievements.id"], name=op.f("fk_awards_achievement_id_achievements")
        ),
        sa.ForeignKeyConstraint(
            ["freelancer_id"], ["freelancers.id"], name=op.f("fk_awards_freelancer_id_freelancers")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_awards")),
    )
    op.create_index("ix_awards_freelancer", "awards", ["freelancer_id"], unique=False)
    op.create_index(
        "uq_awards_open",
        "awards",
        ["achievement_id", "freelancer_id"],
        unique=True,
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "holds",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("freelancer_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("placed_by", sa.Uuid(), nullable=True),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_by", sa.Uuid(), nullable=True),
        sa.Column("lift_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('awaiting_verification', 'verification_failed', 'policy_restriction', 'block')",
            name=op.f("ck_holds_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["freelancer_id"], ["freelancers.id"], name=op.f("fk_holds_freelancer_id_freelancers"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["lifted_by"], ["users.id"], name=op.f("fk_holds_lifted_by_users"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["placed_by"], ["users.id"], name=op.f("fk_holds_placed_by_users"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holds")),
    )
    op.create_index(op.f("ix_holds_freelancer_id"), "holds", ["freelancer_id"], unique=False)
    op.create_index(
        "uq_holds_open", "holds", ["freelancer_id", "kind"], unique=True, postgresql_where=sa.text("lifted_at IS NULL")
    )
    op.create_table(
        "interests",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("freelancer_id", sa.Uuid(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["freelancer_id"],
            ["freelancers.id"],
            name=op.f("fk_interests_freelancer_id_freelancers"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_interests_partner_id_partners")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interests")),
        sa.UniqueConstraint("partner_id", "freelancer_id", name=op.f("uq_interests_partner_id_freelancer_id")),
    )
    op.create_table(
        "joined_through",
        sa.Column("freelancer_id", sa.Uuid(), nullable=False),
        sa.Column("issuer_id", sa.Uuid(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["freelancer_id"],
            ["freelancers.id"],
            name=op.f("fk_joined_through_freelancer_id_freelancers"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["issuer_id"], ["issuers.id"], name=op.f("fk_joined_through_issuer_id_issuers")),
        sa.PrimaryKeyConstraint("freelancer_id", name=op.f("pk_joined_through")),
    )
    op.create_table(
        "landing_pages",
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("headline", sa.Text(), nullable=False),
        sa.Column("intro", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("slots", sa.Integer(), nullable=False),
        sa.Column("period_hours", sa.Integer(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("period_hours BETWEEN 1 AND 2016", name=op.f("ck_landing_pages_period_hours")),
        sa.CheckConstraint("slots BETWEEN 1 AND 24", name=op.f("ck_landing_pages_slots")),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_landing_pages_partner_id_partners")),
        sa.PrimaryKeyConstraint("partner_id", name=op.f("pk_landing_pages")),
    )
    op.create_table(
        "members",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("duty", sa.Text(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("duty IN ('viewer', 'reviewer', 'manager', 'admin')", name=op.f("ck_members_duty")),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_members_partner_id_partners")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_members_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_members")),
    )
    op.create_index("ix_members_user", "members", ["user_id"], unique=False)
    op.create_index(
        "uq_members_present",
        "members",
        ["partner_id", "user_id"],
        unique=True,
        postgresql_where=sa.text("left_at IS NULL"),
    )
    op.create_table(
        "observations",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("freelancer_id", sa.Uuid(), nullable=False),
        sa.Column("figure", sa.Text(), nullable=False),
        sa.Column("value", sa.Numeric(), nullable=True),
        sa.Column("observed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["freelancer_id"],
            ["freelancers.id"],
            name=op.f("fk_observations_freelancer_id_freelancers"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_observations")),
    )
    op.create_index("ix_observations_figure", "observations", ["freelancer_id", "figure", "observed_at"], unique=False)
    op.create_table(
        "opt_outs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_opt_outs_partner_id_partners")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opt_outs")),
        sa.UniqueConstraint(
            "email", "partner_id", name=op.f("uq_opt_outs_email_partner_id"), postgresql_nulls_not_distinct=True
        ),
    )
    op.create_table(
        "partner_rules",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("achievement_id", sa.Uuid(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("effective_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["achievement_id"],
            ["achievements.id"],
            name=op.f("fk_partner_rules_achievement_id_achievements"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_rules")),
        sa.UniqueConstraint(
            "achievement_id", "effective_at", name=op.f("uq_partner_rules_achievement_id_effective_at")
        ),
    )
    op.create_table(
        "programmes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("achievement_id", sa.Uuid(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("benefits", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("steps", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["achievement_id"], ["achievements.id"], name=op.f("fk_programmes_achievement_id_achievements")
        ),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_programmes_partner_id_partners")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programmes")),
        sa.UniqueConstraint("achievement_id", name=op.f("uq_programmes_achievement_id")),
        sa.UniqueConstraint("partner_id", name=op.f("uq_programmes_partner_id")),
    )
    op.create_table(
        "receipts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("freelancer_id", sa.Uuid(), nullable=False),
        sa.Column("achievement_id", sa.Uuid(), nullable=False),
        sa.Column("policy_digest", sa.Text(), nullable=False),
        sa.Column("evaluated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("eligible", sa.Boolean(), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("findings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["achievement_id"],
            ["achievements.id"],
            name=op.f("fk_receipts_achievement_id_achievements"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["freelancer_id"],
            ["freelancers.id"],
            name=op.f("fk_receipts_freelancer_id_freelancers"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["policy_digest"], ["policy_snapshots.digest"], name=op.f("fk_receipts_policy_digest_policy_snapshots")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipts")),
    )
    op.create_index(
        "ix_receipts_latest",
        "receipts",
        ["freelancer_id", "achievement_id", sa.literal_column("evaluated_at DESC")],
        unique=False,
    )
    op.create_table(
        "rotation_periods",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seed", sa.LargeBinary(), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_rotation_periods_partner_id_partners")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rotation_periods")),
        sa.UniqueConstraint("partner_id", "starts_at", name=op.f("uq_rotation_periods_partner_id_starts_at")),
    )
    op.create_table(
        "use_cases",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_use_cases_partner_id_partners")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_use_cases")),
        sa.UniqueConstraint("partner_id", "slug", name=op.f("uq_use_cases_partner_id_slug")),
    )
    op.create_table(
        "features",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("award_id", sa.Uuid(), nullable=False),
        sa.Column("period_id", sa.Uuid(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("removed_by", sa.Uuid(), nullable=True),
        sa.Column("remove_reason", sa.Text(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["award_id"], ["awards.id"], name=op.f("fk_features_award_id_awards"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_features_partner_id_partners")),
        sa.ForeignKeyConstraint(
            ["period_id"],
            ["rotation_periods.id"],
            name=op.f("fk_features_period_id_rotation_periods"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["removed_by"], ["users.id"], name=op.f("fk_features_removed_by_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_features")),
    )
    op.create_index("ix_features_award", "features", ["award_id"], unique=False)
    op.create_index("ix_features_showing", "features", ["partner_id", "starts_at", "ends_at"], unique=False)
    op.create_table(
        "invitations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("invited_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("declined_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("freelancer_id", sa.Uuid(), nullable=True),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_invitations_email_lower")),
        sa.ForeignKeyConstraint(["asked_by"], ["users.id"], name=op.f("fk_invitations_asked_by_users")),
        sa.ForeignKeyConstraint(
            ["freelancer_id"], ["freelancers.id"], name=op.f("fk_invitations_freelancer_id_freelancers")
        ),
        sa.ForeignKeyConstraint(["invited_by"], ["users.id"], name=op.f("fk_invitations_invited_by_users")),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name=op.f("fk_invitations_programme_id_programmes")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("programme_id", "email", name=op.f("uq_invitations_programme_id_email")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitations_token_hash")),
    )
    op.create_index(op.f("ix_invitations_email"), "invitations", ["email"], unique=False)
    op.create_table(
        "policy_notices",
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("award_id", sa.Uuid(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["award_id"], ["awards.id"], name=op.f("fk_policy_notices_award_id_awards"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("version_id", "award_id", name=op.f("pk_policy_notices")),
    )
    op.create_index(op.f("ix_policy_notices_award_id"), "policy_notices", ["award_id"], unique=False)
    op.create_table(
        "requirement_drafts",
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("previous", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name=op.f("fk_requirement_drafts_programme_id_programmes")
        ),
        sa.ForeignKeyConstraint(
            ["updated_by"], ["users.id"], name=op.f("fk_requirement_drafts_updated_by_users"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("programme_id", name=op.f("pk_requirement_drafts")),
    )
    op.create_table(
        "removals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("award_id", sa.Uuid(), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_by", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("restored_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("restored_by", sa.Uuid(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["award_id"], ["awards.id"], name=op.f("fk_removals_award_id_awards"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["removed_by"], ["users.id"], name=op.f("fk_removals_removed_by_users")),
        sa.ForeignKeyConstraint(["restored_by"], ["users.id"], name=op.f("fk_removals_restored_by_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_removals")),
    )
    op.create_index(
        "uq_removals_open", "removals", ["award_id"], unique=True, postgresql_where=sa.text("restored_at IS NULL")
    )
    op.create_table(
        "rotation_turns",
        sa.Column("award_id", sa.Uuid(), nullable=False),
        sa.Column("turns", sa.Integer(), nullable=False),
        sa.Column("lead", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["award_id"], ["awards.id"], name=op.f("fk_rotation_turns_award_id_awards"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("award_id", name=op.f("pk_rotation_turns")),
    )
    op.create_table(
        "use_case_experts",
        sa.Column("use_case_id", sa.Uuid(), nullable=False),
        sa.Column("award_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["award_id"], ["awards.id"], name=op.f("fk_use_case_experts_award_id_awards"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["use_case_id"],
            ["use_cases.id"],
            name=op.f("fk_use_case_experts_use_case_id_use_cases"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("use_case_id", "award_id", name=op.f("pk_use_case_experts")),
    )
    op.create_index(op.f("ix_use_case_experts_award_id"), "use_case_experts", ["award_id"], unique=False)
    op.create_table(
        "applications",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("freelancer_id", sa.Uuid(), nullable=False),
        sa.Column("invitation_id", sa.Uuid(), nullable=True),
        sa.Column("answers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("kept_by", sa.Uuid(), nullable=True),
        sa.Column("selected_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("selected_by", sa.Uuid(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("award_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["award_id"], ["awards.id"], name=op.f("fk_applications_award_id_awards")),
        sa.ForeignKeyConstraint(
            ["freelancer_id"], ["freelancers.id"], name=op.f("fk_applications_freelancer_id_freelancers")
        ),
        sa.ForeignKeyConstraint(
            ["invitation_id"], ["invitations.id"], name=op.f("fk_applications_invitation_id_invitations")
        ),
        sa.ForeignKeyConstraint(["kept_by"], ["users.id"], name=op.f("fk_applications_kept_by_users")),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programmes.id"], name=op.f("fk_applications_programme_id_programmes")
        ),
        sa.ForeignKeyConstraint(["selected_by"], ["users.id"], name=op.f("fk_applications_selected_by_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_applications")),
        sa.UniqueConstraint("programme_id", "freelancer_id", name=op.f("uq_applications_programme_id_freelancer_id")),
    )
    op.create_index(op.f("ix_applications_freelancer_id"), "applications", ["freelancer_id"], unique=False)
    for statement in APPEND_ONLY_SQL:
        op.execute(statement)
    _first_policy()


def _first_policy() -> None:
    """The marketplace's published rules, in force since before anybody was awarded anything. Rules E-1..E-5, E-7..E-9."""
    policies = sa.table(
        "base_policies",
        *(sa.column(name) for name in ("id", "effective_at", "created_at")),
        sa.column("content", postgresql.JSONB()),
    )
    since = datetime(2020, 1, 1, tzinfo=UTC)
    op.bulk_insert(
        policies,
        [
            {
                "id": "01900000-0000-7000-8000-000000000001",
                "effective_at": since,
                "created_at": since,
                "content": FIRST_POLICY,
            }
        ],
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_applications_freelancer_id"), table_name="applications")
    op.drop_table("applications")
    op.drop_index(op.f("ix_use_case_experts_award_id"), table_name="use_case_experts")
    op.drop_table("use_case_experts")
    op.drop_table("rotation_turns")
    op.drop_index("uq_removals_open", table_name="removals", postgresql_where=sa.text("restored_at IS NULL"))
    op.drop_table("removals")
    op.drop_table("requirement_drafts")
    op.drop_index(op.f("ix_policy_notices_award_id"), table_name="policy_notices")
    op.drop_table("policy_notices")
    op.drop_index(op.f("ix_invitations_email"), table_name="invitations")
    op.drop_table("invitations")
    op.drop_index("ix_features_showing", table_name="features")
    op.drop_index("ix_features_award", table_name="features")
    op.drop_table("features")
    op.drop_table("use_cases")
    op.drop_table("rotation_periods")
    op.drop_index("ix_receipts_latest", table_name="receipts")
    op.drop_table("receipts")
    op.drop_table("programmes")
    op.drop_table("partner_rules")
    op.drop_table("opt_outs")
    op.drop_index("ix_observations_figure", table_name="observations")
    op.drop_table("observations")
    op.drop_index("uq_members_present", table_name="members", postgresql_where=sa.text("left_at IS NULL"))
    op.drop_index("ix_members_user", table_name="members")
    op.drop_table("members")
    op.drop_table("landing_pages")
    op.drop_table("joined_through")
    op.drop_table("interests")
    op.drop_index("uq_holds_open", table_name="holds", postgresql_where=sa.text("lifted_at IS NULL"))
    op.drop_index(op.f("ix_holds_freelancer_id"), table_name="holds")
    op.drop_table("holds")
    op.drop_index("uq_awards_open", table_name="awards", postgresql_where=sa.text("closed_at IS NULL"))
    op.drop_index("ix_awards_freelancer", table_name="awards")
    op.drop_table("awards")
    op.drop_index("ix_sign_ins_user", table_name="sign_ins", postgresql_where=sa.text("ended_at IS NULL"))
    op.drop_table("sign_ins")
    op.drop_index(op.f("ix_password_links_user_id"), table_name="password_links")
    op.drop_table("password_links")
    op.drop_table("partners")
    op.drop_index("ix_freelancers_name", table_name="freelancers", postgresql_ops={"lower_name": "text_pattern_ops"})
    op.drop_index("ix_freelancers_words", table_name="freelancers", postgresql_using="gin")
    op.drop_index("ix_freelancers_email", table_name="freelancers")
    op.drop_table("freelancers")
    op.execute(DROP_FUNCTION)
    op.drop_index(op.f("ix_achievements_issuer_id"), table_name="achievements")
    op.drop_table("achievements")
    op.drop_table("users")
    op.drop_table("policy_snapshots")
    op.drop_index("ix_outbox_mails_to", table_name="outbox_mails")
    op.drop_index(
        "ix_outbox_mails_due",
        table_name="outbox_mails",
        postgresql_where=sa.text("sent_at IS NULL AND failed_at IS NULL"),
    )
    op.drop_table("outbox_mails")
    op.drop_index(op.f("ix_job_runs_claimed_at"), table_name="job_runs")
    op.drop_table("job_runs")
    op.drop_table("issuers")
    op.drop_index(op.f("ix_feed_imports_started_at"), table_name="feed_imports")
    op.drop_table("feed_imports")
    op.drop_index("ix_failed_sign_ins_email", table_name="failed_sign_ins")
    op.drop_table("failed_sign_ins")
    op.drop_table("base_policies")
    op.drop_index("ix_audit_events_subject", table_name="audit_events")
    op.drop_index("ix_audit_events_partner", table_name="audit_events")
    op.drop_index(op.f("ix_audit_events_at"), table_name="audit_events")
    op.drop_table("audit_events")
    op.execute("DROP FUNCTION refuse_audit_change")
