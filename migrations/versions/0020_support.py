"""What people write to support, and what they are answered."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "support_threads",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("freelancer_id", sa.Uuid(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("hold_id", sa.Uuid(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        *(_moment(name, nullable=False) for name in ("opened_at", "last_at")),
        *(_moment(name) for name in ("waits_since", "closed_at", "person_read_at", "staff_read_at")),
        sa.CheckConstraint("about IN ('hold', 'letter', 'outcome', 'badge', 'other')", name="ck_support_threads_about"),
        sa.CheckConstraint("(about = 'hold') = (hold_id IS NOT NULL)", name="ck_support_threads_hold"),
        sa.CheckConstraint("waits_since IS NULL OR closed_at IS NULL", name="ck_support_threads_state"),
        sa.ForeignKeyConstraint(
            ["freelancer_id"], ["freelancers.id"], name="fk_support_threads_freelancer_id_freelancers",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["hold_id"], ["holds.id"], name="fk_support_threads_hold_id_holds", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_support_threads"),
        sa.UniqueConstraint("hold_id", name="uq_support_threads_hold_id"),
    )  # fmt: skip
    op.create_index("ix_support_threads_freelancer", "support_threads", ["freelancer_id", "last_at"])
    op.create_index(
        "ix_support_threads_waiting", "support_threads", ["waits_since", "id"],
        postgresql_where=sa.text("waits_since IS NOT NULL"),
    )  # fmt: skip
    op.create_table(
        "support_messages",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("thread_id", sa.Uuid(), nullable=False),
        sa.Column("by_staff", sa.Boolean(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("added", sa.Text(), nullable=True),
        sa.Column("verdict", sa.Text(), nullable=True),
        _moment("at", nullable=False),
        sa.CheckConstraint("verdict IN ('kept', 'lifted')", name="ck_support_messages_verdict"),
        sa.ForeignKeyConstraint(
            ["author_id"], ["users.id"], name="fk_support_messages_author_id_users", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["thread_id"], ["support_threads.id"], name="fk_support_messages_thread_id_support_threads",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_support_messages"),
    )  # fmt: skip
    op.create_index("ix_support_messages_thread", "support_messages", ["thread_id", "at"])


def downgrade() -> None:
    op.drop_table("support_messages")
    op.drop_table("support_threads")


def _moment(name: str, *, nullable: bool = True) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)
