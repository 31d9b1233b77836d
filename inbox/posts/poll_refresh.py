"""Figures of polls elsewhere, asked for now and then: what a Question says of itself now."""

import structlog

from federation.discovery.fetches import fetch_object
from federation.errors import FederationError, Malformed
from federation.instance import Instance
from federation.vocabulary.objects import Note
from inbox.posts.translation import read_new_poll
from models import posts
from models.people import actors
from models.posts.polls import polls
from models.store.database import transaction

log = structlog.get_logger(__name__)


async def refresh(instance: Instance, post_id: int) -> None:
    """Ask for the figures of a poll, unless that was done lately; what does not answer changes nothing."""
    async with transaction(instance.pool) as conn:
        found = await posts.list_by_ids(conn, [post_id])
        if not found or found[0].local or not await polls.claim_refresh(conn, post_id):
            return
        author = await actors.get(conn, found[0].author_id)
    post = found[0]
    try:
        question = await fetch_object(instance, post.uri, fresh=True)
    except (FederationError, Malformed) as error:
        log.info("poll_not_read", post=post.uri, cause=str(error))
        return
    if not isinstance(question, Note) or question.id != post.uri or question.attributed_to != author.uri:
        return
    new = read_new_poll(question)
    if new is not None:
        async with transaction(instance.pool) as conn:
            if await posts.list_by_ids(conn, [post_id]):
                await polls.save_remote(conn, post_id, new)


async def refresh_job(instance: Instance, payload: dict[str, int]) -> None:
    """The same as a job. May run twice."""
    await refresh(instance, payload["post"])
