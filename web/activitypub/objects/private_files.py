"""Pictures and invoices that one of ours sent to one person elsewhere: for her alone, who signs, and for so long."""

from aiohttp import web

from models.errors import NotFound
from models.repairs.bikes import sent_files
from models.store.database import connection
from web.activitypub.authorized_fetch import get_published, read_known_reader, require_no_block
from web.activitypub.negotiation import VARY_SIGNED
from web.http.app_keys import INSTANCE

HEADERS = {
    "Cache-Control": "private, no-store",
    "Vary": VARY_SIGNED,
    "Content-Disposition": "attachment",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}


async def show_file(request: web.Request) -> web.StreamResponse:
    """The file itself. Raises NotFound for everybody else, as where there is none, and once it is settled."""
    instance = request.app[INSTANCE]
    reader = await read_known_reader(request)
    async with connection(instance.pool) as conn:
        sender = await get_published(conn, request, "Document")
        if reader is None:
            raise NotFound
        await require_no_block(conn, reader, sender)
        held = await sent_files.find_open(conn, f"{instance.site.url}{request.path}", reader.id)
    path = instance.store.find(held.file_key) if held is not None else None
    if held is None or path is None:
        raise NotFound
    return web.FileResponse(path, headers=HEADERS | {"Content-Type": held.mime_type})
