"""Files that are broken as files: a clear sentence, and a database exactly as it was."""

import codecs
import gzip
import io
import json
import os
import zipfile

import pytest
import sqlalchemy as sa

from freelancers.feed import mapping, matching
from freelancers.feed.errors import FeedError
from freelancers.feed.importing import import_feed

pytestmark = pytest.mark.usefixtures("either_way")
HEADER = (
    "freelancer_ID,name,gender,age,country,language,primary_skill,years_of_experience,"
    "hourly_rate (USD),rating,is_active,client_satisfaction"
)
ROW = "FL9{:05},Ada Byron,f,36.0,Spain,English,DevOps,9.0,$40,4.5,1,91%"
GOOD = [HEADER, *(ROW.format(i) for i in range(1, 40))]


def lines(*rows, end="\n"):
    return (end.join(rows) + end).encode()


def good_with(row, at=20):
    return lines(*GOOD[:at], row, *GOOD[at:])


def ndjson(*documents):
    return b"".join((d if isinstance(d, bytes) else json.dumps(d).encode()) + b"\n" for d in documents)


def one(**more):
    return {"marketplace_id": "k1", "name": "Ada", **more}


def zipped():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("feed.csv", lines(*GOOD))
    return buffer.getvalue()


GOOD_JSON = [{"marketplace_id": f"j{i}", "name": "Ada"} for i in range(20)]

