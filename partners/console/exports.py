"""A console's exports: what the partner may see, as CSV or JSON, written out while it is read. Rules X-2, X-4."""

from __future__ import annotations

from collections.abc import Iterator

from flask import g, request
from werkzeug.wrappers import Response

from core import clock
from core.errors import NotFound
from core.permissions import Access, Duty, allow
from core.tables import csv_lines, json_lines
from partners import exporting
from partners.console.blueprint import acting, blueprint, own_programme, page
from partners.exporting import Export, Kind
from partners.review.queries import way_of

#: What each kind holds, for those who choose.
HOLDS = {
    Kind.APPLICATIONS: "Everybody who applied and did not withdraw: answers, names of files, and where it stands.",
    Kind.INVITATIONS: "Every address that was invited, and what became of it. No link is in it.",
    Kind.EXPERTS: "Everybody who holds your badge or held it, and how it stands.",
}
_TYPES = {"csv": "text/csv", "json": "application/json"}


@blueprint.get("/exports")
@allow(Access.MEMBER, Duty.MANAGER)
def exports(partner: str) -> Response:
    """Show what can be taken along."""
    return page("partners/exports.html", counts=exporting.counts(own_programme()), holds=HOLDS)


@blueprint.post("/exports")
@allow(Access.MEMBER, Duty.MANAGER)
def make_export(partner: str) -> Response:
    """Write out everything of one kind. `Laurel-Rows` says how many rows there will be, for whoever counts along."""
    programme, at = own_programme(), clock.now()
    kind, form = request.form.get("what", Kind.APPLICATIONS), request.form.get("form", "csv")
    if form not in _TYPES or kind not in set(Kind):
        raise NotFound("There is no such export.", "Choose one of the list, as CSV or JSON.")
    found = exporting.export(programme, Kind(kind), way_of(programme.id), at)
    exporting.note_export(programme, found.kind, form, found.total, **acting())
    answer = Response(exporting.written(found, _lines(found, form)), mimetype=_TYPES[form])
    answer.headers["Content-Disposition"] = f'attachment; filename="{g.partner.slug}-{kind}-{at:%Y-%m-%d}.{form}"'
    answer.headers["Laurel-Rows"] = str(found.total)
    answer.call_on_close(found.close)
    return answer


def _lines(found: Export, form: str) -> Iterator[str]:
    if form == "csv":
        rows = ([*(row[name] for name in found.columns), *row.get("answers", ())] for row in found.rows)
        return csv_lines([*found.columns, *found.prompts], rows)
    about = {"partner": g.partner.name, "kind": str(found.kind), "rows": found.total}
    named = (
        row if "answers" not in row else {**row, "answers": _prompted(found.prompts, row["answers"])}
        for row in found.rows
    )
    return json_lines(about, named)


def _prompted(prompts: tuple[str, ...], answers: list[str]) -> list[dict[str, str]]:
    return [{"prompt": prompt, "answer": answer} for prompt, answer in zip(prompts, answers, strict=True)]
