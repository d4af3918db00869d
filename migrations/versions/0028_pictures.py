"""Pictures that people bring to their profiles."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pictures",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("freelancer_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("x_pct", sa.Integer(), nullable=False),
        sa.Column("y_pct", sa.Integer(), nullable=False),
        sa.Column("zoom_pct", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "x_pct BETWEEN 0 AND 100 AND y_pct BETWEEN 0 AND 100 AND zoom_pct >= 100", name="ck_pictures_crop"
        ),
        sa.ForeignKeyConstraint(
            ["freelancer_id"], ["freelancers.id"], name="fk_pictures_freelancer_id_freelancers", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_pictures"),
    )
    op.create_index("ix_pictures_freelancer_id", "pictures", ["freelancer_id"])
    op.create_table(
        "picture_sizes",
        sa.Column("picture_id", sa.Uuid(), nullable=False),
        sa.Column("side", sa.Integer(), nullable=False),
        sa.Column("jpeg", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["picture_id"], ["pictures.id"], name="fk_picture_sizes_picture_id_pictures", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("picture_id", "side", name="pk_picture_sizes"),
    )


def downgrade() -> None:
    op.drop_table("picture_sizes")
    op.drop_table("pictures")
