"""Ask a friendly cooperative to look at ours from outside, and keep what it says, or why it says nothing."""

from datetime import UTC, datetime
from uuid import NAMESPACE_URL, uuid5

import structlog

from federation.documents.parse import decode
from federation.documents.serialize import serialize
from federation.errors import Cause, FederationError, FetchFailed, Malformed
from federation.http_client.causes import read_clock
from federation.http_client.transport import Fetched
from federation.instance import Instance
from federation.own_keys.key_pairs import instance_signer
from federation.signatures import Signer
from federation.uris import actor_uri, same_origin
from federation.vocabulary.actors import read_actor
from federation.vocabulary.looks import LookReport, LookRequest, read_report, write_report
from models.errors import Conflict
from models.people import actors
from models.servers import looks
from models.store.background import jobs
from models.store.database import Connection, connection, transaction

JOB = "look"

SECONDS = 60
"""So long a friend has for all that it looks at."""

UNKNOWN = "look_unknown"
"""It runs no version that could look."""

NO_FRIEND = "look_no_friend"
"""It does not call us a friend, or no more."""

NO_KEY = "look_no_key"
"""It could not read our key: we could not be reached from there, or it is out of order itself."""

REFUSED = {403: NO_FRIEND, 404: NO_FRIEND, 503: NO_KEY}

log = structlog.get_logger(__name__)


class _Failed(Exception):
    """Why the friend saw nothing, and by how many seconds its clock is ahead of ours, where it said so."""

    def __init__(self, why: str, clock: int | None = None) -> None:
        super().__init__(why)
        self.why, self.clock = why, clock


async def request_look(conn: Connection, host: str, by: int) -> None:
    """Ask this friend as soon as the worker comes to it. `by` is whoever wants it.

    Raises Conflict for whoever is no friend, while one is under way there, and beyond those of a day.
    """
    await jobs.enqueue(conn, JOB, await begin(conn, host, by))


async def begin(conn: Connection, host: str, by: int | None) -> int:
    """Write down that this friend is asked, for whoever calls `ask_job`; the id of the look. Raises Conflict."""
    if host not in [one.host for one in await actors.list_friend_cooperatives(conn)]:
        raise Conflict("look_no_friend", field="host")
    return await looks.ask(conn, host, by)


async def ask_job(instance: Instance, look_id: int) -> None:
    """Ask, and keep what comes. A job that may run twice: a friend that looked already says again what it saw."""
    async with connection(instance.pool) as conn:
        host = await looks.find_waiting(conn, look_id)
        friends = await actors.list_friend_cooperatives(conn)
    if host is None:
        return
    coop = next((one.uri for one in friends if one.host == host), None)
    try:
        if coop is None:
            raise _Failed(NO_FRIEND)
        report, clock = await _ask(instance, coop, look_id)
    except _Failed as failed:
        log.info("look_failed", host=host, cause=failed.why)
        async with transaction(instance.pool) as conn:
            await looks.save_failure(conn, look_id, failed.why, clock=failed.clock)
        return
    async with transaction(instance.pool) as conn:
        await looks.save_seen(conn, look_id, write_report(report), clock=clock)


async def _ask(instance: Instance, coop: str, look_id: int) -> tuple[LookReport, int | None]:
    signer = await instance_signer(instance)
    if signer is None:
        raise _Failed(NO_KEY)
    desk = await _find_desk(instance, coop, signer)
    same = uuid5(NAMESPACE_URL, f"{instance.site.url}/looks/{look_id}")
    request = LookRequest(
        id=f"urn:uuid:{same}", actor=actor_uri(instance.site, "instance"), published=datetime.now(UTC)
    )
    try:
        fetched = await instance.transport.post_question(desk, serialize(request), signer, seconds=SECONDS)
    except FetchFailed as failed:
        raise _Failed(REFUSED.get(failed.answer or 0, str(failed.cause)), failed.clock) from None
    return _read(fetched, request), read_clock(fetched.headers, datetime.now(UTC))


def _read(fetched: Fetched, request: LookRequest) -> LookReport:
    try:
        report = read_report(decode(fetched.body))
    except Malformed:
        raise _Failed(Cause.NOT_AN_OBJECT) from None
    if report.in_reply_to != request.id:
        raise _Failed(Cause.NOT_AN_OBJECT)
    return report


async def _find_desk(instance: Instance, coop: str, signer: Signer) -> str:
    """Where this cooperative is asked, as its own document says it now."""
    try:
        actor = read_actor(decode((await instance.transport.get_document(coop, signer=signer)).body))
    except FetchFailed as failed:
        raise _Failed(failed.cause, failed.clock) from None
    except FederationError:
        raise _Failed(Cause.NOT_AN_ACTOR) from None
    if actor.looks is None or not same_origin(actor.looks, coop):
        raise _Failed(UNKNOWN)
    return actor.looks
