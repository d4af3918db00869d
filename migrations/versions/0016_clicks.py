"""How often people go from a directory to an expert's profile on the marketplace."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "directory_clicks",
        sa.Column("award_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("clicks", sa.Integer(), nullable=False),
        sa.CheckConstraint("clicks > 0", name="ck_directory_clicks_clicks"),
        sa.ForeignKeyConstraint(
            ["award_id"], ["awards.id"], name="fk_directory_clicks_award_id_awards", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("award_id", "day", name="pk_directory_clicks"),
    )


def downgrade() -> None:
    op.drop_table("directory_clicks")
