"""A verified identity stands in for a photo: the 13 points that rule C gives for one."""

from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """UPDATE freelancers SET completeness_pct = completeness_pct + 13
        WHERE identity_verified AND photo_url IS NULL AND completeness_stated_pct IS NULL"""
    )


def downgrade() -> None:
    op.execute(
        """UPDATE freelancers SET completeness_pct = completeness_pct - 13
        WHERE identity_verified AND photo_url IS NULL AND completeness_stated_pct IS NULL"""
    )
