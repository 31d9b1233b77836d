"""`/users/NAME/followers_synchronization`: the followers of one of ours at the server that asks (FEP-8fcf, AX24)."""

from aiohttp import web

from federation.documents.serialize import serialize
from federation.errors import SignatureInvalid
from federation.uris import followers_synchronization_uri, origin_of
from federation.vocabulary.collections import Collection
from models.relations import followers
from models.store.database import connection
from web.activitypub.authorized_fetch import as_unsigned, get_published, read_reader, require_no_block
from web.activitypub.negotiation import answer_activity
from web.http.app_keys import INSTANCE


async def show_followers_here(request: web.Request) -> web.Response:
    """Only for a server that signs, which is told of its own people and of nobody else's."""
    instance = request.app[INSTANCE]
    reader = await read_reader(request)
    if reader is None:
        raise as_unsigned(request, SignatureInvalid("Only a server that signs is told of its own people."))
    async with connection(instance.pool) as conn:
        actor = await get_published(conn, request, "OrderedCollection")
        await require_no_block(conn, reader, actor)
        found = await followers.list_at_origin(conn, actor.id, origin_of(reader.uri))
    uri = followers_synchronization_uri(instance.site, actor.username)
    return answer_activity(request, serialize(Collection(id=uri, items=tuple(sorted(found)))), public=False)
