"""Lists and parts of pages that are written in one go, or once."""

from markupsafe import Markup

from core import markup


def test_what_people_wrote_is_never_read_as_html():
    written = markup.choices([('"><b>', "<script>", 1_200)], "")

    assert written == '<option value="&#34;&gt;&lt;b&gt;">&lt;script&gt; (1,200)</option>'


def test_what_is_chosen_is_selected_whatever_its_case():
    assert markup.choices([("SQL", "SQL", 3)], "sql") == '<option value="SQL" selected>SQL (3)</option>'


def test_what_is_chosen_stays_in_the_list_when_nobody_has_it():
    written = markup.choices([("SQL", "SQL", 3)], "<COBOL>")

    assert written.startswith('<option value="&lt;COBOL&gt;" selected>&lt;COBOL&gt;</option><option value="SQL">')


def test_a_part_is_written_once_for_each_thing_and_key():
    asked = []

    def caller(thing):
        asked.append(thing)
        return Markup(f"<p>{thing}")

    for key in ("a test", "a test", "another"):
        assert markup.remembered([7, 8], key, caller=caller) == "<p>7<p>8"
    assert asked == [7, 8, 7, 8]


def test_a_part_that_stands_for_itself_is_written_once_for_its_key():
    asked = []

    def caller():
        asked.append("asked")
        return Markup("<p>here")

    for key in ("foot", "foot", "head"):
        assert markup.once("a test of once", key, caller=caller) == "<p>here"
    assert asked == ["asked", "asked"]
