"""A server that comes back is noticed: what waits for it goes, in its order, once."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from models.people.actors import Actor
from models.posts import Post
from models.servers import circuit_breakers, servers
from models.servers.circuit_breakers import DeliverySuccess
from models.store.database import Connection, execute, fetch_column, fetch_value
from models.traffic.outbound import deliveries, held_deliveries, host_recovery
from tests.factories import make_activity, make_follow, make_local_actor, make_note, make_remote_actor, save_failure

HOST = "henin.test"
INBOX = f"https://{HOST}/inbox"
NOW = datetime.now(UTC)
TODAY = NOW.date()


@pytest.fixture
async def bob(conn: Connection) -> Actor:
    """Bob of Hénin."""
    return await make_remote_actor(conn)


@pytest.fixture
async def alice(conn: Connection, bob: Actor) -> Actor:
    """Alice, here; Bob follows her."""
    alice = await make_local_actor(conn)
    await make_follow(conn, bob, alice)
    return alice


async def say(
    conn: Connection, author: Actor, *, to: Actor | None = None, about: Post | None = None, type: str = "Create"
) -> int:
    """Something of hers for her followers, or for one person alone; the row of its delivery."""
    activity = await make_activity(conn, author, type=type, object_uri=about.uri if about else None, public=to is None)
    named, followed = ([], [author.id]) if to is None else ([to.id], [])
    await deliveries.schedule(conn, activity_id=activity, actor_id=author.id, named_ids=named, followed_ids=followed)
    return int(await fetch_value(conn, "SELECT id FROM delivery WHERE activity_id = $1", activity))


async def miss(
    conn: Connection, *ids: int, hours: float = 9, cause: str = "unreachable", minutes_ago: float = 60, tries: int = 7
) -> None:
    """These deliveries failed some time ago, and wait."""
    await save_failure(conn, HOST, "down", on=TODAY, inbox=INBOX, cause=cause)
    await execute(conn, "UPDATE server SET last_failure_at = now() - make_interval(secs => $1)", minutes_ago * 60)
    for id in ids:
        until = NOW + timedelta(hours=hours)
        await deliveries.retry(conn, id, status=None, error="down", due_at=until, cause=cause)
        await execute(conn, "UPDATE delivery SET attempts = $2 WHERE id = $1", id, tries)


async def list_due(conn: Connection, *, within: timedelta = timedelta(seconds=1)) -> list[int]:
    """What a worker would get by then."""
    claimed = await deliveries.claim(conn, worker=uuid4(), limit=100, at=datetime.now(UTC) + within)
    await deliveries.release(conn, [one.id for one in claimed])
    return [one.id for one in claimed]


async def arrive(
    conn: Connection, *, inbox: str = INBOX, at: datetime | None = None
) -> list[circuit_breakers.HostRecovery]:
    """Something arrived there."""
    return await circuit_breakers.save_success(conn, [DeliverySuccess(host=HOST, inbox=inbox)], at=at)


async def test_a_success_makes_all_that_waits_for_the_host_due_in_its_order(conn: Connection, alice: Actor) -> None:
    anna = await make_local_actor(conn, "anna")
    await make_follow(conn, await make_remote_actor(conn, "carl"), anna)
    lanes = [[await say(conn, author) for _ in range(3)] for author in (alice, anna)]
    await miss(conn, lanes[0][0], lanes[1][0])
    assert await list_due(conn) == []

    [back] = await arrive(conn)
    due = await host_recovery.retry_waiting(conn, [HOST], at=datetime.now(UTC))

    assert (back.woken, due) == (True, 6)
    found = await list_due(conn)
    assert [[id for id in found if id in lane] for lane in lanes] == lanes
    assert set(await fetch_column(conn, "SELECT attempts FROM delivery")) == {0, 1}, "its next wait is a short one"


async def test_a_host_that_comes_and_goes_wakes_what_waits_once_a_minute(conn: Connection, alice: Actor) -> None:
    first = await say(conn, alice)
    await miss(conn, first)

    moments = [NOW, NOW + timedelta(seconds=30), NOW + timedelta(seconds=61)]
    woken = []
    for moment in moments:
        await save_failure(conn, HOST, "down", on=TODAY, inbox=INBOX)
        woken += [one.woken for one in await arrive(conn, at=moment)]

    assert woken == [True, False, True]


async def test_a_host_that_is_well_costs_no_look_at_what_waits(conn: Connection, alice: Actor) -> None:
    await say(conn, alice)

    assert await arrive(conn) == []


async def test_another_inbox_that_answers_wakes_the_others_and_asks_the_one_that_failed(
    conn: Connection, alice: Actor, bob: Actor
) -> None:
    public, private = await say(conn, alice), await say(conn, alice, to=bob, about=await make_direct(conn, alice))
    await miss(conn, public, private)
    await execute(conn, "UPDATE delivery SET inbox = 'https://henin.test/users/carl/inbox' WHERE id = $1", public)
    await execute(conn, "UPDATE server SET failing_inboxes = '{https://henin.test/users/carl/inbox}'")

    [back] = await arrive(conn)
    assert (back.woken, back.doubtful) == (True, True)
    await host_recovery.retry_waiting(conn, [HOST], at=datetime.now(UTC))
    assert await list_due(conn) == [private]
    await host_recovery.probe_waiting(conn, [HOST], at=datetime.now(UTC))
    assert await list_due(conn) == [private, public]
    await execute(conn, "UPDATE delivery SET due_at = now() + interval '9 hours' WHERE id = $1", public)
    assert [one.doubtful for one in await arrive(conn)] == [False], "it is asked every five minutes at most"


async def test_what_stands_behind_the_one_that_asked_whether_an_inbox_is_back_follows_at_once(
    conn: Connection, alice: Actor, bob: Actor
) -> None:
    first, second = [await say(conn, alice, to=bob, about=await make_direct(conn, alice)) for _ in range(2)]
    await miss(conn, first)
    await execute(conn, "UPDATE server SET failing_inboxes = ARRAY[$1]", bob.inbox)

    [shared] = await arrive(conn, at=NOW)
    assert (shared.woken, shared.doubtful) == (True, True)
    await host_recovery.probe_waiting(conn, [HOST], at=NOW)
    await deliveries.succeed(conn, [first])
    [own] = await arrive(conn, inbox=bob.inbox, at=NOW + timedelta(seconds=1))

    assert own.woken
    await host_recovery.retry_waiting(conn, [HOST], at=datetime.now(UTC))
    assert await list_due(conn) == [second]


async def make_direct(conn: Connection, author: Actor) -> Post:
    """A post for one person alone."""
    return await make_note(conn, author, audience="direct")


async def test_a_verified_word_asks_with_a_few_deliveries_every_five_minutes_at_most(
    conn: Connection, alice: Actor
) -> None:
    rows = [await say(conn, alice) for _ in range(3)]
    others = []
    for number in range(12):
        author = await make_local_actor(conn, f"author{number}")
        await make_follow(conn, await make_remote_actor(conn, f"reader{number}"), author)
        others.append(await say(conn, author))
        await execute(conn, "UPDATE delivery SET inbox = $2 WHERE id = $1", others[-1], f"{INBOX}/{number}")
    await miss(conn, rows[0], *others)

    await host_recovery.note_activity(conn, [HOST], at=datetime.now(UTC))
    assert await list_due(conn) == [rows[0], *others[: host_recovery.SOUNDINGS - 1]]

    await miss(conn, rows[0], *others)
    for ago, asked in ((4, False), (6, True)):
        await execute(
            conn,
            """
            UPDATE server SET last_in_at = now() - interval '2 minutes', sounded_at = now() - make_interval(mins => $1)
            """,
            ago,
        )
        await host_recovery.note_activity(conn, [HOST], at=datetime.now(UTC))
        assert bool(await list_due(conn)) == asked


async def test_a_word_from_a_host_for_which_nothing_waits_asks_nothing(conn: Connection, alice: Actor) -> None:
    await say(conn, alice)

    assert await servers.save_seen(conn, [HOST]) == []
    await execute(conn, "UPDATE server SET last_in_at = now() - interval '2 minutes'")
    assert await servers.save_seen(conn, [HOST]) == []
    assert await fetch_value(conn, "SELECT sounded_at IS NULL FROM server")


async def test_ht07_a_word_from_a_host_that_is_away_lets_a_probe_go_at_once(conn: Connection, alice: Actor) -> None:
    for day in range(circuit_breakers.FAILING_DAYS):
        await save_failure(conn, HOST, "down", on=TODAY - timedelta(days=day), inbox=INBOX)
    rows = [await say(conn, alice) for _ in range(2)]
    await execute(conn, "UPDATE server SET probe_at = now() + interval '20 hours'")

    await host_recovery.note_activity(conn, [HOST], at=datetime.now(UTC))

    assert await list_due(conn) == rows[:1]


async def test_what_is_new_waits_two_minutes_after_the_last_failure_and_no_longer(
    conn: Connection, alice: Actor
) -> None:
    first = await say(conn, alice)
    await miss(conn, first, minutes_ago=1)
    second = await say(conn, alice)
    assert await list_due(conn) == []
    assert await list_due(conn, within=timedelta(seconds=61)) == [first, second]

    await miss(conn, first, minutes_ago=60)
    third = await say(conn, alice)
    assert await list_due(conn) == [first, second, third]


async def test_the_patience_that_a_peer_asks_for_is_had_whatever_happens(conn: Connection, alice: Actor) -> None:
    first = await say(conn, alice)
    await miss(conn, first, cause="too_many_requests")

    await say(conn, alice)
    await arrive(conn)
    await host_recovery.retry_waiting(conn, [HOST], at=datetime.now(UTC))
    await host_recovery.note_activity(conn, [HOST], at=datetime.now(UTC))

    assert await list_due(conn) == []


async def test_what_somebody_paused_stays_where_it_is(conn: Connection, alice: Actor) -> None:
    first = await say(conn, alice)
    await miss(conn, first)
    await held_deliveries.pause(conn, HOST)

    await arrive(conn)
    await host_recovery.retry_waiting(conn, [HOST], at=datetime.now(UTC))
    await host_recovery.note_activity(conn, [HOST], at=datetime.now(UTC))

    assert await list_due(conn) == []


async def test_private_words_go_first_and_what_is_done_to_one_object_stays_in_its_order(
    conn: Connection, alice: Actor, bob: Actor
) -> None:
    note, direct = await make_note(conn, alice), await make_direct(conn, alice)
    public = [await say(conn, alice, about=note, type=type) for type in ("Create", "Update")]
    private = [await say(conn, alice, to=bob, about=direct, type=type) for type in ("Create", "Update", "Delete")]
    like = await say(conn, alice, to=bob, type="Like")
    public.append(await say(conn, alice, about=note, type="Delete"))

    assert await list_due(conn) == [*private, *public[:2], like, public[2]]


async def test_private_words_pass_what_waits_for_everybody_and_not_each_other(
    conn: Connection, alice: Actor, bob: Actor
) -> None:
    direct = await make_direct(conn, alice)
    public, first = await say(conn, alice), await say(conn, alice, to=bob, about=direct)
    await miss(conn, public)
    second = await say(conn, alice, to=bob, about=direct, type="Update")
    await execute(conn, "UPDATE delivery SET due_at = now() + interval '9 hours' WHERE id = $1", public)
    assert await list_due(conn) == [first, second]

    [claimed, *_] = await deliveries.claim(conn, worker=uuid4(), limit=1, at=datetime.now(UTC) + timedelta(seconds=1))
    await deliveries.retry(conn, claimed.id, status=None, error="down", due_at=NOW + timedelta(hours=1))
    assert (claimed.id, await list_due(conn)) == (first, [])
