"""A partner's rules while they are put together: what can be done with them, and what is wrong with them. Pure. E-6.

A draft is like the rules it becomes, but a group in it may be empty, and it may contradict itself. A part is named by
its place: "1" is the second requirement, "1.0" the first one in the group that stands there; "" is the whole.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

from badges.eligibility import asking
from badges.eligibility.conditions import Condition, Group, Requirement
from badges.eligibility.partner_rules import MAX_CONDITIONS, MAX_DEPTH, PartnerRules
from badges.eligibility.refusals import Defect, PolicyRefused
from core import wording
from core.errors import Conflict, InvalidInput

Requirements = tuple[Requirement, ...]
Place = tuple[int, ...]
_PLACE = re.compile(r"\d{1,3}(\.\d{1,3}){0,5}")
_NUMBER = re.compile(r"\[(\d+)\]")
_OTHER: Mapping[str, Literal["all", "any"]] = MappingProxyType({"all": "any", "any": "all"})


class Gone(Conflict):
    """What was meant is not there any more: somebody changed the draft, or the page was old."""

    title = "The draft has changed meanwhile"

    def __init__(self) -> None:
        super().__init__("Nothing was changed.", "Look at the draft as it is now, and try again.")


def place_of(text: str) -> Place:
    """Return the place that `text` names. Raises Gone for what is none."""
    if not text:
        return ()
    if not _PLACE.fullmatch(text):
        raise Gone
    return tuple(map(int, text.split(".")))


def part(draft: Requirements, place: Place) -> Requirement:
    """Return what stands at a place; the whole is a group of which all is needed. Raises Gone."""
    found: Requirement = Group("all", draft)
    for number in place:
        if not isinstance(found, Group) or number >= len(found.members):
            raise Gone
        found = found.members[number]
    return found


def added(draft: Requirements, place: Place, new: Requirement) -> Requirements:
    """Return the draft with `new` at the end of the group at `place`. Raises InvalidInput when there is no room."""
    return _fitting(_with_members(draft, place, lambda members: (*members, new)))


def replaced(draft: Requirements, place: Place, new: Requirement) -> Requirements:
    """Return the draft with `new` instead of what stands at `place`."""
    *group, number = _within(draft, place)
    return _with_members(draft, tuple(group), lambda members: (*members[:number], new, *members[number + 1 :]))


def removed(draft: Requirements, place: Place) -> Requirements:
    """Return the draft without what stands at `place`, a group with all that is in it."""
    *group, number = _within(draft, place)
    return _with_members(draft, tuple(group), lambda members: members[:number] + members[number + 1 :])


def moved(draft: Requirements, place: Place, steps: int) -> Requirements:
    """Return the draft with what stands at `place` moved among its neighbours, as far as there is room."""
    *group, number = _within(draft, place)
    moving = part(draft, place)

    def rearranged(members: Requirements) -> Requirements:
        rest = members[:number] + members[number + 1 :]
        to = min(max(0, number + steps), len(rest))
        return (*rest[:to], moving, *rest[to:])

    return _with_members(draft, tuple(group), rearranged)


def moved_out(draft: Requirements, place: Place) -> Requirements:
    """Return the draft with what stands at `place` moved out of its group, behind it."""
    if len(place) < 2:
        raise Gone
    moving, group = part(draft, place), place[:-1]
    *outer, number = group
    return _with_members(
        removed(draft, place),
        tuple(outer),
        lambda members: (*members[: number + 1], moving, *members[number + 1 :]),
    )


def moved_in(draft: Requirements, place: Place) -> Requirements:
    """Return the draft with what stands at `place` moved to the end of the group before it."""
    if not place or place[-1] == 0 or not isinstance(part(draft, before := (*place[:-1], place[-1] - 1)), Group):
        raise Gone
    return added(removed(draft, place), before, part(draft, place))


def switched(draft: Requirements, place: Place) -> Requirements:
    """Return the draft with the group at `place` asking for all instead of any one, or the other way round."""
    group = part(draft, place)
    if not place or not isinstance(group, Group):
        raise Gone
    return replaced(draft, place, Group(_OTHER[group.kind], group.members))


def conditions(draft: Sequence[Requirement]) -> Iterator[Condition]:
    """Yield every condition, however deep."""
    for each in draft:
        if isinstance(each, Group):
            yield from conditions(each.members)
        else:
            yield each


def _within(draft: Requirements, place: Place) -> Place:
    """Return the place of something that stands within the draft. Raises Gone for the whole, and for nothing."""
    part(draft, place)
    if not place:
        raise Gone
    return place


def _with_members(draft: Requirements, place: Place, change: Callable[[Requirements], Requirements]) -> Requirements:
    if not place:
        return change(draft)
    group = part(draft, place[:1])
    if not isinstance(group, Group):
        raise Gone
    changed = Group(group.kind, _with_members(group.members, place[1:], change))
    return (*draft[: place[0]], changed, *draft[place[0] + 1 :])


def _depth(draft: Requirements) -> int:
    return max((1 + _depth(each.members) for each in draft if isinstance(each, Group)), default=0)


def _fitting(draft: Requirements) -> Requirements:
    if _depth(draft) > MAX_DEPTH:
        raise InvalidInput(
            f"Groups stand {MAX_DEPTH} deep at most, so that people can still read them.", "Put it beside the group."
        )
    if sum(1 for _ in _parts(draft)) > MAX_CONDITIONS:
        raise InvalidInput(
            f"A programme asks for {MAX_CONDITIONS} things at most, groups included.", "Remove something first."
        )
    return draft


def _parts(draft: Requirements) -> Iterator[Requirement]:
    for each in draft:
        yield each
        if isinstance(each, Group):
            yield from _parts(each.members)


def to_json(draft: Requirements) -> dict[str, Any]:
    """Return the draft as plain JSON values."""
    return PartnerRules(draft).to_json()


def from_json(content: dict[str, Any]) -> Requirements:
    """Return what `to_json` wrote."""
    return PartnerRules.as_written(content).requirements


def problems(draft: Requirements, min_jss_pct: int) -> dict[Place, tuple[str, ...]]:
    """Return, by place, why the draft cannot be asked for as it is; empty when it can."""
    try:
        PartnerRules.from_json(to_json(draft), min_jss_pct=min_jss_pct)
    except PolicyRefused as refused:
        found: dict[Place, list[str]] = {}
        for defect in refused.defects:
            place = _place_in(draft, defect)
            found.setdefault(place, []).append(_told(part(draft, place), defect))
        return {place: tuple(dict.fromkeys(said)) for place, said in found.items()}
    return {}


def _place_in(draft: Requirements, defect: Defect) -> Place:
    place: Place = ()
    for number in _NUMBER.findall(defect.where.split(".value")[0]):
        if not isinstance(part(draft, place), Group):
            break
        place = (*place, int(number))
    return place


def _told(about: Requirement, defect: Defect) -> str:
    if isinstance(about, Group) and not about.members:
        return "This group is empty. Add a requirement to it, or remove it."
    if isinstance(about, Condition) and defect.where.endswith(".value"):
        return f"{asking.title(about)} {defect.what}."
    return f"{wording.capital(defect.what)}."


@dataclass(frozen=True)
class Row:
    """One part of a draft as it is shown: `kind` is condition, all or any; `met` how many freelancers meet it now.

    `number` tells people where it stands, counted from 1: "2.1" is the first in the second.
    """

    place: str
    number: str
    kind: str
    says: str
    problems: tuple[str, ...]
    met: int | None
    members: tuple[Row, ...]
    is_first: bool
    is_last: bool
    #: Whether a group can stand in this one, and of which kind; whether it can move into the group before it, or out.
    can_hold: str | None
    can_go_in: bool
    can_go_out: bool


def rows(draft: Requirements, found: dict[Place, tuple[str, ...]], met: dict[Place, int]) -> tuple[Row, ...]:
    """Return the parts of a draft, with their problems and counts, as a page shows them."""
    return _rows(draft, (), found, met)


def _rows(
    members: Requirements, inside: Place, found: dict[Place, tuple[str, ...]], met: dict[Place, int]
) -> tuple[Row, ...]:
    made = []
    for number, each in enumerate(members):
        place = (*inside, number)
        group = each if isinstance(each, Group) else None
        made.append(
            Row(
                place=text_of(place),
                number=text_of(tuple(each + 1 for each in place)),
                kind=group.kind if group else "condition",
                says="" if group else wording.capital(asking.phrase(each)),
                problems=found.get(place, ()),
                met=met.get(place),
                members=_rows(group.members, place, found, met) if group else (),
                is_first=number == 0,
                is_last=number == len(members) - 1,
                can_hold=_OTHER[group.kind] if group and len(place) < MAX_DEPTH else None,
                can_go_in=number > 0 and isinstance(members[number - 1], Group),
                can_go_out=bool(inside),
            )
        )
    return tuple(made)


def placed(draft: Requirements, inside: Place = ()) -> Iterator[tuple[Place, Requirement]]:
    """Yield every part that can be counted, with its place: groups without those in them that are empty."""
    for number, each in enumerate(draft):
        place = (*inside, number)
        if not isinstance(each, Group):
            yield place, each
        elif members := filled(each.members):
            yield place, Group(each.kind, members)
            yield from placed(each.members, place)


def filled(draft: Requirements) -> Requirements:
    """Return the draft without groups that have nothing in them: what can be counted already."""
    kept = ((Group(each.kind, filled(each.members)) if isinstance(each, Group) else each) for each in draft)
    return tuple(each for each in kept if not isinstance(each, Group) or each.members)


def text_of(place: Place) -> str:
    """Return a place as an address and a form carry it."""
    return ".".join(map(str, place))
