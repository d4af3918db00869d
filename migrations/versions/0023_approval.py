"""Profiles that are submitted for approval, and what shows earlier accounts."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_WAITS = sa.text("decided_at IS NULL AND replaced_at IS NULL")
_PERSON = "freelancer_id"


def upgrade() -> None:
    op.create_table(
        "approval_submissions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(_PERSON, sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        *(_moment(name, nullable=False) for name in ("submitted_at", "waiting_since_at")),
        sa.Column("is_invited", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("profile", JSONB(), nullable=False),
        sa.Column("policy", sa.Text(), nullable=False),
        sa.Column("checks", JSONB(), nullable=False),
        sa.Column("skills", JSONB(), nullable=False),
        _moment("decided_at"),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("is_by_person", sa.Boolean(), nullable=False),
        sa.Column("is_approved", sa.Boolean(), nullable=True),
        sa.Column("reasons", JSONB(), nullable=False),
        sa.Column("words", sa.Text(), nullable=True),
        _moment("replaced_at"),
        sa.CheckConstraint("(decided_at IS NULL) = (is_approved IS NULL)", name="ck_approval_submissions_decided"),
        sa.CheckConstraint("decided_at IS NULL OR replaced_at IS NULL", name="ck_approval_submissions_one_end"),
        _of_person("approval_submissions"),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["users.id"], name="fk_approval_submissions_decided_by_users", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_approval_submissions"),
        sa.UniqueConstraint(_PERSON, "number", name="uq_approval_submissions_freelancer_id_number"),
    )
    op.create_index(
        "uq_approval_submissions_waiting", "approval_submissions", [_PERSON], unique=True, postgresql_where=_WAITS
    )
    op.create_index(
        "ix_approval_submissions_queue", "approval_submissions", ["waiting_since_at", "id"], postgresql_where=_WAITS
    )
    op.create_table(
        "account_traits",
        sa.Column(_PERSON, sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        _moment("noted_at", nullable=False),
        sa.CheckConstraint("kind IN ('name_and_birth', 'document', 'picture')", name="ck_account_traits_kind"),
        _of_person("account_traits"),
        sa.PrimaryKeyConstraint(_PERSON, "kind", "digest", name="pk_account_traits"),
    )
    op.create_index("ix_account_traits_digest", "account_traits", ["kind", "digest"])
    op.execute(
        "CREATE INDEX ix_freelancers_mailbox ON freelancers "
        "(replace(split_part(split_part(lower(email), '@', 1), '+', 1), '.', ''))"
    )


def downgrade() -> None:
    op.drop_index("ix_freelancers_mailbox", "freelancers")
    op.drop_table("account_traits")
    op.drop_table("approval_submissions")


def _moment(name: str, *, nullable: bool = True) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _of_person(table: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_{_PERSON}_freelancers"
    return sa.ForeignKeyConstraint([_PERSON], ["freelancers.id"], name=name, ondelete="CASCADE")
