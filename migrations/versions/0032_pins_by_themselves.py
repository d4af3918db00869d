"""An index of who is pinned, a few among all who were ever featured: a rotation asks for them."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_features_pinned",
        "features",
        ["partner_id"],
        postgresql_where=sa.text("period_id IS NULL AND removed_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_features_pinned", "features")
