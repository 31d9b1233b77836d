"""Members get the points that the cooperative gives them, and what was given for nothing is taken back."""

from datetime import UTC, datetime

from federation.instance import Instance
from models.exchanges import points
from models.store.database import transaction

GRANTED_AT_ONCE = 200


async def grant_points(instance: Instance) -> None:
    """Give members their points, some at a time, and take back what was given for offers that did not stand."""
    while True:
        async with transaction(instance.pool) as conn:
            given = await points.grant_due(conn, at=datetime.now(UTC), limit=GRANTED_AT_ONCE)
        if given < GRANTED_AT_ONCE:
            break
    async with transaction(instance.pool) as conn:
        await points.take_back_due(conn)
