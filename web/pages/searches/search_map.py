"""The map beside the list: where it begins, on what it is drawn, whom it lets the browser ask."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from aiohttp import web

from models import preferences
from models.searches import Query
from models.searches.points import count_unplaced
from models.settings import Settings
from models.store.database import Connection
from web.middlewares.requests import make_content_policy
from web.pages.searches.search_query import ON_MAP, SearchQuery


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchMap:
    """What the page says of its map. `points` is where its listings are asked for, `to_list` the list alone.

    `tiles` are those of another host, with their `credit`; without them the background is ours.
    """

    points: str
    to_list: str
    unplaced: int
    tiles: str
    credit: str


async def read_map(
    conn: Connection, search: SearchQuery, query: Query, *, widened_to: str | None, reader_id: int | None
) -> SearchMap | None:
    """The map of a search, where it is asked for; its list may have been `widened_to` another radius ("": all).

    `query` are its words as the list was found with them.
    """
    if not search.on_map:
        return None
    narrow = search.build_filter(reader_id=reader_id, radius=widened_to)
    chosen = await preferences.load(conn)
    without = [] if widened_to is None else [("km", search.within)]
    return SearchMap(
        points=search.address(
            *without, path="/annonces/points.geojson", also=[("km", widened_to)] if widened_to else []
        ),
        to_list=search.address(ON_MAP),
        unplaced=await count_unplaced(conn, narrow, query),
        tiles=chosen.map_tiles,
        credit=chosen.map_credit,
    )


def allow_tiles(response: web.Response, settings: Settings, shown: SearchMap | None) -> web.Response:
    """The page, with leave to ask the host of its tiles for pictures, and to tell it from which site.

    Only this page, and only where the cooperative chose tiles of another host: it then learns visitors' addresses.
    """
    if shown is None or not shown.tiles:
        return response
    policy = make_content_policy(settings, "/annonces", images=[find_tile_host(shown.tiles)])
    response.headers["Content-Security-Policy"] = policy
    response.headers["Referrer-Policy"] = "strict-origin-when-cross-origin"
    return response


def find_tile_host(tiles: str) -> str:
    """The origin of an address of tiles, as a content policy names it: `{s}` stands for any name of the host's."""
    parts = urlsplit(tiles)
    host = parts.hostname or ""
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{host.replace('{s}', '*')}{port}"
