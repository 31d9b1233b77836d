"""Before somebody's text is sent: whoever it names elsewhere is looked up, so that the message reaches them."""

import asyncio

import structlog

from federation.discovery.remote import resolve_handle
from federation.errors import FederationError
from federation.instance import Instance
from models.errors import Invalid, NotFound
from outbox.posts.mentions import find_handles

MOST = 5
"""People who are looked up for one text."""

SECONDS = 5.0
"""How long somebody who sends waits for them."""

log = structlog.get_logger(__name__)


async def look_up_mentioned(instance: Instance, text: str) -> None:
    """Fetch whom the text names by a full handle and who is not known here yet; known ones cost nothing.

    Whoever cannot be found stays plain text, as it was typed.
    """
    handles = [handle for handle in find_handles(text) if "@" in handle][:MOST]
    if handles:
        await asyncio.gather(*(_look_up(instance, handle) for handle in handles))


async def _look_up(instance: Instance, handle: str) -> None:
    try:
        async with asyncio.timeout(SECONDS):
            await resolve_handle(instance, f"@{handle}")
    except (FederationError, NotFound, Invalid, TimeoutError) as error:
        log.info("mention_not_found", cause=str(error) or type(error).__name__)
