"""Everybody elsewhere: looked up by handle or page as people type them, or fetched by id as servers do."""

from urllib.parse import urlsplit

from federation.discovery.fetches import fetch_actor, fetch_object, get_actor, is_fresh
from federation.discovery.webfinger import Handle, find_account, find_territory, read_handle
from federation.documents.documents import is_activity_type, read_document
from federation.documents.page_links import find_alternate
from federation.errors import Cause, FetchFailed, ResolveFailed, Step
from federation.http_client.transport import AP_ACCEPT
from federation.instance import Instance
from federation.own_keys.key_pairs import instance_signer
from federation.uris import host_of, is_local, is_uri, parse_local
from models.people import actors
from models.people.actors import Actor
from models.store.database import connection

__all__ = ["fetch_actor", "fetch_object", "get_actor", "resolve_handle"]

PAGE_ACCEPT = f"{AP_ACCEPT}, text/html;q=0.5"

_STEPS = {
    Cause.BAD_ADDRESS: Step.ADDRESS,
    Cause.PRIVATE_ADDRESS: Step.ADDRESS,
    Cause.NAME_NOT_FOUND: Step.NAME,
    Cause.NAME_UNANSWERED: Step.NAME,
    Cause.CONNECTION_REFUSED: Step.CONNECTION,
    Cause.UNREACHABLE: Step.CONNECTION,
    Cause.TIMED_OUT: Step.CONNECTION,
    Cause.CONNECTION_LOST: Step.CONNECTION,
    Cause.CERTIFICATE_EXPIRED: Step.CONNECTION,
    Cause.CERTIFICATE_NOT_YET_VALID: Step.CONNECTION,
    Cause.CERTIFICATE_WRONG_NAME: Step.CONNECTION,
    Cause.CERTIFICATE_UNTRUSTED: Step.CONNECTION,
    Cause.TLS: Step.CONNECTION,
}
_SIGNATURE_CAUSES = frozenset({Cause.SIGNATURE_REFUSED, Cause.CLOCK, Cause.FORBIDDEN})


async def resolve_handle(instance: Instance, written: str) -> Actor:
    """The actor behind what somebody typed: `@user@host`, an actor's id, or the address of its page.

    The start page of a server stands for its territory, where it names one (FEP-d556). Somebody known for less than
    a day is not asked for again. Raises ResolveFailed, whose `step` says how far it came.
    """
    written = written.strip()
    handle = read_handle(written)
    if handle is not None:
        return await _resolve_account(instance, handle)
    url = written if "://" in written else f"https://{written}"
    if not is_uri(url) or " " in written or not _names_a_server(instance, url):
        raise ResolveFailed(Step.ADDRESS, written[:100], Cause.BAD_ADDRESS)
    try:
        return await _resolve_page(instance, url)
    except ResolveFailed as failed:
        if url == written or not instance.settings.test_federation or failed.step is not Step.CONNECTION:
            raise
    return await _resolve_page(instance, f"http://{written}")


def _names_a_server(instance: Instance, url: str) -> bool:
    """Whether a name has a dot; in test federation `localhost` and what has a port are names as well."""
    host = urlsplit(url).netloc
    return "." in host or (instance.settings.test_federation and (":" in host or host == "localhost"))


async def _resolve_account(instance: Instance, handle: Handle) -> Actor:
    async with connection(instance.pool) as conn:
        known = await actors.find_by_handle(conn, handle.username, handle.host)
    if handle.host == instance.site.host:
        return _require_here(known, handle.host)
    if known is not None and is_fresh(known):
        return known
    try:
        account = await find_account(instance, handle)
        if not account.handle.is_same(handle):  # a handle of a.example may be an account of b.example (WF11)
            other = await find_account(instance, account.handle)
            if other.actor != account.actor or not other.handle.is_same(account.handle):
                raise FetchFailed(Cause.WRONG_ID, handle.host)
    except FetchFailed as failed:
        raise _explain(failed, Step.WEBFINGER) from failed
    return await _fetch(instance, account.actor)


async def _resolve_page(instance: Instance, url: str) -> Actor:
    if is_local(instance.site, url):
        return await _find_here(instance, url)
    async with connection(instance.pool) as conn:
        known = await actors.find_by_uri(conn, url)
    if known is not None and known.deleted_at is None and is_fresh(known):
        return known
    target = await _find_document(instance, url)
    if target is None:
        raise ResolveFailed(Step.ACTOR, host_of(url), Cause.NOT_AN_ACTOR)
    return await _fetch(instance, target)


async def _find_document(instance: Instance, url: str) -> str | None:
    """The id of the ActivityPub document that this page stands for."""
    try:
        signer = await instance_signer(instance)
        fetched = await instance.transport.get_document(url, accept=PAGE_ACCEPT, signer=signer)
        if is_activity_type(fetched.headers.get("Content-Type", "")):
            return read_document(fetched).id
        alternate = find_alternate(fetched.body, fetched.url)
        if alternate is None and urlsplit(url).path in {"", "/"}:
            return await find_territory(instance, host_of(fetched.url))
    except FetchFailed as failed:
        raise _explain(failed, Step.ACTOR) from failed
    return alternate


async def _fetch(instance: Instance, uri: str) -> Actor:
    if is_local(instance.site, uri):
        return await _find_here(instance, uri)
    try:
        return await fetch_actor(instance, uri, fresh=True)
    except FetchFailed as failed:
        raise _explain(failed, Step.ACTOR) from failed


async def _find_here(instance: Instance, url: str) -> Actor:
    """Somebody of ours by id or page; our start page is our own territory."""
    found = parse_local(instance.site, url)
    if found is not None and found.kind not in {"actor", "profile_page"}:
        raise ResolveFailed(Step.ACTOR, instance.site.host, Cause.NOT_AN_ACTOR)
    at_start = urlsplit(url).path in {"", "/"}
    username = found.username if found else "coop" if at_start else ""
    async with connection(instance.pool) as conn:
        return _require_here(await actors.find_local(conn, username), instance.site.host)


def _require_here(actor: Actor | None, host: str) -> Actor:
    if actor is None or actor.deleted_at is not None:
        raise ResolveFailed(Step.ACTOR, host, Cause.NOT_FOUND)
    return actor


def _explain(failed: FetchFailed, step: Step) -> ResolveFailed:
    """Where it ended: before anybody was reached, at the step itself, or because our signature is not accepted."""
    if step is Step.ACTOR and failed.cause in _SIGNATURE_CAUSES:
        step = Step.SIGNATURE
    return ResolveFailed(_STEPS.get(failed.cause, step), failed.host, failed.cause)
