"""Reports."""

from datetime import timedelta

from models.moderation import reports
from models.moderation.reports import NewReport, Settlement
from models.people.actors import Actor
from models.store.database import Connection, execute, fetch_value
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


async def make_report(conn: Connection, reporter: Actor, target: Actor, *, local: bool = True) -> int:
    new = NewReport(
        uri=None, reporter_id=reporter.id, target_id=target.id, object_uris=[], content="Bonjour", local=local
    )
    assert await reports.save(conn, new)
    return int(await fetch_value(conn, "SELECT max(id) FROM report"))


async def test_each_list_has_its_own_the_bounds_asked_for_and_nothing_about_its_reader(conn: Connection) -> None:
    alice, dora, bob = await make_member(conn), await make_member(conn, "dora"), await make_remote_actor(conn)
    made = [await make_report(conn, alice, bob) for _ in range(3)]
    about_dora = await make_report(conn, bob, dora, local=False)
    every = [*made, about_dora]

    assert [one.id for one in await reports.list_made(conn, alice.id, limit=2)] == made[:0:-1]
    assert [one.id for one in await reports.list_made(conn, bob.id)] == []
    assert [one.id for one in await reports.list_open(conn, limit=2)] == made[:2]
    case_id = await reports.find_case(conn, about_dora)
    assert [one.id for one in await reports.list_open(conn, case_id=case_id)] == every[3:]
    assert [one.id for one in await reports.list_open(conn, reader_id=dora.id)] == made
    assert await reports.find(conn, about_dora, dora.id) is None


async def test_what_is_settled_leaves_the_open_ones_once_and_comes_among_the_closed(conn: Connection) -> None:
    alice, dora, bob = await make_member(conn), await make_member(conn, "dora"), await make_remote_actor(conn)
    made = [await make_report(conn, alice, bob) for _ in range(3)]
    about_dora = await make_report(conn, alice, dora)
    settlement = Settlement(by=dora.id, note="n" * 9000, answer="")

    assert [await reports.settle(conn, id, settlement) for id in (*made, made[0])] == [True, True, True, False]

    closed = await reports.list_by_ids(conn, made)
    assert all(one.closed_at is not None for one in closed)
    assert [one.id for one in await reports.list_open(conn)] == [about_dora]
    assert {len(one.note) for one in closed} == {reports.NOTE_LIMIT}


async def test_of_what_is_settled_nobody_is_reminded_and_only_that_waits_again(conn: Connection) -> None:
    alice, dora, bob = await make_member(conn), await make_member(conn, "dora"), await make_remote_actor(conn)
    made = [await make_report(conn, alice, bob) for _ in range(2)]
    await execute(conn, "UPDATE report SET created_at = now() - interval '9 days'")
    assert await reports.settle(conn, made[0], Settlement(by=dora.id, note="", answer=""))

    day = timedelta(days=1)
    assert [one.id for one in await reports.list_open(conn, reader_id=dora.id)] == made[1:]
    assert await reports.claim_forgotten(conn, first=day, again=day) == made[1:]
    assert [await reports.reopen(conn, id) for id in made] == [True, False]
    assert [one.id for one in await reports.list_open(conn, reader_id=dora.id)] == made


async def test_who_reported_without_an_account_is_forgotten_a_year_after_it_was_settled(conn: Connection) -> None:
    bob = await make_remote_actor(conn)

    async def make(days: int | None, name: str, email: str | None) -> None:
        new = NewReport(
            uri=None, reporter_id=None, target_id=bob.id, object_uris=[], content="", local=True, reporter_name=name,
            reporter_email=email,
        )  # fmt: skip
        made = await reports.save(conn, new)
        assert made is not None
        await execute(
            conn, "UPDATE report SET closed_at = now() - make_interval(days => $2) WHERE id = $1", made.id, days
        )

    for days in (364, 366, None):
        await make(days, "Vera", None)
        await make(days, "", "vera@example.org")
        await make(days, "", None)

    assert (await reports.forget_visitors(conn), await reports.forget_visitors(conn)) == (2, 0)
    kept = "SELECT count(*) FROM report WHERE reporter_name = 'Vera' OR reporter_email = 'vera@example.org'"
    assert await fetch_value(conn, kept) == 4
