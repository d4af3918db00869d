"""docs/feed.md is true: its examples run, and it names every field and rule."""

import re
from pathlib import Path

import pytest

from freelancers.feed import mapping
from freelancers.feed.decode import MappedDecoder
from freelancers.feed.fields import FIELDS, RULES
from freelancers.feed.own import OwnDecoder
from freelancers.feed.readers import CsvRows, Row, Source

DOCS = (Path(__file__).parents[3] / "docs" / "feed.md").read_text("utf-8")


def test_the_example_mapping_reads_the_example_file(tmp_path):
    (tmp_path / "acme.toml").write_text(re.search(r"```toml\n(.*?)```", DOCS, re.DOTALL)[1], "utf-8")
    rows = re.search(r"    uid;.*\n    77;.*\n", DOCS)[0]
    (tmp_path / "acme.csv").write_text("\n".join(row.strip() for row in rows.splitlines()), "cp1252")
    used = mapping.find(str(tmp_path / "acme.toml"))

    with Source(tmp_path / "acme.csv") as source:
        feed = CsvRows(source, used)
        (ada,) = map(MappedDecoder(used, feed.header, "acme.csv"), feed)

    assert (ada.name, ada.country, ada.hourly_rate_cents, ada.currency) == ("Ada Byron", "GB", 4550, "EUR")
    assert (ada.jss_pct, ada.english_level, ada.skills) == (93, "fluent", ["Análisis", "Máquinas"])


def test_the_example_row_of_laurels_own_format_is_one():
    row = re.search(r"```json\n(.*?)\n```", DOCS, re.DOTALL)[1]

    assert OwnDecoder("docs")(Row(1, row.encode(), [])).marketplace_id == "~01ada"


@pytest.mark.parametrize("field", FIELDS)
def test_every_field_is_described(field):
    assert f"`{field}`" in DOCS


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_is_described(rule):
    assert re.search(rf"\| [^|]*\b{rule}\b[^|]* \|", DOCS)
