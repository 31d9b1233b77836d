"""The address in a mail by which a listing stands longer, without a log-in: for one listing, and one of its ends."""

from datetime import UTC, datetime

from federation.instance import Instance
from models.errors import NotFound
from models.listings import listings
from models.listings.listings import Listing
from models.people import actors
from models.people.actors import Actor
from models.store.database import Connection
from web.security.signed_urls import read_signed, sign

PURPOSE = "prolong"


async def make_prolong_link(conn: Connection, instance: Instance, listing_id: int, ends_at: datetime) -> str:
    """Where its author says by one button that it stands longer than until this end."""
    token = await sign(conn, instance.settings, PURPOSE, f"{listing_id} {_stamp(ends_at)}")
    return f"{instance.site.url}/annonces/prolonger/{token}"


async def find_prolonging(conn: Connection, instance: Instance, token: str) -> tuple[Listing, Actor, bool]:
    """The listing, its author, and whether its end is still that of the mail.

    Raises NotFound for what is no such address, for a listing that was taken back, and where its author may not act.
    """
    said = await read_signed(conn, instance.settings, PURPOSE, token)
    id, _, stamp = (said or "").partition(" ")
    listing = await listings.find_by_post(conn, int(id)) if id else None
    if listing is None or listing.post.deleted_at is not None or not listing.post.local:
        raise NotFound
    author = await actors.get(conn, listing.post.author_id)
    if author.gone or author.moved_to is not None:
        raise NotFound
    ends_at = listing.details.expires_at
    return listing, author, ends_at is not None and _stamp(ends_at) == stamp


def _stamp(ends_at: datetime) -> str:
    return str(int(ends_at.astimezone(UTC).timestamp()))
