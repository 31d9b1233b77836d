"""Who may read what by a signed or unsigned request of another server; private equals missing (OB2, OB3)."""

from datetime import datetime

from aiohttp import web

from federation.authentication.authentication import authenticate
from federation.errors import FetchFailed, KeyUnavailable, SignatureInvalid
from federation.instance import Instance
from federation.signatures import is_signed
from federation.uris import host_of, parse_local
from federation.vocabulary.objects import Tombstone
from inbox.receiving.inbox_policy import read_key_hosts, require_allowed_host
from models import posts
from models.communities import communities, insiders
from models.errors import DeclicError, Forbidden, Gone, NotFound
from models.moderation import hidden_posts
from models.people import actors
from models.people.actors import Actor
from models.posts import Post
from models.relations import follows
from models.relations.blocking import blocks
from models.servers import private_hosts
from models.store.database import Connection, connection
from web.activitypub.request_envelope import read_envelope
from web.http.app_keys import INSTANCE
from web.middlewares.peer_rate_limits import note_signer

ALWAYS_OPEN = "instance"
"""The actor that signs our fetches is readable by everybody, or two careful servers could never meet (AC9)."""


class GoneWithTombstone(Gone):
    """This existed and was removed."""

    def __init__(self, tombstone: Tombstone) -> None:
        """What is left of it is what is answered (AC6, OB1)."""
        super().__init__()
        self.tombstone = tombstone


STANDS_FOR = web.RequestKey("stands_for", str)
"""The id of the object whose page was asked for."""

UNSIGNED = web.RequestKey("unsigned", DeclicError)
"""Why the signature of this request counts as none."""


def id_of(request: web.Request) -> str:
    """The id of what is asked for: the address itself, or what it is the page of."""
    return request.get(STANDS_FOR) or f"{request.app[INSTANCE].site.url}{request.path}"


def username_of(request: web.Request) -> str:
    """Whose part is asked for; empty where the address is nobody's."""
    local = parse_local(request.app[INSTANCE].site, request.get(STANDS_FOR, ""))
    return local.username if local is not None else request.match_info.get("username", "")


def describe_departed(request: web.Request, former_type: str, deleted: datetime | None) -> GoneWithTombstone:
    """The tombstone of what stood at the address of this request."""
    return GoneWithTombstone(Tombstone(id=id_of(request), former_type=former_type, deleted=deleted))


async def get_published(conn: Connection, request: web.Request, former_type: str) -> Actor:
    """The actor of ours whose part this address is, as others may see it.

    Raises NotFound, also for members who have not confirmed yet (AC10); GoneWithTombstone for a deleted one (AC6),
    whatever was asked for of it; Forbidden for one that the moderators suspended (AC5).
    """
    actor = await get_author(conn, request, former_type)
    if actor.suspended_at is not None:
        raise Forbidden("account_suspended")
    return actor


async def get_author(conn: Connection, request: web.Request, former_type: str) -> Actor:
    """The same, suspended too: of what she published is told that it is put away, and nothing else."""
    actor = await actors.find_published(conn, username_of(request))
    if actor is None:
        raise NotFound
    if actor.deleted_at is not None:
        raise describe_departed(request, former_type, actor.deleted_at)
    return actor


async def find_hidden_community(request: web.Request) -> Actor | None:
    """The hidden community that is asked for, where whoever signs is of a server of which somebody is in it, or was
    invited; None for all others, who cost and learn the same as where there is none.
    """
    instance = request.app[INSTANCE]
    reader = await read_reader(request)
    if reader is None:
        return None
    async with connection(instance.pool) as conn:
        found = await communities.find_local(conn, username_of(request))
        if found is None or not found.hidden or await communities.is_hidden_from(conn, found.actor_id, reader.host):
            return None
        return await actors.get(conn, found.actor_id)


async def require_welcome_host(request: web.Request) -> None:
    """Raise Forbidden for whoever signs with a key of a server that is set aside, before anything costs (RS14)."""
    envelope = read_envelope(request)
    if is_signed(envelope):
        await require_allowed_host(request.app[INSTANCE], read_key_hosts(envelope.headers))


