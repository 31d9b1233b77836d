"""The door to PostgreSQL: what the database refuses becomes an error that says whether to try again."""

import asyncio

from models.database import Pool, execute, transaction
from models.errors import Entangled


async def test_of_two_who_wait_for_each_other_one_goes_on_and_the_other_may_come_again(pool: Pool) -> None:
    met = asyncio.Barrier(2)

    async def take(first: int, second: int) -> None:
        async with transaction(pool) as conn:
            await execute(conn, "SELECT pg_advisory_xact_lock($1)", first)
            await met.wait()
            await execute(conn, "SELECT pg_advisory_xact_lock($1)", second)

    ends = await asyncio.gather(take(1, 2), take(2, 1), return_exceptions=True)

    [error] = [end for end in ends if end is not None]
    assert isinstance(error, Entangled)
    assert (error.status, error.retry) == (503, True)
