"""Others tell which of ours follow them; where we see it otherwise, their list is fetched and ours mended (8fcf)."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import TypedDict

import structlog

from federation.discovery.collection_items import fetch_items
from federation.discovery.fetches import get_actor
from federation.errors import FederationError
from federation.instance import Instance
from federation.json.fields import uri
from federation.signatures import Envelope
from federation.synchronization import HEADER, compute_digest, read_header
from federation.uris import is_local, same_origin
from models.people import actors
from models.people.actors import Actor
from models.relations import followers
from models.relations.followers import OurFollower
from models.settings import Site
from models.store.background import jobs
from models.store.database import Connection, transaction
from outbox.relations.follows import undo_unknown_follow

log = structlog.get_logger(__name__)

JOB = "synchronize_followers"

WAIT = timedelta(minutes=1)
"""What is on its way, an Accept or an Undo, arrives meanwhile; and nobody is asked more often than that."""

MOST = 10_000
"""So many of ours may follow one actor elsewhere; of a longer list nothing is believed to be missing."""


class Discrepancy(TypedDict):
    """What the job is told: whose followers, where their list is, its digest, and when we saw that ours differs."""

    actor: str
    url: str
    digest: str
    at: str


async def note_digest(instance: Instance, envelope: Envelope, actor_uri: str) -> None:
    """Compare what a verified request says of its sender's followers here, and look into it where we disagree.

    Only a header that is signed, about the sender's own collection, and read at the sender's own origin counts (AX23).
    """
    written = envelope.headers.get(HEADER)
    said = read_header(written) if written and _is_signed(envelope) else None
    if said is None or not same_origin(said.url, actor_uri):
        return
    async with transaction(instance.pool) as conn:
        actor = await actors.find_by_uri(conn, actor_uri)
        if actor is None or actor.local or actor.followers_uri != said.collection:
            return
        if said.digest == compute_digest(await _list_accepted(conn, actor)):
            return
        found = Discrepancy(actor=actor.uri, url=said.url, digest=said.digest, at=datetime.now(UTC).isoformat())
        await jobs.enqueue(conn, JOB, found, key=f"{JOB} {actor.id}", wait=WAIT)


def _is_signed(envelope: Envelope) -> bool:
    """Whether a signature names the header; that it holds has been checked."""
    signatures = envelope.headers.getall("Signature", []) + envelope.headers.getall("Signature-Input", [])
    return any(HEADER.lower() in one for one in signatures)


async def synchronize(instance: Instance, found: Discrepancy) -> None:
    """Fetch the sender's list and settle the differences. Raises FetchFailed where it cannot be had for now."""
    actor = await get_actor(instance, found["actor"])
    try:
        items = await fetch_items(instance, found["url"], most=MOST)
    except FederationError as error:
        if error.retry:
            raise
        log.info("followers_not_compared", host=actor.host, cause=str(error))
        return
    async with transaction(instance.pool) as conn:
        await _settle(conn, instance, actor, {id for item in items if (id := uri(item))}, found)


async def _settle(conn: Connection, instance: Instance, actor: Actor, listed: set[str], found: Discrepancy) -> None:
    """Believe a yes that was lost, undo what we do not know of, and end what they do not list.

    The last only when the list is the very one whose digest was announced, so that half a list ends nothing (AX24).
    What was accepted since then is not on it yet.
    """
    ours = {one.uri: one for one in await followers.list_ours(conn, actor.id)}
    waiting = [one.actor_id for id, one in ours.items() if one.state == "pending" and id in listed]
    confirmed = await followers.confirm(conn, actor.id, waiting)
    held = {id for id, one in ours.items() if one.state != "rejected"}
    undone = await _undo_unknown(conn, instance.site, actor, [id for id in listed if id not in held])
    ended = 0
    if compute_digest(listed) == found["digest"]:
        missing = _list_missing(ours.values(), listed, datetime.fromisoformat(found["at"]))
        ended = await followers.end_refused(conn, actor.id, missing)
    log.info("followers_compared", host=actor.host, confirmed=confirmed, undone=undone, ended=ended)


async def _undo_unknown(conn: Connection, site: Site, actor: Actor, unknown: Iterable[str]) -> int:
    """Undo what they believe of those of ours who do not follow. How many."""
    found = await actors.list_by_uris(conn, [id for id in unknown if is_local(site, id)])
    strangers = [one for one in found if one.local]
    for stranger in strangers:
        await undo_unknown_follow(conn, site, stranger, actor)
    return len(strangers)


def _list_missing(ours: Iterable[OurFollower], listed: set[str], seen: datetime) -> list[int]:
    """Whom the list should name: those who were accepted before it was `seen`."""
    accepted = [one for one in ours if one.state == "accepted" and (one.answered_at or seen) < seen]
    return [one.actor_id for one in accepted if one.uri not in listed]


async def _list_accepted(conn: Connection, actor: Actor) -> list[str]:
    return [one.uri for one in await followers.list_ours(conn, actor.id) if one.state == "accepted"]
