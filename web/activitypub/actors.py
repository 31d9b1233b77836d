"""`/users/NAME`: an actor of ours as a document for servers, as its page for people (AC1 to AC10, CN1 to CN6)."""

import orjson
from aiohttp import web

from federation.serialize import serialize
from models import actors
from models.actors import Actor
from models.database import connection
from models.errors import NotFound
from outbox.profiles import describe_actor
from web.activitypub.access import ALWAYS_OPEN, read_reader
from web.activitypub.negotiation import VARY_PUBLIC, answer_activity, wants_activity
from web.keys import INSTANCE

CACHED_SECONDS = 60


async def show_actor(request: web.Request) -> web.Response:
    """The document; a browser is sent to the page. Deleted actors answer 410 with what is left of them."""
    instance = request.app[INSTANCE]
    wanted = wants_activity(request)
    async with connection(instance.pool) as conn:
        actor = await actors.find_published(conn, request.match_info["username"])
        if actor is None:
            raise NotFound
        if not wanted:
            raise web.HTTPSeeOther(actor.url, headers={"Vary": VARY_PUBLIC})
        if actor.deleted_at is not None:
            return answer_activity(request, _build_tombstone(actor), status=410)
        body = serialize(await describe_actor(conn, instance.site, actor))
    if instance.settings.secure_mode and actor.username != ALWAYS_OPEN and await read_reader(request) is None:
        return answer_activity(request, _build_stub(body), public=False)
    return answer_activity(request, body, seconds=CACHED_SECONDS)


def _build_stub(body: bytes) -> bytes:
    """What even strangers need in secure mode, to verify what this actor signs (RS12)."""
    document = orjson.loads(body)
    kept = ("@context", "id", "type", "preferredUsername", "publicKey")
    return orjson.dumps({key: document[key] for key in kept if key in document})


def _build_tombstone(actor: Actor) -> bytes:
    return orjson.dumps(
        {
            "@context": "https://www.w3.org/ns/activitystreams",
            "id": actor.uri,
            "type": "Tombstone",
            "formerType": actor.type,
            "deleted": actor.deleted_at.isoformat() if actor.deleted_at else None,
        }
    )
