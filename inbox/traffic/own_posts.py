"""After this instance was made again of a backup: other servers are asked what they hold of our own people's words."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import structlog

from federation.documents.parse import decode
from federation.errors import FederationError, FetchFailed, Malformed
from federation.instance import Instance
from federation.json.fields import Json
from federation.own_keys.key_pairs import instance_signer
from federation.signatures import Signer
from federation.uris import host_of, same_origin
from federation.vocabulary.actors import read_actor
from federation.vocabulary.collections import CollectionPage, read_collection_page
from inbox.errors import PostAwaited
from inbox.posts.own_copies import take_back
from models.errors import DeclicError, Unavailable
from models.people import name_rest
from models.store.database import connection, transaction
from models.traffic import restorations, returned_posts
from models.traffic.inbound import received
from models.traffic.restorations import Restoration

log = structlog.get_logger(__name__)

MOST_PAGES = 100
"""So many pages of one server are read in one turn; it goes on from there, with its turns, which have an end."""

MOST_TURNS = 40
"""So often a server that does not answer is asked, or that was not told yet what was lost: some two weeks."""

LONGEST_WAIT = timedelta(hours=12)

NEXT = timedelta(minutes=1)
"""So long after one turn ended within what a server holds the next one goes on."""


async def ask(instance: Instance, payload: Mapping[str, Any]) -> None:
    """A job: one server, page by page, from `page` on. May run twice: what is here already is left as it is.

    Who shows no such address holds nothing for us: another program, or an older version.
    """
    origin, turn, start = payload["origin"], payload["turn"], payload.get("page")
    async with connection(instance.pool) as conn:
        found = await restorations.find_latest(conn)
    signer = await instance_signer(instance)
    if found is None or signer is None:
        return
    answered, left = await _ask(instance, signer, origin, found, start=start)
    async with transaction(instance.pool) as conn:
        if not answered and turn < MOST_TURNS:
            wait = NEXT if left else min(timedelta(minutes=2 ** min(turn, 12)), LONGEST_WAIT)
            await returned_posts.enqueue(conn, origin, turn=turn + 1, wait=wait, page=left or start)
            return
        await returned_posts.note_answered(conn, host_of(origin))
        if await name_rest.find_end(conn) is None:  # all have answered: what waited for a post of ours waits no more
            await received.hasten(conn, str(PostAwaited()))
    if not answered:
        log.warning("own_posts_given_up", host=host_of(origin), page=left or start)


async def _ask(
    instance: Instance, signer: Signer, origin: str, found: Restoration, *, start: str | None
) -> tuple[bool, str | None]:
    """Whether it has answered, and the page that is next where there is more."""
    try:
        left = await _read_all(instance, signer, origin, found, start=start)
    except _NotToldYet:
        return False, None
    except FetchFailed as failed:
        log.info("own_posts_not_read", host=failed.host, cause=str(failed))
        return not failed.retry, None
    except FederationError as error:
        log.info("own_posts_not_read", host=host_of(origin), cause=str(error))
        return True, None
    return left is None, left


class _NotToldYet(FederationError):
    """It was not told yet what was lost here, or could not read our key."""


async def _read_all(
    instance: Instance, signer: Signer, origin: str, found: Restoration, *, start: str | None
) -> str | None:
    """The page that is next, where there are more than one turn reads. Raises FetchFailed, Malformed, _NotToldYet."""
    url = start or await _find_first(instance, signer, origin)
    for _ in range(MOST_PAGES):
        if url is None or not same_origin(url, origin):
            return None
        try:
            page = await _fetch_page(instance, signer, url)
        except FetchFailed as failed:
            if failed.answer in (401, 404):
                raise _NotToldYet(str(failed)) from None
            raise
        for item in page.items:
            if isinstance(item, dict):
                await _take_back(instance, host_of(origin), item, found)
        url = page.next
    return url


async def _find_first(instance: Instance, signer: Signer, origin: str) -> str | None:
    actor = read_actor(decode((await instance.transport.get_document(f"{origin}/users/instance", signer=signer)).body))
    return actor.held_copies


async def _fetch_page(instance: Instance, signer: Signer, url: str) -> CollectionPage:
    return read_collection_page(decode((await instance.transport.get_document(url, signer=signer)).body))


async def _take_back(instance: Instance, host: str, document: Json, found: Restoration) -> None:
    """One after the other, each in a transaction of its own: what cannot be read keeps nothing else away."""
    try:
        async with transaction(instance.pool) as conn:
            await take_back(conn, instance.site, host, document, found)
    except Unavailable:
        raise
    except (DeclicError, Malformed) as error:
        log.info("own_post_not_taken_back", host=host, cause=str(error))
