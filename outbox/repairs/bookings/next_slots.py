"""When each shop of ours has room next is looked at again now and then: hours pass without anybody doing anything."""

from datetime import UTC, datetime

from federation.instance import Instance
from models.exchanges import agreements
from models.listings import listings
from models.repairs.bookings import next_slots
from models.store.background.periodic_tasks import require_whole
from models.store.database import Connection, connection, transaction
from outbox.each_in_transaction import run_each


async def renew_due(instance: Instance) -> int:
    """Look at those that it is time for; how many. A chore.

    Raises Unfinished for those that could not be looked at, once all had their turn.
    """

    async def renew(conn: Connection, listing_id: int) -> None:
        await agreements.lock_listing(conn, listing_id)
        listing = await listings.find_by_post(conn, listing_id)
        if listing is not None:
            await next_slots.renew(conn, listing, at=datetime.now(UTC))

    async with transaction(instance.pool) as conn:
        passed = await next_slots.pass_over(conn)
    async with connection(instance.pool) as conn:
        due = await next_slots.list_due(conn)
    require_whole(await run_each(instance.pool, "next slot of listing", {id: id for id in due}, renew))
    return passed + len(due)
