"""The nightly figures: local authorities hear by mail that another month is counted, each once."""

from datetime import date

import pytest

from models.coop.figures import closing
from models.store.database import Connection, Pool, connection, execute, fetch_column, transaction
from tests.factories import make_member
from tests.web.small_app import make_instance
from web.server.worker import figures

MAILED = """
    SELECT (convert_from(payload, 'UTF8')::json->>'actor_id')::bigint FROM pgqueuer
    WHERE convert_from(payload, 'UTF8')::json->>'kind' = 'figures'
"""


async def test_a_local_authority_is_told_of_each_month_that_is_closed(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = [[], [date(2026, 10, 1)]]

    async def close(conn: Connection, today: date) -> list[date]:
        return closed.pop(0)

    async with transaction(pool) as conn:
        town = await make_member(conn, "mairie", type="Organization")
        await make_member(conn, "nadia", roles=["admin"])
        await execute(conn, "UPDATE account SET authority = true WHERE actor_id = $1", town.id)

    monkeypatch.setattr(closing, "close_due", close)
    await figures.close_and_recount(make_instance(pool))
    async with connection(pool) as conn:
        before = await fetch_column(conn, MAILED)
    await figures.close_and_recount(make_instance(pool))

    async with connection(pool) as conn:
        assert (before, await fetch_column(conn, MAILED)) == ([], [town.id])
