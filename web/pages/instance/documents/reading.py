"""The charter and the terms as anybody reads them, every version with its date."""

from aiohttp import web

from models.errors import NotFound
from models.people.documents import versions
from models.people.documents.versions import DocumentKind
from models.store.database import connection
from web.http.app_keys import INSTANCE
from web.rendering.document_text import write_document
from web.rendering.render import render

PATHS: dict[DocumentKind, str] = {"charter": "/charte", "terms": "/conditions"}


async def show_charter(request: web.Request) -> web.Response:
    """GET /charte?version=."""
    return await _show(request, "charter")


async def show_terms(request: web.Request) -> web.Response:
    """GET /conditions?version=."""
    return await _show(request, "terms")


async def _show(request: web.Request, kind: DocumentKind) -> web.Response:
    """Raises NotFound where nothing was published yet, or never that version."""
    async with connection(request.app[INSTANCE].pool) as conn:
        published = await versions.list_versions(conn, kind)
    asked = request.query.get("version", "")
    shown = next((one for one in published if not asked or str(one.version) == asked), None)
    if shown is None:
        raise NotFound
    return await render(
        request,
        "documents/read.html",
        kind=kind,
        shown=shown,
        content=write_document(shown.text),
        published=published,
        path=PATHS[kind],
    )
