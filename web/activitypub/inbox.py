"""POST to an inbox: the request as it came, handed to inbox/receiving/receive, and its outcome as an answer (HT1)."""

import asyncio

from aiohttp import web
from multidict import MultiMapping

from federation.documents.parse import MAX_BYTES
from federation.instance import Instance
from federation.signatures import ACCEPT_SIGNATURE, Envelope
from inbox.receiving.inbox_policy import read_key_hosts, require_allowed_host
from inbox.receiving.receive import Outcome, receive
from models.errors import Gone
from models.store.database import connection
from web.activitypub.authorized_fetch import get_published
from web.activitypub.request_envelope import read_envelope
from web.http.app_keys import INSTANCE
from web.middlewares.peer_rate_limits import PROVEN
from web.middlewares.shutdown import has_ended
from web.middlewares.whole_requests import FOUND, NOTHING

BODY_SECONDS = 30
"""How long a body may take: whoever sends a byte now and then keeps nothing of ours busy (B-09)."""


async def post_inbox(request: web.Request) -> web.Response:
    """A personal inbox (`/users/NAME/inbox`) or the shared one (`/inbox`)."""
    outcome = await _find_outcome(request)
    request[PROVEN] = outcome.proven
    if outcome.status == 202:
        return web.Response(status=202)
    headers = {}
    if outcome.status == 401:
        headers["Accept-Signature"] = ACCEPT_SIGNATURE
    if outcome.retry_after is not None:
        headers["Retry-After"] = str(outcome.retry_after)
    return web.json_response({"error": outcome.reason}, status=outcome.status, headers=headers)


async def _find_outcome(request: web.Request) -> Outcome:
    """What was found out on the short way already (`inbox_shortcut`), or is found out now."""
    found = request.get(FOUND, NOTHING).result
    if isinstance(found, Exception):
        raise found
    if isinstance(found, Outcome):
        return found
    instance = request.app[INSTANCE]
    hosts = await _welcome(instance, request.headers)
    envelope = read_envelope(request, await read_body(request, MAX_BYTES))
    return await receive(instance, envelope, request.match_info.get("username"), welcomed=hosts)


async def take_in(instance: Instance, envelope: Envelope, owner: str | None) -> Outcome:
    """The same for a request that came whole, to the inbox of this one of ours, or to the shared one."""
    return await receive(instance, envelope, owner, welcomed=await _welcome(instance, envelope.headers))


async def _welcome(instance: Instance, headers: MultiMapping[str]) -> frozenset[str]:
    """Whose keys are named: whoever is set aside costs nothing (RS14). Raises Gone once this instance has ended."""
    if await has_ended(instance):
        raise Gone("shutdown_ended")
    hosts = read_key_hosts(headers)
    await require_allowed_host(instance, hosts)
    return hosts


async def read_body(request: web.Request, most: int) -> bytes:
    """At most one byte more than it may have, whatever the length that was promised (B-35), and in good time."""
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise web.HTTPUnsupportedMediaType  # before anything is unpacked (B-11)
    if request.content_length is not None and request.content_length > most:
        raise web.HTTPRequestEntityTooLarge(most, request.content_length)
    content = request.content
    if content.is_eof() and content.total_bytes <= most:  # all of it came with the head
        return content.read_nowait()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            return await _read_pieces(request, most)
    except TimeoutError:
        raise web.HTTPRequestTimeout from None


async def _read_pieces(request: web.Request, most: int) -> bytes:
    pieces, size = [], 0
    async for piece in request.content.iter_any():
        size += len(piece)
        if size > most:
            raise web.HTTPRequestEntityTooLarge(most, size)
        pieces.append(piece)
    return b"".join(pieces)


async def refuse_reading(request: web.Request) -> web.Response:
    """Nobody reads an inbox from outside (CO6); that of nobody is not there, that of somebody deleted is gone."""
    if "username" in request.match_info:
        async with connection(request.app[INSTANCE].pool) as conn:
            await get_published(conn, request, "OrderedCollection")
    raise web.HTTPForbidden
