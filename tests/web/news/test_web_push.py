"""Pushes about repair calls: not in quiet hours, and not about what is over by then."""

from datetime import UTC, datetime
from typing import cast

import pytest

from federation.instance import Instance
from models.moments import PARIS
from models.news import notifications
from models.repairs.calls import watches
from models.repairs.calls.watches import RepairWatch
from models.settings import Settings
from models.store.database import Pool, execute, fetch_value, transaction
from tests.factories import make_listing, make_member
from tests.web.smtp_server import StandIn
from web.news.web_push import push_notification

HOUR = datetime.now(UTC).astimezone(PARIS).hour


@pytest.mark.parametrize(
    ("urgency", "quiet", "at_night", "status", "waits"),
    [
        ("Today", True, False, "open", 1),
        ("Now", True, False, "open", 1),
        ("Now", True, True, "open", 0),
        ("Today", False, False, "open", 0),
        ("Today", True, False, "fulfilled", 0),
    ],
)
async def test_a_telephone_does_not_ring_in_quiet_hours(
    pool: Pool, urgency: str, quiet: bool, at_night: bool, status: str, waits: int
) -> None:
    begin = HOUR if quiet else (HOUR + 2) % 24
    async with transaction(pool) as conn:
        awa, hocine = await make_member(conn, "awa"), await make_member(conn, "hocine")
        watch = RepairWatch(by_mail=True, at_night=at_night, quiet_from=begin, quiet_until=(begin + 3) % 24)
        await watches.save(conn, awa.id, watch)
        call = await make_listing(
            conn, hocine, kind="repair_call", mode="repair", status=status, repair={"urgency": urgency}
        )
        id = await notifications.notify(
            conn, recipient_id=awa.id, type="repair_call", actor_id=hocine.id, post_id=call.id
        )
        await execute(conn, "DELETE FROM pgqueuer")
    assert id is not None

    await push_notification(cast(Instance, StandIn(pool, Settings())), {"id": id})

    async with transaction(pool) as conn:
        late = "SELECT count(*) FROM pgqueuer WHERE entrypoint = 'push' AND execute_after > now() + interval '1 minute'"
        assert await fetch_value(conn, late) == waits
