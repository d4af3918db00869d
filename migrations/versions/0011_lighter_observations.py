"""Observations with one index instead of two, and without a check for each row that its person exists."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_constraint("fk_observations_freelancer_id_freelancers", "observations", type_="foreignkey")
    op.drop_constraint("pk_observations", "observations", type_="primary")
    op.create_primary_key("pk_observations", "observations", ["freelancer_id", "figure", "observed_at", "id"])
    op.drop_index("ix_observations_figure", table_name="observations")


def downgrade() -> None:
    op.create_index("ix_observations_figure", "observations", ["freelancer_id", "figure", "observed_at"])
    op.drop_constraint("pk_observations", "observations", type_="primary")
    op.create_primary_key("pk_observations", "observations", ["id"])
    op.execute(sa.text("DELETE FROM observations WHERE freelancer_id NOT IN (SELECT id FROM freelancers)"))
    op.create_foreign_key(
        "fk_observations_freelancer_id_freelancers",
        "observations",
        "freelancers",
        ["freelancer_id"],
        ["id"],
        ondelete="CASCADE",
    )
