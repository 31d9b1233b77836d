"""What waits for too long, of strangers or of the machinery: chores tell those who settle it, each morning."""

from datetime import UTC, datetime

import structlog

from federation.instance import Instance
from models.coop import overdue
from models.news import staff_troubles
from models.store.database import transaction
from web.mail.send_times import postpone_to_morning

log = structlog.get_logger(__name__)


async def tell_troubles(instance: Instance, at: datetime | None = None) -> None:
    """Tell of what waits for too long: in the news now, by telephone and mail from the morning on."""
    async with transaction(instance.pool) as conn:
        found = await overdue.map_overdue(conn)
        told = await staff_troubles.notify(conn, found, at=postpone_to_morning(at or datetime.now(UTC)))
    if told:
        log.warning("troubles_wait", kinds=told)


async def forget_settled(instance: Instance) -> None:
    """What is settled is news to nobody, and no telephone and no mail tells it."""
    async with transaction(instance.pool) as conn:
        await staff_troubles.forget_settled(conn, await overdue.map_overdue(conn))
