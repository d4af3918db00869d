"""What a partner's team writes while it reviews: rubric, reviews, conflicts, notes, reasons, saved views."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
JSON = postgresql.JSONB(astext_type=sa.Text())


def upgrade():
    op.create_table(
        "review_settings",
        sa.Column("programme_id", sa.Uuid(), sa.ForeignKey("programmes.id"), primary_key=True),
        sa.Column("criteria", JSON, nullable=False),
        sa.Column("is_double", sa.Boolean(), nullable=False),
        sa.Column("third_from_hundredths", sa.Integer(), nullable=False),
        sa.Column("sends_reasons", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("updated_by", sa.Uuid(), sa.ForeignKey("users.id", ondelete="SET NULL")),
        sa.CheckConstraint("third_from_hundredths > 0", name="third_from"),
    )
    op.create_table(
        "reviews",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("application_id", sa.Uuid(), sa.ForeignKey("applications.id", ondelete="CASCADE"), nullable=False),
        sa.Column("reviewer_id", sa.Uuid(), sa.ForeignKey("users.id"), nullable=False),
        sa.Column("scores", JSON, nullable=False),
        sa.Column("total_hundredths", sa.Integer(), nullable=False),
        sa.Column("remark", sa.Text()),
        sa.Column("at", MOMENT, nullable=False),
        sa.UniqueConstraint("application_id", "reviewer_id"),
        sa.CheckConstraint("total_hundredths BETWEEN 100 AND 500", name="total"),
    )
    op.create_table(
        "conflicts_of_interest",
        sa.Column("application_id", sa.Uuid(), sa.ForeignKey("applications.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("user_id", sa.Uuid(), sa.ForeignKey("users.id"), primary_key=True),
        sa.Column("at", MOMENT, nullable=False),
    )
    op.create_table(
        "application_notes",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("application_id", sa.Uuid(), sa.ForeignKey("applications.id", ondelete="CASCADE"), nullable=False),
        sa.Column("author_id", sa.Uuid(), sa.ForeignKey("users.id"), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
    )
    op.create_index("ix_application_notes_application", "application_notes", ["application_id", "at"])
    op.create_table(
        "kept_reasons",
        sa.Column("application_id", sa.Uuid(), sa.ForeignKey("applications.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
    )
    op.create_table(
        "saved_views",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("member_id", sa.Uuid(), sa.ForeignKey("members.id", ondelete="CASCADE"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("query", JSON, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.UniqueConstraint("member_id", "name"),
    )


def downgrade():
    for table in (
        "saved_views",
        "kept_reasons",
        "application_notes",
        "conflicts_of_interest",
        "reviews",
        "review_settings",
    ):
        op.drop_table(table)
