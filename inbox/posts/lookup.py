"""A post that somebody here asks for by its address: fetched from its origin and kept, without anybody sending it."""

from federation.discovery.fetches import fetch_object, get_actor
from federation.discovery.remote import PAGE_ACCEPT, resolve_handle
from federation.documents.origin import require_attributed
from federation.documents.page_links import find_alternate
from federation.errors import Cause, FederationError, FetchFailed, ResolveFailed
from federation.instance import Instance
from federation.own_keys.key_pairs import instance_signer
from federation.uris import host_of, is_local
from federation.vocabulary.embedded import Postlike, is_postlike, note_of
from inbox.errors import Ignored
from inbox.page_addresses import find_id, name_post_by_ids
from inbox.posts.quotes import leave_quote
from inbox.posts.remote_posts import save_post
from models import posts
from models.errors import Invalid
from models.people.actors import Actor
from models.posts import Post
from models.store.database import connection, transaction


async def look_up(instance: Instance, address: str) -> Actor | Post:
    """The person or the post behind a handle or an address, ours or not, fetched where it is not known.

    Raises ResolveFailed and other FederationErrors, NotFound, Invalid. Whoever shows it asks first who may see it.
    """
    held = await _find_held(instance, address)
    if held is not None:
        return held
    try:
        return await resolve_handle(instance, address)
    except ResolveFailed as failed:
        if failed.cause is not Cause.NOT_AN_ACTOR:
            raise
        try:
            return await fetch_post(instance, address)
        except (FederationError, Invalid):
            raise failed from None


async def fetch_post(instance: Instance, address: str, *, quoted: bool = False) -> Post:
    """The public post with this id, or behind this page. Raises FetchFailed, whose cause says why not.

    What is wanted because somebody `quoted` it is kept without what it quotes itself.
    """
    held = await _find_held(instance, address)
    if held is not None:
        return held
    if is_local(instance.site, address):
        raise FetchFailed(Cause.NOT_FOUND, instance.site.host)
    object = await name_post_by_ids(instance, await fetch_postlike(instance, address))
    note = note_of(object)
    if quoted:
        held, object = await _find_held(instance, note.id), leave_quote(object)
        if held is not None:
            return held
    try:
        if note.attributed_to is None or not note.is_public:
            raise FetchFailed(Cause.NOT_FOUND, host_of(note.id))
        require_attributed(note.attributed_to, note.id, note.attributed_to)
        author = await get_actor(instance, note.attributed_to)
        async with transaction(instance.pool) as conn:
            return (await save_post(conn, author, object, through_share=True)).post
    except FetchFailed:
        raise
    except (Ignored, FederationError) as error:
        raise FetchFailed(Cause.NOT_AN_OBJECT, host_of(note.id)) from error


async def _find_held(instance: Instance, address: str) -> Post | None:
    """The post with this id, or with this page; one of ours whatever stands behind its address."""
    async with connection(instance.pool) as conn:
        address = await find_id(conn, instance.site, address)
        return await posts.find_by_uri(conn, address) or await posts.find_by_url(conn, address)


async def fetch_postlike(instance: Instance, address: str) -> Postlike:
    """What stands at an address; a page names the object that it shows. Raises FetchFailed, Unsupported."""
    try:
        found = await fetch_object(instance, address, fresh=True)
    except FetchFailed as failed:
        if failed.cause is not Cause.WRONG_TYPE:
            raise
        signer = await instance_signer(instance)
        page = await instance.transport.get_document(address, accept=PAGE_ACCEPT, signer=signer)
        alternate = find_alternate(page.body, page.url)
        if alternate is None:
            raise
        found = await fetch_object(instance, alternate, fresh=True)
    if not is_postlike(found):
        raise FetchFailed(Cause.NOT_AN_OBJECT, host_of(address))
    return found
