"""`/users/instance/held_copies`: what is held here of a server that was made again of a backup, for itself alone."""

import re

from aiohttp import web

from federation.documents.serialize import serialize
from federation.errors import SignatureInvalid
from models.store.database import connection
from outbox.servers.held_copies import build_page
from web.activitypub.authorized_fetch import as_unsigned, read_reader
from web.activitypub.negotiation import answer_activity
from web.http.app_keys import INSTANCE

_PLACE = re.compile(r"\d{1,18}")


async def show_held_copies(request: web.Request) -> web.Response:
    """Page by page; to everybody else here is nothing."""
    instance = request.app[INSTANCE]
    reader = await read_reader(request)
    if reader is None:
        raise as_unsigned(request, SignatureInvalid("Only a server that signs is given back what it lost."))
    after = request.query.get("after", "")
    async with connection(instance.pool) as conn:
        place = int(after) if _PLACE.fullmatch(after) else 0
        page = await build_page(conn, instance.site, reader, after=place)
    return answer_activity(request, serialize(page), public=False)
