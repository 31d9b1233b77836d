"""Figures of the cooperative: what happens is counted as it comes; each night months are closed and counted again."""

import asyncio
from datetime import UTC, datetime, timedelta

import structlog

from federation.instance import Instance
from models.coop.figures import closing, events
from models.moments import PARIS
from models.people import roles
from models.store.database import connection, transaction
from web.mail.account_mails import queue_mail

LOOKED_BACK = timedelta(days=2)
"""What happened before was counted at the latest last night."""

log = structlog.get_logger(__name__)


async def count_new(instance: Instance) -> None:
    """Count what happened lately, before it can be taken back. A chore that may run twice."""
    async with transaction(instance.pool) as conn:
        await events.collect(conn, since=datetime.now(UTC) - LOOKED_BACK)


async def close_and_recount(instance: Instance) -> None:
    """Close the months that are over, count those before again, and decide what is shown. A chore that may run twice.

    Local authorities hear by mail that there are figures of another month, whether everybody may see them or not.
    A kept sum that is not what is counted is put right, and administrators see it on the home of the cooperative.
    """
    async with transaction(instance.pool) as conn:
        if closed := await closing.close_due(conn, datetime.now(PARIS).date()):
            log.info("figures_closed", months=[str(one) for one in closed])
            for actor_id in await roles.list_authorities(conn):
                await queue_mail(conn, "figures", actor_id, "/chiffres")
    async with transaction(instance.pool) as conn:
        if wrong := await closing.recount(conn):
            log.warning("figures_differed", months=[str(one) for one in wrong])
    async with connection(instance.pool) as conn:
        undecided = await closing.list_undecided(conn)
    for year in undecided:
        async with connection(instance.pool) as conn:
            sums = await closing.load_year(conn, year)
        cells = await asyncio.to_thread(closing.decide, sums)
        async with transaction(instance.pool) as conn:
            await closing.save_year(conn, sums, cells)
    if undecided:
        async with transaction(instance.pool) as conn:
            await closing.save_whole(conn)
