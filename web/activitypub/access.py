"""Who may read what by a signed or unsigned request of another server; private equals missing (OB2, OB3)."""

from aiohttp import web

from federation.authentication import authenticate
from federation.signatures import is_signed
from inbox.policy import read_key_hosts, require_welcome
from models import actors, blocks
from models.actors import Actor
from models.database import Connection, connection
from models.errors import Forbidden, NotFound
from web.activitypub.envelopes import read_envelope
from web.keys import INSTANCE

ALWAYS_OPEN = "instance"
"""The actor that signs our fetches is readable by everybody, or two careful servers could never meet (AC9)."""


async def get_published(conn: Connection, username: str) -> Actor:
    """Our actor as others may see it. Raises NotFound; HTTPGone for a deleted one, Forbidden for a suspended (AC5)."""
    actor = await actors.find_published(conn, username)
    if actor is None:
        raise NotFound
    if actor.deleted_at is not None:
        raise web.HTTPGone
    if actor.suspended_at is not None:
        raise Forbidden("This account is suspended.")
    return actor


async def read_reader(request: web.Request) -> Actor | None:
    """Who signed this request; None for an unsigned one.

    Raises SignatureInvalid (401) for a wrong signature, and Forbidden for servers that are set aside (RS14).
    """
    envelope = read_envelope(request)
    if not is_signed(envelope):
        return None
    instance = request.app[INSTANCE]
    await require_welcome(instance, read_key_hosts(envelope))
    key = await authenticate(instance, envelope)
    async with connection(instance.pool) as conn:
        return await actors.find_by_uri(conn, key.owner)


async def read_known_reader(request: web.Request) -> Actor | None:
    """Who signed this request; in secure mode somebody has to (RS12). Uses the network: hold no connection here."""
    reader = await read_reader(request)
    if reader is None and request.app[INSTANCE].settings.secure_mode:
        raise web.HTTPUnauthorized
    return reader


async def require_no_block(conn: Connection, reader: Actor | None, actor: Actor) -> None:
    """Raise NotFound when the reader and this actor of ours do not see each other."""
    if reader is not None and await blocks.between(conn, reader.id, actor.id):
        raise NotFound
