"""How many jobs and freelancers there are per skill, day by day."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "skill_markets",
        sa.Column("observed_on", sa.Date(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("open_jobs", sa.Integer(), nullable=False),
        sa.Column("freelancers", sa.Integer(), nullable=False),
        sa.Column("is_counted", sa.Boolean(), nullable=False),
        sa.Column("related", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("open_jobs >= 0 AND freelancers >= 0", name="ck_skill_markets_counts"),
        sa.PrimaryKeyConstraint("observed_on", "slug", name="pk_skill_markets"),
    )
    op.create_index("ix_skill_markets_slug", "skill_markets", ["slug", "observed_on"])


def downgrade() -> None:
    op.drop_table("skill_markets")
