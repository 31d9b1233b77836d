"""What the team hides while a worker has it in its hands."""

from pathlib import Path

import pytest

from federation.instance import Instance
from models.settings import Settings
from models.store.database import Pool, execute, transaction
from models.traffic.outbound import deliveries
from outbox.traffic import deliver
from outbox.traffic.deliver import deliver_due
from tests.factories import HERE, make_activity, make_note
from tests.fediverse import FakeFediverse
from tests.outbox.traffic.test_deliver import follow, make_author, states


async def test_what_is_hidden_while_it_waits_in_a_lane_does_not_leave(
    pool: Pool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A slow server has up to twenty in one lane, claimed before the decision."""
    monkeypatch.setattr(deliver, "FRESH", -1)
    fediverse = FakeFediverse()
    settings = Settings(url=HERE.url, data=tmp_path)
    instance = Instance(site=HERE, settings=settings, pool=pool, transport=fediverse)
    author = await make_author(instance)
    await follow(instance, author)
    async with transaction(instance.pool) as conn:
        notes = [await make_note(conn, author) for _ in range(3)]
        for note in notes:
            id = await make_activity(conn, author, object_uri=note.uri)
            await deliveries.schedule(conn, activity_id=id, actor_id=author.id, named_ids=[], followed_ids=[author.id])
        await execute(conn, "UPDATE post SET hidden_at = now() WHERE id = $1", notes[1].id)

    await deliver_due(instance)

    assert await states(instance) == ["done", "cancelled", "done"]
    assert len(fediverse.posts) == 2