CSV = {
    "empty": (b"", "is empty"),
    "only white space": (b"  \n\n \t\n", "is empty"),
    "only a byte order mark": (codecs.BOM_UTF8, "is empty"),
    "only a header": (lines(HEADER), "no rows"),
    "a header and blank lines": (lines(HEADER, "", ""), "no rows"),
    "no header": (lines(*GOOD[1:]), "twice|lacks"),
    "latin-1 instead of UTF-8": (
        lines(*GOOD) + "FL1,José,,,Spain,,,,,,,".encode("latin-1") + b"\n",
        r"line 41 is not utf-8: byte 0xe9 at byte [\d,]+",
    ),
    "windows-1252 quotes": (lines(*GOOD) + b"FL1,\x93Ada\x94,,,Spain,,,,,,,\n", "line 41 is not utf-8"),
    "cut inside a character": (lines(*GOOD) + b"FL1,Jos\xc3", "line 41 is not utf-8"),
    "a surrogate in UTF-8": (lines(*GOOD) + b"FL1,\xed\xa0\x80,,,,,,,,,,\n", "line 41 is not utf-8"),
    "UTF-16 with a mark": ("\n".join(GOOD).encode("utf-16"), "UTF-16"),
    "UTF-16 little-endian without a mark": ("\n".join(GOOD).encode("utf-16-le"), "UTF-16"),
    "UTF-16 big-endian without a mark": ("\n".join(GOOD).encode("utf-16-be"), "UTF-16"),
    "UTF-32": ("\n".join(GOOD).encode("utf-32"), "UTF-32"),
    "a NUL in a cell": (good_with("FL1,A\0da,,,Spain,,,,,,,"), r"line 21 has a NUL byte \(byte [\d,]+"),
    "NULs at the end, as after a crash": (lines(*GOOD) + b"\0" * 4096, "line 41 has a NUL byte"),
    "a quote never closed": (good_with('FL1,"Ada,,,Spain,,,,,,,'), "line 21 cannot be read: a quotation mark"),
    "a quote closed in the middle of a cell": (
        good_with('FL1,"Ada" Byron,,,Spain,,,,,,,'),
        "line 21 cannot be read: a quotation mark",
    ),
    "a quote never closed in the header": (
        lines(HEADER.replace("name", '"name'), *GOOD[1:]),
        "line 1 cannot be read: a quotation mark",
    ),
    "a quote that swallows a megabyte": (
        lines(HEADER, 'FL1,"Ada', *[ROW.format(i) for i in range(30_000)]),
        "cannot be read|1 MiB",
    ),
    "a cell too many": (good_with(ROW.format(99) + ",more"), "line 21 has 13 cells, the header has 12"),
    "a cell too few": (good_with(ROW.format(99).rsplit(",", 1)[0]), "line 21 has 11 cells, the header has 12"),
    "a comma outside quotes": (good_with(ROW.format(99).replace("Ada", "Byron, Ada")), "line 21 has 13 cells"),
    "cut in the middle of a row": (lines(*GOOD)[:-25], "line 40 has .* cells"),
    "a missing column": (
        lines(*(line.rsplit(",", 1)[0] for line in GOOD)),
        'lacks what .* reads: "client_satisfaction"',
    ),
    "a renamed column": (lines(HEADER.replace("country", "Country"), *GOOD[1:]), 'lacks .*"country"'),
    "the key's column missing": (lines(*(line.split(",", 1)[1] for line in GOOD)), 'lacks .*"freelancer_ID"'),
    "a column named twice": (lines(HEADER.replace("gender", "name"), *GOOD[1:]), 'names the column "name" twice'),
    "a column without a name": (lines(HEADER.replace("gender", ""), *GOOD[1:]), "names no column in place 3"),
    "the header again half-way": (good_with(HEADER), "line 21 repeats the header"),
    "semicolons instead of commas": (lines(*(line.replace(",", ";") for line in GOOD)), "lacks"),
    "tabs instead of commas": (lines(*(line.replace(",", "\t") for line in GOOD)), "lacks"),
    "old Mac line ends": (lines(*GOOD, end="\r"), "carriage return"),
    "a carriage return inside a row": (good_with("FL1,Ada\rByron,,,Spain,,,,,,,"), "carriage return"),
    "a cell of 10 MB": (good_with("FL1," + "x" * 10_000_000 + ",,,,,,,,,,"), "line 21 is longer than 1 MiB"),
    "a cell of 10 MB with line ends": (
        good_with('FL1,"' + "x\n" * 5_000_000 + '",,,,,,,,,,'),
        "line 21 .*(1 MiB|longer than)",
    ),
    "a cell of 200 kB": (good_with("FL1," + "x" * 200_000 + ",,,,,,,,,,"), "line 21 cannot be read: a cell is longer"),
    "one endless line": (b"x" * 3_000_000, "line 1 is longer than 1 MiB"),
    "gzip": (gzip.compress(lines(*GOOD), mtime=0), "gzip"),
    "a ZIP or workbook": (zipped(), "ZIP"),
    "an old workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "workbook"),
    "a PDF": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" * 9, "PDF"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4, "picture"),
    "a database": (b"SQLite format 3\0" + bytes(600), "SQLite"),
    "an error page": (b"<!DOCTYPE html><html><body>502 Bad Gateway</body></html>\n", "HTML"),
    "random bytes": (bytes((i * 197 + 91) % 256 for i in range(5000)), "line|UTF"),
    "JSON where CSV is expected": (ndjson(*GOOD_JSON), "twice|lacks"),
}
JSON = {
    "empty": (b"", "is empty"),
    "a JSON array": (json.dumps(GOOD_JSON).encode(), "one JSON array"),
    "a JSON array over many lines": (json.dumps(GOOD_JSON, indent=1).encode(), "one JSON array"),
    "one object over many lines": (json.dumps(GOOD_JSON[0], indent=1).encode(), "line 1 is not valid JSON"),
    "a line cut off": (ndjson(*GOOD_JSON)[:-8], "line 20 is not valid JSON"),
    "two objects in a line": (
        ndjson(*GOOD_JSON, b'{"marketplace_id":"x"}{"marketplace_id":"y"}'),
        "line 21 is not valid JSON",
    ),
    "a comma after each object": (b",\n".join(json.dumps(d).encode() for d in GOOD_JSON), "line 1 is not valid JSON"),
    "a bare number": (ndjson(*GOOD_JSON, b"42"), "line 21 is not a JSON object"),
    "a null": (ndjson(*GOOD_JSON, b"null"), "line 21 is not a JSON object"),
    "a list in a line": (ndjson(*GOOD_JSON, b"[1]"), "line 21 is not a JSON object"),
    "single quotes": (ndjson(*GOOD_JSON, b"{'marketplace_id': 'x'}"), "line 21 is not valid JSON"),
    "NaN": (ndjson(*GOOD_JSON, b'{"marketplace_id":"x","jss_pct":NaN}'), "line 21 is not valid JSON"),
    "a comment": (ndjson(*GOOD_JSON, b"// the end"), "line 21 is not a JSON object"),
    "a key twice": (
        ndjson(*GOOD_JSON, b'{"marketplace_id":"x","jss_pct":90,"jss_pct":40}'),
        'line 21 .* "jss_pct" stands twice',
    ),
    "a key twice inside a list": (
        ndjson(*GOOD_JSON, b'{"marketplace_id":"x","portfolio":[{"title":"a","title":"b"}]}'),
        "stands twice",
    ),
    "the same key written differently": (
        ndjson(*GOOD_JSON, b'{"marketplace_id":"x","name":"A","n\\u0061me":"B"}'),
        "stands twice",
    ),
    "nested a hundred thousand deep": (
        ndjson(*GOOD_JSON, b'{"marketplace_id":' + b"[" * 100_000 + b"]" * 100_000 + b"}"),
        "too deeply",
    ),
    "a raw line end in a text": (
        ndjson(*GOOD_JSON, b'{"marketplace_id":"x","name":"A', b'da"}'),
        "line 21 is not valid JSON",
    ),
    "latin-1": (
        ndjson(*GOOD_JSON) + '{"marketplace_id":"x","name":"José"}\n'.encode("latin-1"),
        "line 21 is not utf-8",
    ),
    "UTF-16": (ndjson(*GOOD_JSON).decode().encode("utf-16"), "UTF-16"),
    "a NUL": (ndjson(*GOOD_JSON, b'{"marketplace_id":"x\0"}'), "line 21 has a NUL byte"),
    "a text of 10 MB": (ndjson(*GOOD_JSON, one(overview="x" * 10_000_000)), "line 21 is longer than 1 MiB"),
    "CSV where JSON is expected": (lines(*GOOD), "line 1 is not a JSON object"),
}
CASES = [("public_csv", name, *case) for name, case in CSV.items()] + [
    ("laurel", name, *case) for name, case in JSON.items()
]


