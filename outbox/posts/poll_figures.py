"""What became of a poll: its figures told to other servers now and then, its end to whoever asked or voted."""

from dataclasses import replace

from federation.instance import Instance
from models import posts
from models.news import notifications
from models.people import actors
from models.people.actors import Actor
from models.posts import Post
from models.posts.polls import polls, votes
from models.settings import Site
from models.store.background import jobs, stream_events
from models.store.database import Connection, transaction
from outbox.builders.activities.update import build_update
from outbox.posts.polls import FIGURES
from outbox.posts.post_documents import build_document
from outbox.traffic.audience import find_recipients
from outbox.traffic.send import send

REFRESH = "poll"
"""The job that asks a poll's server for its last figures (inbox/posts/poll_refresh)."""


async def end_polls(instance: Instance) -> int:
    """Tell our people that polls which they made, or in which they voted, are over; how many. A chore.

    The last figures of others' polls are asked for, those of ours are told.
    """
    async with transaction(instance.pool) as conn:
        ended = await polls.take_ended(conn)
        for poll in ended:
            told = [*poll.voter_ids, poll.author_id] if poll.local else poll.voter_ids
            await notifications.notify_all(conn, told, type="poll", actor_id=poll.author_id, post_id=poll.post_id)
            name = FIGURES if poll.local else REFRESH
            if told:
                await jobs.enqueue(conn, name, {"post": poll.post_id}, key=f"{name}:{poll.post_id}")
    return len(ended)


async def send_figures(instance: Instance, payload: dict[str, int]) -> None:
    """The job. Running it twice says the same again."""
    async with transaction(instance.pool) as conn:
        for post in await posts.list_by_ids(conn, [payload["post"]]):
            author = await actors.get(conn, post.author_id)
            if post.local and author.deleted_at is None and author.suspended_at is None:
                await _send_figures(conn, instance.site, author, post)


async def _send_figures(conn: Connection, site: Site, author: Actor, post: Post) -> None:
    """To the author's followers, to whoever holds the post and to the servers of those who voted: no edit."""
    poll = await polls.find(conn, post.id, None)
    if poll is None or poll.hidden:
        return
    await stream_events.record(conn, "edit", post.id)
    if post.audience == "coop":
        return
    voters = await votes.list_remote_voters(conn, post.id)
    recipients = await find_recipients(conn, author, post)
    if post.audience != "community":
        recipients = replace(recipients, named_ids=(*recipients.named_ids, *voters), holders_of=post.uri)
    update = build_update(site, author, await build_document(conn, site, author, post))
    await send(conn, author, update, recipients, about=post.uri, listed=False)
