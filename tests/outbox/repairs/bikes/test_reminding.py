"""What is due is told by the cooperative, once."""

from datetime import UTC, date, datetime
from pathlib import Path

from federation.instance import Instance
from models.repairs.bikes import reminders
from models.repairs.bikes.reminders import Rhythm
from models.settings import Settings
from models.store.database import Pool, connection, execute, fetch_column, transaction
from outbox.repairs.bikes.reminding import remind_due
from tests.bikes import make_bike
from tests.factories import HERE, make_local_actor, make_member
from tests.fediverse import FakeFediverse

LATER = datetime(2026, 9, 1, 7, tzinfo=UTC)


async def test_it_comes_once_as_a_private_message_and_to_nobody_who_is_suspended(pool: Pool, tmp_path: Path) -> None:
    instance = Instance(site=HERE, settings=Settings(url=HERE.url, data=tmp_path), pool=pool, transport=FakeFediverse())
    async with transaction(instance.pool) as conn:
        await make_local_actor(conn, "coop", type="Organization")
        for name in ("alice", "hocine"):
            bike = await make_bike(conn, await make_member(conn, name), f"Le vélo de {name}")
            rhythm = Rhythm(title="Graisser la chaîne", every_months=6)
            await reminders.add(conn, bike, rhythm, on=date(2026, 1, 15), kilometres=None)
        await execute(conn, "UPDATE actor SET suspended_at = now() WHERE username = 'hocine'")

    assert [await remind_due(instance, at=LATER), await remind_due(instance, at=LATER)] == [1, 0]

    async with connection(instance.pool) as conn:
        [said] = await fetch_column(conn, "SELECT content FROM post WHERE audience = 'direct'")
    assert "Le vélo de alice" in said and "Graisser la chaîne" in said and "/mes-velos/" in said
