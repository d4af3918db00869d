"""A console's files: what applicants attached to their applications. Rules R-1, X-4."""

from __future__ import annotations

from uuid import UUID

from werkzeug.wrappers import Response

from core.answers import download
from core.permissions import Access, allow
from core.uploads import FileKind
from partners import files
from partners.application_queries import application_sent_to, file_of
from partners.console.blueprint import blueprint, own_programme


@blueprint.get("/applications/<uuid:application_id>/files/<uuid:file_id>")
@allow(Access.MEMBER)
def application_file(partner: str, application_id: UUID, file_id: UUID) -> Response:
    """A file of an application that was sent to the programme, to be saved."""
    file = file_of(application_sent_to(own_programme().id, application_id).id, file_id)
    return download(files.content_of(file), file.name, FileKind(file.kind).mimetype)