async def read_reader(request: web.Request) -> Actor | None:
    """Who signed this request; None for an unsigned one.

    Raises Forbidden for servers that are set aside (RS14) and for people whom our moderators suspended (B-54). A
    signature that does not hold, or whose key cannot be had, counts as none where unsigned requests are answered: what
    is public is so for everybody, and servers sign anew neither after a redirect nor after a change of their keys.
    Elsewhere it is refused (401). What cannot be read without one is answered 401 too, see `as_unsigned`.
    """
    envelope = read_envelope(request)
    if not is_signed(envelope):
        return None
    await require_welcome_host(request)
    instance = request.app[INSTANCE]
    try:
        key = await authenticate(instance, envelope)
    except (SignatureInvalid, KeyUnavailable, FetchFailed) as error:
        if username_of(request) != ALWAYS_OPEN and await is_closed(instance):
            raise
        request[UNSIGNED] = error
        return None
    note_signer(request, host_of(key.owner))
    async with connection(instance.pool) as conn:
        reader = await actors.find_by_uri(conn, key.owner)
    if reader is not None and reader.suspended_at is not None:
        raise Forbidden("reader_set_aside")
    return reader


def as_unsigned(request: web.Request, otherwise: DeclicError) -> DeclicError:
    """What to answer where nothing was found: that the signature did not count, if there was one.

    Private and missing are told alike by it (OB3), and whoever may read it learns what to mend.
    """
    unsigned: DeclicError | None = request.get(UNSIGNED)
    return unsigned or otherwise


async def is_closed(instance: Instance) -> bool:
    """Whether strangers have to say who they are: in secure mode, and while only some servers are welcome."""
    return instance.settings.secure_mode or await instance.policy.is_limited()


async def read_known_reader(request: web.Request) -> Actor | None:
    """Who signed this request; in secure mode somebody has to (RS12). Uses the network: hold no connection here.

    The parts of the actor that signs our fetches are open as it is itself (AC9).
    """
    reader = await read_reader(request)
    if reader is None and username_of(request) != ALWAYS_OPEN and await is_closed(request.app[INSTANCE]):
        raise SignatureInvalid("This server answers signed requests only.")
    return reader


async def get_post(conn: Connection, request: web.Request, uri: str, reader: Actor | None, former_type: str) -> Post:
    """The post of ours with this id, as far as `require_standing` lets the reader. Raises NotFound,
    GoneWithTombstone.
    """
    post = await posts.find_by_uri(conn, uri)
    if post is None or not post.local:
        raise NotFound
    await require_standing(conn, request, post, reader, former_type)
    return post


async def get_post_or_put_away(
    conn: Connection, request: web.Request, author: Actor, reader: Actor | None, former_type: str
) -> Post:
    """The same, or one that is hidden where the reader may know so: its document tells only that.

    Of somebody who is suspended there is nothing else. Raises Forbidden too.
    """
    post = await posts.find_by_uri(conn, id_of(request))
    if post is not None and post.local and await _may_know(conn, post, reader):
        return post
    if author.suspended_at is not None:
        raise Forbidden("account_suspended")
    if post is None or not post.local:
        raise NotFound
    await require_standing(conn, request, post, reader, former_type)
    return post


async def _may_know(conn: Connection, post: Post, reader: Actor | None) -> bool:
    """Whether the reader may learn that this post is put away, which is all that is shown of it: whom it was sent to.

    A 404 would have others delete what comes back one day. What never left is missing to everybody.
    """
    if post.hidden_at is None or post.deleted_at is not None:
        return False
    if not await hidden_posts.has_left(conn, post.uri):
        return False
    if reader is None:
        return post.meant_audience in posts.PUBLIC
    if await blocks.between(conn, reader.id, post.author_id):
        return False
    if post.meant_audience in posts.PUBLIC or reader.uri in (*post.to_uris, *post.cc_uris):
        return True
    if post.community_id is not None:
        return bool(await insiders.filter_inside(conn, post.community_id, [reader.id]))
    return post.meant_audience in ("followers", "territories") and await follows.is_follower(
        conn, follower_id=reader.id, followed_id=post.author_id
    )


async def require_standing(
    conn: Connection, request: web.Request, post: Post, reader: Actor | None, former_type: str
) -> None:
    """The question at every address around a post: may this reader see it, and is it gone?

    Raises NotFound for whoever may not read it, for whom private equals missing (OB3). The others are told once it is
    gone (GoneWithTombstone), so that they delete what they hold. Where nothing private is sent, nothing private is
    shown (B-52).
    """
    if post.id not in await posts.filter_visible(conn, [post.id], reader.id if reader else None, tombstones=True):
        raise NotFound
    if post.deleted_at is not None:
        raise describe_departed(request, former_type, post.deleted_at)
    if (
        reader is not None
        and not reader.local
        and post.audience not in posts.PUBLIC
        and not await private_hosts.may_have(conn, reader.host)
    ):
        raise NotFound


async def require_no_block(conn: Connection, reader: Actor | None, actor: Actor) -> None:
    """Raise NotFound when the reader and this actor of ours do not see each other."""
    if reader is not None and await blocks.between(conn, reader.id, actor.id):
        raise NotFound
