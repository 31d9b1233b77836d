"""A member lets in what strangers wrote to her, or sends it away; the cooperative does so for a whole server."""

from federation.instance import Instance
from models import posts
from models.errors import NotFound
from models.moderation.reports import CONTENT_LIMIT
from models.news import notification_policies, notifications
from models.people import actors
from models.people.actors import Actor
from models.posts import Post, message_requests
from models.posts.message_requests import Request, known_senders, news
from models.posts.message_requests.values import MOST_OF_ONE
from models.settings import Site
from models.store.background import jobs
from models.store.database import Connection, transaction
from outbox.moderation import reports
from outbox.moderation.reports import Complaint
from outbox.threads.cooperative_messages import write_to_member

JOB = "message_requests"
"""The job that tells a member that something waits."""

PAGE = "/messages/inconnus"

WORDS = {
    "fr": "Quelqu’un que vous ne connaissez pas vous a écrit. Son message attend que vous le laissiez entrer ou que "
    "vous l’écartiez : {page}",
    "en": "Somebody whom you do not know wrote to you. The message waits until you let it in or send it away: {page}",
}


async def accept_and_notify(conn: Connection, reader: Actor, author_id: int) -> int:
    """The reader lets this writer in herself (`let_in`): nothing of hers is set apart by the reader's policy either.

    Raises NotFound as `let_in`.
    """
    await _require_waiting(conn, reader.id, author_id)
    await notification_policies.let_in(conn, reader.id, author_id)
    return await accept_sender(conn, reader, author_id)


async def accept_sender(conn: Connection, reader: Actor, author_id: int) -> int:
    """Everything of this writer that waits comes in as it would have, and so does what follows; how many messages.

    Raises NotFound where nothing of hers waits for the reader.
    """
    await _require_waiting(conn, reader.id, author_id)
    await message_requests.decide(conn, reader.id, author_id, welcome=True)
    accepted = await message_requests.accept(conn, reader.id, author_id)
    for request in accepted:
        post = await posts.find_by_uri(conn, request.uri)
        if post is not None and post.author_id == author_id:
            await message_requests.settle(conn, request.uri, [reader.id])
            await show(conn, post, request)
    return len(accepted)


async def send_away(conn: Connection, reader: Actor, author_id: int) -> int:
    """It is gone, and for 30 days nothing of this writer comes unasked; nobody is told. Raises NotFound as `let_in`."""
    await _require_waiting(conn, reader.id, author_id)
    await message_requests.decide(conn, reader.id, author_id, welcome=False)
    return await message_requests.drop(conn, reader.id, author_id)


async def report(conn: Connection, site: Site, reader: Actor, author_id: int) -> None:
    """Tell the moderators here what was written, and send it away. Raises NotFound as `let_in`."""
    found = await message_requests.list_of(conn, reader.id, [author_id], each=MOST_OF_ONE)
    if found:
        said = "\n\n".join(f"{one.uri}\n{one.warning}\n{one.text}" for one in reversed(found))
        target = await actors.get(conn, author_id)
        await reports.report(conn, site, reader, Complaint(target=target, content=said[:CONTENT_LIMIT]))
    await send_away(conn, reader, author_id)


async def show(conn: Connection, post: Post, request: Request) -> None:
    """A post that is kept for others comes to one more reader, who is told of it."""
    if post.deleted_at is not None:
        return
    if request.named is not None:
        await posts.show_to(conn, post, request.reader_id, silent=not request.named)
    await notifications.notify(
        conn, recipient_id=request.reader_id, type="mention", actor_id=post.author_id, post_id=post.id
    )


async def accept_host(conn: Connection, host: str) -> int:
    """What this server's people wrote comes in for everybody, and so does all that follows; how many messages."""
    await known_senders.release(conn, host)
    total = 0
    for reader_id, author_id in await message_requests.list_pairs(conn, host):
        total += await accept_sender(conn, await actors.get(conn, reader_id), author_id)
    return total


async def accept_known_senders(instance: Instance) -> int:
    """Let in what waits of people whom its reader wrote to or follows by now, and tell who was not told; a chore.

    How many messages.
    """
    async with transaction(instance.pool) as conn:
        total = 0
        for reader_id, author_id in await message_requests.list_related_pairs(conn):
            total += await accept_sender(conn, await actors.get(conn, reader_id), author_id)
        for reader_id in await news.list_untold(conn):
            if await news.claim(conn, reader_id):
                await jobs.enqueue(conn, JOB, {"reader_id": reader_id}, key=f"{JOB}:{reader_id}")
    return total


async def notify_waiting(instance: Instance, payload: dict[str, int]) -> None:
    """The job: a message from the cooperative, if something waits still. It says nothing of what was written."""
    async with transaction(instance.pool) as conn:
        people, _ = await message_requests.count_senders(conn, payload["reader_id"])
        if people:
            await _notify_reader(conn, instance.site, payload["reader_id"])


async def _notify_reader(conn: Connection, site: Site, reader_id: int) -> None:
    reader = await actors.get(conn, reader_id)
    words = {code: text.format(page=f"{site.url}{PAGE}") for code, text in WORDS.items()}
    post = await write_to_member(conn, site, reader, words)
    if post is not None:
        await news.add_notice(conn, reader.id, post.id)


async def _require_waiting(conn: Connection, reader_id: int, author_id: int) -> None:
    if not await message_requests.list_of(conn, reader_id, [author_id], each=1):
        raise NotFound
