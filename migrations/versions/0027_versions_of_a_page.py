"""A page's draft, its versions, and what else it says."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

_JSON = postgresql.JSONB(astext_type=sa.Text())
_LISTS = ("places", "links", "questions")

#: What a page says today, as directory/content.py stores it.
_CONTENT = """
    jsonb_build_object(
        'headline', l.headline, 'intro', l.intro, 'about', l.about, 'how', '', 'colour', p.colour,
        'places', '[]'::jsonb, 'links', '[]'::jsonb, 'questions', '[]'::jsonb,
        'use_cases', coalesce((
            SELECT jsonb_agg(
                jsonb_build_object('id', u.id, 'slug', u.slug, 'name', u.name, 'summary', u.summary, 'words', '')
                ORDER BY u.position, u.name, u.id)
            FROM use_cases u WHERE u.partner_id = l.partner_id), '[]'::jsonb))
    FROM landing_pages l JOIN partners p ON p.id = l.partner_id
"""


def upgrade() -> None:
    op.create_table(
        "page_drafts",
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("content", _JSON, nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partners.id"], name="fk_page_drafts_partner_id_partners", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("partner_id", name="pk_page_drafts"),
    )
    op.create_table(
        "page_versions",
        sa.Column("partner_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", _JSON, nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.Uuid(), nullable=True),
        sa.Column("returned_to", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["partner_id"], ["partners.id"], name="fk_page_versions_partner_id_partners", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("partner_id", "number", name="pk_page_versions"),
    )
    _add("landing_pages", sa.Column("how", sa.Text(), nullable=False, server_default=""))
    for name in _LISTS:
        _add("landing_pages", sa.Column(name, _JSON, nullable=False, server_default="[]"))
    _add("landing_pages", sa.Column("version", sa.Integer(), nullable=False, server_default="0"))
    _add("use_cases", sa.Column("words", sa.Text(), nullable=False, server_default=""))
    _add("use_cases", sa.Column("published", sa.Boolean(), nullable=False, server_default=sa.true()))
    # What is shown is the first version; what nobody has seen yet is a draft.
    op.execute(
        f"""INSERT INTO page_versions (partner_id, published_at, number, content)
            SELECT l.partner_id, l.published_at, 1, {_CONTENT} WHERE l.published_at IS NOT NULL"""
    )
    op.execute(
        f"""INSERT INTO page_drafts (partner_id, saved_at, content)
            SELECT l.partner_id, l.updated_at, {_CONTENT} WHERE l.published_at IS NULL"""
    )
    op.execute("UPDATE landing_pages SET version = 1 WHERE published_at IS NOT NULL")
    op.execute(
        "UPDATE use_cases SET published = false FROM landing_pages l "
        "WHERE l.partner_id = use_cases.partner_id AND l.published_at IS NULL"
    )


def downgrade() -> None:
    op.execute(
        "UPDATE landing_pages SET headline = content ->> 'headline', intro = content ->> 'intro', "
        "about = content ->> 'about' FROM page_drafts d WHERE d.partner_id = landing_pages.partner_id AND version = 0"
    )
    op.execute(
        "DELETE FROM use_cases USING landing_pages l "
        "WHERE l.partner_id = use_cases.partner_id AND l.version > 0 AND NOT published"
    )
    op.drop_column("use_cases", "published")
    op.drop_column("use_cases", "words")
    for name in ("version", *reversed(_LISTS), "how"):
        op.drop_column("landing_pages", name)
    op.drop_table("page_versions")
    op.drop_table("page_drafts")


def _add(table: str, column: "sa.Column") -> None:
    """Add a column that old rows have filled, and new ones fill themselves."""
    op.add_column(table, column)
    op.alter_column(table, column.name, server_default=None)
