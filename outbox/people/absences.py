"""A member goes away for a while and comes back: her offers rest meanwhile, and everybody who follows her is told."""

from datetime import UTC, datetime, timedelta

from federation.instance import Instance
from models.errors import Invalid
from models.people import absences, actors
from models.people.actors import Actor
from models.settings import Site
from models.store.database import Connection, transaction
from outbox.people.profiles import announce_update
from outbox.presence import require_at_home
from outbox.traffic.send import Recipients

LONGEST = timedelta(days=366)
RETURNED_AT_ONCE = 50


async def begin_absence(conn: Connection, site: Site, actor: Actor, until: datetime) -> None:
    """Away from now until this moment. Raises Invalid for one that has passed or is more than a year ahead."""
    require_at_home(actor)
    now = datetime.now(UTC)
    if until <= now:
        raise Invalid("day_past", field="until")
    if until > now + LONGEST:
        raise Invalid("absence_too_long", field="until")
    await _change(conn, site, actor, until)


async def end_absence(conn: Connection, site: Site, actor: Actor) -> None:
    """There again; nothing happens to whoever is not away."""
    if actor.away_until is not None:
        await _change(conn, site, actor, None)


async def end_due_absences(instance: Instance) -> int:
    """Bring those back whose day has come; how many. A chore.

    Servers that know `awayUntil` see for themselves that it has passed; others are told by the profile.
    """
    total = 0
    while True:
        async with transaction(instance.pool) as conn:
            due = await absences.list_back(conn, at=datetime.now(UTC), limit=RETURNED_AT_ONCE)
            for id in due:
                await end_absence(conn, instance.site, await actors.get(conn, id))
        total += len(due)
        if len(due) < RETURNED_AT_ONCE:
            return total


async def _change(conn: Connection, site: Site, actor: Actor, until: datetime | None) -> None:
    """Those who hold her offers are told, also when they follow a stream only and not her."""
    await absences.set_away(conn, actor.id, until)
    streams = await absences.list_streams(conn, actor.id)
    everybody = Recipients(followed_ids=(actor.id, *streams), all_who_know=True)
    await announce_update(conn, site, await actors.get(conn, actor.id), to=everybody)
