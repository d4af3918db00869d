"""Which of the shipped mappings fits a file, when nobody says."""

from __future__ import annotations

import csv
from pathlib import Path

import msgspec

from freelancers.feed.errors import FeedError, MappingError
from freelancers.feed.mapping import Mapping, shipped
from freelancers.feed.readers import Source


def guess(path: Path) -> Mapping:
    """Return the shipped mapping all of whose columns the file has; of several, the one that reads most.

    Raises MappingError, listing the shipped ones, when none fits, and FeedError when the file cannot be read at all.
    """
    with Source(path) as source:
        head = source.head().lstrip()
        if head[:1] == b"[":
            raise source.broken(
                "is one JSON array", "Write one object per line, without [ ] and commas: jq -c '.[]' FILE.", line=False
            )
        first = next(line for line in source.lines() if line.strip())
    known = shipped()
    fitting = [m for m in known if (_fits_json(m, first) if head[:1] == b"{" else _fits_csv(m, first))]
    if fitting:
        return max(fitting, key=lambda m: len(m.columns))
    names = "; ".join(f"{m.name} ({m.about})" for m in known)
    raise MappingError(
        f"{path.name} fits none of the mappings that come with Laurel: {names}.",
        "Choose the right one (--mapping on the command line), or write your own: docs/feed.md shows how.",
    )


def _fits_csv(mapping: Mapping, first: bytes) -> bool:
    if mapping.format != "csv":
        return False
    try:
        header = next(csv.reader([first.decode(mapping.encoding)], delimiter=mapping.delimiter), [])
    except (UnicodeDecodeError, csv.Error):
        return False
    return set(mapping.columns) <= {name.strip() for name in header}


def _fits_json(mapping: Mapping, first: bytes) -> bool:
    if mapping.format == "csv":
        return False
    try:
        document = msgspec.json.decode(first)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        # Broken JSON is the reader's to explain; the key's name says whose it is.
        return mapping.format == "laurel" and b'"marketplace_id"' in first
    if not isinstance(document, dict):
        raise FeedError("The first line is not a JSON object.", "Every line must be one whole object: {…}.")
    if mapping.format == "laurel":
        return "marketplace_id" in document
    return all(column.split(".")[0].removesuffix("[]") in document for column in mapping.columns[:1])
