"""The two questions of a supervisor: does it serve, and is everything there."""

from uuid import uuid4

from models import heartbeats
from models.database import Pool, transaction
from tests.web.core import make_instance, serving


async def test_it_is_ready_once_a_worker_beats(pool: Pool) -> None:
    async with serving(make_instance(pool)) as client:
        before = await client.get("/readyz")
        async with transaction(pool) as conn:
            await heartbeats.beat(conn, uuid4(), "worker")
        after = await client.get("/readyz")

        assert (before.status, (await before.json())["missing"]) == (503, ["worker"])
        assert after.status == 200


async def test_it_is_not_ready_for_a_schema_that_is_behind(pool: Pool) -> None:
    async with transaction(pool) as conn:
        await heartbeats.beat(conn, uuid4(), "worker")
        await conn.execute("DELETE FROM migration WHERE name LIKE '0001%'")
    async with serving(make_instance(pool)) as client:
        answer = await client.get("/readyz")

        assert (await answer.json())["missing"] == ["migrations"]


async def test_without_a_database_it_serves_and_is_not_ready(pool: Pool) -> None:
    async with serving(make_instance(pool)) as client:
        await pool.close()

        assert (await client.get("/healthz")).status == 200
        assert (await (await client.get("/readyz")).json())["missing"] == ["database"]
