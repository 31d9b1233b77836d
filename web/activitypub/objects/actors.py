"""`/users/NAME`: an actor of ours as a document for servers, as its page for people (AC1 to AC10, CN1 to CN6)."""

import orjson
from aiohttp import web

from federation.documents.serialize import serialize
from models.errors import NotFound
from models.people import actors
from models.store.database import connection
from outbox.people.profiles import describe_actor
from web.activitypub.authorized_fetch import (
    ALWAYS_OPEN,
    describe_departed,
    find_hidden_community,
    is_closed,
    read_reader,
    require_welcome_host,
    username_of,
)
from web.activitypub.negotiation import VARY_PUBLIC, answer_activity, wants_activity
from web.http.app_keys import INSTANCE

CACHED_SECONDS = 60


async def show_actor(request: web.Request) -> web.Response:
    """The document, under its one id (AC1); a browser is sent to the page, however the name is written."""
    instance = request.app[INSTANCE]
    wanted, name = wants_activity(request), request.match_info["username"]
    if wanted:
        return await answer_actor(request)
    async with connection(instance.pool) as conn:
        actor = await actors.find_published(conn, name)
    if actor is None:
        raise NotFound
    raise web.HTTPSeeOther(actor.url, headers={"Vary": VARY_PUBLIC})


async def answer_actor(request: web.Request) -> web.Response:
    """The document of the actor that is asked for. Raises NotFound where the id is written otherwise (AC1)."""
    instance, name = request.app[INSTANCE], username_of(request)
    async with connection(instance.pool) as conn:
        actor = await actors.find_published(conn, name)
    hidden = await find_hidden_community(request) if actor is None else None
    actor = actor or hidden
    if actor is None or actor.username != name:
        raise NotFound
    async with connection(instance.pool) as conn:
        if actor.deleted_at is not None:
            raise describe_departed(request, actor.type, actor.deleted_at)
        body = serialize(await describe_actor(conn, instance.site, actor))
    if name != ALWAYS_OPEN:
        if await is_closed(instance):
            known = await read_reader(request) is not None
            return answer_activity(request, body if known else _build_stub(body), public=False)
        await require_welcome_host(request)
    return answer_activity(request, body, public=hidden is None, seconds=CACHED_SECONDS)


def _build_stub(body: bytes) -> bytes:
    """What even strangers need in secure mode, to verify what this actor signs (RS12)."""
    document = orjson.loads(body)
    kept = ("@context", "id", "type", "preferredUsername", "publicKey")
    return orjson.dumps({key: document[key] for key in kept if key in document})
