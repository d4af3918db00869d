"""What of a profile the marketplace states, and what the person writes here."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

#: Until now all that is there came from a feed. The places are those of freelancers/ownership.py.
_COLUMNS = (
    "title", "overview", "photo_url", "country", "city", "timezone", "hourly_rate_cents", "currency", "visibility",
    "english_level", "availability",
)  # fmt: skip
_LISTS = ("cardinality(skills) > 0", "languages <> '[]'")
_PARTS = (
    "employment", "education", "portfolio", "certificates", "linked_accounts", "other_experience", "video_url",
)  # fmt: skip


def upgrade() -> None:
    op.add_column("freelancers", sa.Column("stated", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("freelancers", sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("freelancers", sa.Column("photo_id", sa.Uuid(), nullable=True))
    is_there = (
        *(f"{column} IS NOT NULL" for column in _COLUMNS),
        *_LISTS,
        *(f"(profile -> '{part}') NOT IN ('[]', 'null')" for part in _PARTS),
    )
    bits = " + ".join(f"CASE WHEN {there} THEN {1 << place} ELSE 0 END" for place, there in enumerate(is_there))
    op.execute(f"UPDATE freelancers SET stated = {bits} WHERE NOT is_provisional")  # noqa: S608 -- all of it stands above


def downgrade() -> None:
    for column in ("photo_id", "edited_at", "stated"):
        op.drop_column("freelancers", column)
