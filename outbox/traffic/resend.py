"""What did not arrive is sent again: everything for a server, one post, or one request to follow."""

from datetime import datetime

from models.people.actors import Actor
from models.posts import Post
from models.store.database import Connection
from models.traffic.outbound import held_deliveries, requeue


async def retry(conn: Connection, host: str, *, at: datetime) -> int:
    """Try now what waits for this server; how many deliveries are due."""
    return await held_deliveries.retry_now(conn, host, at=at)


async def catch_up(conn: Connection, host: str, *, since: datetime, at: datetime) -> int:
    """Send again what failed for this server since then, and what waits too; how many that failed."""
    queued = await requeue.catch_up(conn, host, since=since, at=at)
    await retry(conn, host, at=at)
    return queued


async def send_post(conn: Connection, post: Post, *, at: datetime) -> int:
    """A post of ours, wherever it failed or waits; how many deliveries."""
    return await requeue.send_post_again(conn, post.uri, at=at)


async def send_act(conn: Connection, uri: str, *, at: datetime) -> int:
    """What somebody of ours did about an agreement, by the id of that activity; how many deliveries."""
    return await requeue.send_post_again(conn, uri, at=at)


async def send_request(conn: Connection, follower: Actor, followed: Actor, *, at: datetime) -> int:
    """What somebody of ours asked of somebody elsewhere, or took back; how many deliveries."""
    return await requeue.send_act_again(
        conn, actor_id=follower.id, object_uri=followed.uri, types=("Follow", "Undo"), at=at
    )


async def send_reactions(conn: Connection, actor: Actor, post: Post, *, at: datetime) -> int:
    """What somebody of ours liked, passed on or took back; how many deliveries."""
    return await requeue.send_act_again(conn, actor_id=actor.id, object_uri=post.uri, types=("Like", "Announce"), at=at)
