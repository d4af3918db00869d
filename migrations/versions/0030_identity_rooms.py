"""The two letters with which the browsers of a call find each other."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("offer", "answer"):
        op.add_column("identity_calls", sa.Column(name, sa.Text(), nullable=True))


def downgrade() -> None:
    for name in ("answer", "offer"):
        op.drop_column("identity_calls", name)
