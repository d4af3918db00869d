"""The page of feed imports: what was imported, and a form to import a file. docs/feed.md."""

from __future__ import annotations

from io import BytesIO

from flask import request, send_file
from werkzeug.wrappers import Response

from core import clock
from core.answers import page
from core.errors import InvalidInput
from core.permissions import Access, allow
from freelancers.feed.errors import FeedError, ImportRunning
from freelancers.queries import latest_imports
from staff.blueprint import blueprint, me
from staff.forms import ImportForm
from staff.uploads import Imported, import_upload, safe_name

SHOWN = 100


@blueprint.get("/imports")
@allow(Access.STAFF)
def imports() -> Response:
    """What was imported, and the form for the next file."""
    return _imports_page(ImportForm())


@blueprint.post("/imports")
@allow(Access.STAFF)
def import_file() -> Response:
    """Import a file, or only try it, and report every row that was refused."""
    form = ImportForm()
    if not form.validate():
        return _imports_page(form, 422)
    try:
        outcome = _import(form)
    except (FeedError, ImportRunning) as error:
        form.form_errors.append(error.title + ".")
        return _imports_page(form, form.refuse(error))
    return page("staff/imported.html", outcome=outcome, report=outcome.report, shown=SHOWN)


@blueprint.post("/imports/refused")
@allow(Access.STAFF)
def refused_rows() -> Response:
    """Return refused rows, which came with the report, as a file to mend."""
    name, rows = safe_name(request.form.get("name", "")), request.form.get("rows", "")
    if not rows:
        raise InvalidInput("There are no rows to save.", "Import the file again.")
    kind = "text/csv" if name.lower().endswith(".csv") else "application/x-ndjson"
    file = BytesIO(rows.replace("\r\n", "\n").encode())
    return send_file(file, mimetype=kind, as_attachment=True, download_name=name)


def _import(form: ImportForm) -> Imported:
    upload = form.file.data
    return import_upload(
        upload.stream,
        upload.filename or "",
        form.mapping.data or None,
        dry_run=form.dry_run.data,
        by=me(),
        at=clock.now(),
    )


def _imports_page(form: ImportForm, status: int = 200) -> Response:
    return page("staff/imports.html", status, form=form, imports=latest_imports())
