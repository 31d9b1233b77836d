"""A call of ours goes further as long as nobody comes forward, and its author hears when nobody did."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from federation.instance import Instance
from models.errors import Conflict, NotFound
from models.exchanges import agreements
from models.listings import listings
from models.listings.listings import Listing
from models.news import notifications
from models.people import actors
from models.people.actors import Actor
from models.repairs.calls import figures, told, waves
from models.repairs.calls.reaches import REACHES, Reach, find_next, may_go_on, widen
from models.repairs.calls.waves import CallWave
from models.settings import Site
from models.store.background.periodic_tasks import require_whole
from models.store.database import Connection, connection, transaction
from outbox.each_in_transaction import run_each
from outbox.listings.listings import say_again
from outbox.repairs.calls import reports, telling
from outbox.repairs.calls.unanswered import tell_author

RENEWED_AFTER = timedelta(hours=24)
"""Its author may ask once more so long after she did."""


async def tell_job(instance: Instance, payload: dict[str, Any]) -> None:
    """The job: tell of one call what is to be told now. Running it twice tells nobody twice."""
    async with transaction(instance.pool) as conn:
        await go_on(conn, instance.site, payload["post"], datetime.now(UTC))


JOBS: dict[str, Callable[[Instance, dict[str, Any]], Awaitable[None]]] = {
    waves.JOB: tell_job,
    figures.REPORT: reports.report_job,
}


async def go_on(conn: Connection, site: Site, post_id: int, at: datetime) -> None:
    """Tell who is within the reach of a call and was not told; where it is time, or a wave reached nobody, go further.

    Nothing goes further while somebody came forward; where nothing is left, its author hears that nobody came.
    """
    await agreements.lock_listing(conn, post_id)
    listing, wave = await listings.find_by_post(conn, post_id), await waves.find(conn, post_id)
    if listing is None or wave is None:
        return
    if not await telling.may_be_told(conn, listing):
        await waves.note_told(conn, post_id, 0, None)
        return
    wave = await _tell(conn, listing, wave)
    if await waves.has_proposals(conn, post_id, _find_urgency(listing), at):
        return
    if _is_unanswered(listing, wave, at):
        await waves.note_unanswered(conn, post_id)
        await tell_author(conn, site, listing)
        return
    further = False
    while (reach := _find_wider(listing, wave, at)) is not None:
        listing, wave = await _start(conn, listing, wave, reach, at)
        further = True
    if further:
        await say_again(conn, site, await actors.get(conn, listing.post.author_id), listing)


def _find_urgency(listing: Listing) -> str | None:
    return (listing.details.repair or {}).get("urgency")


def _is_unanswered(listing: Listing, wave: CallWave, at: datetime) -> bool:
    """Whether the last wave, or the time that its author named, is over."""
    if wave.unanswered_at is not None or wave.next_at is None or wave.next_at > at:
        return False
    window = listing.details.ends_at
    return wave.reach == REACHES[-1] or (window is not None and wave.since < window <= at)


def _find_wider(listing: Listing, wave: CallWave, at: datetime) -> Reach | None:
    """The next wave, if it follows now: it is due, or the last one reached nobody here."""
    due = wave.told == 0 or (wave.next_at is not None and wave.next_at <= at)
    if not due or wave.unanswered_at is not None or not may_go_on(_find_urgency(listing), at):
        return None
    return widen(wave.reach)


async def _tell(conn: Connection, listing: Listing, wave: CallWave) -> CallWave:
    """Tell within the wave that it is in, and note when that is looked at again."""
    people = await telling.tell(conn, listing)
    next_at = None
    if wave.unanswered_at is None:
        next_at = find_next(wave.reach, _find_urgency(listing), wave.since, listing.details.ends_at)
    await waves.note_told(conn, listing.id, people, next_at)
    return replace(wave, told=wave.told + people, next_at=next_at)


async def _start(
    conn: Connection, listing: Listing, wave: CallWave, reach: Reach, at: datetime
) -> tuple[Listing, CallWave]:
    """The next wave begins."""
    next_at = find_next(reach, _find_urgency(listing), at, listing.details.ends_at)
    await waves.start(conn, listing.id, reach, at, next_at)
    repair = (listing.details.repair or {}) | {"reach": reach}
    listing = replace(listing, details=replace(listing.details, repair=repair))
    wave = replace(wave, reach=reach, since=at, told=0, next_at=next_at)
    return listing, await _tell(conn, listing, wave)


async def widen_now(conn: Connection, site: Site, author: Actor, uri: str) -> Reach:
    """Its author wants the next ones told at once, whoever came forward; how far it is told now.

    Raises NotFound for others' listings and what is no call, Conflict for one that is over or goes no further.
    """
    listing, wave = await _get_own(conn, author, uri)
    reach = widen(wave.reach)
    if reach is None:
        raise Conflict("call_told_to_all")
    listing, _ = await _start(conn, listing, wave, reach, datetime.now(UTC))
    await say_again(conn, site, author, listing)
    return reach


async def renew(conn: Connection, site: Site, author: Actor, uri: str) -> int:
    """Its author asks once more: whoever was told and never opened it is told again, and the wait begins anew; how many
    were told again.

    Raises NotFound for others' listings and what is no call, Conflict for one that is over, or was renewed lately.
    """
    listing, wave = await _get_own(conn, author, uri)
    if wave.renewed_at is not None and wave.renewed_at > datetime.now(UTC) - RENEWED_AFTER:
        raise Conflict("call_renewed_lately")
    people = await told.list_unopened(conn, listing.id)
    await notifications.forget_call(conn, people, post_id=listing.id)
    await notifications.notify_all(conn, people, type="repair_call", actor_id=author.id, post_id=listing.id)
    await telling.queue_mails(conn, listing.id, people)
    await waves.renew(conn, listing.id, len(people))
    await waves.ask(conn, listing.id)
    return len(people)


async def _get_own(conn: Connection, author: Actor, uri: str) -> tuple[Listing, CallWave]:
    held = await listings.get_own(conn, uri, author.id)
    await agreements.lock_listing(conn, held.id)
    listing, wave = await listings.find_by_post(conn, held.id), await waves.find(conn, held.id)
    if listing is None or wave is None:
        raise NotFound
    if not await telling.may_be_told(conn, listing):
        raise Conflict("call_not_told")
    return listing, wave


async def go_on_due(instance: Instance) -> int:
    """Let calls go further that nobody answers, tell of those from elsewhere that stand here since, or near which
    somebody wants to be told since, and say how many were told; how many calls. A chore.

    Raises Unfinished for those of which it failed, once all had their turn.
    """
    at = datetime.now(UTC)

    async def go(conn: Connection, post_id: int) -> None:
        await go_on(conn, instance.site, post_id, at)

    async def look(conn: Connection, post_id: int) -> None:
        await _look(conn, instance.site, post_id, at)

    failed: dict[str, Exception] = {}
    due = await _list_all(instance, partial(waves.list_due, at=at))
    failed |= await run_each(instance.pool, "repair call", {id: id for id in due}, go)
    near = await _list_all(instance, told.list_unnotified)
    failed |= await run_each(instance.pool, "repair call near", {id: id for id in near}, look)
    failed |= await reports.report_due(instance)
    require_whole(failed)
    return len(due) + len(near)


async def _look(conn: Connection, site: Site, post_id: int, at: datetime) -> None:
    """Somebody may have to be told of a call since it was last looked at."""
    listing = await listings.find_by_post(conn, post_id)
    if listing is None:
        return
    if not listing.post.local:
        await telling.notify_near(conn, listing)
    elif await waves.find(conn, post_id) is None:
        await waves.begin(conn, listing)
    else:
        await go_on(conn, site, post_id, at)


async def _list_all(instance: Instance, read: Callable[..., Awaitable[list[int]]]) -> list[int]:
    """What there is to do, read in parts."""
    found: list[int] = []
    async with connection(instance.pool) as conn:
        while part := await read(conn, after=found[-1] if found else 0):
            found += part
    return found
