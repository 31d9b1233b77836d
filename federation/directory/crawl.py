"""The crawl of the directory: each known territory visited once a day, from near to far, and the map drawn anew."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import structlog

from federation.directory.territories import Found, VisitFailed, radius_of, visit_territory
from federation.errors import Cause, FetchFailed, Malformed, Unsupported
from federation.http_client.doors import Door
from federation.http_client.transport import AP_ACCEPT, MEBIBYTE, Answer, Fetched, Transport
from federation.instance import Instance
from federation.signatures import Signer
from federation.signatures.signer import SignatureScheme
from federation.uris import host_of
from models import preferences
from models.errors import Invalid
from models.preferences import DirectoryArea
from models.servers.directory.deciding import save_friends
from models.servers.directory.reading import find_nearest_commune_km, load_evidence
from models.servers.directory.rules import judge
from models.servers.directory.saving import (
    Due,
    Visit,
    claim_due,
    save_problem,
    save_verdicts,
    save_visit,
    save_vouches,
)
from models.servers.directory.values import Reason
from models.store.database import Connection, connection, transaction

log = structlog.get_logger(__name__)

JOB = "directory"

AT_ONCE = 8
MOST_AT_A_TIME = 80
SECONDS = 5.0
PACE_SECONDS = 1.0
SHORTEST_WAIT, LONGEST_WAIT = 20 * 3600, 28 * 3600
"""A day, more or less, so that not all servers visit one another at the same hour."""

AREAS: dict[DirectoryArea, float] = {"france": 30, "borders": 100, "anywhere": 20_040}
"""How far the middle of an area may be from the nearest commune of France, in kilometres."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PacedTransport:
    """The one client, asked no host more than once a second, and no longer than five seconds at a time."""

    inner: Transport
    pace: float = PACE_SECONDS
    seconds: float = SECONDS
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    clock: Callable[[], float] = time.monotonic
    free_at: dict[str, float] = field(default_factory=dict)

    async def get_document(
        self,
        uri: str,
        *,
        accept: str = AP_ACCEPT,
        signer: Signer | None = None,
        limit: int = MEBIBYTE,
        etag: str = "",
        modified: str = "",
    ) -> Fetched:
        """As `Transport` says."""
        host, now = host_of(uri), self.clock()
        turn = max(now, self.free_at.get(host, now))
        self.free_at[host] = turn + self.pace
        if turn > now:
            await self.sleep(turn - now)
        try:
            async with asyncio.timeout(self.seconds):
                return await self.inner.get_document(
                    uri, accept=accept, signer=signer, limit=limit, etag=etag, modified=modified
                )
        except TimeoutError:
            raise FetchFailed(Cause.TIMED_OUT, host, retry=True) from None

    async def get_directly(self, url: str, *, accept: str = AP_ACCEPT, signer: Signer | None = None) -> Fetched:
        """As `Transport` says; a crawl looks at nobody from outside."""
        return await self.inner.get_directly(url, accept=accept, signer=signer)

    async def try_doors(self, origin: str) -> list[Door]:
        """As `Transport` says; a crawl looks at nobody from outside."""
        return await self.inner.try_doors(origin)

    async def post_activity(
        self,
        inbox: str,
        body: bytes,
        signer: Signer,
        *,
        scheme: SignatureScheme | None = None,
        synchronization: str | None = None,
    ) -> Answer:
        """As `Transport` says; a crawl posts nothing."""
        return await self.inner.post_activity(inbox, body, signer, scheme=scheme, synchronization=synchronization)

    async def post_question(self, url: str, body: bytes, signer: Signer, *, seconds: float) -> Fetched:
        """As `Transport` says; a crawl posts nothing."""
        return await self.inner.post_question(url, body, signer, seconds=seconds)

    async def post_message(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """As `Transport` says; a crawl posts nothing."""
        return await self.inner.post_message(url, body, headers)


async def crawl_due(instance: Instance, *, pace: float = PACE_SECONDS) -> int:
    """Visit whom it is time for, then draw the map; how many were visited.

    Whoever dies amid this loses nothing: its hosts are due again an hour later.
    """
    async with transaction(instance.pool) as conn:
        await save_friends(conn)
        due = await claim_due(conn, limit=MOST_AT_A_TIME)
    paced = replace(instance, transport=PacedTransport(inner=instance.transport, pace=pace))
    places = asyncio.Semaphore(AT_ONCE)
    await asyncio.gather(*(_visit_in_turn(paced, one, places) for one in due))
    async with transaction(instance.pool) as conn:
        await draw_map(conn)
    return len(due)


async def crawl_now(instance: Instance, _: object) -> None:
    """The job that an administrator's decision starts: ring after ring until nobody is due."""
    while await crawl_due(instance):
        pass


async def draw_map(conn: Connection) -> None:
    """Judge all that is known, by the rules as they are."""
    chosen = await preferences.load(conn)
    evidence = await load_evidence(conn, area_km=AREAS[chosen.directory_area], at=datetime.now(UTC))
    await save_verdicts(conn, judge(evidence))


async def _visit_in_turn(instance: Instance, due: Due, places: asyncio.Semaphore) -> None:
    async with places:
        try:
            await visit(instance, due)
        except Exception:
            log.exception("visit_failed", host=due.host)


async def visit(instance: Instance, due: Due) -> None:
    """Look at one territory and keep what was found, or why nothing was."""
    wait = timedelta(seconds=random.randint(SHORTEST_WAIT, LONGEST_WAIT))  # noqa: S311
    try:
        found = await visit_territory(instance, due.host)
    except VisitFailed as failed:
        await _keep_problem(instance, due, failed.reason, None, wait)
        return
    except FetchFailed as failed:
        await _keep_problem(instance, due, Reason.UNREACHABLE, failed.cause, wait)
        return
    except (Malformed, Unsupported, Invalid):
        await _keep_problem(instance, due, Reason.UNREACHABLE, Cause.NOT_AN_OBJECT, wait)
        return
    async with transaction(instance.pool) as conn:
        await save_visit(conn, due.host, await _describe(conn, found), wait=wait)
        if found.problem is None:
            await save_vouches(conn, due, found.vouches)


async def _keep_problem(instance: Instance, due: Due, reason: Reason, cause: str | None, wait: timedelta) -> None:
    async with connection(instance.pool) as conn:
        await save_problem(conn, due.host, reason, cause, wait=wait)


async def _describe(conn: Connection, found: Found) -> Visit:
    area = found.area
    point = area.point if area else None
    counts = found.proposals
    return Visit(
        actor_uri=found.coop.id,
        name=found.coop.name or found.coop.username,
        place_name=(area.name or area.locality) if area else "",
        latitude=point[0] if point else None,
        longitude=point[1] if point else None,
        radius=radius_of(area),
        area_km=await find_nearest_commune_km(conn, *point) if point else None,
        proposals=counts.inside,
        offers=counts.offers,
        requests=counts.requests,
        repair_calls=counts.repair_calls,
        open_proposals=max(counts.total, counts.offers + counts.requests + counts.repair_calls),
        problem=found.problem,
    )
