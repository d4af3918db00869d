"""The words that a freelancer is found by, which the database works out whenever one of its columns changes.

Words of name, title and skills have weight A, those of the overview B. They stand as they are: names and skills are of
no one language, so nothing is stemmed.
"""

from __future__ import annotations

#: Letters of an overview that are searched: whoever writes a book is found by its beginning.
OVERVIEW_SEARCHED = 3_000
#: Run by the migration, and before the table is made. It is called immutable, as what is stored has to be: all it is
#: made of depends on its arguments alone, though PostgreSQL cannot know that of texts put together from lists.
CREATE_FUNCTION = f"""
CREATE FUNCTION freelancer_words(name text, title text, skills text[], overview text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN setweight(to_tsvector('simple'::regconfig, concat_ws(' ', name, title, array_to_string(skills, ' '))), 'A')
    || setweight(to_tsvector('simple'::regconfig, coalesce(left(overview, {OVERVIEW_SEARCHED}), '')), 'B')
"""
DROP_FUNCTION = "DROP FUNCTION freelancer_words(text, text, text[], text)"
COLUMN = "freelancer_words(name, title, skills, overview)"
