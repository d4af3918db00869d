"""Profiles written for the purpose, with what should be found in each, held against what is found; and the page on it.

`python -m tests.freelancers.approval.judged` writes docs/screening.md anew.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from freelancers.approval.duplicates import shared, traits_of
from freelancers.approval.findings import TERMS, Kind, Weight, unmet
from freelancers.approval.screening import POLICIES, SkillSeen, Surroundings, screen
from freelancers.approval.snapshot import Snapshot
from freelancers.approval.supply_rules import SkillState

HERE = Path(__file__).parent
PAGE = HERE.parents[2] / "docs" / "screening.md"
POLICY = POLICIES[0]

#: The board that the profiles are held against; of every other skill no figures are known.
BOARD = {
    SkillState.FULL: (
        "Copywriting", "Data entry", "Excel", "Graphic design", "HTML", "Logo design", "Photoshop",
        "Social media marketing", "Translation", "Virtual assistant", "WordPress",
    ),
    SkillState.CROWDED: ("JavaScript", "Python", "React", "SEO"),
    SkillState.OPEN: ("Kubernetes", "Power BI", "Rust", "Snowflake", "Terraform", "dbt"),
}  # fmt: skip
STATES = {skill: state for state, skills in BOARD.items() for skill in skills}


@dataclass(frozen=True)
class Judged:
    """A profile with what should be found and what is."""

    group: str
    title: str
    expected: frozenset[Kind]
    found: frozenset[Kind]


@dataclass(frozen=True)
class Score:
    """How often a kind was expected, found, and both."""

    expected: int
    found: int
    both: int

    @property
    def precision(self):
        return self.both / self.found if self.found else 1.0

    @property
    def recall(self):
        return self.both / self.expected if self.expected else 1.0


def lines(name):
    return [json.loads(line) for line in (HERE / name).read_text("utf-8").splitlines()]


def judged():
    """Return every profile with what is found in it."""
    earlier = [_traits(each) for each in lines("earlier.ndjson")]
    return [_judged(number, each, earlier) for number, each in enumerate(lines("profiles.ndjson"))]


def profile_of(number, written):
    """Return a line as a profile; what the line does not say is in order."""
    person = written.get("person", {})
    background = written.get("background", {"employment": ("Assistant, Northwind, 2019 to now",)})
    return Snapshot(
        name=person.get("name", f"Person {number}"),
        email=person.get("email") or written.get("email", f"me@house-{number}.example"),
        title=written["title"],
        overview=written["overview"],
        skills=tuple(written["skills"]),
        rate=written.get("rate", "$40 an hour"),
        languages=tuple(written.get("languages", ("English: fluent",))),
        lists={name: tuple(entries) for name, entries in background.items()},
    )


def _judged(number, written, earlier):
    profile = profile_of(number, written)
    own = _traits(written.get("person", {"name": profile.name, "email": profile.email}))
    around = Surroundings(
        skills=tuple(SkillSeen(skill, STATES.get(skill)) for skill in profile.skills),
        earlier=tuple(same for each in earlier if (same := shared(own, each))),
        is_invited=written.get("invited", False),
    )
    found = {each.kind for each in unmet(screen(profile, around, POLICY))}
    return Judged(written["group"], written["title"] or "", frozenset(map(Kind, written["expect"])), frozenset(found))


def _traits(person):
    born_on = person.get("born_on")
    return traits_of(
        name=person["name"],
        email=person["email"],
        born_on=born_on and date.fromisoformat(born_on),
        document=person.get("document", ""),
        picture=person.get("picture", ""),
    )


HELD_OUT = "held out"


def apart(got):
    """Return the profiles that the rules were made with, and those that they were not."""
    return [each for each in got if each.group != HELD_OUT], [each for each in got if each.group == HELD_OUT]


def together(got):
    """Return how well all kinds are found, each finding counted once."""
    both = sum(len(each.expected & each.found) for each in got)
    return Score(sum(len(each.expected) for each in got), sum(len(each.found) for each in got), both)


def scores(got):
    """Return how well each kind is found."""
    return {
        kind: Score(
            sum(kind in each.expected for each in got),
            sum(kind in each.found for each in got),
            sum(kind in each.expected & each.found for each in got),
        )
        for kind in Kind
    }


_COMES_OF_IT = {
    Weight.REASON: "reason to decline, by itself",
    Weight.LOOK: "a person looks",
    Weight.ADVICE: "advice, never a reason",
}


def page(got):
    """Return docs/screening.md."""
    made_with, held_out = apart(got)
    counts = ", ".join(f"{group} {count}" for group, count in Counter(each.group for each in made_with).items())
    rows = [
        f"| {TERMS[kind].name} (`{kind}`) | {_COMES_OF_IT[TERMS[kind].weight]} | {_figures(score)} |"
        for kind, score in scores(made_with).items()
    ]
    wrong = [
        f"| {each.group} | {each.title} | {_said(each.expected - each.found)} | {_said(each.found - each.expected)} |"
        for each in got
        if each.expected != each.found
    ]
    return PAGE_WORDS.format(
        count=len(made_with), counts=counts, rows="\n".join(rows), wrong="\n".join(wrong),
        held_out=len(held_out), right=sum(each.expected == each.found for each in held_out),
        held_out_figures=_figures(together(held_out)),
    )  # fmt: skip


PAGE_WORDS = """# How well the screening judges profiles

{count} profiles, written for the purpose, each with what a careful reader would find in it
(`tests/freelancers/approval/profiles.ndjson`): {counts}.
Measured and written by `tests/freelancers/approval/judged.py`; a test keeps each figure at 0.95 and more.
What is looked at and why: [screening](decisions/screening.md).

| finding | what comes of it | expected | found | precision | recall |
|---|---|---:|---:|---:|---:|
{rows}

Profiles and rules have the same authors, so these figures say that the rules do what they are meant to do, and that a
change of them is seen. A better guess at how they do elsewhere are {held_out} further profiles that were written when
the rules stood, and that no word list was made with: {right} of them are judged exactly as expected.

| held out | what comes of it | expected | found | precision | recall |
|---|---|---:|---:|---:|---:|
| all findings together | | {held_out_figures} |

## Where it is wrong

| group | title | missed | found wrongly |
|---|---|---|---|
{wrong}
"""


def _figures(score):
    return f"{score.expected} | {score.found} | {score.precision:.3f} | {score.recall:.3f}"


def _said(kinds):
    return ", ".join(sorted(f"`{kind}`" for kind in kinds))


if __name__ == "__main__":
    PAGE.write_text(page(judged()), "utf-8")
