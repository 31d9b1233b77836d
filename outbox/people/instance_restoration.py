"""The instance was made again of a backup: other servers are told what it lost, and asked for what they published."""

from datetime import timedelta
from urllib.parse import urlsplit

import structlog

from federation.instance import Instance
from models.people import actors
from models.store.database import transaction
from models.traffic import backfills, restorations, returned_posts
from outbox.people.profiles import announce_update
from outbox.traffic.send import Recipients

log = structlog.get_logger(__name__)

BETWEEN = timedelta(seconds=2)
"""One outbox is read after the other and not all at the same moment."""

FIRST = timedelta(seconds=15)
"""So long after a server is told what was lost it is asked what it holds of ours: then it has read that."""


async def tell(instance: Instance) -> None:
    """A chore: once after each restoration. Does nothing otherwise.

    What others sent meanwhile they send again, where they know how; what they published is read from their outboxes,
    and what they hold of our own people's posts is asked for.
    Nothing of what was lost here is taken back there: copies of it stay.
    """
    async with transaction(instance.pool) as conn:
        found = await restorations.claim_untold(conn)
        if found is None:
            return
        told = await restorations.list_peers(conn)
        await announce_update(
            conn, instance.site, await actors.get_local(conn, "instance"), to=Recipients(inboxes=tuple(told))
        )
        await returned_posts.plan_asking(conn, [one.host for one in told])
        for one in told:
            await returned_posts.enqueue(conn, f"{urlsplit(one.inbox).scheme}://{one.host}", turn=0, wait=FIRST)
        missed = await backfills.list_missed(conn)
        for number, actor_id in enumerate(missed):
            await backfills.ask(conn, actor_id, since=found.lost_from - backfills.ABSENCE, wait=BETWEEN * number)
    log.warning("restored", lost_from=str(found.lost_from), servers=len(told), actors=len(missed))
