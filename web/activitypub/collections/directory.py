"""The directory for servers: whom we vouch for, what is open here, and our map as GeoJSON (RFC 7946)."""

from datetime import UTC, datetime

import orjson
from aiohttp import web

from federation.directory.geojson import GEOJSON, build_map
from federation.directory.territories import build_territories, build_vouch
from federation.documents.serialize import serialize
from federation.uris import actor_uri, proposals_uri
from federation.vocabulary.collections import Verbatim
from federation.vocabulary.marketplace import Proposal
from models.errors import NotFound
from models.ids import HIGHEST_ID
from models.listings import listings
from models.people import actors
from models.people.actors import Actor
from models.posts.media import media
from models.posts.quotes import quote_policies
from models.servers.directory.own import count_open, list_open
from models.servers.directory.reading import OwnVouch, list_entries, list_own_vouches
from models.store.database import Connection, connection
from outbox.builders.objects.proposal import build_proposal
from outbox.builders.objects.quotes import add_quotes
from web.activitypub.authorized_fetch import read_known_reader, require_no_block
from web.activitypub.collections.paging import PAGE_SIZE, build_page, build_root, read_cursor
from web.activitypub.negotiation import answer_activity
from web.http.app_keys import INSTANCE
from web.http.caching import answer_kept

CACHED_SECONDS = 3600
OPEN = {"Access-Control-Allow-Origin": "*"}


async def show_territories(request: web.Request) -> web.Response:
    """GET /territories: our vouches; missing as long as the cooperative did not ask to be listed."""
    reader = await read_known_reader(request)
    async with connection(request.app[INSTANCE].pool) as conn:
        vouches = await _list_vouches(conn, reader)
    body = serialize(build_territories(request.app[INSTANCE].site, vouches, _today()))
    return answer_activity(request, body, seconds=CACHED_SECONDS)


async def show_vouch(request: web.Request) -> web.Response:
    """GET /territories/{host}: one of them, under its own id."""
    reader = await read_known_reader(request)
    async with connection(request.app[INSTANCE].pool) as conn:
        vouches = {vouch.host: vouch for vouch in await _list_vouches(conn, reader)}
    vouch = vouches.get(request.match_info["host"])
    if vouch is None:
        raise NotFound
    body = serialize(build_vouch(request.app[INSTANCE].site, vouch, _today()))
    return answer_activity(request, body, seconds=CACHED_SECONDS)


async def show_proposals(request: web.Request) -> web.Response:
    """GET /users/coop/proposals: every open listing of the territory, whole, the newest first.

    A reader sees nothing of whoever does not see her, as in the outboxes (CO4).
    """
    reader = await read_known_reader(request)
    instance = request.app[INSTANCE]
    uri, before = proposals_uri(instance.site, "coop"), read_cursor(request, "before")
    async with connection(instance.pool) as conn:
        await _get_listed_coop(conn, reader)
        if before is None:
            owner = actor_uri(instance.site, "coop")
            root = build_root(uri, await count_open(conn), f"before={HIGHEST_ID}", owner=owner)
            return answer_activity(request, root)
        found = await list_open(conn, before=before, limit=PAGE_SIZE + 1, reader_id=reader.id if reader else None)
        items = await _describe_open(request, conn, found)
    return answer_activity(request, build_page(uri, "before", before, items))


async def show_geojson(request: web.Request) -> web.Response:
    """GET /territories.geojson: the map as it is seen from here, for everybody's maps; no member is on it."""
    instance = request.app[INSTANCE]
    async with connection(instance.pool) as conn:
        entries = [entry for entry in await list_entries(conn) if entry.accepted_at is not None]
        coop = await actors.find_local(conn, "coop")
    body = orjson.dumps(build_map(instance.site, entries, coop))
    return answer_kept(request, body, seconds=CACHED_SECONDS, headers=OPEN | {"Content-Type": GEOJSON})


def _today() -> datetime:
    """A vouch is said anew on each day, not with each request."""
    return datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


async def _get_listed_coop(conn: Connection, reader: Actor | None) -> Actor:
    coop = await actors.find_local(conn, "coop")
    if coop is None or not coop.discoverable or coop.suspended_at is not None:
        raise NotFound
    await require_no_block(conn, reader, coop)
    return coop


async def _list_vouches(conn: Connection, reader: Actor | None) -> list[OwnVouch]:
    await _get_listed_coop(conn, reader)
    return await list_own_vouches(conn)


async def _describe_open(request: web.Request, conn: Connection, ids: list[int]) -> list[tuple[int, object]]:
    """The listings as they are served at their own addresses."""
    site = request.app[INSTANCE].site
    found = await listings.list_by_posts(conn, ids)
    authors = await actors.map_by_ids(conn, [item.post.author_id for item in found.values()])
    pictures = await media.list_by_posts(conn, list(found))
    parts = await quote_policies.load_parts(conn, [item.post for item in found.values()])
    described: list[tuple[int, object]] = []
    for item in (found[id] for id in ids if id in found):
        author = authors[item.post.author_id]
        proposal = build_proposal(site, author, item, pictures.get(item.id, []))
        described.append((item.id, _write(add_quotes(author, proposal, parts[item.id]))))
    return described


def _write(proposal: Proposal) -> Verbatim:
    return Verbatim(body=serialize(proposal).decode())
