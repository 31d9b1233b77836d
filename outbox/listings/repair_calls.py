"""A bike has broken down: members nearby who asked for it are told, of calls from here and from elsewhere alike."""

from datetime import UTC, datetime

from federation.instance import Instance
from models.listings import listings, repair_watches
from models.listings.listings import Listing
from models.listings.repair_watches import FRESH, JOB
from models.moderation import unpublished_posts
from models.news import notifications
from models.store.background import jobs
from models.store.database import Connection, transaction


async def notify_near(conn: Connection, listing: Listing) -> int:
    """Tell whoever wants to know of this call and was not told yet; how many. Nothing for what is no open fresh
    call, or waits for a look.

    News and push at once; mails as each member chose (web/mail/repair_call_mails).
    """
    details, post, at = listing.details, listing.post, datetime.now(UTC)
    if details.kind != "repair_call" or details.status != "open" or post.published_at < at - FRESH:
        return 0
    if details.expires_at is not None and details.expires_at <= at:
        return 0
    if await unpublished_posts.is_unpublished(conn, post.uri):
        return 0
    told = await repair_watches.notify_near(conn, listing)
    await notifications.notify_all(conn, told, type="repair_call", actor_id=post.author_id, post_id=post.id)
    for actor_id in told:
        payload = {"actor_id": actor_id, "post_id": post.id}
        await jobs.enqueue(conn, JOB, payload, key=f"{JOB}:{actor_id}:{post.id}")
    return len(told)


async def notify_due(instance: Instance) -> int:
    """Tell of calls whose server was let in meanwhile, or near which somebody wants to be told since; how many people.

    A chore.
    """
    total, last = 0, 0
    while True:
        async with transaction(instance.pool) as conn:
            untold = await repair_watches.list_unnotified(conn, after=last)
            for listing in (await listings.list_by_posts(conn, untold)).values():
                total += await notify_near(conn, listing)
        if len(untold) < repair_watches.AT_ONCE:
            return total
        last = untold[-1]
