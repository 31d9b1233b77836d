"""What came in is forgotten once it is too old; what a server said in its last week stays for it a while."""

from dataclasses import replace
from datetime import timedelta

import pytest

from models.store.database import Connection, execute, fetch_column, fetch_value
from models.traffic.inbound import forgotten_received
from tests.database_queries import enqueue_one
from tests.models.traffic.inbound.test_received import make_new

DONE = "UPDATE received SET state = 'done', type = 'Create', finished_at = now() - $1::interval"

SERVER = """
    INSERT INTO server (host, software, last_in_at) SELECT host, $1, now() - $2::interval FROM received LIMIT 1
"""

LOSS = """
    INSERT INTO peer_restoration (host, lost_from, restored_at, heard_at, sent_again)
    SELECT host, now() - interval '12 days', now() - interval '1 day', now() - $1::interval, 0 FROM received LIMIT 1
"""

DAY = timedelta(days=1)

PUBLIC = b'{"to":"https://www.w3.org/ns/activitystreams#Public"}'


async def test_done_rows_are_forgotten_sooner_than_failed_ones(conn: Connection) -> None:
    for number in (1, 2):
        await enqueue_one(conn, make_new(number))
    await execute(
        conn,
        """
        UPDATE received SET state = CASE WHEN activity_uri LIKE '%/1' THEN 'done' ELSE 'failed' END,
            finished_at = now() - interval '10 days'
        """,
    )

    assert await forgotten_received.prune(conn) == 1
    assert await fetch_value(conn, "SELECT state FROM received") == "failed"


async def test_of_what_failed_only_so_many_bytes_are_kept(conn: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in (1, 2, 3):
        await enqueue_one(conn, make_new(number))
    await execute(
        conn, "UPDATE received SET state = 'failed', finished_at = now(), body = 'ninety', error = $1", "x" * 84
    )
    monkeypatch.setattr(forgotten_received, "KEPT_FAILED_BYTES", 200)

    assert await forgotten_received.prune(conn) == 1

    assert sorted(await fetch_column(conn, "SELECT right(activity_uri, 1) FROM received")) == ["2", "3"], "the newest"


@pytest.mark.parametrize(
    ("software", "silent", "age", "stays"),
    [
        ("declic", 10, 16, True),  # said in its last week: it may have burned down, and asks for it one day
        ("declic", 10, 18, False),
        ("declic", 0, 8, False),  # it is there, and remembers itself
        ("mastodon", 10, 16, False),  # asks nobody
        ("declic", 70, 61, False),  # that is long enough
    ],
)
async def test_what_a_server_said_before_it_fell_silent_stays_for_it(
    conn: Connection, software: str, silent: int, age: int, *, stays: bool
) -> None:
    await enqueue_one(conn, make_new(1, body=PUBLIC))
    await execute(conn, DONE, DAY * age)
    await execute(conn, SERVER, software, DAY * silent)

    await forgotten_received.prune(conn)

    assert bool(await fetch_value(conn, "SELECT count(*) FROM received")) == stays


@pytest.mark.parametrize(("heard", "stays"), [(1, True), (15, False)])
async def test_it_stays_while_a_server_that_lost_it_asks_for_it(conn: Connection, heard: int, *, stays: bool) -> None:
    await enqueue_one(conn, make_new(1, body=PUBLIC))
    await execute(conn, DONE, DAY * 12)
    await execute(conn, SERVER, "declic", DAY * 0)
    await execute(conn, LOSS, DAY * heard)

    await forgotten_received.prune(conn)

    assert bool(await fetch_value(conn, "SELECT count(*) FROM received")) == stays


async def test_of_a_silent_server_the_newest_stay(conn: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in (1, 2, 3):
        await enqueue_one(conn, make_new(number, body=PUBLIC))
    await execute(conn, DONE, DAY * 12)
    await execute(conn, SERVER, "declic", DAY * 10)
    monkeypatch.setattr(forgotten_received, "KEPT_SILENT", 2)

    assert await forgotten_received.prune(conn) == 1

    assert sorted(await fetch_column(conn, "SELECT right(activity_uri, 1) FROM received")) == ["2", "3"]


@pytest.mark.parametrize("body", [b'{"to":"https://lomme.test/users/alice"}', PUBLIC + b" " * 8192])
async def test_what_is_never_given_back_is_not_kept_for_it(conn: Connection, body: bytes) -> None:
    await enqueue_one(conn, make_new(1, body=body))
    await execute(conn, DONE, DAY * 12)
    await execute(conn, SERVER, "declic", DAY * 10)

    assert await forgotten_received.prune(conn) == 1


async def test_a_domain_with_any_number_of_silent_names_pushes_out_its_own_words_first(
    conn: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    hosts = ("silent.test", "a.many.test", "b.many.test", "c.many.test")
    for number, host in enumerate(hosts):
        await enqueue_one(conn, replace(make_new(number, body=PUBLIC), host=host))
    await execute(conn, DONE, DAY * 12)
    await execute(
        conn,
        "INSERT INTO server (host, software, last_in_at) SELECT host, 'declic', now() - $1::interval FROM received",
        DAY * 10,
    )
    monkeypatch.setattr(forgotten_received, "KEPT_SILENT_BYTES", 2 * len(PUBLIC))

    assert await forgotten_received.prune(conn) == 2

    assert await fetch_column(conn, "SELECT host FROM received ORDER BY id") == ["silent.test", "c.many.test"]


async def test_a_step_forgets_so_many_the_oldest_first(conn: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in (1, 2, 3):
        await enqueue_one(conn, make_new(number))
    age = "UPDATE received SET state = 'done', finished_at = now() - $1::interval * right(activity_uri, 1)::int"
    await execute(conn, age, DAY * 8)
    monkeypatch.setattr(forgotten_received, "MOST", 2)

    gone = await forgotten_received.prune(conn)
    left = await fetch_column(conn, "SELECT right(activity_uri, 1) FROM received")

    assert (gone, left, await forgotten_received.prune(conn)) == (2, ["1"], 1)


async def test_what_the_next_step_forgets_pushes_out_nothing_that_stays(
    conn: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    await enqueue_one(conn, make_new(1, body=PUBLIC))
    await execute(conn, DONE, DAY * 12)
    await execute(conn, SERVER, "declic", DAY * 10)
    for number in (2, 3):
        await enqueue_one(conn, make_new(number))
    await execute(
        conn, "UPDATE received SET state = 'done', finished_at = coalesce(finished_at, now() - $1::interval)", DAY * 8
    )
    monkeypatch.setattr(forgotten_received, "MOST", 1)
    monkeypatch.setattr(forgotten_received, "KEPT_SILENT", 1)

    gone = [await forgotten_received.prune(conn) for _ in range(3)]

    assert gone == [1, 1, 0]
    assert await fetch_column(conn, "SELECT right(activity_uri, 1) FROM received") == ["1"]
