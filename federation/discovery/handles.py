"""Which handle an actor may be shown under: only one that both its server and the actor itself name (WF11, WF12)."""

import asyncio

from federation.discovery.webfinger import Handle, find_account, read_handle
from federation.errors import FetchFailed
from federation.instance import Instance
from federation.uris import host_of
from federation.vocabulary.actors import ActorDocument
from models.limits import HANDLE_FETCHES

HANDLE_SECONDS = 3
"""A POST by somebody unknown waits for this, so it may not take the whole time of a key fetch."""


async def confirm_handle(instance: Instance, document: ActorDocument) -> Handle:
    """The handle that the actor claims and that leads back to it; else its username at the host of its id (B-27).

    Asks WebFinger once or twice; an answer that does not come or does not fit costs no more than the nicer handle.
    """
    own = Handle(username=document.username, host=host_of(document.id))
    claimed = read_handle(document.webfinger) if document.webfinger else None
    try:
        async with asyncio.timeout(HANDLE_SECONDS):
            return await _confirm(instance, document, own, claimed)
    except (FetchFailed, TimeoutError):
        return own


async def _confirm(instance: Instance, document: ActorDocument, own: Handle, claimed: Handle | None) -> Handle:
    if claimed is None:  # many servers do not name the handle in the document; their WebFinger does
        account = await find_account(instance, own)
        if account.actor != document.id:
            return own
        claimed = account.handle
    if claimed.is_same(own) or claimed.username.lower() != own.username.lower():
        return own
    if claimed.host != own.host and not instance.counter.spend(HANDLE_FETCHES, claimed.host):
        return own  # nobody sends us to somebody else's server for ever (B-14)
    account = await find_account(instance, claimed)
    return claimed if account.actor == document.id and account.handle.is_same(claimed) else own
