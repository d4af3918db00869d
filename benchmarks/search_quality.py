"""How good the search is: judged queries over the demo's people, by nDCG@10.

    .venv/bin/python -m benchmarks.search_quality          a second; writes the table into docs/search-quality.md

What a person is worth for a query follows from what `judged.toml` says is meant: 3 for who has it as a skill, 2 for who has it
in their title, 1 for who writes of it in their overview; of several things the one they have least of. A query that means
nobody is worth 1 if nobody is found, else 0. Equals are in the order of the demo's people, as good as any other.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import mean

import numpy as np

from app.demo.people import people
from benchmarks.harness import say
from directory.typed import parsed
from directory.word_index import WordIndex, index_of

ROOT = Path(__file__).resolve().parents[1]
JUDGED = ROOT / "benchmarks" / "judged.toml"
PAGE = ROOT / "docs" / "search-quality.md"
AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
#: So many are looked at.
TOP = 10

Person = Mapping[str, object]


@dataclass(frozen=True)
class Judged:
    """One query of a kind, how good its first ten were, and how many were found and meant."""

    kind: str
    q: str
    ndcg: float
    found: int
    meant: int


def worth(person: Person, wants: Sequence[str]) -> int:
    """Return what a person is worth to somebody who wants all of `wants`."""
    return min(_worth(person, want.lower()) for want in wants)


def _worth(person: Person, want: str) -> int:
    skills = [str(skill).lower() for skill in person["skills"]]  # type: ignore[attr-defined]  # a list
    if want in skills:
        return 3
    if want in str(person["title"]).lower():
        return 2
    return 1 if want in str(person["overview"]).lower() else 0


def ndcg(worths: Sequence[int], best: Sequence[int]) -> float:
    """Return how near an order comes to the best one, from 0 to 1; places further down count less."""
    gained, most = (
        sum((2**each - 1) / math.log2(place + 2) for place, each in enumerate(order[:TOP])) for order in (worths, best)
    )
    return gained / most if most else 0.0


def judged() -> list[Judged]:
    """Return how every query did."""
    rows = [person.row for person in people({}, AT)]
    index = index_of((" ".join(r["skills"]), f"{r['name']} {r['title']}", r["overview"]) for r in rows)
    kinds = tomllib.loads(JUDGED.read_text())
    return [_judge(index, rows, kind, q, wants) for kind, queries in kinds.items() for q, wants in queries.items()]


def _judge(index: WordIndex, rows: Sequence[Person], kind: str, q: str, wants: Sequence[str]) -> Judged:
    scores, _ = index.scores(parsed(q), {})
    found = [int(place) for place in np.argsort(-scores, kind="stable") if scores[place] > 0]
    if not wants:
        return Judged(kind, q, float(not found), len(found), 0)
    best = sorted((worth(row, wants) for row in rows), reverse=True)
    got = ndcg([worth(rows[place], wants) for place in found], best)
    return Judged(kind, q, got, len(found), sum(each > 0 for each in best))


def table(all_of_them: Sequence[Judged]) -> str:
    """Return the page with the figures, in Markdown."""
    kinds = dict.fromkeys(each.kind for each in all_of_them)
    lines = [
        "# How good the search is",
        "",
        "Queries over the demo's 350 people, judged by what is meant (`benchmarks/judged.toml`), by nDCG@10: 1 is the best order"
        " possible.",
        "Measured and written by `benchmarks/search_quality.py`; a test keeps the mean of all at 0.9 and more. How it works:"
        " [search](decisions/search.md).",
        "",
        "| kind | queries | nDCG@10 | the least |",
        "|---|---:|---:|---:|",
    ]
    for kind in kinds:
        got = [each.ndcg for each in all_of_them if each.kind == kind]
        lines.append(f"| {kind.replace('-', ' ')} | {len(got)} | {mean(got):.3f} | {min(got):.3f} |")
    got = [each.ndcg for each in all_of_them]
    lines += [f"| **all** | **{len(got)}** | **{mean(got):.3f}** | {min(got):.3f} |", ""]
    lines += ["| query | kind | nDCG@10 | found | meant |", "|---|---|---:|---:|---:|"]
    lines += [f"| {e.q} | {e.kind.replace('-', ' ')} | {e.ndcg:.3f} | {e.found} | {e.meant} |" for e in all_of_them]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure, print, and write the page."""
    got = judged()
    page = table(got)
    PAGE.write_text(page)
    say(page)


if __name__ == "__main__":
    main()
