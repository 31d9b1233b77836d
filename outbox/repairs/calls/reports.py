"""The server of a call from elsewhere hears how many people of ours were told of it, and how many opened it."""

from datetime import UTC, datetime
from typing import Any

from federation.instance import Instance
from models.listings import listings
from models.listings.listings import OPEN, Listing
from models.people import actors
from models.repairs.calls import figures, told
from models.repairs.calls.figures import REPORT
from models.repairs.calls.reaches import read_reach
from models.settings import Site
from models.store.background import jobs
from models.store.database import Connection, connection, transaction
from outbox.builders.activities.view import build_view
from outbox.each_in_transaction import run_each
from outbox.traffic.audience import find_stream
from outbox.traffic.send import Recipients, send


async def note_opened(conn: Connection, call: Listing, reader_id: int) -> None:
    """Somebody opens a call that she was told of: counted once, and said to its server if it is not ours."""
    if await told.note_opened(conn, call.id, reader_id) and not call.post.local:
        await jobs.enqueue(conn, REPORT, {"post": call.id}, key=f"{REPORT}:{call.id}")


async def report_job(instance: Instance, payload: dict[str, Any]) -> None:
    """The job: say it now, or leave it to the chore where it was said a moment ago."""
    async with transaction(instance.pool) as conn:
        await report(conn, instance.site, payload["post"])


async def report(conn: Connection, site: Site, post_id: int) -> bool:
    """Say how many there are by now, if that is new, of a call that has not ended and whose server says how far it is
    told; whether it was said.
    """
    listing = await listings.find_by_post(conn, post_id)
    if listing is None or listing.post.local or listing.post.deleted_at is not None:
        return False
    if listing.details.status not in OPEN or read_reach((listing.details.repair or {}).get("reach")) is None:
        return False
    group = await find_stream(conn, listing.details.kind, listing.details.mode)
    said = await figures.claim_report(conn, post_id) if group is not None else None
    if group is None or said is None:
        return False
    author = await actors.get(conn, listing.post.author_id)
    view = build_view(site, group, author, listing.uri, said, datetime.now(UTC))
    await send(conn, group, view, Recipients(named_ids=(author.id,)), listed=False)
    return True


async def report_due(instance: Instance) -> dict[str, Exception]:
    """Say what changed since it was said last; the errors of those that failed."""
    found: list[int] = []
    async with connection(instance.pool) as conn:
        while part := await figures.list_unreported(conn, after=found[-1] if found else 0):
            found += part

    async def say(conn: Connection, post_id: int) -> None:
        await report(conn, instance.site, post_id)

    return await run_each(instance.pool, "repair call elsewhere", {id: id for id in found}, say)
