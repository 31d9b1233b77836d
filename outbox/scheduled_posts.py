"""Publish later: kept with its moment, published by a job exactly once, and never lost without a word."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from models.access import idempotency_keys
from models.access.idempotency_keys import RequestResult
from models.errors import Forbidden, Invalid
from models.people import accounts, actors
from models.people.actors import Actor
from models.posts import Post, scheduled_posts
from models.posts.media import uploads
from models.posts.provenance import App
from models.posts.scheduled_posts import Scheduled
from models.settings import Site
from models.store.background import jobs
from models.store.database import Connection
from outbox import posting
from outbox.posting import PostRequest
from outbox.posts.polls import require_poll
from outbox.threads.cooperative_messages import write_to_member

JOB = "scheduled"

SOONEST = timedelta(minutes=5)
LATEST = timedelta(days=366)

LETTER = 4_000
"""Characters of what was typed that one letter gives back: with the cause before it, it stays within `TEXT_LIMIT`."""

FAILED = {
    "fr": "Votre message prévu pour maintenant n’a pas pu être publié : {cause} "
    "Le voici, pour que rien ne se perde :\n\n{text}",
    "en": "Your message planned for now could not be published: {cause} Here it is, so that nothing is lost:\n\n{text}",
}


async def schedule(conn: Connection, author: Actor, wish: PostRequest, at: datetime, app: App | None) -> Scheduled:
    """Keep it for its moment. Raises Invalid where that is too soon or too late, or a picture is not the author's.

    A poll lasts from that moment on.
    """
    require_moment(at)
    require_poll(wish.text, wish.media_ids, wish.poll)
    for media_id in wish.media_ids:
        if (await uploads.get_own(conn, media_id, author.id)).post_id is not None:
            raise Invalid("media_unusable", field="media_ids")
    kept = posting.write_wish(wish)
    row = await scheduled_posts.create(conn, author.id, at, kept, list(wish.media_ids), app)
    await _ask(conn, row.id, at)
    return row


async def reschedule(conn: Connection, held: Scheduled, at: datetime) -> None:
    """Another moment. Raises Invalid."""
    require_moment(at)
    await scheduled_posts.require_room(conn, held.actor_id, at, besides=held.id)
    await scheduled_posts.reschedule(conn, held.id, at)
    await _ask(conn, held.id, at)


def require_moment(at: datetime) -> None:
    """Raise Invalid for what is nearly now, past, or further away than a year."""
    now = datetime.now(UTC)
    if not now + SOONEST - timedelta(seconds=1) <= at <= now + LATEST:
        raise Invalid("scheduled_at_out_of_range", field="scheduled_at")


async def _ask(conn: Connection, id: int, at: datetime) -> None:
    """A job for that moment; one for an earlier moment finds nothing to do."""
    wait = max(timedelta(0), at - datetime.now(UTC))
    await jobs.enqueue(conn, JOB, {"id": id}, key=f"{JOB}:{id}:{at.timestamp()}", wait=wait)


async def ask_overdue(conn: Connection) -> int:
    """Ask again for what should have been published a while ago: its job was given up; how many."""
    due = await scheduled_posts.list_due(conn)
    for id in due:
        await jobs.enqueue(conn, JOB, {"id": id}, key=f"{JOB}:{id}:again")
    return len(due)


async def publish_due(conn: Connection, site: Site, held: Scheduled) -> Post | None:
    """Publish it, if nobody else does or did. Raises what says why it cannot be."""
    author = await actors.get(conn, held.actor_id)
    if author.suspended_at is not None and author.deleted_at is None:
        return None  # it rests as long as she is suspended; `ask_overdue` finds it then
    keys = await idempotency_keys.list_keys(conn, held.id)
    if not await scheduled_posts.take(conn, held.id):
        return None
    account = await accounts.find(conn, author.id)
    if account is None or account.disabled_at is not None:
        raise Forbidden("account_closed")
    note = await posting.post(conn, site, author, posting.read_post_request(held.wish), held.app)
    for key in keys:  # the same request again answers with what became of it
        await idempotency_keys.settle(conn, author.id, key, RequestResult(post_id=note.id))
    return note


async def give_up(conn: Connection, site: Site, held: Scheduled, causes: Mapping[str, str]) -> None:
    """Tell the author why it could not be published, in each language of FAILED, with all that it said."""
    if await scheduled_posts.take(conn, held.id):
        author = await actors.get(conn, held.actor_id)
        first, *others = _cut(_write_back(posting.read_post_request(held.wish)))
        words = {code: form.format(cause=causes[code], text=first) for code, form in FAILED.items()}
        await write_to_member(conn, site, author, words)
        for text in others:
            await write_to_member(conn, site, author, dict.fromkeys(FAILED, text))


def _write_back(wish: PostRequest) -> str:
    """All that was typed: the warning, the words, what a poll offered."""
    options = [f"– {name}" for name in wish.poll.options] if wish.poll is not None else []
    parts = (wish.warning, wish.text, "\n".join(options))
    return "\n\n".join(part for part in parts if part).replace("@", "@\u200b")  # names nobody: it is between the two


def _cut(text: str) -> list[str]:
    """The text as letters that hold it, each with room for why it comes back."""
    return [text[start : start + LETTER] for start in range(0, max(len(text), 1), LETTER)]
