"""Reports."""

from models.moderation import reports
from models.moderation.reports import NewReport
from models.store.database import Connection
from tests.factories import make_member, make_remote_actor


async def test_a_report_is_kept_once_and_cut(conn: Connection) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    new = NewReport(
        uri="https://henin.test/flags/1",
        reporter_id=bob.id,
        target_id=alice.id,
        object_uris=[f"https://lomme.test/{number}" for number in range(200)],
        content="x" * 9000,
        local=False,
    )

    assert await reports.save(conn, new)
    assert not await reports.save(conn, new)

    [report] = await reports.list_open(conn)
    assert (len(report.object_uris), len(report.content)) == (100, 5000)
