"""Categories, communes, and the other territories: what listings are about, where, and from whom."""

from aiohttp import web

from models import preferences
from models.people import actors
from models.people.actors import Actor
from models.places import places
from models.places.places import fold_name
from models.relations import follows
from models.servers.neighbour_cooperatives import list_neighbours
from models.store.database import Connection, connection
from web.actions.follow_by_address import follow_address, unfollow_host
from web.api.auth import reader, reader_id
from web.api.declic import serializers
from web.api.declic.cache_headers import SHIPPED_SECONDS, answer
from web.api.declic.request_schemas import CommuneQuery, Nothing, TerritoryQuery
from web.api.declic.response_schemas import FollowedStream, TerritoryFollow
from web.api.declic.serializers import build_commune, build_territory
from web.api.entities.accounts import write_acct
from web.http.app_keys import INSTANCE


async def list_categories(request: web.Request, _: Nothing) -> web.Response:
    """GET /categories: the whole tree, each wider one before its narrower ones; which are closed here."""
    async with connection(request.app[INSTANCE].pool) as conn:
        chosen = await preferences.load(conn)
    return answer(request, serializers.list_categories(chosen))


async def list_communes(request: web.Request, asked: CommuneQuery) -> web.Response:
    """GET /communes: the likeliest first."""
    async with connection(request.app[INSTANCE].pool) as conn:
        found = await places.search_communes(conn, asked.q, asked.limit)
    return answer(request, [build_commune(one) for one in found], seconds=SHIPPED_SECONDS)


async def list_territories(request: web.Request, asked: TerritoryQuery) -> web.Response:
    """GET /territories: those of the network page, 200 at most; those that answer first, then by open listings."""
    wanted = fold_name(asked.q)
    async with connection(request.app[INSTANCE].pool) as conn:
        coop = await actors.find_local(conn, "coop")
        seen = await list_neighbours(conn, reader_id(request), coop.id if coop else None)
        known = await actors.map_by_ids(conn, [one.actor_id for one in seen])
    shown = [build_territory(one, known[one.actor_id]) for one in seen]
    return answer(
        request,
        [
            one
            for one in sorted(shown, key=lambda one: (one.silent, -one.listings))
            if wanted in fold_name(" ".join([one.name, one.place or "", one.host, *one.places]))
        ],
    )


async def post_follow(request: web.Request, _: Nothing) -> web.Response:
    """POST /territories/{host}/follow: its streams, or its cooperative where it has none. Raises ResolveFailed."""
    host = request.match_info["host"].lower()
    await follow_address(request.app[INSTANCE], reader(request), "", host=host)
    return await _answer_follow(request, host)


async def post_unfollow(request: web.Request, _: Nothing) -> web.Response:
    """POST /territories/{host}/unfollow: none of its streams any longer, nor its cooperative."""
    host = request.match_info["host"].lower()
    await unfollow_host(request.app[INSTANCE], reader(request), host)
    return await _answer_follow(request, host)


async def _answer_follow(request: web.Request, host: str) -> web.Response:
    async with connection(request.app[INSTANCE].pool) as conn:
        followed = await _list_followed(conn, reader(request), host)
    return answer(request, TerritoryFollow(host=host, followed=followed))


async def _list_followed(conn: Connection, me: Actor, host: str) -> list[FollowedStream]:
    asked = {row.followed_id: row.state for row in await follows.list_asked(conn, me.id)}
    return [
        FollowedStream(
            id=str(actor.id),
            acct=write_acct(actor),
            following=asked[actor.id] == "accepted",
            requested=asked[actor.id] == "pending",
        )
        for actor in await actors.list_by_ids(conn, list(asked))
        if actor.host == host and actor.type in ("Group", "Organization")
    ]
