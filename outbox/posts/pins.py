"""Pin one's own post to one's profile and take it down again; followers elsewhere are told (CO5)."""

from federation.vocabulary.activities.activities import Activity
from models.errors import Invalid
from models.people.actors import Actor
from models.posts import PUBLIC, Post
from models.relations import pins
from models.settings import Site
from models.store.database import Connection
from outbox.builders.activities.add import build_add
from outbox.builders.activities.remove import build_remove
from outbox.traffic.send import Recipients, send


async def pin(conn: Connection, site: Site, author: Actor, post: Post) -> None:
    """Keep a public post at the top of its author's profile. Again changes nothing. Raises Invalid."""
    if post.author_id != author.id:
        raise Invalid("pin_of_others", field="id")
    if post.audience not in PUBLIC:
        raise Invalid("pin_not_public", field="id")
    if await pins.pin(conn, author.id, post.id):
        await _send_to_followers(conn, author, build_add(site, author, post.uri))


async def unpin(conn: Connection, site: Site, author: Actor, post: Post) -> None:
    """Take it down. Again changes nothing."""
    if await pins.unpin(conn, author.id, post.id):
        await _send_to_followers(conn, author, build_remove(site, author, post.uri))


async def _send_to_followers(conn: Connection, author: Actor, activity: Activity) -> None:
    await send(conn, author, activity, Recipients(followed_ids=(author.id,)), about=author.featured_uri)
