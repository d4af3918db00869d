"""What holders chose that their badge carries besides a fingerprint: their name, and what they show for it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "badge_choices",
        sa.Column("award_id", sa.Uuid(), nullable=False),
        sa.Column("shows_name", sa.Boolean(), nullable=False),
        sa.Column("shows_profile", sa.Boolean(), nullable=False),
        sa.Column("pieces", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["award_id"], ["awards.id"], name="fk_badge_choices_award_id_awards", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("award_id", name="pk_badge_choices"),
    )


def downgrade() -> None:
    op.drop_table("badge_choices")
