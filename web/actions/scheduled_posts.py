"""The job that publishes what was kept for later."""

import structlog

from federation.instance import Instance
from models.errors import DeclicError
from models.lazy import lazily
from models.posts import scheduled_posts
from models.store.database import connection, transaction
from web.rendering.error_messages.lookup import as_refusal, format_error
from web.rendering.i18n import find_catalogue

with lazily():  # with all that a post may become: for one whose time has come
    from outbox import scheduled_posts as outbox
    from web.actions import mention_lookup

log = structlog.get_logger(__name__)


async def publish_scheduled(instance: Instance, payload: dict[str, int]) -> None:
    """Publish one status whose moment has come. May run twice: the second time there is nothing to publish.

    What cannot be published now or later is given back to its author; a failure that may pass is tried again.
    """
    async with connection(instance.pool) as conn:
        held = await scheduled_posts.find_due(conn, payload["id"])
    if held is None:
        return
    await mention_lookup.look_up_mentioned(instance, str(held.wish["text"]))
    try:
        async with transaction(instance.pool) as conn:
            await outbox.publish_due(conn, instance.site, held)
    except DeclicError as error:
        if error.retry:
            raise
        log.info("scheduled_status_given_back", id=held.id, cause=str(error))
        async with transaction(instance.pool) as conn:
            await outbox.give_up(conn, instance.site, held, _word(error))


def _word(error: DeclicError) -> dict[str, str]:
    return {code: format_error(as_refusal(error), find_catalogue(code).ugettext, code) for code in outbox.FAILED}


async def publish_overdue(instance: Instance) -> None:
    """Look for what should have been published: a chore."""
    async with transaction(instance.pool) as conn:
        if await scheduled_posts.list_due(conn):
            await outbox.ask_overdue(conn)
