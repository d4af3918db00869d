"""By which keys each badge was last signed together with all others, after a change of the keys."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("badge_places", sa.Column("proof_key", sa.Integer()))
    op.add_column("badge_places", sa.Column("token_key", sa.Integer()))


def downgrade() -> None:
    op.drop_column("badge_places", "token_key")
    op.drop_column("badge_places", "proof_key")
