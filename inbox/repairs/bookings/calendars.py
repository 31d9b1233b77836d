"""The calendars that shops of ours keep elsewhere, asked for every fifteen minutes: what stands there takes slots away.

What fails changes nothing: what was said last goes on counting, its age and the cause are shown to the shop's people,
and after a day its managers are told. The address is a secret: no log names it.
"""

import asyncio
from datetime import UTC, datetime, timedelta

import structlog

from federation.documents.documents import require_allowed_host
from federation.errors import Cause, FetchFailed
from federation.http_client.protocols import MEBIBYTE
from federation.http_client.transport import Fetched
from federation.instance import Instance
from federation.own_keys.secret_box import CALENDARS, decrypt_secret
from inbox.repairs.bookings.busy_times import Window, merge, read_busy
from inbox.repairs.bookings.calendar_lines import NoCalendar
from models.errors import Unavailable
from models.limits import DOCUMENT_FETCHES
from models.repairs.bookings import next_slots, shop_calendars
from models.repairs.bookings.shop_calendars import MOST_BUSY, BusyRange, CalendarReading, DueCalendar
from models.settings import SettingsError
from models.store.background.periodic_tasks import describe_cause, describe_place
from models.store.database import Connection, connection, transaction
from outbox.repairs.bookings.own_calendar import tell_failing

AT_ONCE = 4
"""That are asked side by side."""

ACCEPT = "text/calendar, text/plain;q=0.5, */*;q=0.1"

TAG_LIMIT = 200

BEFORE, AFTER = timedelta(days=1), timedelta(days=2)
"""So much more than the days for which one may ask is kept: for a day, what did not change needs no reading."""

LONGEST_WAIT = timedelta(days=1)

CAUSES: dict[Cause, shop_calendars.Cause] = {
    Cause.BAD_ADDRESS: "bad_address",
    Cause.PRIVATE_ADDRESS: "bad_address",
    Cause.REDIRECT: "bad_address",
    Cause.NAME_NOT_FOUND: "bad_address",
    Cause.SET_ASIDE: "bad_address",
    Cause.TIMED_OUT: "timed_out",
    Cause.NAME_UNANSWERED: "timed_out",
    Cause.NOT_FOUND: "not_found",
    Cause.GONE: "not_found",
    Cause.FORBIDDEN: "refused",
    Cause.SIGNATURE_REFUSED: "refused",
    Cause.REFUSED: "refused",
    Cause.TOO_MANY_REQUESTS: "failing",
    Cause.SERVER_ERROR: "failing",
    Cause.TOO_LARGE: "too_large",
    Cause.WRONG_TYPE: "unreadable",
}
"""What went wrong, as the people of a shop are told; anything else: it cannot be reached."""

log = structlog.get_logger(__name__)


async def read_due(instance: Instance) -> int:
    """Read those that it is time for, and tell of those that fail; how many were read. A chore."""
    async with transaction(instance.pool) as conn:
        due = await shop_calendars.claim_due(conn)
    places = asyncio.Semaphore(AT_ONCE)
    turns = (_read_in_turn(instance, one, places) for one in due)
    outcomes = await asyncio.gather(*turns, return_exceptions=True)
    async with transaction(instance.pool) as conn:
        await tell_failing(conn, instance.site)
    for outcome in outcomes:
        if outcome is not None:
            raise outcome
    return len(due)


async def refresh_job(instance: Instance, payload: dict[str, int]) -> None:
    """The same of one, as a job. May run twice."""
    await refresh(instance, payload["shop"])


async def _read_in_turn(instance: Instance, shop_id: int, places: asyncio.Semaphore) -> None:
    async with places:
        await refresh(instance, shop_id)


async def refresh(instance: Instance, shop_id: int) -> None:
    """Ask now."""
    async with connection(instance.pool) as conn:
        due = await shop_calendars.find_due(conn, shop_id)
    if due is None:
        return
    try:
        await _read_one(instance, due)
    except FetchFailed as failed:
        await _note(instance, due, CAUSES.get(failed.cause, "unreachable"), failed.retry_after or 0)
    except NoCalendar as other:
        await _note(instance, due, "login_page" if other.page else "unreadable")
    except (SettingsError, Unavailable):  # who runs the server has to see to it
        raise
    except Exception as error:  # whatever somebody else's file makes it raise is this shop's own trouble
        log.error("shop_calendar_failed", shop=shop_id, cause=describe_cause(error), exc_info=describe_place(error))
        await _note(instance, due, "unreadable")


async def _read_one(instance: Instance, due: DueCalendar) -> None:
    fetched = await _fetch(instance, due)
    found = await asyncio.to_thread(_read, fetched.body, due, datetime.now(UTC)) if fetched.status != 304 else None
    async with transaction(instance.pool) as conn:
        if found is None:
            await shop_calendars.confirm(conn, due)
        else:
            await shop_calendars.save_reading(conn, due, await _finish(conn, instance, fetched, found))
            await next_slots.renew_of_shop(conn, due.actor_id, at=datetime.now(UTC))


async def _fetch(instance: Instance, due: DueCalendar) -> Fetched:
    """What stands at the address, or 304. Raises FetchFailed, SettingsError."""
    address = decrypt_secret(instance.settings, due.secret, owner=due.actor_id, kind=CALENDARS).decode()
    host = await require_allowed_host(instance, address)
    if not instance.counter.spend(DOCUMENT_FETCHES, host):
        raise FetchFailed(Cause.TOO_MANY_REQUESTS, host, retry=True)
    return await instance.transport.get_document(
        address, accept=ACCEPT, limit=MEBIBYTE, etag=due.etag, modified=due.modified
    )


Found = tuple[list[tuple[BusyRange, str]], int]


def _read(body: bytes, due: DueCalendar, at: datetime) -> Found:
    """In a thread: a long calendar takes a second."""
    window = Window(begins_at=at - BEFORE, ends_at=at + timedelta(days=due.ahead_days) + AFTER)
    times, unread = read_busy(body, window)
    return [(one.busy, one.uid) for one in times], unread


async def _finish(conn: Connection, instance: Instance, fetched: Fetched, found: Found) -> CalendarReading:
    """Without what came from here: a calendar of ours that is subscribed there would count twice."""
    times, unread = found
    ours = await shop_calendars.list_own_uids(conn, [uid for _, uid in times])
    theirs = [busy for busy, uid in times if uid not in ours and not uid.startswith(f"{instance.site.url}/")]
    ranges = merge(theirs)
    return CalendarReading(
        ranges=ranges[:MOST_BUSY],
        unread=unread,
        etag=_read_tag(fetched, "ETag"),
        modified=_read_tag(fetched, "Last-Modified"),
    )


def _read_tag(fetched: Fetched, name: str) -> str:
    tag = fetched.headers.get(name, "")
    return tag if len(tag) <= TAG_LIMIT else ""


async def _note(instance: Instance, due: DueCalendar, cause: shop_calendars.Cause, seconds: int = 0) -> None:
    wait = min(max(timedelta(seconds=seconds), shop_calendars.READ_EVERY), LONGEST_WAIT)
    async with transaction(instance.pool) as conn:
        await shop_calendars.note_failure(conn, due, cause, wait=wait)
    log.info("shop_calendar_not_read", shop=due.actor_id, cause=cause)
