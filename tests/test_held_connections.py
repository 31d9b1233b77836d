"""In tests nobody gets a second connection of a pool who holds one, however many the pool still has."""

from collections.abc import Awaitable, Callable

import pytest

from models.store.database import Pool, connection, transaction
from tests.held_connections import HeldTwice

VIEWS = """
async def show_twice(pool):
    async with connection(pool):
        async with transaction(pool):
            pass

async def show_after(pool):
    async with connection(pool):
        pass
    async with transaction(pool):
        pass
"""

View = Callable[[Pool], Awaitable[None]]


@pytest.fixture
def views() -> dict[str, View]:
    """Functions as they stand in the code: what tests do themselves is not looked at."""
    found: dict[str, View] = {}
    exec(compile(VIEWS, "/web/pages/views.py", "exec"), {"connection": connection, "transaction": transaction}, found)
    return found


async def test_who_holds_a_connection_gets_no_second_one_and_may_ask_again_afterwards(
    pool: Pool, views: dict[str, View]
) -> None:
    with pytest.raises(HeldTwice, match=r"views\.py:4 asks for a connection, and one is held since .*views\.py:3"):
        await views["show_twice"](pool)

    await views["show_after"](pool)


async def test_a_test_may_look_on_while_it_asks(pool: Pool, views: dict[str, View]) -> None:
    async with connection(pool):
        await views["show_after"](pool)
