"""Who is in a community, moderates and manages it (FEP-1b12), and the versions of its charter."""

from collections.abc import Sequence

from aiohttp import web

from federation.community_uris import Circle, circle_uri
from federation.documents.serialize import serialize
from federation.vocabulary.collections import Collection
from models.communities import charters, communities, members
from models.communities.communities import Community
from models.communities.members import Member
from models.errors import NotFound
from models.people import actors
from models.store.database import Connection, connection
from outbox.builders.objects.community import build_charter
from web.activitypub.authorized_fetch import get_published, read_known_reader, require_no_block
from web.activitypub.collections.paging import BOTTOM, PAGE_SIZE, build_page, build_root, read_cursor
from web.activitypub.negotiation import answer_activity
from web.http.app_keys import INSTANCE

COLLECTION = "OrderedCollection"

CACHED_SECONDS = 60


async def show_members(request: web.Request) -> web.Response:
    """Those who agreed to be shown, where the community shows its members; else missing."""
    instance = request.app[INSTANCE]
    reader = await read_known_reader(request)
    async with connection(instance.pool) as conn:
        community = await _get_community(conn, request)
        await require_no_block(conn, reader, await actors.get(conn, community.actor_id))
        if not community.members_shown:
            raise NotFound
        uri, after = circle_uri(community.uri, "members"), read_cursor(request, "after")
        if after is None:
            return answer_activity(request, build_root(uri, community.members, f"after={BOTTOM}", owner=community.uri))
        rows = await members.list_shown(conn, community.actor_id, after=after, limit=PAGE_SIZE + 1)
        found = await actors.map_by_ids(conn, [one.actor_id for one in rows])
    items = [(one.membership_id, found[one.actor_id].uri) for one in rows]
    return answer_activity(request, build_page(uri, "after", after, items))


async def show_moderators(request: web.Request) -> web.Response:
    """Managers and moderators: whom other servers believe what is done in the name of the community."""
    return await _show_leading(request, "moderators")


async def show_managers(request: web.Request) -> web.Response:
    """Of these the managers."""
    return await _show_leading(request, "managers")


async def _show_leading(request: web.Request, circle: Circle) -> web.Response:
    instance = request.app[INSTANCE]
    await read_known_reader(request)
    async with connection(instance.pool) as conn:
        community = await _get_community(conn, request)
        leading = await members.list_leading(conn, community.actor_id)
        shown: Sequence[Member] = [one for one in leading if circle == "moderators" or one.role == "manager"]
        found = await actors.map_by_ids(conn, [one.actor_id for one in shown])
    items = tuple(found[one.actor_id].uri for one in shown)
    collection = Collection(
        id=circle_uri(community.uri, circle), total_items=len(items), items=items, attributed_to=community.uri
    )
    return answer_activity(request, serialize(collection))


async def show_charter(request: web.Request) -> web.Response:
    """One version of the charter."""
    instance = request.app[INSTANCE]
    await read_known_reader(request)
    async with connection(instance.pool) as conn:
        community = await _get_community(conn, request)
        charter = await charters.find_version(conn, community.actor_id, int(request.match_info["version"]))
        if charter is None:
            raise NotFound
    return answer_activity(request, serialize(build_charter(community, charter)), seconds=CACHED_SECONDS)


async def _get_community(conn: Connection, request: web.Request) -> Community:
    """The community whose part is asked for. Raises NotFound for a hidden one, and for other actors."""
    group = await get_published(conn, request, COLLECTION)
    found = await communities.find(conn, group.id)
    if found is None:
        raise NotFound
    return found
