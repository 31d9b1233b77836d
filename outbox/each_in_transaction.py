"""One after the other, each in a transaction of its own: whatever fails keeps nobody else from his turn."""

from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

import structlog

from models.errors import Unavailable
from models.store.background.periodic_tasks import describe_cause, describe_place
from models.store.database import Connection, Pool, transaction

log = structlog.get_logger(__name__)

One = TypeVar("One")


async def run_each(
    pool: Pool, name: str, them: Mapping[int, One], act: Callable[[Connection, One], Awaitable[object]]
) -> dict[str, Exception]:
    """Do something for each; the errors of those that failed, by `name` and number. Raises Unavailable."""
    failed: dict[str, Exception] = {}
    for number, one in them.items():
        try:
            async with transaction(pool) as conn:
                await act(conn, one)
        except Unavailable:
            raise
        except Exception as error:
            log.error(
                "turn_failed", what=name, number=number, cause=describe_cause(error), exc_info=describe_place(error)
            )
            failed[f"{name} {number}"] = error
    return failed
