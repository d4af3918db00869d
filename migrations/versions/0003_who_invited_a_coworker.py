"""Who invited somebody to a team: when that person leaves, what they left pending is withdrawn."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("members", sa.Column("invited_by", sa.Uuid(), nullable=True))
    op.create_foreign_key("fk_members_invited_by_users", "members", "users", ["invited_by"], ["id"])


def downgrade() -> None:
    op.drop_constraint("fk_members_invited_by_users", "members", type_="foreignkey")
    op.drop_column("members", "invited_by")
