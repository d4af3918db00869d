"""Designs of badges, and logos in a few sizes."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "issuer_logos",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("issuer_id", sa.Uuid(), nullable=False),
        sa.Column("opaque", sa.Boolean(), nullable=False),
        sa.Column("edge", sa.Text(), nullable=False),
        sa.Column("colour", sa.Text(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("added_by", sa.Uuid(), nullable=True),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["issuer_id"], ["issuers.id"], name=op.f("fk_issuer_logos_issuer_id_issuers"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issuer_logos")),
    )
    op.create_index(
        "uq_issuer_logos_used",
        "issuer_logos",
        ["issuer_id"],
        unique=True,
        postgresql_where=sa.text("replaced_at IS NULL"),
    )
    op.create_table(
        "issuer_logo_sizes",
        sa.Column("logo_id", sa.Uuid(), nullable=False),
        sa.Column("side", sa.SmallInteger(), nullable=False),
        sa.Column("width", sa.SmallInteger(), nullable=False),
        sa.Column("height", sa.SmallInteger(), nullable=False),
        sa.Column("png", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["logo_id"], ["issuer_logos.id"], name=op.f("fk_issuer_logo_sizes_logo_id_issuer_logos"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("logo_id", "side", name=op.f("pk_issuer_logo_sizes")),
    )
    op.create_table(
        "badge_designs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("achievement_id", sa.Uuid(), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("logo_id", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["achievement_id"],
            ["achievements.id"],
            name=op.f("fk_badge_designs_achievement_id_achievements"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["logo_id"], ["issuer_logos.id"], name=op.f("fk_badge_designs_logo_id_issuer_logos")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_badge_designs")),
    )
    op.create_index(
        "uq_badge_designs_draft",
        "badge_designs",
        ["achievement_id"],
        unique=True,
        postgresql_where=sa.text("published_at IS NULL"),
    )
    op.create_index(
        "ix_badge_designs_published", "badge_designs", ["achievement_id", sa.literal_column("published_at DESC")]
    )


def downgrade() -> None:
    op.drop_table("badge_designs")
    op.drop_table("issuer_logo_sizes")
    op.drop_table("issuer_logos")
