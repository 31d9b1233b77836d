"""Why does nobody see this here? Everything between an address elsewhere and a page here, checked step by step."""

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from urllib.parse import urlsplit

from federation.discovery.fetches import get_actor
from federation.documents.origin import require_attributed
from federation.errors import Cause, FederationError, FetchFailed
from federation.instance import Instance
from federation.uris import host_of, is_local, is_uri
from federation.vocabulary.embedded import note_of
from federation.vocabulary.objects import Note
from inbox.posts.lookup import fetch_postlike
from models import posts
from models.errors import NotFound
from models.listings import listings
from models.people import actors
from models.people.actors import Actor
from models.posts import Post, message_requests
from models.relations.blocking import blocks
from models.store.database import Connection, connection
from models.traffic.inbound import incoming_trace
from models.traffic.inbound.incoming_trace import LocalFollower, Reception


class Step(StrEnum):
    """What is checked, in this order."""

    ADDRESS = "address"
    WELCOME = "welcome"
    DOCUMENT = "document"
    PUBLIC = "public"
    AUTHOR = "author"
    FOLLOWED = "followed"
    RECEIVED = "received"
    SHOWN = "shown"


ARRIVING = ("followed_by_you", "followed_by_coop", "followed_by_somebody", "stream_followed")
"""Ways in which what somebody publishes comes here, the nearest to the reader first."""

