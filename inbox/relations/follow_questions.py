"""Questions that several handlers ask about who may answer what."""

from federation.uris import is_local, same_origin
from federation.vocabulary.activities.activities import Follow, QuoteRequest
from inbox.errors import Ignored
from models import posts
from models.people import actors
from models.people.actors import Actor
from models.posts.quotes import quotes
from models.posts.quotes.quotes import Quote
from models.relations import follows
from models.settings import Site
from models.store.database import Connection
from models.traffic import answered_follows


async def find_our_follow(conn: Connection, site: Site, sender: Actor, answered: Follow | str) -> follows.Follow:
    """The Follow of ours that `sender` answers: by its id, or by who follows whom where the id was lost (AX3).

    It arrived: some servers answer it, and yet refuse the request that brought it. Raises Ignored unless one of ours
    asked exactly this actor.
    """
    uri = answered if isinstance(answered, str) else answered.id
    found = await follows.find_by_uri(conn, uri) if uri and is_local(site, uri) else None
    if found is None and isinstance(answered, Follow):
        found = await _find_by_sides(conn, sender, answered)
    if found is None or found.followed_id != sender.id:
        raise Ignored("follow_not_asked")
    if found.uri is not None:
        await answered_follows.confirm(conn, found.uri, sender.uri)
    return found


async def _find_by_sides(conn: Connection, sender: Actor, answered: Follow) -> follows.Follow | None:
    if answered.object != sender.uri:
        return None
    follower = await actors.find_by_uri(conn, answered.actor)
    if follower is None or not follower.local:
        return None
    return await follows.find(conn, follower_id=follower.id, followed_id=sender.id)


async def find_asked(conn: Connection, sender: Actor, answered: object) -> Quote | None:
    """The quote that one of ours asked `sender` for by this QuoteRequest; None for what is no answer to one."""
    uri = answered.id if isinstance(answered, QuoteRequest) else answered
    quote = await quotes.find_by_request(conn, uri) if isinstance(uri, str) and uri else None
    if quote is None or quote.quoted_id is None:
        return None
    quoted = await posts.list_by_ids(conn, [quote.quoted_id])
    quoting = await actors.get(conn, quote.quoting_actor_id)
    return quote if quoting.local and [one.author_id for one in quoted] == [sender.id] else None


def require_featured(sender: Actor, target: str, object_uri: str) -> None:
    """Raise Ignored unless `target` is the sender's own collection of pinned posts and the object may be their own."""
    if target != sender.featured_uri:
        raise Ignored("not_own_collection")
    if not same_origin(object_uri, sender.uri):
        raise Ignored("pinned_not_own")
