"""What is due on a bike is told to its owner by the cooperative, once, in her language."""

from datetime import UTC, date, datetime
from functools import partial

from federation.instance import Instance
from models.moments import PARIS
from models.people import actors
from models.repairs.bikes import bikes, distances, reminders
from models.repairs.bikes.reminders import BikeReminder
from models.settings import Site
from models.store.background.periodic_tasks import require_whole
from models.store.database import Connection, connection
from outbox.each_in_transaction import run_each
from outbox.threads.cooperative_messages import write_to_member

AT_ONCE = 200

WORDS = {
    "fr": "À faire sur « {bike} » : {title}. Écrivez-le dans son carnet, ou remettez à plus tard : {page}",
    "en": "To do on “{bike}”: {title}. Write it in its book, or put it off: {page}",
}


async def remind_due(instance: Instance, *, at: datetime | None = None) -> int:
    """Each reminder whose day or kilometres have come. A chore; how many were told. Raises Unfinished."""
    today = (at or datetime.now(UTC)).astimezone(PARIS).date()
    told, after, failed = 0, 0, {}
    while True:
        async with connection(instance.pool) as conn:
            found = await reminders.list_untold(conn, after, on=today, limit=AT_ONCE)
            due = await _filter_due(conn, found, today)
        missed = await run_each(
            instance.pool, "reminder of bike", {id: id for id in due}, partial(_remind, instance.site)
        )
        failed.update(missed)
        told += len(due) - len(missed)
        if len(found) < AT_ONCE:
            require_whole(failed)
            return told
        after = found[-1].id


async def _filter_due(conn: Connection, found: list[BikeReminder], today: date) -> list[int]:
    known = await distances.map_by_bike(conn, [one.bike_id for one in found])
    return [one.id for one in found if one.is_due(today, distances.guess(known[one.bike_id], today))]


async def _remind(site: Site, conn: Connection, reminder_id: int) -> None:
    reminder = await reminders.claim(conn, reminder_id)
    bike = await bikes.find(conn, reminder.bike_id) if reminder is not None else None
    if reminder is None or bike is None:
        return
    page = f"{site.url}/mes-velos/{bike.id}#rappels"
    words = {lang: text.format(bike=bike.name, title=reminder.title, page=page) for lang, text in WORDS.items()}
    await write_to_member(conn, site, await actors.get(conn, bike.owner_id), words)
