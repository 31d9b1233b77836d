"""A flood of reports against one person: one case, one line of news, one mail, and work that grows with it only."""

from models.moderation import reports
from models.store.database import Connection, execute, fetch_value
from outbox.moderation.reports import Complaint, report, settle
from tests.factories import HERE, make_local_actor, make_member

MANY = 200


async def count_work(conn: Connection) -> int:
    """Blocks of the database that this transaction has looked at so far."""
    found: int = await fetch_value(
        conn,
        """
        SELECT sum(pg_stat_get_xact_tuples_fetched(oid) + pg_stat_get_xact_tuples_returned(oid))::bigint
        FROM pg_class WHERE relname IN ('report', 'moderation_case', 'notification', 'report_reporter',
            'report_visitor', 'report_target', 'report_case', 'notification_of_case', 'moderation_case_open')
        """,
    )
    return found


async def test_two_hundred_reports_are_one_case_one_piece_of_news_and_one_mail(conn: Connection) -> None:
    alice = await make_member(conn)
    await make_member(conn, "odile", roles=["moderator"])
    await make_local_actor(conn, "instance", type="Application")
    await execute(conn, "SET LOCAL enable_seqscan = off")  # tables are too small here for the plans of large ones
    await execute(conn, "DISCARD PLANS")  # those that other tests left on this connection, of tables as small

    looked = []
    for number in range(MANY):
        before = await count_work(conn)
        email = f"v{number}@exemple.fr" if number % 2 else None
        await report(conn, HERE, None, Complaint(target=alice, content=f"Non {number}", email=email))
        looked.append(await count_work(conn) - before)

    assert await fetch_value(conn, "SELECT count(*) FROM report") == MANY
    assert await fetch_value(conn, "SELECT count(*) FROM moderation_case") == 1
    assert await fetch_value(conn, "SELECT count(*) FROM notification WHERE type = 'admin.report'") == 1
    assert await fetch_value(conn, "SELECT count(*) FROM pgqueuer WHERE entrypoint = 'staff_mail'") == 1
    first, last = sum(looked[:50]), sum(looked[-50:])
    assert 0 < last < 3 * first + 500, (first, last)


async def test_news_of_a_case_stays_while_one_of_its_reports_waits(conn: Connection) -> None:
    alice, odile = await make_member(conn), await make_member(conn, "odile", roles=["moderator"])
    await make_local_actor(conn, "instance", type="Application")
    first, second = [
        await report(conn, HERE, None, Complaint(target=alice, content=words)) for words in ("Non", "Encore")
    ]

    await settle(conn, first.id, reports.Settlement(by=odile.id))
    left = await fetch_value(conn, "SELECT report_id FROM notification WHERE type = 'admin.report'")
    await settle(conn, second.id, reports.Settlement(by=odile.id))

    assert left == second.id
    assert await fetch_value(conn, "SELECT count(*) FROM notification WHERE type = 'admin.report'") == 0
