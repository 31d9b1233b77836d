"""The listing that an address names by its id."""

from aiohttp import web

from models import posts
from models.errors import NotFound
from models.listings import listings
from models.listings.listings import Listing
from models.store.database import Connection
from web.http.row_ids import read_id
from web.security.session import reader_of


async def get_listing(conn: Connection, request: web.Request) -> Listing:
    """The living listing that the address names by its id, if the reader may see it. Raises NotFound and Gone."""
    listing = await listings.find_by_post(conn, read_id(request.match_info["id"]))
    if listing is None:
        raise NotFound
    posts.require_standing(listing.post, reader_of(request))
    if not await posts.filter_visible(conn, [listing.id], reader_of(request)):
        raise NotFound
    return listing