def everything(session):
    """Return the count and the checksum of every table that an import can touch."""
    session.rollback()
    tables = ("freelancers", "observations", "feed_imports", "audit_events")
    query = "SELECT count(*), md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {} t"
    return [tuple(session.execute(sa.text(query.format(table))).one()) for table in tables]


@pytest.fixture
def somebody(session, at, tmp_path):
    """One person who is already there, from an earlier feed, and whom the broken files may not touch."""
    path = tmp_path / "earlier.ndjson"
    path.write_bytes(
        ndjson(
            {"marketplace_id": "j1", "name": "Somebody", "jss_pct": 84}, {"marketplace_id": "FL900001", "name": "Other"}
        )
    )
    import_feed(path, mapping.find("laurel"), by=None, at=at)
    path.unlink()


@pytest.mark.parametrize(
    ("used", "name", "content", "says"), CASES, ids=[f"{used}: {name}" for used, name, _, _ in CASES]
)
def test_a_broken_file_is_explained_and_changes_nothing(used, name, content, says, somebody, session, at, tmp_path):
    path = tmp_path / "feed.txt"
    path.write_bytes(content)
    before = everything(session)

    with pytest.raises(FeedError, match=f"(?s){says}") as refused:
        import_feed(path, mapping.find(used), by=None, at=at)

    assert everything(session) == before
    assert path.name in refused.value.detail, "it says which file"
    assert refused.value.next_step, "and what to do next"
    assert len(refused.value.detail) < 600
    assert [p.name for p in tmp_path.iterdir()] == [path.name], "nothing is left lying about"


def test_there_are_at_least_fifty_kinds_of_broken_files():
    assert len(CASES) >= 50


@pytest.mark.parametrize("make", ["missing", "folder", "pipe", "name with NUL"])
def test_what_is_no_file_is_explained(make, somebody, session, at, tmp_path):
    path = tmp_path / ("a\0b" if "NUL" in make else "feed.csv")
    if make == "folder":
        path.mkdir()
    if make == "pipe":
        os.mkfifo(path)
    before = everything(session)

    with pytest.raises(FeedError) as refused:
        import_feed(path, mapping.find("public_csv"), by=None, at=at)

    assert refused.value.next_step
    assert everything(session) == before


def test_a_file_that_may_not_be_read_is_explained(session, at, tmp_path, monkeypatch):
    def deny(*args, **kwargs):
        raise PermissionError

    path = tmp_path / "feed.csv"
    path.write_bytes(lines(*GOOD))
    used = mapping.find("public_csv")
    monkeypatch.setattr(type(path), "open", deny)

    with pytest.raises(FeedError, match="may not be read"):
        import_feed(path, used, by=None, at=at)


@pytest.mark.parametrize(
    "content", [case[0] for case in (*CSV.values(), *JSON.values())], ids=[*CSV, *(f"json {n}" for n in JSON)]
)
def test_guessing_a_mapping_for_a_broken_file_ends_in_a_sentence_too(content, tmp_path):
    path = tmp_path / "feed.txt"
    path.write_bytes(content)
    refused = None
    try:
        matching.guess(path)
    except FeedError as error:
        refused = error

    assert refused is None or (refused.detail and refused.next_step), "or its first line still tells what it is"


@pytest.mark.parametrize(
    ("content", "created"),
    [
        (codecs.BOM_UTF8 + lines(*GOOD), 39),
        (lines(*GOOD, end="\r\n"), 39),
        (lines(*GOOD).rstrip(b"\n"), 39),
        (lines(*GOOD, "", ""), 39),
        (good_with('FL1,"Ada ""the"" Byron,\nCountess",,,Spain,,,,,,,'), 40),
        (lines(*(",".join(f'"{cell}"' for cell in line.split(",")) for line in GOOD)), 39),
    ],
    ids=[
        "byte order mark",
        "Windows line ends",
        "no last line end",
        "blank lines",
        "line end in a quoted cell",
        "all quoted",
    ],
)
def test_what_only_looks_odd_is_read(content, created, session, at, tmp_path):
    path = tmp_path / "feed.csv"
    path.write_bytes(content)

    assert import_feed(path, matching.guess(path), by=None, at=at).created == created