WAYS = (*ARRIVING, "pending")


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One step: `ok` or not, or None for what is no fault by itself; `finding` says what was found.

    The other values are set where the sentence for that finding needs them.
    """

    step: Step
    ok: bool | None
    finding: str
    host: str = ""
    cause: Cause | None = None
    name: str = ""
    reason: str = ""
    at: datetime | None = None


@dataclass(slots=True, kw_only=True)
class Diagnosis:
    """All checks that could be made. `post` is what is kept here; `uri` its id, once that is known."""

    checks: list[Check] = field(default_factory=list)
    post: Post | None = None
    uri: str = ""

    @property
    def fault(self) -> Check | None:
        """The first step that fails; what is here and waits to be let in has no other fault."""
        failing = [check for check in self.checks if check.ok is False]
        return next((check for check in failing if check.finding == "waits"), next(iter(failing), None))


class _Ended(Exception):
    """There is no way to go on from here."""


async def diagnose(instance: Instance, address: str, reader_id: int | None) -> Diagnosis:
    """Check everything about what stands at this address, for this reader. Nothing is kept of what is fetched."""
    found = Diagnosis()
    with suppress(_Ended):
        await _run_checks(instance, address.strip(), reader_id, found)
    return found


async def _run_checks(instance: Instance, address: str, reader_id: int | None, found: Diagnosis) -> None:
    url = _read_address(instance, address, found)
    host = host_of(url)
    async with connection(instance.pool) as conn:
        found.post, _ = await _find_visible(conn, url, reader_id)
    if is_local(instance.site, url):
        await _show(instance, found, ours=True)
        return
    welcome = await instance.policy.allows(host)
    _note(found, Step.WELCOME, ok=welcome, finding="welcome" if welcome else "not_welcome", host=host)
    if await _waits_for(instance, url, reader_id):
        _note(found, Step.RECEIVED, ok=False, finding="waits_for_you", host=host)
        return
    if found.post is None:
        await _check_origin(instance, url, reader_id, found)
    else:
        found.uri = found.post.uri
        async with connection(instance.pool) as conn:
            await _note_listeners(conn, found, await actors.get(conn, found.post.author_id), [], reader_id)
            await _note_receptions(conn, found, host_of(found.uri))
    await _show(instance, found, ours=False)


async def _waits_for(instance: Instance, address: str, reader_id: int | None) -> bool:
    """Whether it came and waits until the reader lets it in. Of what waits for others nobody is told for whom."""
    async with connection(instance.pool) as conn:
        return reader_id is not None and await message_requests.find(conn, reader_id, address) is not None


async def _find_visible(conn: Connection, address: str, reader_id: int | None) -> tuple[Post | None, bool]:
    """What is kept here under this address, if the reader may know of it; and whether something is hidden from her.

    What she may not read is diagnosed like what never came (OB3).
    """
    post = await posts.find_by_uri(conn, address) or await posts.find_by_url(conn, address)
    if post is None:
        return None, False
    visible = await posts.filter_visible(conn, [post.id], reader_id, tombstones=True)
    return (post, False) if visible else (None, True)


def _note(found: Diagnosis, step: Step, *, ok: bool | None, finding: str, **values: object) -> None:
    """Write a check down; a failure among the first steps ends everything."""
    found.checks.append(Check(step=step, ok=ok, finding=finding, **values))  # type: ignore[arg-type]  # fields by name
    if ok is False and step in {Step.ADDRESS, Step.WELCOME, Step.DOCUMENT, Step.PUBLIC, Step.AUTHOR}:
        raise _Ended


def _read_address(instance: Instance, address: str, found: Diagnosis) -> str:
    url = address if "://" in address else f"https://{address}"
    named = urlsplit(url).netloc if is_uri(url) else ""  # which is no address where it names a user
    readable = "." in named or (instance.settings.test_federation and bool(named))
    if not readable or " " in address:
        _note(found, Step.ADDRESS, ok=False, finding="no_address")
    bare = urlsplit(url).path in {"", "/"}
    _note(found, Step.ADDRESS, ok=not bare, finding="only_a_server" if bare else "address", host=host_of(url))
    return url


async def _check_origin(instance: Instance, url: str, reader_id: int | None, found: Diagnosis) -> None:
    """The document, who may read it, its author, and whether anything of it came here."""
    host = host_of(url)
    try:
        note = note_of(await fetch_postlike(instance, url))
    except FetchFailed as failed:
        _note(found, Step.DOCUMENT, ok=False, finding="not_fetched", host=failed.host, cause=failed.cause)
        return
    except FederationError:
        _note(found, Step.DOCUMENT, ok=False, finding="not_understood", host=host)
        return
    found.uri = note.id
    async with connection(instance.pool) as conn:
        found.post, hidden = await _find_visible(conn, note.id, reader_id)
    _note(found, Step.DOCUMENT, ok=True, finding="fetched", host=host)
    _note(found, Step.PUBLIC, ok=note.is_public, finding="public" if note.is_public else "not_public", host=host)
    author = await _find_author(instance, note, found)
    async with connection(instance.pool) as conn:
        await _note_author(conn, found, author, reader_id)
        addressed = [*note.to, *note.cc, *([note.audience] if note.audience else [])]
        await _note_listeners(conn, found, author, addressed, reader_id)
        await _note_receptions(conn, found, author.host, hidden=hidden)


async def _find_author(instance: Instance, note: Note, found: Diagnosis) -> Actor:
    try:
        if note.attributed_to is None:
            raise FetchFailed(Cause.NOT_AN_OBJECT, host_of(note.id))
        require_attributed(note.attributed_to, note.id, note.attributed_to)
        return await get_actor(instance, note.attributed_to)
    except FetchFailed as failed:
        _note(found, Step.AUTHOR, ok=False, finding="author_not_fetched", host=failed.host, cause=failed.cause)
    except (FederationError, NotFound):
        _note(found, Step.AUTHOR, ok=False, finding="author_not_believed", host=host_of(note.id))
    raise _Ended


async def _note_author(conn: Connection, found: Diagnosis, author: Actor, reader_id: int | None) -> None:
    name = author.display_name
    if author.suspended_at is not None:
        _note(found, Step.AUTHOR, ok=False, finding="author_suspended", name=name)
    if reader_id is not None and await blocks.is_blocking(conn, reader_id, author.id):
        _note(found, Step.AUTHOR, ok=False, finding="author_blocked", name=name)
    _note(found, Step.AUTHOR, ok=True, finding="author", name=name, host=author.host)


async def _note_listeners(
    conn: Connection, found: Diagnosis, author: Actor, addressed: list[str], reader_id: int | None
) -> None:
    listeners = await incoming_trace.list_local_followers(
        conn, author_uri=author.uri, host=author.host, addressed=addressed
    )
    ok, finding, name = _judge_listeners(listeners, reader_id)
    _note(found, Step.FOLLOWED, ok=ok, finding=finding, name=name or author.display_name)


def _judge_listeners(listeners: list[LocalFollower], reader_id: int | None) -> tuple[bool, str, str]:
    """Whether somebody brings it here, the nearest to the reader, and in which way."""
    found = [(_find_way(one, reader_id), one.followed) for one in listeners]
    way, followed = min(found, key=lambda one: WAYS.index(one[0]), default=("nobody", ""))
    return way in ARRIVING, way, f"@{followed}" if way in ("stream_followed", "pending") else ""


def _find_way(listener: LocalFollower, reader_id: int | None) -> str:
    if listener.state != "accepted":
        return "pending"
    if listener.stream:
        return "stream_followed"
    if listener.follower_id == reader_id:
        return "followed_by_you"
    return "followed_by_coop" if listener.follower == "coop" else "followed_by_somebody"


async def _note_receptions(conn: Connection, found: Diagnosis, host: str, *, hidden: bool = False) -> None:
    receptions = [] if hidden else await incoming_trace.list_receptions(conn, uri=found.uri, host=host)
    ok, finding, one = _judge_receptions(receptions, kept=found.post is not None)
    if finding == "nothing_came" and found.fault is not None:
        ok = None  # nobody follows: no wonder
    _note(
        found,
        Step.RECEIVED,
        ok=ok,
        finding=finding,
        host=host,
        reason=(one.error or "") if one else "",
        at=one.received_at if one else None,
    )


def _judge_receptions(receptions: list[Reception], *, kept: bool) -> tuple[bool | None, str, Reception | None]:
    """What was done with the one that went furthest."""
    for state, ok in (("done", True), ("waiting", None), ("held", False), ("ignored", False), ("failed", False)):
        for one in receptions:
            if one.state == state and (one.type in {"Create", "Announce", "Update"} or state != "done"):
                return (ok if not kept else True), state, one
    return (True, "came_before", None) if kept else (False, "nothing_came", None)


async def _show(instance: Instance, found: Diagnosis, *, ours: bool) -> None:
    """Where the page stands, or why there is none."""
    post = found.post
    if post is None:
        ok = None if _is_explained(found) else False
        _note(found, Step.SHOWN, ok=ok, finding="missing_here" if ours else "not_kept")
        return
    if post.deleted_at is not None:
        _note(found, Step.SHOWN, ok=False, finding="deleted")
        return
    async with connection(instance.pool) as conn:
        listing = await listings.find_by_post(conn, post.id)
    if listing is not None and listing.details.status not in listings.OPEN:
        _note(found, Step.SHOWN, ok=False, finding=listing.details.status)
    elif post.waits:
        _note(found, Step.SHOWN, ok=False, finding="waits", host=host_of(post.uri))
    else:
        _note(found, Step.SHOWN, ok=True, finding="listing" if listing is not None else "note")


def _is_explained(found: Diagnosis) -> bool:
    """Whether a step before says why it is not here, or not yet."""
    return found.fault is not None or any(check.finding == "waiting" for check in found.checks)
