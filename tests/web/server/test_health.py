"""The two questions of a supervisor: does it serve, and is everything there."""

from uuid import uuid4

import pytest
from aiohttp.test_utils import TestClient, TestServer

from models import lazy
from models.errors import Entangled
from models.store.background import heartbeats, supervised_tasks
from models.store.database import Pool, transaction
from tests.eventually import eventually
from tests.web.small_app import make_instance, serving
from web.server import app
from web.server.app import make_app


async def test_it_is_ready_once_a_worker_beats(pool: Pool) -> None:
    async with serving(make_instance(pool)) as client:
        before = await client.get("/readyz")
        async with transaction(pool) as conn:
            await heartbeats.save_heartbeat(conn, uuid4(), "worker")
        after = await client.get("/readyz")

        assert (before.status, (await before.json())["missing"]) == (503, ["worker"])
        assert after.status == 200


async def test_it_is_not_ready_for_a_schema_that_is_behind(pool: Pool) -> None:
    async with transaction(pool) as conn:
        await heartbeats.save_heartbeat(conn, uuid4(), "worker")
        await conn.execute("DELETE FROM migration WHERE name LIKE '0001%'")
    async with serving(make_instance(pool)) as client:
        answer = await client.get("/readyz")

        assert (await answer.json())["missing"] == ["migrations"]


async def test_without_a_database_it_serves_and_is_not_ready(pool: Pool) -> None:
    async with serving(make_instance(pool)) as client:
        await pool.close()

        assert (await client.get("/healthz")).status == 200
        assert (await (await client.get("/readyz")).json())["missing"] == ["database"]


async def test_it_is_not_ready_where_an_upgrade_put_other_files_in_its_place(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with transaction(pool) as conn:
        await heartbeats.save_heartbeat(conn, uuid4(), "worker")
    async with serving(make_instance(pool)) as client:
        assert (await client.get("/readyz")).status == 200
        monkeypatch.setattr(lazy, "EDITION", None)
        answer = await client.get("/readyz")

        assert (answer.status, (await answer.json())["missing"]) == (503, ["restart"])


async def test_what_no_living_worker_gets_done_is_missing_and_what_one_of_them_does_is_not(pool: Pool) -> None:
    first, second = uuid4(), uuid4()
    async with serving(make_instance(pool)) as client:
        async with transaction(pool) as conn:
            await heartbeats.save_heartbeat(conn, first, "worker", ["inbox", "jobs"])
            await heartbeats.save_heartbeat(conn, second, "worker", ["jobs"])
        some = await client.get("/readyz")
        async with transaction(pool) as conn:
            await heartbeats.save_heartbeat(conn, first, "worker")
        none = await client.get("/readyz")

        assert (some.status, (await some.json())["missing"]) == (503, ["jobs"])
        assert none.status == 200


async def test_what_fails_again_and_again_behind_the_pages_is_named(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> None:
        raise Entangled

    monkeypatch.setattr(supervised_tasks, "FIRST_PAUSE", 0.01)
    monkeypatch.setattr(app, "share", fail)
    async with TestClient(TestServer(make_app(make_instance(pool)))) as client:
        async with transaction(pool) as conn:
            await heartbeats.save_heartbeat(conn, uuid4(), "worker")

        async def names_it() -> bool:
            told: dict[str, object] = await (await client.get("/readyz")).json()
            return told == {"status": "ready", "failing": ["limits"]}

        await eventually(names_it)
