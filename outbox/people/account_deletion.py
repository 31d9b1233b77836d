"""A member wants to leave: two weeks to change her mind, her listings paused meanwhile, then the end of her account."""

from datetime import UTC, datetime, timedelta

import structlog

from federation.instance import Instance
from models.errors import Conflict, NotFound
from models.people import accounts, actors
from models.people.actors import Actor
from models.personal_data import account_erasure, deletion_requests
from models.settings import Site
from models.store.background import periodic_tasks
from models.store.database import Connection, connection, transaction
from outbox.listings import listings
from outbox.people.accounts import delete

GRACE = timedelta(days=14)
"""How long somebody may change her mind."""

LATER = timedelta(days=1)
"""When it is tried again with the last administrator, who has to name another one first."""

AT_ONCE = 50

log = structlog.get_logger(__name__)


async def ask(conn: Connection, site: Site, actor: Actor) -> None:
    """Begin the two weeks; what is to be had of hers is paused at once. Again changes nothing.

    Raises NotFound for an actor without an account, Conflict for the last administrator.
    """
    await account_erasure.begin(conn, actor.id)
    await account_erasure.require_another_admin(conn, actor.id)
    await accounts.lock_account(conn, actor.id)
    await accounts.get(conn, actor.id)
    if await deletion_requests.find(conn, actor.id) is not None:
        return
    paused = [
        (await listings.pause(conn, site, actor, uri)).id
        for uri in await deletion_requests.list_open_listings(conn, actor.id)
    ]
    await deletion_requests.begin(conn, actor.id, after=GRACE, paused_ids=paused)


async def cancel_deletion(conn: Connection, site: Site, actor: Actor) -> None:
    """She changed her mind: what was paused for it is to be had again, unless she or time closed it meanwhile."""
    await account_erasure.begin(conn, actor.id)
    await accounts.lock_account(conn, actor.id)
    departure = await deletion_requests.find(conn, actor.id)
    if departure is None:
        return
    await deletion_requests.end(conn, actor.id)
    for uri in await deletion_requests.list_paused_listings(conn, departure.paused_ids):
        await listings.reopen(conn, site, actor, uri)


async def delete_due_accounts(instance: Instance, *, at: datetime | None = None) -> int:
    """End the accounts whose day has come, each in a transaction of its own; how many. A chore that may run twice.

    Raises Unfinished for those that could not be ended, once all had their turn.
    """
    moment, total = at or datetime.now(UTC), 0
    failed: dict[str, Exception] = {}
    async with connection(instance.pool) as conn:
        due = await deletion_requests.list_due(conn, at=moment, limit=AT_ONCE)
    for actor_id in due:
        try:
            async with transaction(instance.pool) as conn:
                total += await _delete_account(conn, instance.site, actor_id, moment)
        except Conflict as error:
            log.warning("departure_postponed", actor=actor_id, cause=str(error))
            async with transaction(instance.pool) as conn:
                await deletion_requests.postpone(conn, actor_id, LATER)
        except Exception as error:
            log.error(
                "departure_failed",
                actor=actor_id,
                cause=periodic_tasks.describe_cause(error),
                exc_info=periodic_tasks.describe_place(error),
            )
            failed[f"account {actor_id}"] = error
    periodic_tasks.require_whole(failed)
    return total


async def _delete_account(conn: Connection, site: Site, actor_id: int, at: datetime) -> bool:
    """End this account, unless somebody else did or its owner changed her mind meanwhile."""
    await account_erasure.begin(conn, actor_id)
    await account_erasure.require_another_admin(conn, actor_id)
    await accounts.lock_account(conn, actor_id)
    departure = await deletion_requests.find(conn, actor_id)
    if departure is None or departure.due_at > at:
        return False
    try:
        await delete(conn, site, await actors.get(conn, actor_id))
    except NotFound:
        return False
    return True
